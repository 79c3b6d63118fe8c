"""Who plays in a scenario: the gateway, SMSCs, a broker, webhook receivers."""

import json
import os
import re
import shlex
import sqlite3
import struct
import threading
import time
import urllib.parse

from carillon import Carillon, Hook, sign
from fetches import Fetches
from language import Fault, OPS, block_of, fields, split, value_of, walk
from programs import free_port
from smpp import IDS, Listener, STATUS, text_encode


class Actor:
    """do(): a statement about it. value(): a path into it."""

    def __init__(self, play, name):
        self.play, self.name = play, name

    def do(self, verb, rest, statement):
        fn = getattr(self, "do_" + verb.replace("-", "_"), None)
        if fn is None:
            raise Fault("%s does not know %s" % (self.name, verb))
        fn(rest, statement)

    def value(self, segments):
        fn = getattr(self, "get_" + segments[0], None) if segments else None
        if fn is None:
            raise Fault("%s has no %s" % (self.name, ".".join(segments)))
        return fn(segments[1:])

    def finish(self):
        """At the end of the play, before the programs stop."""


class Gateway(Actor):
    """carillon c1 { configuration }"""

    def __init__(self, play, name, rest, statement):
        super().__init__(play, name)
        options = fields(rest)
        self.at = Carillon(play.place, play.fill(statement.raw or ""), name)
        self.answer = self.ran = None
        self.taken = []  # ids that post-until was given
        if options.get("start") != "no":
            self.at.start()

    # statements
    def do_start(self, rest, _):
        self.at.start(ready="unready" not in rest)

    def do_stop(self, *_):
        self.at.stop()

    def do_stall(self, *_):
        """Somebody else writes to its store: its own commits wait."""
        self.writer = sqlite3.connect(os.path.join(self.at.data,
                                                   "carillon.db"))
        self.writer.isolation_level = None
        self.writer.execute("BEGIN IMMEDIATE")

    def do_unstall(self, *_):
        self.writer.execute("ROLLBACK")
        self.writer.close()

    def do_kill(self, *_):
        self.at.kill9()

    def do_configure(self, _, statement):
        self.at.configure(self.play.fill(statement.raw))

    def do_hup(self, *_):
        self.at.program.popen.send_signal(1)

    def do_check(self, *_):
        """carillond --check"""
        self.ran = self.at.run("--config", self.at.config, "--check")

    def do_run(self, *_):
        """Runs carillond until it ends by itself."""
        if "init" not in self.play.notes:
            self.at.init()
            self.play.notes.add("init")
        self.ran = self.at.run("--config", self.at.config)

    def do_cli(self, rest, _):
        self.ran = self.at.cli(*shlex.split(rest))

    def request(self, method, rest):
        path, rest = split(rest, 1)
        headers = {}
        while re.match(r"^[A-Z][A-Za-z-]+:\S*(\s|$)", rest):
            word, rest = split(rest, 1)
            name, _, value = word.partition(":")
            headers[name] = value
        body = rest or None
        if body and body.startswith("py:"):
            body = eval(body[3:])  # the scenario's own text
        if isinstance(body, str):
            body = body.encode()
        key = headers.pop("Key", None)
        if key:
            headers["Authorization"] = "Bearer " + key
        self.answer = self.at.request(method, path, body, headers,
                                      key=key is None)
        self.play.answer = self.answer

    def do_data(self, rest, _):
        self.at.data = rest

    def do_post_until(self, rest, _):
        """post-until STATUS TIMES PATH BODY: the same again and again."""
        status, times, rest = split(rest, 2)
        for _ in range(int(times)):
            self.request("POST", rest)
            if self.answer.status == 202:
                self.taken.append(self.answer.body["id"])
            if self.answer.status == int(status):
                return
            if self.answer.status != 202:
                time.sleep(0.02)

    def do_get(self, rest, _):
        self.request("GET", rest)

    def do_post(self, rest, _):
        self.request("POST", rest)

    def do_put(self, rest, _):
        self.request("PUT", rest)

    def do_patch(self, rest, _):
        self.request("PATCH", rest)

    def do_delete(self, rest, _):
        self.request("DELETE", rest)

    def do_hook(self, rest, _):
        """hook NAME SECRET BODY: posts a signed webhook."""
        name, secret, body = split(rest, 2)
        mid, at = "msg_" + str(time.monotonic_ns()), str(int(time.time()))
        self.answer = self.at.post("/hooks/in/" + name, body, headers={
            "webhook-id": mid, "webhook-timestamp": at,
            "webhook-signature": sign(secret, mid, at, body.encode())})
        self.play.answer = self.answer

    # paths
    def get_port(self, _):
        return self.at.port

    def get_dir(self, _):
        return self.at.data

    def get_message(self, segments):
        return walk(self.at.message(segments[0][1:-1]), segments[1:])

    def get_get(self, segments):
        """c1.get[/v1/links].links[0].state"""
        a = self.at.get(segments[0][1:-1])
        if a.status != 200:
            raise Fault("%s: %r" % (segments[0], a))
        return walk(a.body, segments[1:])

    def get_taken(self, segments):
        return walk(self.taken, segments)

    def get_lost(self, _):
        """How many of them the node does not know."""
        return sum(self.at.get("/v1/messages/" + i).status != 200
                   for i in self.taken)

    def get_metric(self, segments):
        return self.at.metric(segments[0][1:-1])

    def get_exit(self, _):
        return self.ran[0]

    def get_out(self, _):
        return self.ran[1] + self.ran[2]

    def get_json(self, segments):
        return walk(json.loads(self.ran[1]), segments)

    def get_log(self, _):
        return self.at.program.tail(2000)

    def get_running(self, _):
        return self.at.program.running()


