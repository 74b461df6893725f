"""Run a script and write down every outgoing connection, look-up and datagram it asks for.

usage: record_sockets.py RECORD SCRIPT [ARGUMENT ...]
"""

import json
import runpy
import sys

EVENTS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg")


def main():
    record, script, *rest = sys.argv[1:]
    out = open(record, "a", encoding="utf-8", buffering=1)  # noqa: SIM115, PTH123 (open as long as the process)

    def hook(event, arguments):
        if event in EVENTS:
            where = arguments[0] if event in {"socket.getaddrinfo", "socket.gethostbyname"} else arguments[1]
            host = where[0] if isinstance(where, tuple) else where
            out.write(json.dumps({"event": event, "host": str(host)}) + "\n")

    out.write(json.dumps({"event": "start", "host": "127.0.0.1"}) + "\n")
    sys.addaudithook(hook)
    sys.argv = [script, *rest]
    runpy.run_path(script, run_name="__main__")


main()
