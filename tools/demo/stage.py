"""What the story is played on: folder, broker, carriers, CRM and gateway."""

import base64
import ctypes
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import threading

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tests", "lib"))

from carillon import Carillon, FINAL, Hook  # noqa: E402
from mqtt import Mqtt  # noqa: E402
from programs import Mosquitto, Sim, free_port  # noqa: E402

PR_SET_PDEATHSIG = 1


class Busy(Exception):
    """Another demo runs in this folder."""


def alone():
    """In the child: Ctrl-C is for the demo, which then stops all in order; and
    nothing outlives a demo that was killed."""
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Folder:
    """build/demo: fresh at each start, kept afterwards to look at. It is the
    `place` of the programs in tests/lib."""

    def __init__(self, path):
        self.preexec = alone
        self.dir = path
        self.programs = []
        os.makedirs(path, exist_ok=True)
        self.lock = open(os.path.join(path, "lock"), "w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Busy(path)
        for name in os.listdir(path):
            if name != "lock":
                self.remove(name)

    def remove(self, name):
        path = self.path(name)
        if os.path.isdir(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, mode)
        return path


class Gateway(Carillon):
    """carillond in build/demo/data, with the key that `init` made."""

    def __init__(self, place):
        self.place, self.name = place, "carillond"
        self.data = place.path("data")
        self.key_file = os.path.join(self.data, "admin.key")
        self.key, self.port, self.program = "", 0, None

    def init(self):
        code, out, err = self.run("init", "--data", self.data)
        if code != 0:
            raise AssertionError("carillond init: %s%s" % (out, err))
        with open(self.key_file, encoding="ascii") as f:
            self.key = f.read().strip()


def wished_port(port):
    """That one if it is free, else any."""
    with socket.socket() as s:
        try:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(("127.0.0.1", port))
            return port
        except OSError:
            return free_port()


class Apps(threading.Thread):
    """The phones' apps: each says that it has what came, but those that are
    silent."""

    def __init__(self, client, silent):
        super().__init__(daemon=True)
        self.client, self.silent = client, silent

    def run(self):
        done = 0
        while not self.client.closed:
            with self.client.came:
                self.client.came.wait_for(
                    lambda: len(self.client.messages) > done, 0.5)
                new = self.client.messages[done:]
            done += len(new)
            for topic, payload, _ in new:
                words = topic.split("/")
                if len(words) == 4 and words[2] == "to" and \
                        words[3] not in self.silent:
                    self.answer(topic, payload)

    def answer(self, topic, payload):
        try:
            self.client.publish(topic + "/receipt", json.dumps({
                "id": json.loads(payload)["id"], "state": "delivered"}))
        except (OSError, TimeoutError):
            pass  # the broker is gone: so is the story


class Stage:
    """Everything, started in order; `close` stops it in reverse."""

    def __init__(self, path, http_port):
        self.folder = Folder(path)
        self.http_port = http_port
        self.secret = "whsec_" + base64.b64encode(
            secrets.token_bytes(32)).decode()
        self.broker = self.hook = self.app = None
        self.carriers = {}
        self.gateway = Gateway(self.folder)

    def open(self):
        self.gateway.init()
        self.broker = Mosquitto(self.folder)
        # A phone network is not instant: 20 ms to answer, receipts after
        # another 50.
        for name in ("carrier-a", "carrier-b"):
            self.carriers[name] = Sim(self.folder, name, latency=20, dlr="both",
                                      dlr_delay=50, system_id="demo",
                                      password="demo")
        self.hook = Hook(self.secret)
        self.app = Mqtt(self.broker.port, "demo-app")
        self.app.subscribe("carillon/+/to/#")
        self.app.subscribe("carillon/+/out/#")
        self.app.subscribe("demo/answers")
        Apps(self.app, {"app-c006"}).start()
        self.gateway.config = self.folder.write(
            "carillon.conf", self.configuration(), 0o600)
        self.gateway.start()

    def configuration(self):
        words = {
            "DATA": self.gateway.data,
            "HTTP": self.http_port,
            "CARRIER_A": self.carriers["carrier-a"].port,
            "CARRIER_B": self.carriers["carrier-b"].port,
            "MQTT": self.broker.port,
            "HOOK": self.hook.url(),
            "SECRET": self.secret,
        }
        path = os.path.join(ROOT, "config", "demo", "demo.conf")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for word, value in words.items():
            text = text.replace("@%s@" % word, str(value))
        return text

    def write_ports(self):
        """For tools/demo/sim.py."""
        self.folder.write("ports.json", json.dumps(
            {name: sim.control for name, sim in self.carriers.items()}))

    def links(self):
        """{name: what the API says of it}"""
        answer = self.gateway.get("/v1/links")
        return {one["name"]: one for one in answer.body["links"]}

    def close(self):
        """Stops all; what did not end well, as text."""
        faults = []
        gateway = [p for p in self.folder.programs if p.name == "carillond"]
        others = [p for p in self.folder.programs if p.name != "carillond"]
        for p in gateway + others:
            try:
                code = p.stop()
                if code != 0 and not p.killed:
                    faults.append("%s ended with %d" % (p.name, code))
            except Exception as e:  # each of them is to be stopped
                faults.append(str(e))
        for part in (self.app, self.hook):
            if part is not None:
                part.close()
        return faults

    def tail(self):
        """The last words of every program, for when the story failed."""
        last = {p.name: p for p in self.folder.programs}
        return "\n".join("--- %s\n%s" % (name, p.tail(12))
                         for name, p in last.items())


__all__ = ["Busy", "FINAL", "ROOT", "Stage", "wished_port"]
