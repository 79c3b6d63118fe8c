#!/usr/bin/env python3
"""smscsim against the tests' own SMPP codec."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

import tap                           # noqa: E402
from programs import Place           # noqa: E402
from smpp import Esme, STATUS, Pdu   # noqa: E402
from tls import Certs                # noqa: E402
from waiting import until            # noqa: E402


def submit_ok(esme, to="+447700900001", text="hello", **more):
    seq = esme.submit(to, text, **more)
    p = esme.expect("submit_sm_resp", skip=("deliver_sm",))
    assert p.seq == seq and p.status == 0, p
    return p["message_id"]


def test_binds_and_refusals():
    with Place() as place:
        sim = place.sim(system_id="demo", password="a-password-of16")
        e = Esme(sim.port)
        assert e.bind(password="wrong").status == STATUS["RINVPASWD"]
        assert e.bind(system_id="other").status == STATUS["RINVSYSID"]
        seq = e.submit("+447700900001", "too early")
        p = e.expect("submit_sm_resp")
        assert (p.seq, p.status) == (seq, STATUS["RINVBNDSTS"]), p
        p = e.bind(password="a-password-of16")
        assert p.status == 0 and p.tlv["sc_interface_version"] == b"\x34", p
        assert e.bind(password="a-password-of16").status == STATUS["RALYBND"]
        e.send("enquire_link")
        e.expect("enquire_link_resp")
        e.send("unbind")
        e.expect("unbind_resp")
        assert e.next() is None, "the link is closed after unbind"


def test_tls():
    with Place() as place:
        k = Certs(place, "k")
        sim = place.sim(tls_cert=k.cert, tls_key=k.key, tls_ca=k.ca)
        e = Esme(sim.port, certs=k)
        assert e.bind().status == 0
        submit_ok(e, text="secret " * 20)
        assert sim.list(1)[0]["text"] == "secret " * 20
        plain = Esme(sim.port)
        plain.send("enquire_link")
        assert plain.next(5) is None, "who speaks no TLS is cut off"
        e.close()


def test_text_is_decoded_and_joined():
    with Place() as place:
        sim = place.sim()
        e = Esme(sim.port)
        e.bind()
        submit_ok(e, text="price 5€ [a]")
        submit_ok(e, text="拒收请回复R 😀")
        for part in (2, 1):
            e.send("submit_sm", source="1", dest_ton=1, dest="447700900002",
                   esm_class=0x40, short_message=bytes((5, 0, 3, 9, 2, part)) +
                   (b"first " if part == 1 else b"second"))
            e.expect("submit_sm_resp")
        got = sim.list(10)
        assert [m["text"] for m in got] == [
            "price 5€ [a]", "拒收请回复R 😀", "first second"], got
        assert (got[2]["parts"], got[2]["have"]) == (2, 2), got[2]
        assert got[0]["to"] == "+447700900001", got[0]
        assert len(sim.list(10, to="+447700900002")) == 1


def test_receipt_styles():
    cases = [("exact", lambda i: i), ("hex-dec", lambda i: str(int(i, 16))),
             ("dec-hex", lambda i: "%x" % int(i)),
             ("padded", lambda i: "0000" + i), ("upper", str.upper),
             ("lower", str.lower)]
    with Place() as place:
        sim = place.sim(dlr="both", dlr_delay=0)
        e = Esme(sim.port)
        e.bind()
        for style, fn in cases:
            sim.ok("set dlr-style %s" % style)
            mid = submit_ok(e)
            p = e.expect("deliver_sm")
            want = fn(mid)
            assert p.tlv["receipted_message_id"] == want.encode() + b"\0", p
            assert p.tlv["message_state"] == b"\2", p
            assert ("id:%s " % want) in p.text(), p.text()
            assert "stat:DELIVRD" in p.text(), p.text()
            assert p["esm_class"] == 4 and p["source"] == "447700900001", p
        # Nothing comes that was not asked for.
        e.submit("+447700900001", "no receipt", receipt=0)
        e.expect("submit_sm_resp")
        try:
            p = e.next(0.3)
            raise AssertionError("a receipt nobody asked for: %r" % p)
        except TimeoutError:
            pass


def test_receipt_forms():
    with Place() as place:
        sim = place.sim(dlr="text", dlr_state="UNDELIV", dlr_err="042")
        e = Esme(sim.port)
        e.bind()
        for form in ("plain", "spaced", "swapped", "terse", "ucs2", "payload",
                     "data-sm"):
            sim.ok("set dlr-form %s" % form)
            mid = submit_ok(e)
            name = "data_sm" if form == "data-sm" else "deliver_sm"
            p = e.expect(name)
            if name == "data_sm":
                e.send("data_sm_resp", seq=p.seq)
            text = p.text().lower()
            assert mid in text and "undeliv" in text, (form, p)
            assert form == "terse" or "042" in text, (form, text)
            assert ("message_payload" in p.tlv) == (
                form in ("payload", "data-sm")), (form, p)


def test_early_repeated_and_lost_receipts():
    with Place() as place:
        sim = place.sim(dlr="tlv", dlr_early="on", latency=150, dlr_repeat=2)
        e = Esme(sim.port)
        e.bind()
        e.submit("+447700900001", "early")
        first = e.expect("deliver_sm")
        e.expect("deliver_sm")
        resp = e.expect("submit_sm_resp")
        want = resp["message_id"].encode() + b"\0"
        assert first.tlv["receipted_message_id"] == want
        sim.ok("reset")
        sim.ok("set latency 0")
        sim.ok("set dlr-early off")
        sim.ok("set dlr-repeat 1")
        sim.ok("receipts never 0.5")
        for _ in range(10):
            submit_ok(e)
        until(lambda: sim.count()["receipts_taken"] == 2 + 5)


def test_held_receipts_come_when_asked_in_no_order():
    with Place() as place:
        sim = place.sim(dlr="tlv")
        e = Esme(sim.port)
        e.bind()
        sim.ok("receipts hold")
        ids = [submit_ok(e).encode() + b"\0" for _ in range(40)]
        assert sim.count()["held"] == 40 and sim.count()["receipts"] == 0
        assert sim.ask("receipts release 5 x").startswith("error")
        sim.ok("receipts release 0 10")
        came = [e.expect("deliver_sm").tlv["receipted_message_id"]
                for _ in range(10)]
        submit_ok(e)
        assert sim.count()["held"] == 31
        begun = time.monotonic()
        sim.ok("receipts release 100")
        for _ in range(31):
            came.append(e.expect("deliver_sm").tlv["receipted_message_id"])
        assert 0.25 < time.monotonic() - begun < 2
        assert len(set(came)) == 41 and set(ids) < set(came)
        assert came[:10] != ids[:10], "they came in the order of the submits"
        submit_ok(e)
        e.expect("deliver_sm")


def test_rules_for_one_number():
    with Place() as place:
        sim = place.sim()
        e = Esme(sim.port)
        e.bind()
        sim.ok("set error 0x0b for +447700900008")
        sim.ok("set dlr text")
        e.submit("+447700900008", "no")
        assert e.expect("submit_sm_resp").status == STATUS["RINVDSTADR"]
        submit_ok(e, to="+447700900009")
        assert sim.ask("set throttle 5 for +447700900008").startswith("error")
        assert sim.ask("set nonsense 5").startswith("error no knob")
        sim.ok("reset")
        submit_ok(e, to="+447700900008")


def test_shares_throttle_and_silence():
    with Place() as place:
        sim = place.sim(error="0x14:0.25")
        e = Esme(sim.port)
        e.bind()
        for _ in range(20):
            e.submit("+447700900001", "x")
        got = [e.expect("submit_sm_resp").status for _ in range(20)]
        assert got.count(0x14) == 5, got
        sim.ok("set error none")
        sim.ok("set throttle 10")
        for _ in range(30):
            e.submit("+447700900001", "x")
        got = [e.expect("submit_sm_resp").status for _ in range(30)]
        assert 18 <= got.count(0x58) <= 20, got
        sim.ok("set throttle-burst 2")
        for _ in range(10):
            e.submit("+447700900001", "x")
        got = [e.expect("submit_sm_resp").status for _ in range(10)]
        assert 6 <= got.count(0x58) <= 8, got
        sim.ok("set throttle 0")
        sim.ok("set no-response 1")
        e.submit("+447700900001", "x")
        try:
            raise AssertionError("answered: %r" % e.next(0.3))
        except TimeoutError:
            pass
        sim.ok("set drop-rate 1")
        e.submit("+447700900001", "x")
        assert e.next() is None


def test_mo_waits_for_a_receiver_and_is_repeated():
    with Place() as place:
        sim = place.sim()
        said = sim.ask_later("mo +447700900001 DEMOCARE %s" % ("长" * 100))
        time.sleep(0.1)
        assert not said.done()
        e = Esme(sim.port, auto=("enquire_link",))
        e.bind("receiver")
        p = e.expect("deliver_sm")
        e.expect("deliver_sm")
        e.send("deliver_sm_resp", status=STATUS["RX_T_APPN"], seq=p.seq)
        e.close()
        e = Esme(sim.port, auto=("enquire_link",))
        e.bind("transceiver")
        parts = [e.expect("deliver_sm") for _ in range(2)]
        for p in parts:
            e.send("deliver_sm_resp", seq=p.seq)
        parts.sort(key=lambda p: p.part()[2])
        assert "".join(p.text() for p in parts) == "长" * 100
        assert parts[0]["source"] == "447700900001", parts[0]
        assert said.wait(3).startswith("ok parts=2"), said.wait(0)


def test_refuse_drop_and_garbage():
    with Place() as place:
        sim = place.sim()
        e = Esme(sim.port)
        e.bind()
        sim.ok("drop")
        assert e.next() is None
        sim.ok("refuse on")
        try:
            Esme(sim.port)
            raise AssertionError("accepted while refusing")
        except ConnectionRefusedError:
            pass
        sim.ok("refuse off")
        e = Esme(sim.port)
        e.bind()
        e.raw(b"\0\0\0\x10\0\0\x77\x77\0\0\0\0\0\0\0\x2a")
        p = e.expect("generic_nack")
        assert (p.seq, p.status) == (42, STATUS["RINVCMDID"]), p
        e.raw(b"\0\0\0\x05garbage garbage")
        assert e.expect("generic_nack").status == STATUS["RINVCMDLEN"]
        assert e.next() is None
        assert sim.count()["links"] == 0


def test_one_byte_at_a_time_and_many_at_once():
    from smpp import pack, text_encode
    with Place() as place:
        sim = place.sim()
        e = Esme(sim.port)
        e.bind()
        coding, data = text_encode("slow")
        one = pack(Pdu("submit_sm", 0, 77, dest="447700900001", dest_ton=1,
                       data_coding=coding, short_message=data))
        for i in range(len(one)):
            e.raw(one[i:i + 1])
        assert e.expect("submit_sm_resp").seq == 77
        e.raw(one * 200)
        for _ in range(200):
            e.expect("submit_sm_resp")
        assert sim.count()["submits"] == 201


if __name__ == "__main__":
    tap.main(globals())
