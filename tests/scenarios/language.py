"""The scenario language: lines into statements, paths and comparisons.

A statement is a line; one that ends with `{` holds a block up to the line `}`.
`#` begins a comment line. `${name}` and `${s1.port}` stand for values.
"""

import json
import re
import shlex
import time


class Fault(Exception):
    """A line that cannot be understood, or an expectation not met."""


class Statement:
    def __init__(self, line, text, raw=None, block=None):
        self.line, self.text = line, text
        self.raw, self.block = raw, block  # the block as text, as statements


def parse(lines, first=1):
    """[Statement]; blocks are kept as text as well (configurations, files)."""
    out, i = [], 0
    while i < len(lines):
        number, text = first + i, lines[i].strip()
        i += 1
        while text.endswith("\\") and i < len(lines):
            text = text[:-1] + lines[i].strip()
            i += 1
        if not text or text.startswith("#"):
            continue
        if not text.endswith("{"):
            out.append(Statement(number, text))
            continue
        start, depth = i, 1
        while depth:
            if i >= len(lines):
                raise Fault("line %d: the block has no end" % number)
            inner = lines[i].strip()
            depth += inner.endswith("{") and not inner.startswith("#")
            depth -= inner == "}"
            i += 1
        body = lines[start:i - 1]
        out.append(Statement(number, text[:-1].strip(), "\n".join(body),
                             (body, first + start)))
    return out


def block_of(statement):
    """Its block as statements."""
    return parse(*statement.block)


def value_of(text):
    """JSON, or a word in quotes, or the text itself."""
    text = text.strip()
    try:
        return json.loads(text)
    except ValueError:
        pass
    if text[:1] in "'\"" and text[-1:] == text[:1]:
        return text[1:-1]
    return text


def split(text, n):
    """The first n words and the rest."""
    words = text.split(None, n)
    return words + [""] * (n + 1 - len(words))


def fields(text):
    """{name: value} of name=value words."""
    out = {}
    for word in shlex.split(text):
        name, eq, value = word.partition("=")
        if not eq:
            raise Fault("write name=value, not " + word)
        out[name] = value
    return out


# ---- paths -----------------------------------------------------------------

SEGMENT = re.compile(r"\.?([\w-]+)|\[([^\]]*)\]")


def path_of(text):
    """["body", "results", "[0]", "id"]"""
    out, at = [], 0
    while at < len(text):
        m = SEGMENT.match(text, at)
        if not m:
            raise Fault("no path: " + text)
        out.append(m.group(1) if m.group(1) is not None
                   else "[" + m.group(2) + "]")
        at = m.end()
    return out


def walk(value, segments):
    """Follows names, [number] and [name=value]; None when it leads nowhere."""
    for s in segments:
        if value is None:
            return None
        if s == "count" and isinstance(value, list):
            value = len(value)
        elif s.startswith("["):
            key, eq, want = s[1:-1].partition("=")
            if eq:
                hits = [v for v in value if str(walk(v, path_of(key))) == want]
                value = hits[0] if hits else None
            else:
                n = int(key)
                value = value[n] if -len(value) <= n < len(value) else None
        elif isinstance(value, dict):
            value = value.get(s)
        else:
            return None
    return value


# ---- comparisons -----------------------------------------------------------

def number(v):
    return float(v)


OPS = {
    "==": lambda a, b: a == b or str(a) == str(b),
    "!=": lambda a, b: a != b and str(a) != str(b),
    "<": lambda a, b: a is not None and number(a) < number(b),
    "<=": lambda a, b: a is not None and number(a) <= number(b),
    ">": lambda a, b: a is not None and number(a) > number(b),
    ">=": lambda a, b: a is not None and number(a) >= number(b),
    "~": lambda a, b: a is not None and re.search(str(b), flat(a)) is not None,
    "!~": lambda a, b: re.search(str(b), flat(a)) is None,
}


def flat(v):
    return v if isinstance(v, str) else json.dumps(v, ensure_ascii=False)


def compare(text):
    """(path text, op, value, within seconds) of `PATH OP VALUE [within S]`."""
    m = re.match(r"^(\S+)\s+(==|!=|<=|>=|<|>|~|!~)\s+(.*?)"
                 r"(?:\s+within\s+([\d.]+))?$", text)
    if not m:
        raise Fault("write PATH OP VALUE: " + text)
    return m.group(1), m.group(2), value_of(m.group(3)), m.group(4)


def check(text, get):
    path, op, want, _ = compare(text)
    got = get(path)
    if not OPS[op](got, want):
        raise Fault("%s is %s" % (text, flat(got)[:1500]))


def wait(text, get, default=5.0):
    """Asks again until it is so."""
    path, op, want, within = compare(text)
    end = time.monotonic() + float(within or default)
    while True:
        got = get(path)
        if OPS[op](got, want):
            return
        if time.monotonic() > end:
            raise Fault("%s: after %s s it is %s" % (
                text, within or default, flat(got)[:1500]))
        time.sleep(0.02)