class Simulator(Actor):
    """sim s1 [option=value...]"""

    def __init__(self, play, name, rest, _):
        super().__init__(play, name)
        self.at = play.place.sim(name, **fields(rest))

    def do(self, verb, rest, statement):
        if verb == "mo-later":
            self.at.ask_later("mo " + rest)
            return
        said = self.at.ask(verb + " " + rest, timeout=10)
        if not said.startswith("ok"):
            raise Fault("%s %s: %s" % (self.name, verb, said))

    def get_port(self, _):
        return self.at.port

    def get_span(self, _):
        """Milliseconds from the first submit to the last."""
        at = [s["at_ms"] for s in self.at.list(1000)]
        return max(at) - min(at)

    def get_count(self, segments):
        return walk(self.at.count(), segments)

    def get_list(self, segments):
        return walk(self.at.list(1000), segments)

    def get_to(self, segments):
        """s1.to[+447700900001].count"""
        return walk(self.at.list(1000, to=segments[0][1:-1]), segments[1:])


class Broker(Actor):
    """broker b1; b1 listens on a topic and publishes."""

    def __init__(self, play, name, rest, _):
        super().__init__(play, name)
        self.port = int(fields(rest).get("port", 0)) or None
        self.at = play.place.mosquitto(name=name, port=self.port)
        self.subs = {}

    def do_subscribe(self, rest, _):
        self.subs[rest] = self.at.subscribe(rest)

    def do_publish(self, rest, _):
        topic, payload = split(rest, 1)
        more = {}
        while re.match(r"^(response|correlation|retain)=", payload):
            word, payload = split(payload, 1)
            name, _, value = word.partition("=")
            more[name] = value
        self.at.publish(topic, payload, **more)

    def do_stop(self, *_):
        self.at.stop()

    def get_port(self, _):
        return self.at.port

    def get_heard(self, segments):
        """b1.heard[0].topic: of all subscriptions, in order of arrival."""
        out = []
        for sub in self.subs.values():
            for topic, payload in sub.messages():
                try:
                    payload = json.loads(payload)
                except ValueError:
                    pass
                out.append({"topic": topic, "payload": payload})
        return walk(out, segments)


class Receiver(Actor):
    """hook h1 secret=whsec_... [answers=500,200]"""

    def __init__(self, play, name, rest, _):
        super().__init__(play, name)
        f = fields(rest)
        self.at = Hook(f["secret"], [a for a in f.get("answers", "").split(",")
                                     if a])
        play.place.later(self.at.close)

    def get_url(self, _):
        return self.at.url()

    def get_requests(self, segments):
        return walk(list(self.at.requests), segments)

    def get_events(self, segments):
        return walk(self.at.events(), segments)

    def finish(self):
        bad = [r for r in self.at.requests if not r["good"]]
        if bad:
            raise Fault("%s: %d signatures are wrong: %s" % (
                self.name, len(bad), bad[0]))


