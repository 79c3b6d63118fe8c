"""The story: each chapter does one thing, looks whether it came true, and says
what was seen, in English and in Chinese."""

import csv
import json
import os
import threading
import time

from stage import FINAL, ROOT
from waiting import until

CHAPTERS = []
SHORT_CODE = "99900"
SHI, STONE, TIAN, YU = ("+4477009000" + n for n in ("01", "05", "06", "08"))

# T-01 and T-09 of templates/samples, rendered.
OVERDUE = ("【演示通信】{name},您的账户余额-12.50元,将于11月25日暂停服务。"
           "请及时充值,已缴请忽略。咨询回复KF。")
OFFER = {
    "zh": "【演示通信】{name},春季流量包10GB20元/月,12月31日前可订。"
          "详情回复XQ,拒收回复TD。",
    "en": "[DemoTel] {name}, spring pack 10 GB for 20/month until 31 Dec. "
          "Reply XQ for details, TD to stop.",
}


class Untrue(Exception):
    """A chapter did not come true."""


def chapter(en, zh):
    def keep(fn):
        CHAPTERS.append((en, zh, fn))
        return fn
    return keep


def check(true, what, *args):
    if not true:
        raise Untrue(what % args if args else what)


def offer(person):
    lang = person.get("lang", "zh")
    return OFFER[lang].format(name=person["name"].split("·")[0].strip())


class Story:
    def __init__(self, stage, say):
        self.stage, self.say = stage, say
        self.people = {}  # ref -> the row of the CSV
        self.overdue = None

    # ---- short words for what chapters do -------------------------------

    @property
    def gateway(self):
        return self.stage.gateway

    def cli(self, *args):
        code, out, err = self.gateway.cli(*args, timeout=30)
        check(code == 0, "carillon %s: exit %d: %s", " ".join(args), code,
              (err or out).strip())
        return out

    def cli_json(self, *args):
        return json.loads(self.cli(*args, "--json"))

    def post(self, path, body, *statuses):
        a = self.gateway.post(path, body)
        check(a.status in (statuses or (200, 201, 202)), "%s: %r", path, a)
        return a.body

    def send(self, to, text, cls, tenant="DEMOTEL", **more):
        body = self.post("/v1/messages?tenant=" + tenant, dict(
            {"to": to, "text": text, "class": cls}, **more), 202)
        return body["id"]

    def state(self, mid, *states):
        """The message once it is in one of the states."""
        return self.gateway.wait_state(mid, *states, timeout=10)

    def event(self, kind, wanted, timeout=8):
        """The webhook of that type at the CRM, its signature proved."""
        def look():
            for r in list(self.stage.hook.requests):
                e = r["event"]
                if e and e["type"] == kind and wanted(e["data"]):
                    return r
            return None
        r = until(look, timeout, what="the CRM hears " + kind)
        check(r["good"], "the signature of %s is wrong", r["id"])
        return r["event"]

    def submits(self, to=None):
        """What the carriers took, parts joined."""
        out = []
        for name, sim in self.stage.carriers.items():
            out += [dict(m, carrier=name) for m in sim.list(100000, to)]
        return out

    def links_up(self, *names):
        def up():
            links = self.stage.links()
            return all(links[n]["state"] == "up" for n in names)
        until(up, 10, what="links %s are up" % ", ".join(names))


# ---- the chapters ----------------------------------------------------------

@chapter("Gateway, carriers, broker and CRM start", "网关、运营商、消息代理和 CRM 启动")
def start(s):
    s.stage.open()
    names = ("carrier-a", "carrier-b", "bus", "crm")
    s.links_up(*names)
    return ("%d links are up; only drama numbers can be reached" % len(names),
            "%d 条链路已接通;只能发往虚构号段" % len(names))


