"""The second half of the story: campaigns under two pairs of eyes, reminders
before a stop, what customers answer, and what pauses a campaign."""

import json
import os
import time

from story import TIAN, chapter, check, settled
from waiting import until

YE, SHAN, QING, ZHU, ZHOU, PROBE = (
    "+4477009000" + n for n in ("07", "10", "18", "22", "23", "24"))
SUSPEND = {"type": "service.suspend_requested", "account": "A-0006",
           "data": {"cycle": "2026-11"}}


def ask(s, method, path, body=None, key=None):
    """One request by somebody other than the admin."""
    head = {"Authorization": "Bearer " + key} if key else {}
    return s.gateway.request(method, path, body, headers=head)


def done(s, method, path, body=None, key=None, status=200):
    a = ask(s, method, path, body, key)
    check(a.status == status, "%s %s: %r", method, path, a)
    return a.body


def key_of(s, name, role):
    return s.post("/v1/keys", {"name": name, "role": role,
                               "tenant": "DEMOTEL"}, 201)["key"]


def rfc3339(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + \
        ".%03dZ" % (seconds * 1000 % 1000)


def campaign_until(s, cid, *states):
    def look():
        c = s.gateway.get("/v1/campaigns/" + cid).body
        return c if c["state"] in states else None
    return until(look, 15, what="campaign %s is %s" % (
        cid, "/".join(states)))


def no_phone(s, number, off=True):
    for sim in s.stage.carriers.values():
        sim.ok("set dlr-state %s for %s" % (
            "UNDELIV" if off else "DELIVRD", number))


@chapter("Remind first, stop later: phone off, app silent, an agent calls",
         "先提醒后停机:关机、App 无回应,转人工外呼")
def remind_first(s):
    no_phone(s, TIAN)
    said = s.post("/v1/events", {
        "id": "arrears-1", "type": "billing.arrears", "to": TIAN,
        "account": "A-0006", "data": {"cycle": "2026-11", "days": 3}})
    s.state(said["message"], "undelivered")
    until(lambda: s.stage.app.find("carillon/DEMOTEL/to/app-c006",
                                   lambda p: "欠费3天" in
                                   json.loads(p)["text"]), 8,
          what="the reminder is tried at the app")
    first = s.post("/v1/events", dict(SUSPEND, id="stop-1"))
    check((first["decision"], first["reason"]) == ("deny", "REMIND_FIRST"),
          "the first answer is %r", first)

    def task():
        return next((c for c in s.gateway.get("/v1/callbacks").body[
            "callbacks"] if c["state"] == "queued"), None)
    until(task, 8, what="a task for an agent")
    taken = s.post("/v1/callbacks/next", {"agent": "A01"})["callback"]
    check(taken and taken["to"] == TIAN, "the next one is %r", taken)
    s.post("/v1/callbacks/%s/result" % taken["id"], {"result": "reached"})
    again = s.post("/v1/events", dict(SUSPEND, id="stop-2"))
    check(again["decision"] == "allow", "the second answer is %r", again)
    repeat = s.post("/v1/events", dict(SUSPEND, id="stop-1"))
    check(repeat["repeated"] and repeat["decision"] == "deny",
          "the first event again gives %r", repeat)
    no_phone(s, TIAN, False)
    return ("UNDELIV, no word from the app, a task taken by A01; the stop was "
            "refused (REMIND_FIRST) until the agent had reached them",
            "短信 UNDELIV、App 无回执,转坐席 A01 外呼;接通前停机请求被拒(REMIND_FIRST)")


@chapter("A campaign: pilot, and another's approval", "营销活动:试发与他人审批")
def campaign(s):
    author, approver = (key_of(s, "demo-" + r, r)
                        for r in ("marketer", "approver"))
    refs = ("C001", "C002", "C003", "C005", "C007", "C017", "C022", "C004")
    body = {"name": "Spring data pack / 春季流量包", "class": "marketing",
            "pace": {"rate": 1},
            "text": "[DemoTel] Spring pack 10 GB for 20/month.",
            "audience": {"addresses": [s.people[r]["phone"] for r in refs]}}
    c = done(s, "POST", "/v1/campaigns", body, author, 201)
    path = "/v1/campaigns/" + c["id"]
    done(s, "POST", path + "/submit", None, author)
    own = ask(s, "POST", path + "/approve", None, author)
    check(own.status == 403, "its author may approve it: %r", own)
    done(s, "POST", path + "/return", {"note": "no text to stop it"}, approver)
    a = s.gateway.request("PATCH", path, {
        "text": body["text"] + " Reply TD to stop."}, headers={
            "Authorization": "Bearer " + author,
            "If-Match": s.gateway.get(path).headers["etag"]})
    check(a.status == 200, "the edit: %r", a)
    done(s, "POST", path + "/submit", None, author)
    done(s, "POST", path + "/approve", None, approver)
    early = ask(s, "POST", path + "/start", None, author)
    check(early.body["error"]["code"] == "pilot_needed", "start: %r", early)
    done(s, "POST", path + "/pilot", None, author)
    until(lambda: ask(s, "POST", path + "/sign-off", None,
                      approver).status == 200, 10, what="the pilot came back")
    check(any("Spring pack" in m["text"] for m in s.submits(PROBE)),
          "the pilot did not reach the probe")
    # She agreed, until a moment from now: the last in the row.
    s.post("/v1/consents?tenant=DEMOTEL", {
        "address": s.people["C004"]["phone"], "type": "grant",
        "purpose": "marketing", "source": "web_form", "wording": "wd-demo-1",
        "expires_at": rfc3339(time.time() + 1.5)}, 201)
    done(s, "POST", path + "/start", None, author)
    campaign_until(s, c["id"], "completed")
    rows = done(s, "GET", path + "/recipients?limit=100")["recipients"]
    why = {r["to"]: r["reason"] for r in rows if r.get("reason")}
    refused = {r: why.get(s.people[r]["phone"]) for r in refs}
    refused = {r: w for r, w in refused.items() if w}
    check(set(refused) == {"C001", "C002", "C003", "C004", "C017"} and
          refused["C004"] == "consent_expired", "refused were %r", refused)
    said = ", ".join("%s %s" % pair for pair in sorted(refused.items()))
    return ("author 403, returned, edited, approved, pilot to the probe, then "
            "3 of 8: %s (C004's consent ended mid-run)" % said,
            "作者不能自批;退回、修改、他人批准、试发后发出 3/8:%s"
            "(C004 的同意在发送途中到期)" % said)


def at_all_links(s, word):
    for name in s.stage.carriers:
        s.cli("link", word, name)


def agreed(s, numbers):
    """Contacts with these numbers who agreed to promotions."""
    path = s.stage.folder.path("agreed.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write("ref,phone,consent,consent_purpose,wording,source\n")
        for n in numbers:
            f.write("G%s,%s,granted,marketing,wd-demo-2,web_form\n" %
                    (n[-3:], n))
    said = s.cli_json("contacts", "import", path, "--tenant", "DEMOTEL")
    check(said["imported"] == len(numbers), "the import says %r", said)


def nothing_waits(s):
    live = s.gateway.get("/v1/status").body["live"]
    return sum(live.get(w, 0) for w in ("accepted", "queued",
                                        "submitting")) == 0


@chapter("An alert overtakes 4,000 promotions", "告警先于 4000 条营销短信")
def alert_first(s):
    numbers = ["+447700900%03d" % n for n in range(100, 900)]
    agreed(s, numbers)
    begun = {name: len(sim.list(100000))
             for name, sim in s.stage.carriers.items()}
    at_all_links(s, "hold")
    try:
        for n in range(1, 6):
            got = s.post("/v1/messages", {"messages": [
                {"to": to, "class": "marketing", "text": "[DemoTel] Offer %d: "
                 "10 GB for 20/month. Reply TD to stop." % n}
                for to in numbers]})["results"]
            check(all(r.get("verdict") == "allow" for r in got),
                  "the gate says %r", got[:3])
        app = s.send(QING, "【演示电力】您的用电量异常升高,请检查线路。",
                     "alert", tenant="DEMOGRID")
        until(lambda: s.stage.app.find(
            "carillon/DEMOGRID/to/app-c018", lambda p: app in p), 8,
            what="the alert at the app")
        alert = s.send(QING, "【演示电力】您的用电量异常升高,请检查线路!",
                       "alert", tenant="DEMOGRID", channel="sms")
    finally:
        at_all_links(s, "release")
    link = s.state(alert, "delivered")["link"]
    until(lambda: nothing_waits(s), 30, what="all promotions have left")
    texts = [x["text"] for x in
             s.stage.carriers[link].list(100000)][begun[link]:]
    place = 1 + next(i for i, t in enumerate(texts) if "用电量" in t)
    check(place <= 20, "it was number %d on %s", place, link)
    return ("at the app while 4,000 waited; by SMS out as number %d of %s" %
            (place, link),
            "4000 条排队时已到 App;短信在 %s 上第 %d 个发出" % (link, place))


@chapter("A survey: unclear is asked again, 2 is low", "满意度调查:含糊再问,低分上报")
def survey(s):
    s.post("/v1/surveys", {
        "id": "sv-01", "name": "after a call", "questions": [{
            "id": "q1", "kind": "csat", "low": 2, "text": {
                "zh": "【演示通信】您对本次服务是否满意?回复1-5,5为最满意。",
                "en": "[DemoTel] How was our service? Reply 1-5, 5 is best."}}],
        "thanks": {"zh": "感谢您的反馈。", "en": "Thank you."}})
    asked = s.post("/v1/surveys/sv-01/sessions", {
        "to": YE, "lang": "zh", "ref": "call-0007"}, 202)["session"]
    path = "/v1/surveys/sv-01/sessions/" + asked

    def session(word, wanted):
        until(lambda: s.gateway.get(path).body[word] == wanted, 8,
              what="%s of the session is %s" % (word, wanted))
    session("state", "contacted")
    carrier = s.stage.carriers["carrier-a"]
    carrier.mo(YE, "99900", "3或者4吧")
    session("reprompts", 1)
    carrier.mo(YE, "99900", "2,等太久")
    session("state", "completed")
    low = s.event("survey.low_score", lambda d: d["ref"] == "call-0007")
    check(low["data"]["score"] == 2, "the event is %r", low)
    csat = s.gateway.get("/v1/surveys/sv-01/results").body["questions"][0]
    check(csat["n"] == 1, "the results are %r", csat)
    case = until(lambda: next((c for c in s.gateway.get("/v1/cases").body[
        "cases"] if c["to"] == YE), None), 8, what="a case of the low score")
    check(case["topic"] == "low_score" and case["first_reply_due"],
          "the case is %r", case)
    return ("'3或者4吧' asked again, '2,等太久' is 2 with a comment; "
            "survey.low_score at the CRM, case %s with a clock" % case["id"],
            "“3或者4吧”再问一次,“2,等太久”记 2 分并留言;CRM 收到 survey.low_score,"
            "工单 %s 开始计时" % case["id"])


@chapter("Three complaints pause a campaign", "三起投诉:活动自动暂停")
def complaints(s):
    author, approver = (key_of(s, "demo-%s-2" % r, r)
                        for r in ("marketer", "approver"))
    c = done(s, "POST", "/v1/campaigns", {
        "name": "Notice / 通知", "class": "notice", "text": "[DemoTel] New "
        "opening hours.", "pace": {"rate": 4}, "audience": {
            "addresses": ["+447700900%03d" % n for n in range(200, 300)]}},
        author, 201)
    path = "/v1/campaigns/" + c["id"]
    done(s, "POST", path + "/submit", None, author)
    done(s, "POST", path + "/approve", None, approver)
    done(s, "POST", path + "/pilot", None, author)
    until(lambda: ask(s, "POST", path + "/sign-off", None,
                      approver).status == 200, 10, what="the pilot came back")
    done(s, "POST", path + "/start", None, author)
    first = ["+447700900%03d" % n for n in (200, 201, 202)]
    until(lambda: len([r for r in done(
        s, "GET", path + "/recipients?limit=100")["recipients"]
        if r["to"] in first and r["state"] == "delivered"]) == 3, 15,
        what="three have it")
    begun = time.monotonic()
    for to in first:
        s.stage.carriers["carrier-a"].mo(to, "99900", "投诉,不要再骚扰我")
    paused = campaign_until(s, c["id"], "paused")
    ms = (time.monotonic() - begun) * 1000
    check(paused["reason"] == "complaint_burst", "it says %r", paused)
    topic = "carillon/DEMOTEL/out/campaign.paused"
    until(lambda: s.stage.app.find(topic, lambda p: c["id"] in p), 8,
          what="the alert on " + topic)
    done(s, "POST", path + "/cancel", None, author)
    return ("3 times 投诉 by SMS: paused (complaint_burst) after %d ms, told "
            "on %s" % (ms, topic),
            "收到 3 条投诉短信,%d 毫秒后自动暂停(complaint_burst),并发往 %s" %
            (ms, topic))


@chapter("A complaint by SMS is a case until it is settled",
         "短信投诉立案,查明原因并回复后结案")
def complaint(s):
    s.stage.carriers["carrier-a"].mo(ZHU, "99900", "我要投诉,热线打不通")
    case = until(lambda: next((c for c in s.gateway.get("/v1/cases").body[
        "cases"] if c["to"] == ZHU), None), 8, what="a case of the customer")
    opened = s.event("case.opened", lambda d: d["case"] == case["id"])["data"]
    path, owner = "/v1/cases/" + opened["case"], opened["owner"]
    until(lambda: any(opened["case"] in m["text"] for m in s.submits(ZHU)), 8,
          what="a receipt with the number of the case")
    over = s.post("/v1/threads/%2B" + ZHU[1:] + "/hand-over", {
        "note": "热线打不通"}, 201)
    check(over.get("case") == opened["case"], "handed over: %r", over)
    s.post(path + "/reply", {"text": "【演示通信】正在核查热线故障。"}, 200)
    bare = s.gateway.post(path + "/close", {"outcome": "已修复"})
    check(bare.body["error"]["code"] == "cause_missing", "close: %r", bare)
    s.post(path + "/close", {"cause": "network", "solved": True,
                             "outcome": "【演示通信】热线已恢复,感谢您的反馈。"},
           200)
    s.event("case.closed", lambda d: d["case"] == opened["case"])
    until(lambda: any("热线已恢复" in m["text"] for m in s.submits(ZHU)), 8,
          what="the outcome at the customer")
    s.post("/v1/callbacks/%s/cancel" % over["callback"],
           {"by_customer": True}, 200)
    return ("case %s, owner %s, also with the voice desk; no end without a "
            "cause, then the outcome by SMS" % (opened["case"], owner),
            "工单 %s,负责人 %s,并入语音坐席;无原因不得结案,结案结果已短信告知" %
            (opened["case"], owner))


@chapter("0000 lists two firms, 0000 2 ends one", "0000 列出两家订阅,0000 2 退订一项")
def subscriptions(s):
    path = "/v1/numbers/%2B" + ZHOU[1:] + "/subscriptions"
    before = s.gateway.get(path).body["subscriptions"]
    carrier = s.stage.carriers["carrier-a"]
    heard = len(s.submits(ZHOU))
    carrier.mo(ZHOU, "99900", "0000")
    until(lambda: len(s.submits(ZHOU)) > heard, 8, what="the list")
    carrier.mo(ZHOU, "99900", "0000 2")
    until(lambda: len(s.gateway.get(path).body["subscriptions"]) ==
          len(before) - 1, 8, what="one subscription is gone")
    tenants = sorted({x["tenant"] for x in before})
    check(len(tenants) == 2, "they are %r", before)
    return ("%d subscriptions with %s; one ended at once" %
            (len(before), " and ".join(tenants)),
            "%s 共 %d 项订阅,退订一项即时生效" % ("、".join(tenants),
                                         len(before)))


# Each kind of event of the plan, with data for its words: what is not here has
# a chapter of its own.
EVENTS = {
    "account.opened": {}, "account.sensitive_op": {"time": "10:40"},
    "appointment.due": {"date": "12-01 09:30"},
    "billing.charged": {"svc": "彩铃", "amt": "5.00"},
    "change.announced": {"what": "营业时间", "date": "12-01"},
    "claim.state": {"no": "K-11", "state": "asked"},
    "meter.high_use": {"kwh": 96}, "meter.outage": {"area": "南区",
                                                   "from": "08:00"},
    "order.created": {"no": "O-7"}, "order.milestone": {"no": "O-7",
                                                        "step": "已发货"},
    "parcel.out_for_delivery": {"no": "P-3"}, "part.arrived": {"no": "T-5"},
    "price.limit": {"sym": "DEMO", "px": "12.50", "lim": "12.50"},
    "recharge.fail": {"amt": "50.00"}, "recharge.ok": {"amt": "50.00"},
    "security.virus": {}, "service.resumed": {},
    "ticket.near_turn": {"no": "A-12"}, "trade.filled": {"no": "B-9"},
    "usage.threshold": {"percent": 80},
    "policy.surrendered": {}, "visit.finished": {},
    "call.ended": {"talked_s": 120}, "queue.breach": {"queue": "Q-HOT"},
}


@chapter("Every kind of business event leads to its words",
         "每一种业务事件都有相应的通知")
def every_event(s):
    s.post("/v1/surveys", {
        "id": "sv-04", "name": "why leave", "questions": [{
            "id": "q1", "kind": "choice", "scale": [
                {"token": "1", "zh": "保费", "en": "price"},
                {"token": "2", "zh": "服务", "en": "service"},
                {"token": "3", "zh": "搬家", "en": "moved"},
                {"token": "4", "zh": "其他", "en": "other"}],
            "text": {"zh": "【演示人寿】请告知退保原因:1保费 2服务 3搬家 4其他。",
                     "en": "[DemoLife] Why did you leave: 1 price 2 service "
                           "3 moved 4 other?"}}],
        "thanks": {"zh": "感谢您的反馈。", "en": "Thank you."}})
    to = {kind: "+447700900%03d" % (300 + n)
          for n, kind in enumerate(sorted(EVENTS))}
    heard = {kind: len(s.submits(number)) for kind, number in to.items()}
    for n, (kind, data) in enumerate(sorted(EVENTS.items())):
        body = {"id": "every-%d" % n, "type": kind, "to": to[kind],
                "account": "E-%d" % n, "data": data}
        if n % 2 == 0:
            said = s.post("/v1/events", body)
            check(said["state"] == "matched", "%s: %r", kind, said)
        else:
            s.stage.app.publish("carillon/DEMOTEL/event/" + kind,
                                json.dumps(body))

    def silent():
        return [k for k, number in to.items()
                if len(s.submits(number)) == heard[k]]
    end = time.monotonic() + 20
    while silent() and time.monotonic() < end:
        time.sleep(0.1)
    check(not silent(), "nobody heard of %r", silent())
    return ("%d kinds by HTTP and MQTT, each heard at the phone" % len(to),
            "%d 种事件经 HTTP 与 MQTT 提交,手机均收到相应短信" % len(to))


@chapter("Words that customers send: HF, CX, NO, KF, and a menu",
         "短信营业厅:HF、CX、NO、KF 与菜单")
def hall(s):
    a, b, c, d = ("+4477009009%02d" % n for n in range(50, 54))

    def write(number, text, answer):
        before = len(s.submits(number))
        s.stage.carriers["carrier-a"].mo(number, "99900", text)
        return until(lambda: next((m["text"] for m in s.submits(number)[
            before:] if answer in m["text"]), None), 8,
            what="'%s' is answered" % text)
    write(a, "hf", "Looking up your charges")
    asked = s.event("billing.query", lambda x: x["lang"] == "en")["data"]
    s.state(s.send(a, "[DemoTel] Your balance is 12.50.", "notice",
                   in_reply_to=asked["id"]), "delivered")
    write(b, "营业厅", "回复1话费")
    write(b, "3", "请回复CX加邮件号")
    write(b, "查询EA123456789CN", "正在查询邮件EA123456789CN")
    s.event("parcel.query", lambda x: x["argument"] == "EA123456789CN")
    case = write(c, "NO", "at once: ").rsplit(" ", 1)[1].rstrip(".")
    opened = s.event("case.opened", lambda x: x["case"] == case)["data"]
    check(opened["kind"] == "report", "the case is %r", opened)
    write(d, "KF", "call you back")
    call = until(lambda: next((x for x in s.gateway.get(
        "/v1/callbacks?to=%2B" + d[1:]).body["callbacks"]
        if x["queue"] == "hotline"), None), 8, what="a call-back is queued")
    s.post("/v1/callbacks/%s/cancel" % call["id"], {"by_customer": True}, 200)
    return ("HF asked billing, which answered that message; menu 3 and a "
            "parcel's number; NO is case %s; KF is in the hotline" % case,
            "HF 由计费系统应答;菜单 3 与邮件号查询;NO 立案 %s;KF 转热线回拨" % case)


def months_ago(n):
    return rfc3339(time.time() - n * 30 * 86400)


@chapter("A call: the screen pop knows of a claim that waits for 4 months",
         "来电弹屏:4 个月的索赔记录和逾期标记")
def screen_pop(s):
    for n, state in ((4, "filed"), (3, "asked"), (2, "asked"), (1, "asked")):
        s.post("/v1/events?tenant=DEMOPOST", {
            "id": "claim-%d" % n, "type": "claim.state", "to": SHAN,
            "account": "K-0010", "time": months_ago(n),
            "data": {"state": state, "due": months_ago(3)}})
    s.post("/v1/events?tenant=DEMOPOST", {
        "id": "missed-1", "type": "call.missed", "to": SHAN})
    until(lambda: any(c["state"] == "queued" for c in s.gateway.get(
        "/v1/callbacks?tenant=DEMOPOST").body["callbacks"]), 8,
        what="a call-back is queued")
    taken = s.post("/v1/callbacks/next?tenant=DEMOPOST",
                   {"agent": "A01"})["callback"]
    check(taken and taken["to"] == SHAN, "the next one is %r", taken)
    pop = s.gateway.get("/v1/screen-pop/%2B" + SHAN[1:] +
                        "?tenant=DEMOPOST").body
    claims = [e for e in pop["events"] if e["type"] == "claim.state"]
    check(pop["contact"]["tier"] == "key" and len(claims) == 4 and
          claims[-1]["at"] < months_ago(3.9) and pop["overdue"],
          "the screen shows %r", pop)
    s.say(s.cli("call", "pop", SHAN, "--tenant", "DEMOPOST"))
    s.post("/v1/callbacks/%s/result?tenant=DEMOPOST" % taken["id"],
           {"result": "reached"})
    end = s.gateway.get("/v1/callbacks/%s?tenant=DEMOPOST" %
                        taken["id"]).body
    check(end["state"] == "resolved", "it is %r", end)
    return ("missed call queued, taken by A01: key customer, %d claims since "
            "%s, overdue; reached" % (len(claims), claims[-1]["at"][:10]),
            "未接来电入队,坐席 A01 接取:重点客户,自 %s 起 %d 条索赔记录,已逾期;已接通" %
            (claims[-1]["at"][:10], len(claims)))


@chapter("The month's report, in two languages", "双语服务质量月报")
def report(s):
    month = time.strftime("%Y-%m", time.gmtime())
    names = []
    for lang, title in (("en", "<html"), ("zh", "<html")):
        page = s.cli("report", "month", "--of", month, "--lang", lang,
                     "--format", "html")
        check(title in page and "K-08" in page and "<svg" in page and
              "http://" not in page.replace("http://www.w3.org", ""),
              "the page in %s: %s", lang, page[:200])
        names.append(s.stage.folder.write("report-%s.html" % lang, page))
    return ("%s: build/demo/report-en.html and report-zh.html, %d figures" %
            (month, page.count("K-")),
            "%s:build/demo/report-zh.html,共 %d 处指标" %
            (month, page.count("K-")))


def bytes_of(folder):
    """All bytes of the files in it."""
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            with open(path, "rb") as f:
                yield name, f.read()


def found_in(folder, texts):
    return [(name, t) for name, data in bytes_of(folder)
            for t in texts if t.encode() in data]


@chapter("No text that was sent is left in the data folder",
         "逐字节搜索数据目录:已发短信正文无残留")
def no_bodies(s):
    # What a campaign, survey or trigger is made of stays; words to one
    # person do not.
    own = ("Statement no.", "Ticket ", "田先生", "雨先生",
           "用电量异常", "已恢复", "正在核查")
    texts = sorted({m["text"] for m in s.submits()
                    if any(w in m["text"] for w in own)})
    check(len(texts) > 100, "only %d texts were sent", len(texts))
    until(lambda: not found_in(s.gateway.data, texts), 60, every=1,
          what="no text is in the data folder")
    sizes = [len(data) for _, data in bytes_of(s.gateway.data)]
    return ("%d texts looked for in %d files, %.1f MB: none" %
            (len(texts), len(sizes), sum(sizes) / 1e6),
            "在 %d 个文件(%.1f MB)中搜索 %d 条正文:无一残留" %
            (len(sizes), sum(sizes) / 1e6, len(texts)))
