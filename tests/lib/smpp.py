"""SMPP 3.4 by hand: the tests' own codec, written against the letter of the
specification and apart from proto/, so that one can catch the other."""

import queue
import socket
import struct
import threading
import time

import tls

IDS = {
    "generic_nack": 0x80000000,
    "bind_receiver": 0x1, "bind_transmitter": 0x2, "query_sm": 0x3,
    "submit_sm": 0x4, "deliver_sm": 0x5, "unbind": 0x6, "replace_sm": 0x7,
    "cancel_sm": 0x8, "bind_transceiver": 0x9, "outbind": 0xB,
    "enquire_link": 0x15, "submit_multi": 0x21, "alert_notification": 0x102,
    "data_sm": 0x103,
}
for _name in [n for n in IDS if n not in ("generic_nack", "outbind",
                                          "alert_notification")]:
    IDS[_name + "_resp"] = IDS[_name] | 0x80000000
NAMES = {v: k for k, v in IDS.items()}

STATUS = {
    "ok": 0, "RINVMSGLEN": 1, "RINVCMDLEN": 2, "RINVCMDID": 3,
    "RINVBNDSTS": 4, "RALYBND": 5, "RSYSERR": 8, "RINVSRCADR": 0xA,
    "RINVDSTADR": 0xB, "RBINDFAIL": 0xD, "RINVPASWD": 0xE, "RINVSYSID": 0xF,
    "RMSGQFUL": 0x14, "RSUBMITFAIL": 0x45, "RINVSYSTYP": 0x53,
    "RTHROTTLED": 0x58, "RQUERYFAIL": 0x67,
    "RX_T_APPN": 0x64, "RX_P_APPN": 0x65, "RX_R_APPN": 0x66,
}

TLVS = {
    "receipted_message_id": 0x1E, "sar_msg_ref_num": 0x20C,
    "sar_total_segments": 0x20E, "sar_segment_seqnum": 0x20F,
    "sc_interface_version": 0x210, "network_error_code": 0x423,
    "message_payload": 0x424, "delivery_failure_reason": 0x425,
    "message_state": 0x427,
}
TLV_NAMES = {v: k for k, v in TLVS.items()}

GSM = ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
       "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
