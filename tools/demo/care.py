"""The second half of the story: campaigns under two pairs of eyes, reminders
before a stop, what customers answer, and what pauses a campaign."""

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


def campaign_until(s, cid, *states):
    def look():
        c = s.gateway.get("/v1/campaigns/" + cid).body
        return c if c["state"] in states else None
    return until(look, 15, what="campaign %s is %s" % (
        cid, "/".join(states)))


@chapter("Remind first, stop later", "先提醒,后停机")
def remind_first(s):
    first = s.post("/v1/events", dict(SUSPEND, id="stop-1"))
    check((first["decision"], first["reason"]) == ("deny", "REMIND_FIRST"),
          "the first answer is %r", first)
    said = s.post("/v1/events", {
        "id": "arrears-1", "type": "billing.arrears", "to": TIAN,
        "account": "A-0006", "data": {"cycle": "2026-11", "days": 3}})
    s.state(said["message"], "delivered")
    again = s.post("/v1/events", dict(SUSPEND, id="stop-2"))
    check(again["decision"] == "allow", "the second answer is %r", again)
    repeat = s.post("/v1/events", dict(SUSPEND, id="stop-1"))
    check(repeat["repeated"] and repeat["decision"] == "deny",
          "the first event again gives %r", repeat)
    return ("stop refused (REMIND_FIRST), reminder delivered, then allowed; "
            "the same event again gives the first answer",
            "停机请求被拒(REMIND_FIRST),提醒送达后才允许;同一事件重发得到首次答复")


@chapter("A campaign: pilot, and another's approval", "营销活动:试发与他人审批")
def campaign(s):
    author, approver = (key_of(s, "demo-" + r, r)
                        for r in ("marketer", "approver"))
    refs = ("C001", "C002", "C003", "C005", "C007", "C017", "C022")
    body = {"name": "Spring data pack / 春季流量包", "class": "marketing",
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
    done(s, "POST", path + "/start", None, author)
    campaign_until(s, c["id"], "completed")
    rows = done(s, "GET", path + "/recipients?limit=100")["recipients"]
    why = {r["to"]: r["reason"] for r in rows if r.get("reason")}
    refused = {r: why.get(s.people[r]["phone"]) for r in refs}
    refused = {r: w for r, w in refused.items() if w}
    check(set(refused) == {"C001", "C002", "C003", "C017"},
          "refused were %r", refused)
    said = ", ".join("%s %s" % pair for pair in sorted(refused.items()))
    return ("author 403, returned, edited, approved, pilot to the probe, then "
            "3 of 7: " + said,
            "作者不能自批;退回、修改、他人批准、试发后发出 3/7:" + said)


def at_all_links(s, word):
    for name in s.stage.carriers:
        s.cli("link", word, name)


@chapter("An alert overtakes 1,000 others", "告警先于 1000 条普通消息")
def alert_first(s):
    begun = {name: len(sim.list(100000))
             for name, sim in s.stage.carriers.items()}
    at_all_links(s, "hold")
    try:
        ids = [r["id"] for r in s.post("/v1/messages", {"messages": [
            {"to": "+447700900%03d" % (100 + n % 800), "class": "notice",
             "text": "[DemoTel] Notice no. %d." % n}
            for n in range(1000)]})["results"]]
        alert = s.send(QING, "【演示电力】您的用电量异常升高,请检查线路。",
                       "alert", tenant="DEMOGRID", channel="sms")
    finally:
        at_all_links(s, "release")
    m = s.state(alert, "delivered")
    for mid in ids:
        settled(s, mid)
    link = m["link"]
    texts = [x["text"] for x in
             s.stage.carriers[link].list(100000)][begun[link]:]
    place = 1 + next(i for i, t in enumerate(texts) if "用电量" in t)
    check(place <= 20, "it was number %d on %s", place, link)
    return ("behind 1,000 queued ones, out as number %d of %s" % (place, link),
            "排在 1000 条之后入队,在 %s 上第 %d 个发出" % (link, place))


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
    return ("'3或者4吧' asked again, '2,等太久' is 2 with a comment; "
            "survey.low_score at the CRM",
            "“3或者4吧”再问一次,“2,等太久”记 2 分并留言;CRM 收到 survey.low_score")


@chapter("Three complaints pause a campaign", "三起投诉:活动自动暂停")
def complaints(s):
    author, approver = (key_of(s, "demo-%s-2" % r, r)
                        for r in ("marketer", "approver"))
    c = done(s, "POST", "/v1/campaigns", {
        "name": "Notice / 通知", "class": "notice", "text": "[DemoTel] New "
        "opening hours.", "pace": {"rate": 1}, "audience": {
            "addresses": ["+447700900%03d" % n for n in range(200, 300)]}},
        author, 201)
    path = "/v1/campaigns/" + c["id"]
    done(s, "POST", path + "/submit", None, author)
    done(s, "POST", path + "/approve", None, approver)
    done(s, "POST", path + "/pilot", None, author)
    until(lambda: ask(s, "POST", path + "/sign-off", None,
                      approver).status == 200, 10, what="the pilot came back")
    done(s, "POST", path + "/start", None, author)
    campaign_until(s, c["id"], "running")
    begun = time.monotonic()
    for _ in range(3):
        done(s, "POST", path + "/complaint")
    paused = campaign_until(s, c["id"], "paused")
    ms = (time.monotonic() - begun) * 1000
    check(paused["reason"] == "complaint_burst", "it says %r", paused)
    done(s, "POST", path + "/cancel", None, author)
    return ("paused (complaint_burst) after %d ms" % ms,
            "%d 毫秒后自动暂停(complaint_burst)" % ms)


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
    s.post(path + "/reply", {"text": "【演示通信】正在核查热线故障。"}, 200)
    bare = s.gateway.post(path + "/close", {"outcome": "已修复"})
    check(bare.body["error"]["code"] == "cause_missing", "close: %r", bare)
    s.post(path + "/close", {"cause": "network", "solved": True,
                             "outcome": "【演示通信】热线已恢复,感谢您的反馈。"},
           200)
    s.event("case.closed", lambda d: d["case"] == opened["case"])
    until(lambda: any("热线已恢复" in m["text"] for m in s.submits(ZHU)), 8,
          what="the outcome at the customer")
    return ("case %s, owner %s; no end without a cause, then the outcome by "
            "SMS" % (opened["case"], owner),
            "工单 %s,负责人 %s;无原因不得结案,结案结果已短信告知" %
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


@chapter("A missed call is called back", "未接来电必复")
def call_back(s):
    s.post("/v1/events", {"id": "missed-1", "type": "call.missed",
                          "to": SHAN})
    until(lambda: any(c["state"] == "queued" for c in s.gateway.get(
        "/v1/callbacks").body["callbacks"]), 8, what="a call-back is queued")
    taken = s.post("/v1/callbacks/next", {"agent": "A01"})["callback"]
    check(taken and taken["to"] == SHAN, "the next one is %r", taken)
    s.post("/v1/callbacks/%s/result" % taken["id"], {"result": "reached"})
    end = s.gateway.get("/v1/callbacks/" + taken["id"]).body
    check(end["state"] == "resolved", "it is %r", end)
    return ("call-back %s: queued, taken by A01, reached" % taken["id"],
            "回拨 %s:入队、坐席 A01 接取、已接通" % taken["id"])


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
