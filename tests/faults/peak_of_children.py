"""Read two hundred hostile files in child processes; print how many were refused, the slowest, the largest child.

Run as a program of its own: the figure of memory counts every child that a process ever had. Each child may use five
seconds of the processor and is stopped then. Printed are the number of files, of refusals, of those that had to be
stopped, the most seconds of the clock that one took (on a busy machine mostly waiting), the seconds of the processor of
all together, and the largest resident memory in bytes; then the names of those that were not refused.
"""

from __future__ import annotations

import resource
import sys
import time

from cse_geo import intake
from cse_geo.errors import InputRefusedError
from cse_geo.intake.sandbox import stop_readers
from tests.faults.hostile import hostile_files


def main() -> None:
    """Print the figures."""
    taken, stopped, slowest, files = [], 0, 0.0, hostile_files()
    child = intake.ChildParams(cpu_seconds=5)
    for name, data in files:
        started = time.perf_counter()
        try:
            intake.read_table_sandboxed(data, name="return.csv", child=child)
            taken.append(name)
        except InputRefusedError as refusal:
            stopped += "reader_stopped" in set(refusal.problems["code"])
        slowest = max(slowest, time.perf_counter() - started)
    stop_readers()  # what the forks used counts once the process that waited for them has ended
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss * 1024
    sys.stdout.write(f"{len(files)} {len(files) - len(taken)} {stopped} {slowest:.2f} {cpu:.2f} {peak}\n")
    sys.stdout.write("\n".join(taken))


if __name__ == "__main__":
    main()