def rows_by_tenant():
    """The CSV as one list of rows for each firm; a person may be with
    several."""
    path = os.path.join(ROOT, "config", "demo", "contacts.csv")
    firms = {}
    with open(path, encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            for tenant in row.pop("tenant").split():
                firms.setdefault(tenant, []).append(row)
    return firms


@chapter("24 customers of six firms come by CSV", "CSV 导入六家公司的 24 位客户")
def contacts(s):
    firms, rows, failed = rows_by_tenant(), 0, 0
    for tenant, people in firms.items():
        path = s.stage.folder.path("contacts-%s.csv" % tenant)
        with open(path, "w", encoding="utf-8", newline="") as f:
            w = csv.DictWriter(f, list(people[0]))
            w.writeheader()
            w.writerows(people)
        said = s.cli_json("contacts", "import", path, "--tenant", tenant)
        rows += said["imported"]
        failed += said["failed_rows"]
        s.people.update({p["ref"]: p for p in people})
    kept = sum(len(s.gateway.get("/v1/contacts?limit=1000&tenant=" + t)
                   .body["contacts"]) for t in firms)
    check(len(s.people) == 24 and failed == 0 and kept == rows,
          "%d people, %d rows imported, %d refused, %d kept",
          len(s.people), rows, failed, kept)
    return ("24 people, %d rows, 0 refused" % rows,
            "24 人,共 %d 行,0 行被拒" % rows)


@chapter("Overdue reminder by SMS, with receipt", "短信催缴提醒,收到回执")
def reminder(s):
    text = OVERDUE.format(name="田先生")
    mid = s.send(TIAN, text, "reminder", metadata={"case": "overdue-0006"})
    m = s.state(mid, "delivered")
    heard = s.submits(TIAN)
    check(len(heard) == 1 and heard[0]["text"] == text,
          "the carriers have %r", heard)
    ms = round(took_ms(m))
    return ("delivered by %s, receipt after %d ms" % (m["link"], ms),
            "由 %s 送达,%d 毫秒后收到回执" % (m["link"], ms))


def took_ms(m):
    """From the first to the last event of its history."""
    def at(text):
        clock = text.rstrip("Z").split("T")[1].split(":")
        return (int(clock[0]) * 3600 + int(clock[1]) * 60 +
                float(clock[2])) * 1000
    return (at(m["history"][-1]["at"]) - at(m["created"])) % 86400000


@chapter("The same to one who prefers MQTT", "同一提醒经 MQTT 发给偏好 App 的客户")
def by_mqtt(s):
    before = len(s.submits(YU))
    mid = s.send(YU, OVERDUE.format(name="雨先生"), "reminder",
                 metadata={"case": "overdue-0008"})
    topic = "carillon/DEMOTEL/to/app-c008"
    payload, _ = until(
        lambda: s.stage.app.find(topic, lambda p: mid in p), 8,
        what="the app hears " + topic)
    check("雨先生" in json.loads(payload)["text"], "the app got %s", payload)
    m = s.state(mid, "delivered", "sent")
    check(m["channel"] == "mqtt" and len(s.submits(YU)) == before,
          "it went by %s", m["channel"])
    s.overdue = mid
    return ("arrived on %s" % topic, "已送达主题 %s" % topic)


@chapter("The CRM hears it by a signed webhook", "CRM 收到 webhook,验签通过")
def webhook(s):
    e = s.event("message.delivered", lambda d: d["id"] == s.overdue)
    data = e["data"]
    check(data["metadata"] == {"case": "overdue-0008"} and
          YU not in json.dumps(data), "the event is %r", data)
    return ("message.delivered, case overdue-0008, number masked: %s" %
            data["to"],
            "message.delivered,工单 overdue-0008,号码已脱敏:%s" % data["to"])


@chapter("Sent by MQTT, its result heard", "经 MQTT 提交并收到结果")
def mqtt_intake(s):
    ask = {"to": STONE, "class": "transaction",
           "text": "[DemoTel] You asked for Data pack, 20/month. Reply 7391 "
                   "within 24 h to confirm. No reply, no service."}
    s.stage.app.publish("carillon/DEMOTEL/send", json.dumps(ask),
                        "demo/answers", "order-1")
    found = until(lambda: s.stage.app.find("demo/answers"), 8,
                  what="an answer on demo/answers")
    said = json.loads(found[0])
    check("id" in said and found[1] == "order-1", "the answer is %r", found)
    m = s.state(said["id"], "delivered")
    return ("%s is %s; the answer on demo/answers names order-1" %
            (m["id"], m["state"]),
            "%s 状态为 %s;demo/answers 上的应答带回关联号 order-1" %
            (m["id"], m["state"]))


# Who may not get promotions, and why.
REFUSED = {"C002": "withdrawn", "C003": "no_consent",
           "C004": "consent_expired", "C006": "no_consent",
           "C015": "no_consent", "C017": "contact_left"}


@chapter("Promotion: only the opted-in get it", "群发促销:只有同意者收到")
def promotion(s):
    took, refused = [], {}
    for tenant in ("DEMOTEL", "DEMOLIFE"):
        people = s.gateway.get("/v1/contacts?limit=1000&tenant=" +
                               tenant).body["contacts"]
        answer = s.post("/v1/messages?tenant=" + tenant, {"messages": [
            {"to": phone_of(p), "text": offer(p), "class": "marketing",
             "campaign": "CP-02"} for p in people]})
        for p, r in zip(people, answer["results"]):
            check("verdict" in r, "%s: %r", p["ref"], r)
            if r["verdict"] == "allow":
                took.append((p, r["id"]))
            else:
                refused[p["ref"]] = r["reason"]
    check(refused == REFUSED, "refused were %r", refused)
    for _, mid in took:
        s.state(mid, "delivered", "sent")
    wrong = [ref for ref in refused
             if any("流量包" in m["text"] for m in
                    s.submits(s.people[ref]["phone"]))]
    check(not wrong, "a promotion reached %s", wrong)
    reasons = {}
    for ref, why in sorted(refused.items()):
        reasons.setdefault(why, []).append(ref)
    said = "; ".join("%s: %s" % (why, " ".join(refs))
                     for why, refs in reasons.items())
    return ("%d got it, %d did not: %s" % (len(took), len(refused), said),
            "%d 人收到,%d 人被拦截:%s" % (len(took), len(refused), said))


def phone_of(person):
    return [a["address"] for a in person["addresses"]
            if a["channel"] == "sms"][0]


def confirmations(s):
    return [m for m in s.submits(SHI) if "退订,即时生效" in m["text"]]


@chapter("TD stops the queued and the next one", "回复 TD:排队的取消,之后的被拒")
def opt_out(s):
    carrier = s.stage.carriers["carrier-a"]
    try:
        for name in s.stage.carriers:
            s.cli("link", "hold", name)
        queued = s.send(SHI, offer(s.people["C001"]), "marketing")
        state = s.gateway.message(queued)["state"]
        check(state in ("accepted", "queued"), "it is %s, not queued", state)
        carrier.mo(SHI, SHORT_CODE, "TD")
        m = s.state(queued, "cancelled")
    finally:
        for name in s.stage.carriers:
            s.cli("link", "release", name)
    until(lambda: confirmations(s), 8, what="a confirmation")
    again = s.post("/v1/messages", {
        "to": SHI, "text": offer(s.people["C001"]), "class": "marketing"}, 200)
    check(again["verdict"] == "deny" and again["reason"] == "withdrawn",
          "the gate says %r", again)
    carrier.mo(SHI, SHORT_CODE, "TD")
    s.event("consent.withdrawn", lambda d: True)
    time.sleep(0.3)  # a second confirmation would have come by then
    check(len(confirmations(s)) == 1, "%d confirmations",
          len(confirmations(s)))
    return ("queued one %s (%s), next one denied, 1 confirmation for 2 TDs" %
            (m["state"], m["reason"]),
            "排队的一条已取消(%s),下一条被拒,两次 TD 只回 1 条确认" %
            m["reason"])


@chapter("route explain: which link, and why", "route explain:走哪条链路,为什么")
def explain(s):
    ask = ("route", "explain", "--to", STONE, "--class", "marketing",
           "--text", offer(s.people["C005"]))
    s.say(s.cli(*ask))
    said = s.cli_json(*ask)
    rules = {r["name"]: r for r in said["rules"]}
    check(said["pool"] == "promotions" and rules["promotions"]["chosen"] and
          not rules["app"]["chosen"], "it says %r", said)
    link = [t["name"] for t in said["links"] if t["chosen"]]
    check(len(link) == 1, "the links are %r", said["links"])
    return ("rule app does not fit, promotions does, by %s to %s" %
            (said["strategy"], link[0]),
            "规则 app 不符,promotions 命中,按 %s 选中 %s" %
            (said["strategy"], link[0]))


@chapter("Carrier A is down: B takes over", "运营商 A 中断:B 接管")
def failover(s):
    carrier = s.stage.carriers["carrier-a"]
    carrier.ok("refuse on")
    carrier.ok("drop")
    try:
        until(lambda: s.stage.links()["carrier-a"]["state"] != "up", 8,
              what="carrier-a is seen to be down")
        ids = [s.send(STONE, "[DemoTel] Ticket %d is solved." % n, "service")
               for n in range(1, 6)]
        links = {s.state(mid, "delivered")["link"] for mid in ids}
        check(links == {"carrier-b"}, "they went by %s", links)
    finally:
        carrier.ok("refuse off")
    s.links_up("carrier-a")
    last = s.send(STONE, "[DemoTel] Ticket 6 is solved.", "service")
    back = s.state(last, "delivered")["link"]
    check(back == "carrier-a", "the last one went by %s", back)
    return ("5 of 5 by carrier-b, the next by carrier-a again",
            "5 条全部改走 carrier-b,恢复后又走 carrier-a")


class Sender(threading.Thread):
    """Sends one after the other until the gateway is gone; what was not
    acknowledged does not count."""

    def __init__(self, gateway):
        super().__init__(daemon=True)
        self.gateway, self.texts = gateway, {}

    def run(self):
        n = 0
        while True:
            n += 1
            text = "[DemoTel] Statement no. %d is ready." % n
            try:
                a = self.gateway.post("/v1/messages", {
                    "to": "+447700900%03d" % (100 + n % 800), "text": text,
                    "class": "service"}, timeout=5)
            except OSError:
                return
            except Exception:  # half an answer: http.client's own faults
                return
            if a.status == 202:
                self.texts[a.body["id"]] = text


@chapter("kill -9: nothing lost or silently doubled",
         "kill -9:不丢失,不悄悄重发")
def kill9(s):
    promised = {}
    for sim in s.stage.carriers.values():
        sim.ok("set latency 2000")
    for ref in ("C005", "C007", "C022"):
        p = s.people[ref]
        text = offer(p) + " (%s)" % ref
        promised[s.send(p["phone"], text, "marketing")] = text
    sender = Sender(s.gateway)
    sender.start()
    until(lambda: len(sender.texts) >= 100, 20, what="100 acknowledged")
    live = s.gateway.get("/v1/status").body["live"]
    s.gateway.kill9()
    sender.join(10)
    promised.update(sender.texts)
    for sim in s.stage.carriers.values():
        sim.ok("set latency 20")
    begun = time.monotonic()
    s.gateway.start()
    ms = (time.monotonic() - begun) * 1000
    check(live["queued"] > 0 and live["submitting"] > 0,
          "nothing was under way: %r", live)
    counts = dict(after_kill(s, promised), n=len(promised), ms=ms, **live)
    return ("%(n)d acknowledged, of them %(submitting)d in flight and "
            "%(queued)d queued; back in %(ms)d ms: %(delivered)d delivered, "
            "%(unknown)d promotions unknown and not re-sent; %(resent)d "
            "others in doubt sent once more, each flagged" % counts,
            "已确认 %(n)d 条,其中在途 %(submitting)d、排队 %(queued)d;"
            "%(ms)d 毫秒恢复:送达 %(delivered)d;%(unknown)d 条促销存疑,不再发;"
            "其余存疑 %(resent)d 条各补发一次并标记" % counts)


def after_kill(s, promised):
    """Every promise against what the carriers have: by text, each its own."""
    n = {"delivered": 0, "unknown": 0, "resent": 0}
    taken = {}
    ends = [(text, settled(s, mid)) for mid, text in promised.items()]
    for m in s.submits():
        taken[m["text"]] = taken.get(m["text"], 0) + 1
    for text, m in ends:
        times = taken.get(text, 0)
        flagged = any(e["state"] == "unknown" for e in m["history"])
        promo = m["class"] == "marketing"
        n[m["state"]] += 1
        n["resent"] += flagged and not promo
        check(m["state"] == "delivered" or promo, "%s is %s", m["id"],
              m["state"])
        check(times >= 1 or flagged, "%s is lost", m["id"])
        check(times <= 1 or (flagged and not promo and times == 2),
              "%s went out %d times", m["id"], times)
    return n


def settled(s, mid):
    """Its end; `unknown` of what is sent again is none."""
    def look():
        m = s.gateway.message(mid)
        return m if m["state"] in FINAL and "live" not in m else None
    m = until(look, 20, what="message %s comes to an end" % mid)
    check(m["state"] in ("delivered", "unknown"), "%s is %s", mid, m["state"])
    return m


@chapter("Consent ledger: whole, and evidence", "同意台账完整,可举证")
def ledger(s):
    whole = s.cli_json("consent", "verify")
    check(whole["ok"], "the ledger says %r", whole)
    proof = s.cli_json("consent", "evidence", SHI, "--tenant", "DEMOTEL")
    kinds = [(e["type"], e["purpose"]) for e in proof["events"]]
    check(proof["ok"] and ("grant", "marketing") in kinds and
          ("withdraw", "marketing") in kinds, "the evidence is %r", kinds)
    s.say("\n".join("%s  %-8s %-10s by %-9s %s…" % (
        e["at"], e["type"], e["purpose"], e["source"], e["hash"][:16])
        for e in proof["events"]) + "\n")
    good = [r["good"] for r in s.stage.hook.requests]
    check(all(good), "%d webhooks had a wrong signature", good.count(False))
    return ("%d events in one chain; evidence of %d; %d webhooks, all signed" %
            (whole["rows"], len(kinds), len(good)),
            "链上 %d 条记录;举证 %d 条;%d 次 webhook 签名全部有效" %
            (whole["rows"], len(kinds), len(good)))
