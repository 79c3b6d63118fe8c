"""An SMSC that speaks TLS, dials by itself and holds several connections:
what the scenarios of docs/testing.md's obligations need beyond a Script."""

import socket
import ssl
import threading
import time

import actors
from actors import Actor, Script
from esme import Client
from language import Fault, block_of, fields, split
from smpp import Listener, Wire
from tls import Certs


class Certificate(Actor):
    """cert k1 [names=DNS:localhost,IP:127.0.0.1]: an authority and one
    certificate of its own"""

    def __init__(self, play, name, rest, _):
        super().__init__(play, name)
        self.at = Certs(play.place, name, **fields(rest))

    def get_ca(self, _):
        return self.at.ca

    def get_cert(self, _):
        return self.at.cert

    def get_key(self, _):
        return self.at.key


class Smsc(Script):
    """smsc s1 [host=::1] [tls=k1 [clients=k2] [newest=1.1]] { lines }"""

    def __init__(self, play, name, rest, statement):
        Actor.__init__(self, play, name)
        self.options, self.wires, self.marks = fields(rest), {}, {}
        self.wire = self.last = self.fault = None
        self.line = 0
        self.listener = self.listen()
        self.statements = block_of(statement)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        play.place.later(self.close)

    def settle(self):
        """Waits until it has come to its last line."""
        end = time.monotonic() + 10
        while self.thread.is_alive() and \
                self.line != self.statements[-1].line:
            if time.monotonic() > end:
                raise Fault("%s still waits at line %d" % (self.name,
                                                           self.line))
            time.sleep(0.01)
        self.raise_fault()

    def listen(self):
        o, context = self.options, None
        if "tls" in o:
            clients = o.get("clients")
            context = self.play.actors[o["tls"]].at.server(
                client_ca=self.play.actors[clients].at.ca if clients else None,
                newest=ssl.TLSVersion["TLSv" + o["newest"].replace(".", "_")]
                if "newest" in o else None)
        return Listener(host=o.get("host", "127.0.0.1"), context=context)

    def close(self):
        super().close()
        for w in self.wires.values():
            w.close()

    # connections
    def line_binds(self, rest):
        """binds N: accepts so many binds; `use transmitter` turns to one"""
        for _ in range(int(rest)):
            self.line_bind("")
            self.wires[self.last.name[len("bind_"):]] = self.wire

    def line_use(self, rest):
        self.wire = self.wires[rest]

    def line_keep(self, rest):
        """keep NAME: the present connection is called so"""
        self.wires[rest] = self.wire

    def line_dial(self, rest):
        """dial PORT: to an outbind listener, once it is there"""
        end = time.monotonic() + 10
        while True:
            try:
                s = socket.create_connection(("127.0.0.1", int(rest)), 5)
                break
            except ConnectionRefusedError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
        self.wire = Wire(s, ("enquire_link", "unbind"))

    def line_no_dial(self, rest):
        """no-dial S: nobody connects for so long"""
        try:
            self.listener.accept(float(rest)).close()
        except (TimeoutError, socket.timeout):
            return
        raise Fault("somebody has dialled")

    def line_dialled_after(self, rest):
        """dialled-after LEAST MOST: the next connection comes so long after
        we last said something on this one, or closed it"""
        least, most = (float(w) for w in rest.split())
        said = self.wire.said
        self.wire = self.listener.accept(most)
        took = time.monotonic() - said
        if took < least:
            raise Fault("dialled after %.3f s" % took)

    def line_refuse_tls(self, _):
        """A connection comes, and its handshake fails."""
        try:
            wire = self.listener.accept(10)
        except (ssl.SSLError, ConnectionError):
            return
        try:
            p = wire.next(2)  # TLS 1.3: who dials has the last word
        except TimeoutError:
            p = "nothing"
        wire.close()
        if p is not None:
            raise Fault("the handshake was good, came %r" % p)

    def line_sink(self, _):
        """A connection comes; what it says is read and not understood."""
        self.listener.sock.settimeout(10)
        s, _ = self.listener.sock.accept()
        s.settimeout(10)
        while s.recv(65536):
            pass
        s.close()

    def line_mute(self, _):
        """From now on enquire_link and unbind are not answered by itself."""
        self.wire.auto = set()

    def line_unmute(self, _):
        self.wire.auto = set(self.listener.auto)

    # PDUs
    def line_mark(self, rest):
        """mark NAME: the last PDU is called so; `last NAME` turns to it"""
        self.marks[rest] = self.last

    def line_last(self, rest):
        self.last = self.marks[rest]

    def line_together(self, rest):
        """together N: what is sent next waits until there are N, then leaves
        in one write"""
        self.wire.raw, self.joined = self.join, [int(rest), b""]

    def join(self, data):
        n, held = self.joined
        self.joined = [n - 1, held + data]
        if n == 1:
            del self.wire.raw
            self.wire.raw(held + data)

    def line_slowly(self, rest):
        """slowly PDU ...: one byte a time"""
        name, rest = split(rest, 1)
        status, seq, tlv, out = self.build(rest)
        real, data = self.wire.raw, []
        self.wire.raw = data.append
        self.wire.send(name, status, seq, tlv, **out)
        del self.wire.raw
        for byte in b"".join(data):
            real(bytes((byte,)))
            time.sleep(0.002)


actors.KINDS.update({"smsc": Smsc, "cert": Certificate, "esme": Client})
KINDS = actors.KINDS
