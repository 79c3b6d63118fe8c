#!/usr/bin/env python3
"""Says one line to the control port of a carrier of the running demo.

usage: sim.py carrier-a|carrier-b COMMAND...     see tools/smscsim/README.md
"""

import json
import os
import socket
import sys

PORTS = os.path.join(os.path.dirname(__file__), "..", "..", "build", "demo",
                     "ports.json")


def main():
    if len(sys.argv) < 3:
        sys.stderr.write(__doc__)
        return 2
    try:
        with open(os.environ.get("DEMO_PORTS", PORTS)) as f:
            port = json.load(f)[sys.argv[1]]
        with socket.create_connection(("127.0.0.1", port), 5) as s:
            s.settimeout(10)
            s.sendall((" ".join(sys.argv[2:]) + "\n").encode())
            with s.makefile("r", encoding="utf-8") as f:
                said = f.readline().rstrip("\n")
    except (OSError, KeyError) as e:
        sys.stderr.write("sim.py: no such carrier runs: %r\n" % e)
        return 1
    try:
        said = json.dumps(json.loads(said), ensure_ascii=False, indent=1)
    except ValueError:
        pass
    print(said)
    return 0 if not said.startswith("error") else 1


if __name__ == "__main__":
    sys.exit(main())
