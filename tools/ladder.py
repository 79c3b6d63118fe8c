#!/usr/bin/env python3
"""A recording of PDUs as a ladder: who said what to whom, and when.

    tools/ladder.py FILE [--connection N] [--only submit_sm,deliver_sm]
                    [--limit N] [--width N] [--svg OUT.svg]

FILE is what `record = "FILE"` of a link wrote (docs/recording.md); - is
standard input. The left side is whoever recorded.
"""

import argparse
import html
import json
import os
import re
import struct
import sys

HERE = os.path.dirname(os.path.realpath(__file__))

COMMANDS = {
    0x1: "bind_receiver", 0x2: "bind_transmitter", 0x3: "query_sm",
    0x4: "submit_sm", 0x5: "deliver_sm", 0x6: "unbind", 0x7: "replace_sm",
    0x8: "cancel_sm", 0x9: "bind_transceiver", 0xB: "outbind",
    0x15: "enquire_link", 0x21: "submit_multi", 0x102: "alert_notification",
    0x103: "data_sm", 0x80000000: "generic_nack",
}
for _id in [i for i in COMMANDS if i < 0x80000000 and i not in (0xB, 0x102)]:
    COMMANDS[_id | 0x80000000] = COMMANDS[_id] + "_resp"

STATES = {1: "ENROUTE", 2: "DELIVERED", 3: "EXPIRED", 4: "DELETED",
          5: "UNDELIVERABLE", 6: "ACCEPTED", 7: "UNKNOWN", 8: "REJECTED"}


def statuses():
    """Names of command_status, from the table the gateway uses."""
    out = {0: "ROK"}
    path = os.path.join(HERE, "..", "proto", "smpp_status.def")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            for m in re.finditer(r"^SMPP_STATUS\((0x[0-9A-Fa-f]+), (\w+),",
                                 f.read(), re.M):
                out[int(m.group(1), 16)] = m.group(2)
    return out


class Fields:
    """Reads a body as far as it goes."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def byte(self):
        if self.at >= len(self.data):
            raise ValueError
        self.at += 1
        return self.data[self.at - 1]

    def skip(self, n):
        for _ in range(n):
            self.byte()

    def text(self):
        end = self.data.find(b"\0", self.at)
        if end < 0:
            raise ValueError
        out = self.data[self.at:end].decode("latin-1")
        self.at = end + 1
        return out

    def address(self):
        self.skip(2)
        return self.text()

    def tlvs(self):
        while self.at + 4 <= len(self.data):
            tag, n = struct.unpack(">HH", self.data[self.at:self.at + 4])
            yield tag, self.data[self.at + 4:self.at + 4 + n]
            self.at += 4 + n


def detail_tlvs(f):
    out = []
    for tag, value in f.tlvs():
        if tag == 0x1E:
            out.append("id:" + value.rstrip(b"\0").decode("latin-1"))
        elif tag == 0x427 and value:
            out.append(STATES.get(value[0], str(value[0])))
        elif tag == 0x424:
            out.append("%d bytes" % len(value))
    return out


def detail_message(f):
    """submit_sm and deliver_sm: who to whom, a receipt's words."""
    f.text()
    source, dest = f.address(), f.address()
    esm_class = f.byte()
    f.skip(2)
    f.text()
    f.text()
    f.skip(2)
    coding = f.byte()
    f.skip(1)
    n = f.byte()
    body = f.data[f.at:f.at + n]
    f.at += n
    out = ["%s > %s" % (source or "-", dest)]
    said = re.search(rb"id:\S+|stat:\S+", body) if esm_class & 0x3C else None
    if said:
        out += [m.decode("latin-1")
                for m in re.findall(rb"(?:id|stat|err):\s*\S+", body)]
    else:
        if esm_class & 0x40 and body:
            udh = body[1:1 + body[0]]
            if len(udh) == 5 and udh[:2] == b"\0\3":
                out.append("part %d/%d" % (udh[4], udh[3]))
        if n:
            out.append("%d bytes dc=%d" % (n, coding))
        out += detail_tlvs(f)
    return out


def detail(name, body):
    f = Fields(body)
    try:
        if name in ("submit_sm", "deliver_sm"):
            return " ".join(detail_message(f))
        if name == "data_sm":
            f.text()
            out = ["%s > %s" % (f.address() or "-", f.address())]
            f.skip(3)
            return " ".join(out + detail_tlvs(f))
        if name.startswith("bind_") or name == "outbind":
            return f.text()
        if name in ("submit_sm_resp", "data_sm_resp", "submit_multi_resp",
                    "query_sm", "query_sm_resp"):
            return f.text()
        if name == "cancel_sm":
            f.text()
            return f.text()
    except ValueError:
        return "(cut)" if body else ""
    return ""


class Step:
    """One arrow, or one remark across both sides."""

    def __init__(self, t, connection, out=None, text="", kind="", bad=False):
        self.t, self.connection, self.out = t, connection, out
        self.text, self.kind, self.bad = text, kind, bad


