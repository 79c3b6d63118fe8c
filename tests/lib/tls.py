"""TLS for the tests: certificates made on the spot, and a socket that one
thread may read while another writes."""

import select
import socket
import ssl
import subprocess
import threading
import time

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Certs:
    """An authority of its own, and one certificate that it has signed."""

    def __init__(self, place, name, names="DNS:localhost,IP:127.0.0.1"):
        self.ca = place.path(name + "-ca.pem")
        self.cert, self.key = place.path(name + ".pem"), place.path(name + ".key")
        ca_key = place.path(name + "-ca.key")
        self._openssl("-x509", "-subj", "/CN=ca of " + name, "-days", "1",
                      "-keyout", ca_key, "-out", self.ca)
        self._openssl("-x509", "-CA", self.ca, "-CAkey", ca_key, "-days", "1",
                      "-subj", "/CN=" + name, "-addext",
                      "subjectAltName=" + names, "-addext",
                      "basicConstraints=CA:FALSE",
                      "-keyout", self.key, "-out", self.cert)

    @staticmethod
    def _openssl(*args):
        p = subprocess.run(["openssl", "req"] + KEY + list(args),
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           stdin=subprocess.DEVNULL, timeout=20)
        assert p.returncode == 0, p.stdout.decode()

    def server(self, client_ca=None, newest=None):
        """A context of a server; newest: the highest version it speaks."""
        c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        c.load_cert_chain(self.cert, self.key)
        if client_ca:
            c.load_verify_locations(client_ca)
            c.verify_mode = ssl.CERT_REQUIRED
        if newest:
            c.set_ciphers("ALL:@SECLEVEL=0")
            c.minimum_version = ssl.TLSVersion.TLSv1
            c.maximum_version = newest
        return c

    def client(self, ca=None):
        """A context of a client that shows this certificate."""
        c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        c.load_verify_locations(ca or self.ca)
        c.load_cert_chain(self.cert, self.key)
        return c


class Locked:
    """What Wire wants of a socket, over TLS; never both sides at once."""

    def __init__(self, sock):
        sock.setblocking(False)
        self.sock, self.lock = sock, threading.Lock()

    def settimeout(self, _):
        pass

    def setsockopt(self, *args):
        self.sock.setsockopt(*args)

    def recv(self, n):
        while True:
            with self.lock:
                try:
                    return self.sock.recv(n)
                except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    pass
                except (ssl.SSLError, ValueError) as e:
                    raise OSError(str(e))
            try:
                select.select([self.sock], [], [], 0.2)
            except (ValueError, OSError):
                raise OSError("closed")

    def sendall(self, data):
        end = time.monotonic() + 10
        while data:
            with self.lock:
                try:
                    data = data[self.sock.send(data):]
                    continue
                except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    pass
            assert time.monotonic() < end, "the peer does not read"
            select.select([], [self.sock], [], 0.2)

    def shutdown(self, how):
        with self.lock:
            socket.socket.shutdown(self.sock, how)

    def close(self):
        with self.lock:
            self.sock.close()



def connect(sock, certs, ca=None):
    """The client's side of a handshake with localhost."""
    return Locked(certs.client(ca).wrap_socket(sock,
                                               server_hostname="localhost"))


def accept(sock, context, timeout):
    """The server's side of a handshake."""
    sock.settimeout(timeout)
    return Locked(context.wrap_socket(sock, server_side=True))
