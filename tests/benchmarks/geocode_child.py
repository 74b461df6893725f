"""Build an index of places, or answer texts with it, in a process that holds nothing else, and say what it cost.

`python -m tests.benchmarks.geocode_child build FOLDER` reads texts.parquet and writes index/; `... answer FOLDER NAME` opens
index/ and postcodes.parquet, reads NAME.parquet and writes NAME.answers.parquet. Each prints its cost as JSON:
`most_mb` is the most memory the process held, pages of the mapped index included.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cse_geo import geocode


def answered(texts: pd.Series, index: geocode.TextIndex, postcodes: Any) -> pd.DataFrame:
    """Return status, evidence, reason, level, r95_m, x, y of each text."""
    rows = []
    for text in texts:
        a = geocode.answer_text(text, index, postcodes)
        spot = (a.spot.level, a.spot.r95_m, a.spot.x, a.spot.y) if a.spot else (None, np.nan, np.nan, np.nan)
        rows.append((a.status, a.evidence, a.reason.value if a.reason else None, *spot))
    return pd.DataFrame(rows, columns=["status", "evidence", "reason", "level", "r95_m", "x", "y"])


def save(folder: Path, texts: pd.DataFrame, postcodes: pd.DataFrame) -> None:
    """Write a gazetteer for `build`."""
    texts.to_parquet(folder / "texts.parquet", index=False)
    postcodes.to_parquet(folder / "postcodes.parquet", index=False)


def built(folder: Path) -> dict[str, float]:
    """Build the index of a saved gazetteer in another process; return what it cost."""
    return _run("build", folder)


def asked(folder: Path, name: str, texts: pd.Series) -> tuple[pd.DataFrame, dict[str, float]]:
    """Answer texts in another process that opens the index; return the answers and what they cost."""
    texts.to_frame("text").to_parquet(folder / f"{name}.parquet", index=False)
    cost = _run("answer", folder, name)
    return pd.read_parquet(folder / f"{name}.answers.parquet"), cost


def _run(*given: object) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.geocode_child", *map(str, given)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def _build(folder: Path) -> dict[str, float]:
    frame = pd.read_parquet(folder / "texts.parquet")
    start, used = time.perf_counter(), time.process_time()
    index = geocode.index_texts(frame, release="benchmark")
    geocode.save_index(index, folder / "index")
    return {"rows": len(frame), "wall_s": time.perf_counter() - start, "cpu_s": time.process_time() - used}


def _answer(folder: Path, name: str) -> dict[str, float]:
    start, used = time.perf_counter(), time.process_time()
    index = geocode.open_index(folder / "index")
    opened, opened_cpu = time.perf_counter() - start, time.process_time() - used
    table = geocode.reference_tables(postcodes=pd.read_parquet(folder / "postcodes.parquet")).postcodes
    texts = pd.read_parquet(folder / f"{name}.parquet")["text"]
    geocode.answer_text("12 High Street", index, table)
    start, used = time.perf_counter(), time.process_time()
    got = answered(texts, index, table)
    cost = {
        "open_wall_s": opened,
        "open_cpu_s": opened_cpu,
        "wall_s": time.perf_counter() - start,
        "cpu_s": time.process_time() - used,
    }
    got.to_parquet(folder / f"{name}.answers.parquet", index=False)
    return cost


def main(argv: list[str]) -> None:
    folder = Path(argv[1])
    cost = _build(folder) if argv[0] == "build" else _answer(folder, argv[2])
    sys.stdout.write(json.dumps({**cost, "most_mb": _most_mb()}) + "\n")


def _most_mb() -> float:
    """Return the most memory of this process; `ru_maxrss` would begin with what its parent held."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    main(sys.argv[1:])
