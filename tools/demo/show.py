"""What the demo prints: chapters as they come true, and the table at the end."""

import os
import re
import shutil
import sys
import unicodedata

GREEN, RED, DIM, BOLD, PLAIN = "32", "31", "2", "1", "0"


def colour(code, text):
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return "\033[%sm%s\033[0m" % (code, text)


def width(text):
    """Columns on a terminal: Chinese takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in text)


def padded(text, columns):
    return text + " " * max(0, columns - width(text))


def mark(good):
    return colour(GREEN, "✓") if good else colour(RED, "✗")


class Row:
    """One chapter: its titles, and what was seen of it."""

    def __init__(self, number, en, zh):
        self.number, self.en, self.zh = number, en, zh
        self.good, self.seen = False, ("", "")
        self.seconds = 0.0

    def begin(self):
        print(colour(BOLD, "%2d  %s" % (self.number, self.en)) + "\n    " +
              self.zh, flush=True)

    def end(self):
        for text in self.seen:
            for line in text.split("\n"):
                print("    %s %s" % (mark(self.good), line))
        print(flush=True)


def aside(text):
    """Words of a program, indented."""
    for line in text.rstrip("\n").split("\n"):
        print(colour(DIM, "    | " + line), flush=True)


def wrapped(text, columns):
    """Lines of at most so many columns; Chinese breaks anywhere."""
    lines, line = [], ""
    for word in re.findall(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+|\s", text):
        if line and width(line + word) > columns:
            lines.append(line.rstrip())
            line = ""
        if line or not word.isspace():
            line += word
    return lines + [line.rstrip()]


def table(rows, seconds):
    titles = max(width(t) for r in rows for t in (r.en, r.zh)) + 2
    columns = max(30, shutil.get_terminal_size((120, 24)).columns - titles - 8)
    print(colour(BOLD, padded("What happened / 发生了什么", titles + 6) +
                 "Seen / 所见"))
    for r in rows:
        # the first line says enough of a failure; the whole is above
        seen = [wrapped(t.split("\n")[0], columns) for t in r.seen]
        left = [r.en] + [""] * (len(seen[0]) - 1)
        left += [r.zh] + [""] * (len(seen[-1]) - 1)
        for i, (title, text) in enumerate(zip(left, seen[0] + seen[-1])):
            head = "%s %2d  " % (mark(r.good), r.number) if i == 0 else " " * 6
            print((head + padded(title, titles) + text).rstrip())
    good = sum(r.good for r in rows)
    print("\n%s %d of %d came true in %.1f s / %d 项中 %d 项成立,用时 %.1f 秒"
          % (mark(good == len(rows)), good, len(rows), seconds, len(rows),
             good, seconds), flush=True)