class Fetched(Actor):
    """fetches f1 [answers=500,200]: who is told by GET"""

    def __init__(self, play, name, rest, _):
        super().__init__(play, name)
        f = fields(rest)
        self.at = Fetches([a for a in f.get("answers", "").split(",") if a])
        play.place.later(self.at.close)

    def get_url(self, _):
        return self.at.url()

    def get_quoted(self, _):
        """The URL as part of a query."""
        return urllib.parse.quote(self.at.url(), safe="")

    def get_requests(self, segments):
        return walk(list(self.at.requests), segments)


class Port(Actor):
    """port p1: a free port; nobody listens there."""

    def __init__(self, play, name, *_):
        super().__init__(play, name)
        self.number = free_port()

    def get_number(self, _):
        return self.number


class Script(Actor):
    """smsc s1 { bind / expect PDU ... / respond ... }: an SMSC that does what
    its lines say, in order, in a thread of its own. enquire_link and unbind
    are answered without a line."""

    def __init__(self, play, name, _, statement):
        super().__init__(play, name)
        self.listener, self.wire, self.last = Listener(), None, None
        self.fault = None
        self.statements = block_of(statement)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        play.place.later(self.close)

    def get_port(self, _):
        return self.listener.port

    def get_done(self, _):
        self.raise_fault()
        return not self.thread.is_alive()

    def raise_fault(self):
        if self.fault:
            raise Fault("%s: %s" % (self.name, self.fault))

    def finish(self):
        self.thread.join(10)
        self.raise_fault()
        if self.thread.is_alive():
            raise Fault("%s still waits at line %d" % (self.name, self.line))

    def close(self):
        if self.wire:
            self.wire.close()
        self.listener.close()

    def run(self):
        try:
            self.play_lines(self.statements)
        except Exception as e:  # told to the main thread
            self.fault = "line %d: %s: %s" % (self.line, type(e).__name__, e)

    def play_lines(self, statements):
        for s in statements:
            self.line = s.line
            verb, rest = split(self.play.fill(s.text), 1)
            if verb == "loop":
                for i in range(int(rest)):
                    self.play.let("i", i)
                    self.play_lines(block_of(s))
            else:
                getattr(self, "line_" + verb.replace("-", "_"))(rest)

    # lines
    def line_accept(self, rest):
        self.wire = self.listener.accept(float(rest or 10))

    def line_bind(self, rest):
        """Accepts a connection and any bind: bind [status=...]."""
        self.line_accept("")
        p = self.wire.next(5)
        if p is None or not p.name.startswith("bind_"):
            raise Fault("expected a bind, came %r" % p)
        self.last = p
        self.line_respond(rest)

    def match(self, p, rest):
        words = shlex.split(rest)
        for i in range(0, len(words), 3):
            field, op, want = words[i:i + 3]
            got = self.field(p, field)
            if field == "status":
                want = str(STATUS.get(want, want))
            if not OPS[op](got, value_of(want)):
                raise Fault("%s %s %s: it is %r in %r" % (
                    field, op, want, got, p))
        self.last = p

    def line_expect(self, rest):
        name, rest = split(rest, 1)
        self.match(self.wire.expect(name, timeout=10), rest)

    @staticmethod
    def field(p, name):
        if name in ("seq", "status"):
            return getattr(p, name)
        if name == "text":
            return p.text()
        if name == "part":
            return list(p.part() or ())
        if name == "udh":
            return p.udh().hex()
        if name == "data":  # behind the UDH
            return p.user_data()[len(p.udh()):].hex()
        if name == "size":  # of the user data
            return len(p.user_data())
        if name == "tlvs":
            return len(p.tlv)
        if name.startswith("tlv.0x"):
            v = p.tlv.get(int(name[4:], 16))
            return None if v is None else v.hex()
        if name.startswith("tlv."):
            v = p.tlv.get(name[4:])
            return None if v is None else v.rstrip(b"\0").decode("latin-1")
        return p.get(name)

    def line_let(self, rest):
        """let NAME = FIELD of the last PDU"""
        name, _, field = rest.split()
        self.play.let(name, self.field(self.last, field))

    @staticmethod
    def times(v):
        word, _, n = v.partition("*")
        return word * int(n or 1)

    def octets(self, v):
        """The value of a TLV."""
        if v.isdigit() and len(v) < 3:
            return int(v)
        if v.startswith(":"):
            return bytes.fromhex(v[1:])
        return self.times(v).encode() if "*" in v else v

    def build(self, rest):
        """(status, seq, tlv, fields) of name=value words. hex=BYTES is the
        message; a TLV by number is 0xTAG, its bytes :BYTES; X*N is N times
        X."""
        out, tlv, status, seq, udh = {}, {}, 0, None, b""
        for k, v in fields(rest).items():
            if k == "status":
                status = STATUS.get(v) if v in STATUS else int(v, 0)
            elif k == "seq":
                seq = int(v, 0)
            elif k.startswith("tlv."):
                tag = int(k[4:], 16) if k.startswith("tlv.0x") else k[4:]
                tlv[tag] = self.octets(v)
            elif k == "hex":
                out["short_message"] = bytes.fromhex(self.times(v))
            elif k == "text":
                out["data_coding"], out["short_message"] = text_encode(v)
            elif k == "dests":
                out[k] = v.split(",")
            elif k == "udh":
                udh = bytes.fromhex(v)
            elif v.lstrip("-").isdigit() and k not in (
                    "source", "dest", "message_id", "system_id", "password",
                    "service_type", "schedule", "validity"):
                out[k] = int(v)
            else:
                out[k] = v
        if udh:
            out["esm_class"] = out.get("esm_class", 0) | 0x40
            out["short_message"] = udh + out["short_message"]
        return status, seq, tlv, out

    def line_send(self, rest):
        name, rest = split(rest, 1)
        status, seq, tlv, out = self.build(rest)
        self.wire.send(name, status, seq, tlv, **out)

    def line_respond(self, rest):
        status, seq, tlv, out = self.build(rest)
        self.wire.send(self.last.name + "_resp", status,
                       self.last.seq if seq is None else seq, tlv, **out)

    def line_respond_bare(self, rest):
        """respond-bare [status=...]: with a header alone, whatever the
        specification says of it"""
        status, seq, _, _ = self.build(rest)
        self.wire.raw(struct.pack(
            ">IIII", 16, IDS[self.last.name + "_resp"], status,
            self.last.seq if seq is None else seq))

    def line_receipt(self, rest):
        """receipt ID STAT [field=value...]: the text form."""
        mid, stat, rest = split(rest, 2)
        status, seq, tlv, out = self.build(rest)
        text = ("id:%s sub:001 dlvrd:001 submit date:2611221040 "
                "done date:2611221041 stat:%s err:000 text:hello" % (mid, stat))
        more = {"source_ton": 1, "source": "447700900001", "esm_class": 4,
                "dest": "DEMOCARE", "short_message": text.encode()}
        more.update(out)
        self.wire.send("deliver_sm", status, seq, tlv, **more)

    def line_raw(self, rest):
        self.wire.raw(bytes.fromhex(rest.replace(" ", "")))

    def line_close(self, _):
        self.wire.close()

    def line_expect_close(self, rest):
        p = self.wire.next(float(rest or 5))
        if p is not None:
            raise Fault("expected the end, came %r" % p)

    def line_silence(self, rest):
        """Nothing comes for so many seconds."""
        try:
            p = self.wire.next(float(rest))
        except TimeoutError:
            return
        raise Fault("expected silence, came %r" % p)

    def line_sleep(self, rest):
        time.sleep(float(rest))

    def line_signal(self, rest):
        self.play.event(rest).set()

    def line_await(self, rest):
        if not self.play.event(rest).wait(10):
            raise Fault("nobody signalled " + rest)


KINDS = {"carillon": Gateway, "sim": Simulator, "broker": Broker,
         "hook": Receiver, "smsc": Script, "port": Port,
         "fetches": Fetched}
