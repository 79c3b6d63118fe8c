"""Programs started in a folder of their own, on free ports of 127.0.0.1, and
surely ended."""

import concurrent.futures
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

from waiting import until

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("CARILLON_BUILD", os.path.join(ROOT, "build", "dev"))


def free_port():
    """A port that was free a moment ago."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Program:
    """A process whose output goes to files in the place."""

    # With which it may end when it was not killed; None: any.
    good_codes = None

    def __init__(self, place, name, argv, env=None, cwd=None, preexec=None,
                 stdin=subprocess.DEVNULL):
        self.place, self.name, self.argv = place, name, argv
        self.killed = False
        self.out = os.path.join(place.dir, name + ".out")
        self.err = os.path.join(place.dir, name + ".err")
        self.begun = os.path.getsize(self.out) if os.path.exists(self.out) \
            else 0
        with open(self.out, "ab") as out, open(self.err, "ab") as err:
            self.popen = subprocess.Popen(
                argv, stdout=out, stderr=err, stdin=stdin,
                env=dict(os.environ, **(env or {})), cwd=cwd or place.dir,
                preexec_fn=preexec or place.preexec)
        place.programs.append(self)

    @property
    def pid(self):
        return self.popen.pid

    def running(self):
        return self.popen.poll() is None

    def wait_line(self, start, timeout=10):
        """The first line of its output that begins so."""
        def look():
            with open(self.out, encoding="utf-8", errors="replace") as f:
                f.seek(self.begun)
                for line in f:
                    if line.startswith(start) and line.endswith("\n"):
                        return line.rstrip("\n")
            if not self.running():
                raise AssertionError("%s ended with %s: %s" % (
                    self.name, self.popen.returncode, self.tail()))
            return None
        return until(look, timeout, what="%s says %r" % (self.name, start))

    def tail(self, lines=30):
        out = []
        for path in (self.out, self.err):
            with open(path, encoding="utf-8", errors="replace") as f:
                out += f.read().split("\n")[-lines:]
        return "\n".join(out).strip()

    def stop(self, timeout=10):
        """SIGTERM, and SIGKILL when that does not end it; its exit code."""
        if self.running():
            self.popen.send_signal(signal.SIGTERM)
            try:
                self.popen.wait(timeout)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait(5)
                raise AssertionError("%s ignores SIGTERM: %s" % (
                    self.name, self.tail()))
        return self.popen.returncode

    def end(self):
        """Stops it; a sanitizer that complained at the end is a failure."""
        code = self.stop()
        if self.good_codes is not None and not self.killed and \
                code not in self.good_codes:
            raise AssertionError("%s ended with %s: %s" % (
                self.name, code, self.tail()))

    def kill9(self):
        self.killed = True
        if self.running():
            self.popen.kill()
        self.popen.wait(5)


class Later:
    """An answer that may take its time."""

    def __init__(self, future):
        self.future = future

    def done(self):
        return self.future.done()

    def wait(self, timeout=5):
        return self.future.result(timeout)


class Sim(Program):
    """smscsim and its control port. Options by name: dlr_delay=5."""

    good_codes = (0,)

    def __init__(self, place, name="sim", **options):
        self.log = os.path.join(place.dir, name + ".jsonl")
        self.options = options
        argv = [os.path.join(BUILD, "smscsim"), "--log", self.log]
        for k, v in options.items():
            argv += ["--" + k.replace("_", "-"), str(v)]
        super().__init__(place, name, argv)
        words = self.wait_line("smscsim: listening on").split()
        self.port, self.control = int(words[3]), int(words[5])
        self.pool = concurrent.futures.ThreadPoolExecutor(32)

    def ask(self, line, timeout=10):
        with socket.create_connection(("127.0.0.1", self.control), 5) as s:
            s.settimeout(timeout)
            s.sendall(line.encode() + b"\n")
            with s.makefile("r", encoding="utf-8", errors="replace") as f:
                return f.readline().rstrip("\n")

    def ask_later(self, line, timeout=30):
        return Later(self.pool.submit(self.ask, line, timeout))

    def ok(self, line, timeout=10):
        said = self.ask(line, timeout)
        assert said.startswith("ok"), "%s: %s" % (line, said)
        return said

    def count(self):
        return json.loads(self.ask("count"))

    def list(self, n=1000, to=None):
        return json.loads(self.ask("list %d%s" % (
            n, " to " + to if to else "")))

    def mo(self, frm, to, text, timeout=10):
        text = text.replace("\\", "\\\\").replace("\n", "\\n")
        return self.ok("mo %s %s %s" % (frm, to, text), timeout)

    def logged(self):
        """Every submit since the start."""
        with open(self.log, encoding="utf-8") as f:
            return [json.loads(line) for line in f]

    def stop(self, timeout=10):
        self.pool.shutdown(wait=False, cancel_futures=True)
        return super().stop(timeout)


class Mosquitto(Program):
    """A broker, and its command line clients."""

    def __init__(self, place, name="mosquitto", port=None):
        self.port = port or free_port()
        conf = os.path.join(place.dir, name + ".conf")
        with open(conf, "w") as f:
            f.write("listener %d 127.0.0.1\nallow_anonymous true\n"
                    "persistence false\nlog_dest stderr\n" % self.port)
        exe = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
        super().__init__(place, name, [exe, "-c", conf])
        until(self.listening, 10, what="mosquitto listens")

    def listening(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def publish(self, topic, payload, qos=1, retain=False, response=None,
                correlation=None):
        argv = ["mosquitto_pub", "-V", "5", "-h", "127.0.0.1", "-p",
                str(self.port), "-t", topic, "-m", payload, "-q", str(qos)]
        if retain:
            argv.append("-r")
        if response:
            argv += ["-D", "publish", "response-topic", response]
        if correlation:
            argv += ["-D", "publish", "correlation-data", correlation]
        subprocess.run(argv, check=True, timeout=10)

    def subscribe(self, topic):
        return Subscriber(self.place, self, topic)


class Subscriber(Program):
    """mosquitto_sub; messages() are (topic, payload)."""

    count = 0

    def __init__(self, place, broker, topic):
        Subscriber.count += 1
        super().__init__(place, "sub%d" % Subscriber.count, [
            "stdbuf", "-oL", "mosquitto_sub", "-V", "5", "-h", "127.0.0.1", "-p",
            str(broker.port), "-t", topic, "-q", "1", "-F", "%t %p", "-d"])
        self.wait_line("Subscribed", 10)

    def messages(self):
        out = []
        with open(self.out, encoding="utf-8", errors="replace") as f:
            for line in f.read().split("\n")[:-1]:
                topic, _, payload = line.partition(" ")
                if "/" in topic:
                    out.append((topic, payload))
        return out


class Place:
    """A folder and what runs in it. On failure it shows the last words."""

    preexec = None  # runs in each program before it begins

    def __init__(self, keep=bool(os.environ.get("KEEP"))):
        self.keep, self.programs, self.closers = keep, [], []
        self.last = []  # run after all programs have ended
        self.dir = None

    def __enter__(self):
        base = os.environ.get("CARILLON_TMP") or tempfile.gettempdir()
        self.dir = tempfile.mkdtemp(prefix="carillon-", dir=base)
        return self

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, mode)
        return path

    def sim(self, name="sim", **options):
        return Sim(self, name, **options)

    def mosquitto(self, **options):
        return Mosquitto(self, **options)

    def later(self, fn):
        """fn() runs when the place closes."""
        self.closers.append(fn)

    def __exit__(self, kind, value, tb):
        if kind is not None:
            for p in self.programs:
                if not p.running():
                    print("# %s had ended with %s" % (p.name,
                                                      p.popen.returncode))
                sys.stdout.write("".join("# %s: %s\n" % (p.name, line)
                                         for line in p.tail().split("\n")))
        faults = []
        for fn in reversed(self.closers):
            try:
                fn()
            except Exception as e:
                faults.append(e)
        for p in reversed(self.programs):
            try:
                p.end()
            except Exception as e:
                faults.append(e)
        for fn in self.last:
            fn()
        if self.keep:
            print("# kept: " + self.dir)
        else:
            shutil.rmtree(self.dir, ignore_errors=True)
        if faults and kind is None:
            raise faults[0]