GSM_EXT = {0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[",
           0x3D: "~", 0x3E: "]", 0x40: "|", 0x65: "€"}
GSM_EXT_OF = {c: b for b, c in GSM_EXT.items()}


class Bad(Exception):
    """What came is not SMPP."""


def gsm_encode(text):
    """One septet a byte; None when a character does not fit."""
    out = bytearray()
    for c in text:
        if c in GSM_EXT_OF:
            out += bytes((0x1B, GSM_EXT_OF[c]))
        elif c in GSM and c != "\x1b":
            out.append(GSM.index(c))
        else:
            return None
    return bytes(out)


def gsm_decode(data):
    out, escape = [], False
    for b in data:
        if escape:
            out.append(GSM_EXT.get(b, " "))
            escape = False
        elif b == 0x1B:
            escape = True
        else:
            out.append(GSM[b] if b < 128 else "?")
    return "".join(out)


def text_encode(text):
    """(data_coding, bytes)"""
    gsm = gsm_encode(text)
    return (0, gsm) if gsm is not None else (8, text.encode("utf-16-be"))


def text_decode(coding, data):
    if coding in (0, 1):
        return gsm_decode(data)
    if coding == 3:
        return data.decode("latin-1")
    if coding == 8:
        return data.decode("utf-16-be", "replace")
    return data.hex()


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def left(self):
        return len(self.data) - self.at

    def octets(self, n):
        if n > self.left():
            raise Bad("field runs past the end")
        self.at += n
        return self.data[self.at - n:self.at]

    def u8(self):
        return self.octets(1)[0]

    def cstr(self):
        end = self.data.find(b"\0", self.at)
        if end < 0:
            raise Bad("no NUL")
        out = self.data[self.at:end]
        self.at = end + 1
        return out.decode("latin-1")

    def tlvs(self):
        out = {}
        while self.left():
            tag, n = struct.unpack(">HH", self.octets(4))
            out[TLV_NAMES.get(tag, tag)] = self.octets(n)
        return out


BIND = [("system_id", "c"), ("password", "c"), ("system_type", "c"),
        ("interface_version", "b"), ("addr_ton", "b"), ("addr_npi", "b"),
        ("address_range", "c")]
SM = [("service_type", "c"), ("source_ton", "b"), ("source_npi", "b"),
      ("source", "c"), ("dest_ton", "b"), ("dest_npi", "b"), ("dest", "c"),
      ("esm_class", "b"), ("protocol_id", "b"), ("priority", "b"),
      ("schedule", "c"), ("validity", "c"), ("registered_delivery", "b"),
      ("replace_if_present", "b"), ("data_coding", "b"),
      ("default_msg_id", "b"), ("short_message", "s")]
DATA = SM[:8] + [("registered_delivery", "b"), ("data_coding", "b")]
ADDR = [("source_ton", "b"), ("source_npi", "b"), ("source", "c")]
ID = [("message_id", "c")]
LAYOUT = {
    "bind_receiver": BIND, "bind_transmitter": BIND, "bind_transceiver": BIND,
    "bind_receiver_resp": [("system_id", "c")],
    "bind_transmitter_resp": [("system_id", "c")],
    "bind_transceiver_resp": [("system_id", "c")],
    "outbind": [("system_id", "c"), ("password", "c")],
    "submit_sm": SM, "deliver_sm": SM, "data_sm": DATA,
    "submit_sm_resp": ID, "deliver_sm_resp": ID, "data_sm_resp": ID,
    "query_sm": ID + ADDR,
    "query_sm_resp": ID + [("final_date", "c"), ("message_state", "b"),
                           ("error_code", "b")],
    "replace_sm": ID + ADDR + [
        ("schedule", "c"), ("validity", "c"), ("registered_delivery", "b"),
        ("default_msg_id", "b"), ("short_message", "s")],
    "submit_multi": SM[:4] + [("dests", "d")] + SM[7:],
    "submit_multi_resp": ID + [("refused", "r")],
    "cancel_sm": [("service_type", "c"), ("message_id", "c")] + ADDR +
                 [("dest_ton", "b"), ("dest_npi", "b"), ("dest", "c")],
    "alert_notification": ADDR + [("esme_ton", "b"), ("esme_npi", "b"),
                                  ("esme", "c")],
    "generic_nack": [], "unbind": [], "unbind_resp": [], "enquire_link": [],
    "enquire_link_resp": [], "cancel_sm_resp": [], "replace_sm_resp": [],
}


class Pdu(dict):
    """Fields by name; `name`, `status`, `seq`, `tlv` beside them."""

    def __init__(self, name, status=0, seq=0, tlv=None, **fields):
        super().__init__(fields)
        self.name, self.status, self.seq = name, status, seq
        self.tlv = dict(tlv or {})
        self.raw = b""

    def __repr__(self):
        return "%s(status=0x%x seq=%d %s tlv=%s)" % (
            self.name, self.status, self.seq, dict(self), self.tlv)

    def user_data(self):
        return self.get("short_message") or self.tlv.get("message_payload", b"")

    def udh(self):
        data = self.user_data()
        if self.get("esm_class", 0) & 0x40 and data:
            return data[:data[0] + 1]
        return b""

    def text(self):
        return text_decode(self.get("data_coding", 0),
                           self.user_data()[len(self.udh()):])

    def part(self):
        """(ref, total, part), or None."""
        udh = self.udh()[1:]
        while len(udh) >= 2:
            kind, n, body = udh[0], udh[1], udh[2:2 + udh[1]]
            if kind == 0 and n == 3:
                return tuple(body)
            if kind == 8 and n == 4:
                return (body[0] << 8 | body[1], body[2], body[3])
            udh = udh[2 + n:]
        if "sar_msg_ref_num" in self.tlv:
            return tuple(int.from_bytes(self.tlv[k], "big") for k in (
                "sar_msg_ref_num", "sar_total_segments", "sar_segment_seqnum"))
        return None


def pack(p):
    body = b""
    bare = p.status != 0 and p.name.endswith("_resp") and not p
    for field, kind in [] if bare else LAYOUT[p.name]:
        v = p.get(field, 0 if kind == "b" else b"" if kind == "s" else "")
        if kind == "b":
            body += bytes((v,))
        elif kind == "c":
            body += str(v).encode("latin-1") + b"\0"
        elif kind == "d":
            v = v or []
            body += bytes((len(v),)) + b"".join(
                b"\1\1\1" + to.encode("latin-1") + b"\0" for to in v)
        elif kind == "r":
            v = v or []
            body += bytes((len(v),)) + b"".join(
                b"\1\1" + to.encode("latin-1") + b"\0" +
                struct.pack(">I", status) for to, status in v)
        else:
            body += bytes((len(v),)) + v
    for tag, v in p.tlv.items():
        tag = TLVS.get(tag, tag)
        if isinstance(v, str):
            v = v.encode("latin-1") + b"\0"
        elif isinstance(v, int):
            v = bytes((v,))
        body += struct.pack(">HH", tag, len(v)) + v
    return struct.pack(">IIII", 16 + len(body), IDS[p.name], p.status,
                       p.seq) + body


def unpack(frame):
    _, cmd, status, seq = struct.unpack(">IIII", frame[:16])
    if cmd not in NAMES:
        raise Bad("unknown command 0x%08x" % cmd)
    p = Pdu(NAMES[cmd], status, seq)
    p.raw = frame
    r = Reader(frame[16:])
    if r.left() == 0 and (status != 0 or p.name in (
            "deliver_sm_resp", "data_sm_resp")):
        return p
    for field, kind in LAYOUT[p.name]:
        if kind == "b":
            p[field] = r.u8()
        elif kind == "c":
            p[field] = r.cstr()
        elif kind == "r":
            p[field] = [(r.octets(2), r.cstr(),
                         struct.unpack(">I", r.octets(4))[0])[1:]
                        for _ in range(r.u8())]
        else:
            p[field] = r.octets(r.u8())
    p.tlv = r.tlvs()
    return p


class Wire:
    """One connection with its own sequence numbers. PDUs that came wait in a
    queue; `auto` answers some of them without being asked. `said`: when we
    last sent something or closed it, in time.monotonic()."""

    def __init__(self, sock, auto=()):
        sock.settimeout(None)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock, self.auto = sock, set(auto)
        self.came = queue.Queue()
        self.seq, self.said = 0, time.monotonic()
        self.closed = threading.Event()
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        held = b""
        try:
            while True:
                piece = self.sock.recv(65536)
                if not piece:
                    break
                held += piece
                while len(held) >= 4:
                    n = struct.unpack(">I", held[:4])[0]
                    if n < 16 or n > 70000:
                        raise Bad("command_length %d" % n)
                    if len(held) < n:
                        break
                    self._came(unpack(held[:n]))
                    held = held[n:]
        except OSError:
            pass
        except Bad as e:
            self.came.put(e)
        self.closed.set()
        self.came.put(None)

    def _came(self, p):
        if p.name in self.auto and p.name == "enquire_link":
            self.send("enquire_link_resp", seq=p.seq)
        elif p.name in self.auto and p.name == "unbind":
            self.send("unbind_resp", seq=p.seq)
        elif p.name in self.auto and p.name == "deliver_sm":
            self.send("deliver_sm_resp", seq=p.seq)
            self.came.put(p)
        else:
            self.came.put(p)

    def raw(self, data):
        self.said = time.monotonic()
        with self.lock:
            self.sock.sendall(data)

    def send(self, name, status=0, seq=None, tlv=None, **fields):
        """Sends; the sequence number it took is the result."""
        if seq is None:
            self.seq += 1
            seq = self.seq
        self.raw(pack(Pdu(name, status, seq, tlv, **fields)))
        return seq

    def next(self, timeout=5):
        """The next PDU; None when the peer closed; raises on time-out."""
        try:
            p = self.came.get(timeout=timeout)
        except queue.Empty:
            raise TimeoutError("no PDU within %g s" % timeout)
        if isinstance(p, Bad):
            raise p
        if p is None:
            self.came.put(None)
        return p

    def expect(self, name, timeout=5, skip=("enquire_link",)):
        """The next PDU, which must be that one."""
        end = time.monotonic() + timeout
        while True:
            p = self.next(max(0.01, end - time.monotonic()))
            if p is None:
                raise AssertionError("the peer closed; expected " + name)
            if p.name == name:
                return p
            if p.name not in skip:
                raise AssertionError("expected %s, came %r" % (name, p))
            if p.name == "enquire_link":
                self.send("enquire_link_resp", seq=p.seq)

    def close(self):
        self.said = time.monotonic()
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()
        self.thread.join(2)


class Listener:
    """A peer that plays the SMSC: accepts connections as Wires. context: an
    ssl.SSLContext, for TLS."""

    def __init__(self, auto=("enquire_link", "unbind"), host="127.0.0.1",
                 context=None):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.sock = socket.create_server((host, 0), family=family)
        self.port = self.sock.getsockname()[1]
        self.auto, self.context = auto, context

    def accept(self, timeout=5):
        self.sock.settimeout(timeout)
        s, _ = self.sock.accept()
        if self.context:
            s = tls.accept(s, self.context, timeout)
        return Wire(s, self.auto)

    def close(self):
        self.sock.close()


class Esme(Wire):
    """A client of an SMSC; by TLS with the files of a Certs as `certs`."""

    def __init__(self, port, auto=("enquire_link", "deliver_sm"), certs=None):
        s = socket.create_connection(("127.0.0.1", port), 5)
        super().__init__(tls.connect(s, certs) if certs else s, auto)

    def bind(self, kind="transceiver", system_id="demo", password="demo"):
        seq = self.send("bind_" + kind, system_id=system_id, password=password,
                        interface_version=0x34)
        p = self.expect("bind_%s_resp" % kind)
        assert p.seq == seq, "the response has another sequence number"
        return p

    def submit(self, to, text, source="DEMOCARE", receipt=1, **more):
        coding, data = text_encode(text)
        return self.send("submit_sm", source_ton=5, source=source, dest_ton=1,
                         dest_npi=1, dest=to.lstrip("+"), data_coding=coding,
                         registered_delivery=receipt, short_message=data,
                         **more)
