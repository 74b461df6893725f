"""Verify a log of a million entries, and find each of the six attacks of the research note in it.

    python -m tests.benchmarks.audit_log --entries 1000000

Seconds are of this process's processor, with those of the clock beside them.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime, timedelta

import pandas as pd

from cse_geo import safeguards, schema
from cse_geo.safeguards import audit

SECRET = b"held by the second party, thirty-two"
ANALYST = safeguards.Session("ana", "B", "problem_profile", "police1", "PP-7")
_HASHED = [name for name in schema.AUDIT.names if name != "hash"]


class ListLog:
    """A log in memory."""

    def __init__(self):
        self.entries = []

    def append(self, make):
        last = self.entries[-1] if self.entries else {"seq": 0, "hash": audit.FIRST}
        self.entries.append(make(last["seq"] + 1, last["hash"]))
        return self.entries[-1]

    def read(self, *, after=0):
        return schema.conform(pd.DataFrame(self.entries[after:], columns=schema.AUDIT.names), schema.AUDIT)


def rehashed(frame):
    """The frame with every number and hash made anew, as somebody with the program can."""
    previous, columns = audit.FIRST, {name: frame[name].tolist() for name in schema.AUDIT.names}
    columns["seq"] = list(range(1, len(frame) + 1))
    for at in range(len(frame)):
        columns["previous"][at] = previous
        previous = columns["hash"][at] = audit.hash_of([columns[name][at] for name in _HASHED])
    return schema.conform(pd.DataFrame(columns), schema.AUDIT)


def attacks(frame):
    """Yield each attack by name with the frame it leaves."""
    middle = len(frame) // 2
    edited = frame.assign(user=frame["user"].mask(frame["seq"] == middle, "eve"))
    order = list(range(len(frame)))
    order[middle], order[middle + 1] = order[middle + 1], order[middle]
    yield "edit a row", edited
    yield "edit and recompute the tail", rehashed(edited)
    yield "delete from the middle", frame[frame["seq"] != middle].reset_index(drop=True)
    yield "reorder", frame.iloc[order].reset_index(drop=True)
    yield "delete the last 500", frame.iloc[:-500].reset_index(drop=True)
    yield "delete the last", frame.iloc[:-1].reset_index(drop=True)


def timed(entries, heads):
    began, clock = time.process_time(), time.perf_counter()
    report = audit.verify(entries, heads=heads, secret=SECRET)
    return report, time.process_time() - began, time.perf_counter() - clock


def main():
    """Print how long it took and what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    asked = parser.parse_args()
    log, start = ListLog(), datetime(2026, 3, 1, tzinfo=UTC)
    for number in range(asked.entries):
        event = audit.Event("consultation", f"map_view:{number:x}", number % 500)
        audit.record(log, ANALYST, event, now=start + timedelta(seconds=number))
    head = audit.sign_head(log, secret=SECRET, now=start)
    frame = log.read()
    report, cpu, clock = timed(frame, [head])
    say = sys.stdout.write
    say(
        f"{report.n_entries:,} entries, whole: {report.is_whole}; {cpu:.1f} s of processor, {clock:.1f} s of clock\n"
    )
    for name, attacked in attacks(frame):
        with_head, cpu, _ = timed(attacked, [head])
        alone = audit.verify(attacked)
        say(f"{name}: {'found' if with_head.faults else 'MISSED'} ({cpu:.1f} s), by the chain alone: "
            f"{'found' if alone.faults else 'missed'}; {with_head.faults[0] if with_head.faults else ''}\n")  # fmt: skip


if __name__ == "__main__":
    main()
