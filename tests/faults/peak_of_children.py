"""Read every hostile file in its child process and print the largest resident memory of any child, in bytes.

Run as a program of its own: the figure counts every child that a process ever had.
"""

from __future__ import annotations

import resource
import sys

from cse_geo import intake
from cse_geo.errors import InputRefusedError
from cse_geo.intake.sandbox import stop_readers
from tests.faults.test_hostile_files import HOSTILE


def main() -> None:
    """Print the figure."""
    for case in HOSTILE:
        try:
            intake.read_table_sandboxed(case.make(), name="return.csv")
        except InputRefusedError:
            continue
    stop_readers()  # what the forks used counts once the process that waited for them has ended
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    sys.stdout.write(f"{len(HOSTILE)} {peak}\n")


if __name__ == "__main__":
    main()
