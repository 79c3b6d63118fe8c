"""A small MQTT 5 client: enough to be an app, or a system that sends."""

import socket
import struct
import threading

# Bytes of each property's value; "s": counted bytes, "p": two of them,
# "v": a variable number.
PROPERTIES = {0x01: 1, 0x02: 4, 0x03: "s", 0x08: "s", 0x09: "s", 0x0B: "v",
              0x11: 4, 0x12: "s", 0x13: 2, 0x15: "s", 0x16: "s", 0x17: 1,
              0x18: 4, 0x19: 1, 0x1A: "s", 0x1C: "s", 0x1F: "s", 0x21: 2,
              0x22: 2, 0x23: 2, 0x24: 1, 0x25: 1, 0x26: "p", 0x27: 4,
              0x28: 1, 0x29: 1, 0x2A: 1}
RESPONSE_TOPIC, CORRELATION = 0x08, 0x09


def varint(n):
    out = bytearray()
    while True:
        out.append((n & 0x7F) | (0x80 if n > 0x7F else 0))
        n >>= 7
        if n == 0:
            return bytes(out)


def counted(data):
    if isinstance(data, str):
        data = data.encode()
    return struct.pack(">H", len(data)) + data


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        if self.at + n > len(self.data):
            raise ValueError("a packet ends too early")
        self.at += n
        return self.data[self.at - n:self.at]

    def number(self, n):
        return int.from_bytes(self.take(n), "big")

    def counted(self):
        return self.take(self.number(2))

    def varint(self):
        value = shift = 0
        while True:
            b = self.number(1)
            value |= (b & 0x7F) << shift
            shift += 7
            if b < 0x80:
                return value

    def properties(self):
        out, end = {}, self.varint()
        end += self.at
        while self.at < end:
            name = self.number(1)
            kind = PROPERTIES[name]
            if kind == "v":
                out[name] = self.varint()
            elif kind == "p":
                out[name] = (self.counted(), self.counted())
            else:
                out[name] = self.counted() if kind == "s" else self.take(kind)
        return out

    def rest(self):
        return self.data[self.at:]


class Mqtt:
    """One connection. `messages` holds (topic, payload, correlation)."""

    def __init__(self, port, client_id):
        self.messages = []
        self.packet = 0
        self.answers = {}
        self.came = threading.Condition()
        self.sending = threading.Lock()
        self.sock = socket.create_connection(("127.0.0.1", port), 5)
        self.sock.settimeout(None)
        self.closed = False
        threading.Thread(target=self._read, daemon=True).start()
        # clean start, no keep-alive, no properties
        self._send(0x10, counted("MQTT") + bytes((5, 0x02, 0, 0, 0)) +
                   counted(client_id))
        self._wait(0x20)

    def _send(self, first, body):
        self.sock.sendall(bytes((first,)) + varint(len(body)) + body)

    def _wait(self, key, timeout=5):
        with self.came:
            if not self.came.wait_for(lambda: key in self.answers, timeout):
                raise TimeoutError("the broker does not answer")
            code = self.answers.pop(key)
        if code >= 0x80:
            raise ConnectionError("the broker refuses: 0x%02x" % code)

    def _receive(self, n):
        out = b""
        while len(out) < n:
            piece = self.sock.recv(n - len(out))
            if not piece:
                raise ConnectionError("the broker closed")
            out += piece
        return out

    def _read(self):
        try:
            while True:
                first = self._receive(1)[0]
                size = shift = 0
                while True:
                    b = self._receive(1)[0]
                    size |= (b & 0x7F) << shift
                    shift += 7
                    if b < 0x80:
                        break
                self._packet(first, Reader(self._receive(size)))
        except (OSError, ValueError, KeyError):
            self.closed = True

    def _packet(self, first, r):
        kind = first & 0xF0
        if kind == 0x30:
            self._message((first >> 1) & 3, r)
            return
        key, code = kind, 0
        if kind == 0x20:  # CONNACK: flags, reason
            code = r.take(2)[1]
        elif kind in (0x40, 0x90):  # PUBACK, SUBACK
            key = (kind, r.number(2))
            left = r.rest()
            code = left[-1] if kind == 0x90 else left[0] if left else 0
        with self.came:
            self.answers[key] = code
            self.came.notify_all()

    def _message(self, qos, r):
        topic = r.counted().decode()
        packet = r.number(2) if qos else 0
        correlation = r.properties().get(CORRELATION, b"").decode()
        with self.came:
            self.messages.append((topic, r.rest().decode("utf-8", "replace"),
                                  correlation))
            self.came.notify_all()
        if qos:
            with self.sending:
                self._send(0x40, struct.pack(">H", packet))

    def _next(self):
        self.packet = self.packet % 65535 + 1
        return self.packet

    def subscribe(self, pattern):
        packet = self._next()
        self._send(0x82, struct.pack(">HB", packet, 0) + counted(pattern) +
                   b"\x01")
        self._wait((0x90, packet))

    def publish(self, topic, payload, response_topic="", correlation=""):
        """QoS 1: returns when the broker has it."""
        extra = b""
        if response_topic:
            extra += bytes((RESPONSE_TOPIC,)) + counted(response_topic)
        if correlation:
            extra += bytes((CORRELATION,)) + counted(correlation)
        with self.sending:
            packet = self._next()
            self._send(0x32, counted(topic) + struct.pack(">H", packet) +
                       varint(len(extra)) + extra + payload.encode())
        self._wait((0x40, packet))

    def find(self, topic, wanted=lambda payload: True):
        """The first message there whose payload is wanted, or None."""
        with self.came:
            for t, payload, correlation in self.messages:
                if t == topic and wanted(payload):
                    return payload, correlation
        return None

    def close(self):
        if not self.closed:
            try:
                self._send(0xE0, b"")
            except OSError:
                pass
        self.sock.close()
