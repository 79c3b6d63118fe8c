"""The gateways that are measured: ours, and Kannel with its ways to keep what
waits for a receipt."""

import os
import sqlite3
import urllib.parse

from carillon import Carillon
from kannel import Kannel

CONFIG = """
gateway { queue_max = 3000000 }
class marketing { consent = none  quiet_hours = ""  cap = "" }
smpp sink { host = "127.0.0.1"  port = %(smsc)d  system_id = "demo"
            password = "demo"  source = "DEMOCARE"  window = %(window)d
            dlr = %(dlr)s  rate = %(rate)d }
route all { pool = {"sink"} }
kannel_user bench { password = "bench"  class = "service" }
log { level = "warn" }
"""

HOOK = """
webhook notices { url = "http://127.0.0.1:%d/hook"  secret = "not-a-secret-at-all"
               events = {"message.delivered"}  allow = {"127.0.0.0/8"}
               window = 32 }
"""


class Ours(Carillon):
    """One link; with a sink, its webhook is told of every delivery."""

    def __init__(self, place, smsc_port, sink=None, rate=0, dlr=None,
                 more=""):
        values = {"smsc": smsc_port, "rate": rate, "window": 100,
                  "dlr": dlr or ("final" if sink else "none")}
        hook = HOOK % sink.port if sink else ""
        super().__init__(place, CONFIG % values + hook + more)
        self.start()

    def pids(self):
        return [self.program.pid]


class OursKannel(Ours):
    """Asked the way Kannel is asked."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.key = Kannel.key


SQLITE = """
group = sqlite3-connection
id = dlr
database = %(file)s
max-connections = 1

group = dlr-db
id = dlr
table = dlr
field-smsc = smsc
field-timestamp = ts
field-source = source
field-destination = destination
field-service = service
field-url = url
field-mask = mask
field-status = status
field-boxc-id = boxc
"""

TABLE = """create table dlr (smsc text, ts text, source text, destination text,
    service text, url text, mask integer, status integer, boxc text);
    create index dlr_ts on dlr (smsc, ts)"""


class KannelDlr(Kannel):
    """Asks for a callback about every delivery; what waits for its receipt is
    in memory."""

    dlr = "internal"

    def __init__(self, place, smsc_port, sink):
        super().__init__(place, smsc_port, dlr=self.dlr,
                         more=self.more(place))
        url = "http://127.0.0.1:%d/dlr?to=%%p" % sink.port
        self.key += "&dlr-mask=1&dlr-url=" + urllib.parse.quote(url, "")

    def more(self, place):
        return ""


class KannelSqlite(KannelDlr):
    """The same in a database, with an index for what it looks up."""

    dlr = "sqlite3"

    def more(self, place):
        file = os.path.join(place.dir, "dlr.sqlite3")
        with sqlite3.connect(file) as db:
            db.executescript(TABLE)
        return SQLITE % {"file": file}
