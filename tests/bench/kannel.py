"""Debian's Kannel, bearerbox and smsbox, with a configuration of its own."""

import os
import shutil
import socket

from programs import Program, free_port
from waiting import until

CONF = """group = core
admin-port = %(admin)d
admin-password = bench
smsbox-port = %(box)d
box-allow-ip = 127.0.0.1
log-file = %(dir)s/bearerbox.log
log-level = 3
store-type = %(store)s
store-location = %(dir)s/kannel.store
dlr-storage = %(dlr)s

group = smsc
smsc = smpp
smsc-id = sink
host = 127.0.0.1
port = %(smsc)d
smsc-username = demo
smsc-password = demo
system-type = ""
transceiver-mode = true
max-pending-submits = 100
reconnect-delay = 1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = %(http)d
global-sender = DEMOCARE
log-file = %(dir)s/smsbox.log
log-level = 3

group = sendsms-user
username = bench
password = bench
max-messages = 10
concatenation = true
"""


def exe(name):
    path = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")
    assert path, name + " is missing; make setup installs kannel"
    return path


class Kannel:
    """The two boxes. `port` takes sendsms; `key` is for the load generator;
    `more` are further groups of the configuration."""

    name = "kannel"
    key = "username=bench&password=bench"

    def __init__(self, place, smsc_port, store="file", more="",
                 dlr="internal"):
        self.port = free_port()
        values = {"admin": free_port(), "box": free_port(),
                  "http": self.port, "smsc": smsc_port, "dir": place.dir,
                  "store": store, "dlr": dlr}
        self.admin = values["admin"]
        conf = place.write("kannel.conf", CONF % values + more)
        self.bearer = Program(place, "bearerbox", [exe("bearerbox"), conf])
        until(lambda: listens(values["box"]), 15, what="bearerbox listens")
        self.sms = Program(place, "smsbox", [exe("smsbox"), conf])
        until(lambda: listens(self.port), 15, what="smsbox listens")

    def pids(self):
        return [self.bearer.pid, self.sms.pid]

    def stop(self):
        for p in (self.sms, self.bearer):
            if p.running():
                p.kill9()


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False
