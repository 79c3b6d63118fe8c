#!/usr/bin/env python3
"""Holds the house to FLOORS: every #include "folder/..." and every symbol
that an object takes from another, and no circle among files or objects.

usage: floors.py [BUILD_FOLDER]

A row of FLOORS is `folder: may use`. A folder without a row of its own obeys
the row of the folder it stands in. A name stands for the folder and all that
stands in it. There are no exceptions.
"""

import collections
import os
import re
import subprocess
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


class House:
    def __init__(self, rows):
        self.rows = rows  # folder -> [folders it may use]

    def row(self, folder):
        while folder and folder not in self.rows:
            folder = os.path.dirname(folder)
        return folder

    def knows(self, folder):
        return bool(self.row(folder))

    def may(self, frm, to):
        if frm == to:
            return True
        return any(to == name or to.startswith(name + "/")
                   for name in self.rows[self.row(frm)])


def read_floors(path):
    """The rows, and sentences about what is wrong with them."""
    rows, faults = collections.OrderedDict(), []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.split("#")[0].strip()
            if not line:
                continue
            name, colon, uses = line.partition(":")
            if not colon or name in rows:
                faults.append("%s:%d: write `folder: may use`, once a folder" %
                              (path, number))
                continue
            for use in uses.split():
                if use not in rows:
                    faults.append(
                        "%s:%d: %s may use %s, which is not below it" %
                        (path, number, name, use))
            rows[name.strip()] = uses.split()
    return House(rows), faults


def sources(house):
    out = []
    for top in sorted({name.split("/")[0] for name in house.rows}):
        for folder, dirs, files in os.walk(top):
            dirs[:] = [d for d in dirs if d not in ("node_modules", "web")]
            if not house.knows(folder):
                continue
            out += [os.path.join(folder, f) for f in files
                    if f.endswith((".c", ".h", ".def"))]
    return out


def check_includes(house, files):
    faults, edges = [], {}
    for path in files:
        edges[path] = []
        with open(path, encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                m = INCLUDE.match(line)
                if not m or "/" not in m.group(1):
                    continue
                to = m.group(1)
                frm_dir, to_dir = os.path.dirname(path), os.path.dirname(to)
                edges[path].append(to)
                if not house.knows(to_dir):
                    faults.append("%s:%d: %s is in no folder of FLOORS" %
                                  (path, number, to))
                elif not house.may(frm_dir, to_dir):
                    faults.append("%s:%d: %s may not use %s (%s)" %
                                  (path, number, frm_dir, to_dir, to))
    return faults, edges


def objects(build, house):
    out = []
    for name in sorted({n.split("/")[0] for n in house.rows}):
        for folder, _, files in os.walk(os.path.join(build, name)):
            out += [os.path.join(folder, f) for f in files if f.endswith(".o")]
    # An object whose source is gone says nothing about the house.
    return [o for o in out
            if os.path.exists(os.path.relpath(o, build)[:-2] + ".c")]


def symbols(build, objs):
    """{object: (defined, wanted)} by one call of nm."""
    out = {o: (set(), set()) for o in objs}
    if not objs:
        return out
    text = subprocess.run(["nm", "-A", "-P", "-g"] + objs, text=True,
                          capture_output=True, check=True).stdout
    for line in text.split("\n"):
        # "build/dev/base/buf.o: buf_put T 40 18"
        if ": " not in line:
            continue
        obj, rest = line.split(": ", 1)
        name, kind = rest.split()[:2]
        defined, wanted = out[obj.split("[")[0]]
        if kind in "Uw":
            wanted.add(name)
        elif kind not in "vV":
            defined.add(name)
    return out


def check_symbols(house, build, table):
    faults, edges, home = [], {}, {}

    def source(o):
        return os.path.relpath(o, build)[:-2] + ".c"

    programs = collections.defaultdict(list)
    for o, (defined, _) in table.items():
        for name in defined:
            programs[name].append(o)
    for name, where in programs.items():
        if len(where) > 1 and name != "main":
            faults.append("%s is defined by %s" % (
                name, " and ".join(source(o) for o in sorted(where))))
        home[name] = where[0]
    for o, (_, wanted) in sorted(table.items()):
        edges[source(o)] = []
        for name in sorted(wanted):
            if name == "main" or name not in home or home[name] == o:
                continue
            frm, to = source(o), source(home[name])
            edges[frm].append(to)
            if not house.may(os.path.dirname(frm), os.path.dirname(to)):
                faults.append("%s: the object takes %s from %s" % (
                    frm, name, to))
    return faults, edges


def circles(edges):
    """Strongly connected sets of more than one (Tarjan, without recursion)."""
    index, low, on, stack, out = {}, {}, set(), [], []
    for root in edges:
        if root in index:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on.add(root)
        while work:
            node, it = work[-1]
            for to in it:
                if to not in edges:
                    continue
                if to not in index:
                    index[to] = low[to] = len(index)
                    stack.append(to)
                    on.add(to)
                    work.append((to, iter(edges[to])))
                    break
                if to in on:
                    low[node] = min(low[node], index[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    group = []
                    while not group or group[-1] != node:
                        group.append(stack.pop())
                        on.discard(group[-1])
                    if len(group) > 1 or node in edges[node]:
                        out.append(sorted(group))
    return out


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build/dev"
    house, faults = read_floors("FLOORS")
    files = sources(house)
    more, includes = check_includes(house, files)
    faults += more
    faults += ["a circle of includes: " + " ".join(c)
               for c in circles(includes)]
    objs = objects(build, house)
    more, links = check_symbols(house, build, symbols(build, objs))
    faults += more
    faults += ["a circle of objects: " + " ".join(c) for c in circles(links)]
    for fault in faults:
        print(fault)
    print("floors: %d files, %d objects, %d faults" % (
        len(files), len(objs), len(faults)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