def step_of(o, names):
    t, c = o.get("t", 0), o.get("c", 0)
    for way in ("out", "in"):
        if way not in o:
            continue
        data = bytes.fromhex(o[way])
        _, command, status, seq = struct.unpack(">IIII", data[:16])
        name = COMMANDS.get(command, "0x%08x" % command)
        words = ["%s %d" % (name, seq)]
        if command & 0x80000000:
            words.append(names.get(status, "0x%x" % status))
        words.append(detail(name, data[16:]))
        return Step(t, c, way == "out", " ".join(w for w in words if w), name,
                    status != 0)
    if "open" in o:
        return Step(t, c, text="connected to " + o["open"], kind="open")
    if "close" in o:
        return Step(t, c, text=o["close"], kind="close",
                    bad=o["close"] != "closed")
    if "lost" in o:
        return Step(t, c, text="%d lines were lost" % o["lost"], kind="lost",
                    bad=True)
    return None


def read(f, args):
    """(title, steps)"""
    names, title, steps, part = statuses(), "", [], 0
    for n, line in enumerate(f, 1):
        try:
            o = json.loads(line)
            if "recording" in o:
                part += 1
                title = title or "%s, %s" % (
                    o["link"], "masked" if o["masked"] else "clear")
                continue
            s = step_of(o, names)
        except (ValueError, KeyError, TypeError, AttributeError,
                struct.error):
            raise SystemExit("%s:%d: this is no line of a recording" % (
                args.file, n))
        if s is None or (args.connection and s.connection != args.connection):
            continue
        if args.only and s.kind.replace("_resp", "") not in args.only and \
                s.out is not None:
            continue
        steps.append(s)
        if args.limit and len(steps) >= args.limit:
            break
    if part == 0:
        raise SystemExit("%s: this is no recording" % args.file)
    return title, steps


def clock(us):
    """Since the first step."""
    return "%d.%06d" % (us // 1000000, us % 1000000)


def chart(title, steps, width, out):
    room = max(width - 24, 30)
    print("%s%s" % (" " * 20, title), file=out)
    print("%13s  %-3s us%speer" % ("s", "c", " " * (room - 4)), file=out)
    for s in steps:
        at = clock(s.t - steps[0].t)
        mark = "!" if s.bad else " "
        text = s.text if len(s.text) <= room - 8 else s.text[:room - 11] + "..."
        if s.out is None:
            line = ("- %s " % text).ljust(room, "-")
        elif s.out:
            line = ("-- %s " % text).ljust(room - 1, "-") + ">"
        else:
            line = "<" + (" %s --" % text).rjust(room - 1, "-")
        print("%13s %s%-3d|%s|" % (at, mark, s.connection, line), file=out)


SVG_HEAD = """<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"
 font-family="monospace" font-size="12">
<title>%s</title>
<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8"
 markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>
<text x="20" y="20" font-weight="bold">%s</text>
<text x="%d" y="40" text-anchor="middle">us</text>
<text x="%d" y="40" text-anchor="middle">peer</text>
<path d="M%d 46V%d M%d 46V%d" stroke="#888"/>
"""


def svg(title, steps, out):
    left, right, row = 160, 900, 24
    height = 60 + row * len(steps)
    safe = html.escape(title)
    out.write(SVG_HEAD % (1060, height, safe, safe, left, right, left,
                          height - 8, right, height - 8))
    for i, s in enumerate(steps):
        y = 64 + i * row
        color = "#c00" if s.bad else "#000"
        out.write('<text x="10" y="%d" fill="#555">%s [%d]</text>\n' % (
            y, clock(s.t - steps[0].t), s.connection))
        if s.out is not None:
            a, b = (left, right) if s.out else (right, left)
            out.write('<path d="M%d %dH%d" stroke="%s" '
                      'marker-end="url(#a)"/>\n' % (a, y + 4, b, color))
        out.write('<text x="%d" y="%d" text-anchor="middle" fill="%s"%s>'
                  '%s</text>\n' % (
                      (left + right) // 2, y, color,
                      "" if s.out is not None else ' font-style="italic"',
                      html.escape(s.text)))
    out.write("</svg>\n")


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    p.add_argument("file")
    p.add_argument("--connection", type=int, default=0)
    p.add_argument("--only", type=lambda s: s.split(","), default=None,
                   help="kinds of PDUs, with their responses")
    p.add_argument("--limit", type=int, default=0)
    p.add_argument("--width", type=int, default=100)
    p.add_argument("--svg", help="write a picture instead")
    args = p.parse_args()
    try:
        f = sys.stdin if args.file == "-" else open(args.file,
                                                    encoding="utf-8")
        with f:
            title, steps = read(f, args)
    except OSError as e:
        raise SystemExit("%s: %s" % (args.file, e.strerror))
    if args.svg:
        with open(args.svg, "w", encoding="utf-8") as out:
            svg(title, steps, out)
    else:
        chart(title, steps, args.width, sys.stdout)


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        sys.exit(1)
