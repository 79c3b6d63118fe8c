"""The gateway under test, and the HTTP receiver that it tells what happens."""

import base64
import hashlib
import hmac
import http.client
import http.server
import json
import os
import queue
import subprocess
import threading

from programs import BUILD, Program
from waiting import until

FINAL = {"delivered", "undelivered", "expired", "rejected", "unknown",
         "failed", "cancelled", "suppressed", "sent"}

HEAD = """node { name = "n1"  data = "%(data)s" }
store { url = "sqlite:carillon.db" }
http { listen = "127.0.0.1:0" }
"""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.raw = status, headers, body
        try:
            self.body = json.loads(body) if body else None
        except ValueError:
            self.body = body.decode("utf-8", "replace")

    def __repr__(self):
        return "%s %s" % (self.status, self.raw[:2000])


class Carillon:
    """One node: its folder, its configuration, its process. It can be
    started again after it was stopped or killed."""

    def __init__(self, place, config, name="carillon", data=None):
        self.place, self.name = place, name
        self.port = 0
        self.data = data or place.path(name + "-data")
        self.key_file = place.path(name + ".key")
        self.key = "test-admin-key-of-more-than-32-letters"
        place.write(name + ".key", self.key + "\n", 0o600)
        self.program = None
        self.configure(config)

    def configure(self, config):
        """The text goes after node, store and http unless it has its own."""
        head = "" if config.lstrip().startswith("node ") else HEAD % {
            "data": self.data}
        self.config = self.place.write(self.name + ".conf", head + config)

    def run(self, *args, timeout=20, program="carillond"):
        """(exit code, stdout, stderr) of a short run."""
        env = dict(os.environ, CARILLON_URL=self.url(),
                   CARILLON_KEY=self.key)
        p = subprocess.run([os.path.join(BUILD, program)] + list(args),
                           capture_output=True, timeout=timeout, env=env,
                           cwd=self.place.dir, stdin=subprocess.DEVNULL)
        return (p.returncode, p.stdout.decode("utf-8", "replace"),
                p.stderr.decode("utf-8", "replace"))

    def cli(self, *args, timeout=20):
        return self.run(*args, timeout=timeout, program="carillon")

    def init(self):
        code, out, err = self.run("init", "--data", self.data, "--key-file",
                                  self.key_file)
        assert code == 0, "carillond init: %s%s" % (out, err)

    def start(self, ready=True, timeout=15, preexec=None):
        if not os.path.exists(self.data):
            self.init()
        self.program = Program(
            self.place, self.name,
            [os.path.join(BUILD, "carillond"), "--config", self.config],
            preexec=preexec)
        self.program.good_codes = (0,)
        line = self.program.wait_line("carillond: ready on port", timeout)
        self.port = int(line.split()[-1])
        if ready:
            self.wait_ready(timeout)
        return self

    def wait_ready(self, timeout=15):
        def ready():
            if not self.program.running():
                raise AssertionError("carillond ended with %s: %s" % (
                    self.program.popen.returncode, self.program.tail()))
            try:
                return self.get("/readyz").status == 200
            except OSError:
                return False
        until(ready, timeout, what="/readyz says 200")

    def stop(self, timeout=20):
        code = self.program.stop(timeout)
        assert code == 0, "carillond ended with %d: %s" % (
            code, self.program.tail())

    def kill9(self):
        self.program.kill9()

    def url(self):
        return "http://127.0.0.1:%d" % self.port

    # ---- HTTP ------------------------------------------------------------

    def request(self, method, path, body=None, headers=None, key=True,
                timeout=10):
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body, ensure_ascii=False)
        if isinstance(body, str):
            body = body.encode()
        send = {"Content-Type": "application/json"} if body is not None else {}
        if key and path.startswith("/v1"):
            send["Authorization"] = "Bearer " + self.key
        send.update(headers or {})
        c = http.client.HTTPConnection("127.0.0.1", self.port,
                                       timeout=timeout)
        try:
            try:
                c.request(method, path, body, send)
            except (BrokenPipeError, ConnectionResetError):
                if c.sock is None:
                    raise
                # it answered before it had read all
            r = c.getresponse()
            return Answer(r.status, {k.lower(): v for k, v in r.getheaders()},
                          r.read())
        finally:
            c.close()

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.request("POST", path, body, **more)

    def send(self, to, text, cls="service", **more):
        """The id of an accepted message."""
        a = self.post("/v1/messages", dict({"to": to, "text": text,
                                            "class": cls}, **more))
        assert a.status == 202, a
        return a.body["id"]

    def message(self, mid):
        a = self.get("/v1/messages/" + mid)
        assert a.status == 200, a
        return a.body

    def wait_state(self, mid, *states, timeout=8):
        def look():
            m = self.message(mid)
            if m["state"] in states:
                return m
            assert m["state"] not in FINAL, (
                "message %s ended as %s, not %s: %s" % (
                    mid, m["state"], "/".join(states), m))
            return None
        return until(look, timeout, what="message %s is %s" % (
            mid, "/".join(states)))

    def metric(self, name):
        """The sum of a series over its labels."""
        total = 0.0
        for line in self.get("/metrics").raw.decode().split("\n"):
            if line.split("{")[0].split(" ")[0] == name:
                total += float(line.rsplit(" ", 1)[1])
        return total


# ---- what webhooks reach ---------------------------------------------------

def secret_bytes(secret):
    """whsec_ and base64, or plain text."""
    if secret.startswith("whsec_"):
        return base64.b64decode(secret[6:])
    return secret.encode()


def sign(secret, mid, timestamp, body):
    """Standard Webhooks: HMAC-SHA256 over id.timestamp.body."""
    text = mid.encode() + b"." + timestamp.encode() + b"." + body
    mac = hmac.new(secret_bytes(secret), text, hashlib.sha256).digest()
    return "v1," + base64.b64encode(mac).decode()


def signature_good(secret, headers, body):
    want = sign(secret, headers.get("webhook-id", ""),
                headers.get("webhook-timestamp", ""), body)
    return any(hmac.compare_digest(want, s)
               for s in headers.get("webhook-signature", "").split())


class Hook:
    """Receives webhooks. `answers` are the first statuses, then 200."""

    def __init__(self, secret, answers=()):
        self.secret, self.requests = secret, []
        self.answers = queue.Queue()
        for a in answers:
            self.answers.put(int(a))
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {k.lower(): v for k, v in self.headers.items()}
                try:
                    status = hook.answers.get_nowait()
                except queue.Empty:
                    status = 200
                good = signature_good(hook.secret, headers, body)
                try:
                    event = json.loads(body)
                except ValueError:
                    event = None
                hook.requests.append({
                    "path": self.path, "headers": headers, "good": good,
                    "status": status, "event": event,
                    "id": headers.get("webhook-id")})
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        # A gateway that was killed leaves connections behind.
        self.server.handle_error = lambda *_: None
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,),
                         daemon=True).start()

    def url(self):
        return "http://127.0.0.1:%d/hook" % self.port

    def events(self):
        """Of requests that were answered 2xx."""
        return [r["event"] for r in list(self.requests)
                if r["status"] // 100 == 2]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
