"""Who is told by GET: what a dlr-url reaches."""

import http.server
import queue
import threading
import urllib.parse


class Fetches:
    """Keeps every GET. `answers` are the first statuses, then 200."""

    def __init__(self, answers=()):
        self.requests = []
        self.answers = queue.Queue()
        for a in answers:
            self.answers.put(int(a))
        fetches = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                try:
                    status = fetches.answers.get_nowait()
                except queue.Empty:
                    status = 200
                path, _, query = self.path.partition("?")
                fetches.requests.append({
                    "path": path, "query": query, "status": status,
                    "auth": self.headers.get("Authorization"),
                    "args": dict(urllib.parse.parse_qsl(
                        query, keep_blank_values=True,
                        encoding="latin-1"))})
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        self.server.handle_error = lambda *_: None
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,),
                         daemon=True).start()

    def url(self):
        return "http://127.0.0.1:%d/dlr" % self.port

    def close(self):
        self.server.shutdown()
        self.server.server_close()
