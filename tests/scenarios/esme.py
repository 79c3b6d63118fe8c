"""A client of our SMPP server that does what its lines say."""

import threading
import time

from actors import Actor, Script
from language import Fault, block_of, split
from smpp import Esme


class Client(Script):
    """esme e1 { connect PORT / bind ... / send submit_sm ... / expect ... }:
    an ESME that does what its lines say. What it does not yet expect waits
    for a later line; enquire_link is answered without one."""

    def __init__(self, play, name, _, statement):
        Actor.__init__(self, play, name)
        self.wire, self.last, self.fault, self.held = None, None, None, []
        self.line = 0
        self.statements = block_of(statement)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        play.place.later(self.close)

    def get_port(self, _):
        return None

    def close(self):
        if self.wire:
            self.wire.close()

    def line_connect(self, rest):
        """connect PORT: again where somebody does not listen yet"""
        self.held = []
        end = time.monotonic() + 10
        while True:
            try:
                self.wire = Esme(int(rest), auto=("enquire_link",))
                return
            except ConnectionRefusedError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def line_bind(self, rest):
        """bind KIND system_id=.. password=.. [status=..]"""
        kind, rest = split(rest, 1)
        status, _, tlv, out = self.build(rest)
        out.setdefault("interface_version", 0x34)
        self.wire.send("bind_" + kind, 0, None, tlv, **out)
        p = self.wire.expect("bind_%s_resp" % kind, timeout=10)
        if p.status != status:
            raise Fault("bind: expected %#x, came %r" % (status, p))
        self.last = p

    def take(self, name, good=lambda p: True, timeout=10):
        """The first PDU of that name that is good, of all that came."""
        end, at = time.monotonic() + timeout, 0
        while True:
            if at == len(self.held):
                p = self.wire.next(max(0.01, end - time.monotonic()))
                if p is None:
                    raise Fault("the peer closed; expected " + name)
                self.held.append(p)
            p = self.held[at]
            if p.name == name and good(p):
                return self.held.pop(at)
            at += 1

    def line_expect(self, rest):
        name, rest = split(rest, 1)
        self.match(self.take(name), rest)

    def line_expect_any(self, rest):
        """expect-any PDU FIELD OP VALUE ...: one of them, in any order"""
        name, rest = split(rest, 1)

        def good(p):
            try:
                self.match(p, rest)
                return True
            except Fault:
                return False
        self.last = self.take(name, good)

    def line_submit(self, rest):
        """submit NAME ...: sends, waits for the response, and keeps its
        message_id as NAME"""
        name, rest = split(rest, 1)
        self.line_send("submit_sm " + rest)
        seq = self.wire.seq
        p = self.take("submit_sm_resp", lambda p: p.seq == seq)
        if p.status != 0:
            raise Fault("submit: %r" % p)
        self.last = p
        self.play.let(name, p["message_id"])

    def line_expect_close(self, rest):
        p = self.wire.next(float(rest or 5))
        while p is not None:
            self.held.append(p)
            p = self.wire.next(float(rest or 5))
