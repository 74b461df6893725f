"""`python -m cse_geo.demo --write FOLDER [--seed N]`: build the demo region's files again."""

from __future__ import annotations

import argparse
from pathlib import Path

from cse_geo.demo.region import SEED, write_region


def main(arguments: list[str] | None = None) -> int:
    """Write the demo region under a folder; the default seed gives the files of the repository."""
    parser = argparse.ArgumentParser(prog="python -m cse_geo.demo", description=main.__doc__)
    parser.add_argument("--write", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args(arguments)
    write_region(chosen.write, seed=chosen.seed)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
