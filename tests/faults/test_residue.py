"""What is left where it should not be: after a kill in an erasure or an export, after an erasure, in temporary files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING

import pandas as pd
import pytest
import sqlalchemy as sa

from cse_geo import store
from cse_geo.errors import StoreError
from cse_geo.outputs import tables
from cse_geo.store import engine
from cse_geo.store import folder as folders
from tests.conftest import ROOT
from tests.faults import build as b
from tests.store_frames import KEY, locations_of, records_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARK = "C-00000000feedface"


def run(code: str, *arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own; it sees `arguments` as text."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        cwd=environ.pop("cwd", ROOT), env={**os.environ, "PYTHONPATH": str(ROOT), **environ}, capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed store: two records of the marked child, one of them corrected since, and five of others."""
    rows = [
        {"record_id": f"r{n}", "event_ref": f"E{n}", "child_key": MARK if n < 2 else f"C-{n:016x}"}
        for n in range(7)
    ]
    with store.init_store(tmp_path / "s", key=KEY) as made:
        for digit, changed in (("1", rows), ("2", [{**rows[0], "town": "Newtown"}])):
            records = records_of(changed)
            store.save_import(
                made, store.ImportDetails("police1", digit * 64), records, locations_of(records)
            )
    return tmp_path / "s"


@pytest.fixture
def opened(folder: Path) -> Iterator[store.Store]:
    with store.open_store(folder, key=KEY) as made:
        yield made


def pages(folder: Path, target: Path) -> bytes:
    """Every page of the database without its encryption, freed ones included; and the folder's files as they lie."""
    connection = engine.connect(folder / "cse_geo.db", KEY, mode="rw")
    try:
        connection.execute(f"ATTACH DATABASE '{target}' AS plain KEY ''")
        connection.execute("SELECT sqlcipher_export('plain')")
    finally:
        connection.close()
    return target.read_bytes() + b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())


# ---------------------------------------- row 61: killed in an erasure
ERASE = """
    import os, signal, sys
    from cse_geo import store
    from cse_geo.store import erasure
    from tests.store_frames import KEY
    die = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
    when = sys.argv[2]
    if when == "after the tombstone":
        erasure._delete_rows = die
    elif when == "between two tables":
        erasure.forget_in_releases = die
    elif when == "after the commit":
        erasure._clear_residue = die
    elif when == "before the manifest":
        store.Store.publish_head = die
    opened = store.open_store(sys.argv[1], key=KEY)
    store.erase_subject(opened, sys.argv[3])
    print("ended")
"""


@pytest.mark.parametrize(
    ("when", "left"),
    [
        ("after the tombstone", 2),
        ("between two tables", 2),
        ("before the manifest", 0),
        ("after the commit", 0),
        ("never", 0),
    ],
)
def test_a_killed_erasure_is_whole_or_absent_and_done_again_leaves_no_byte(
    folder: Path, tmp_path: Path, when: str, left: int
) -> None:
    done = run(ERASE, folder, when, MARK)
    assert (done.returncode == -signal.SIGKILL) == (when != "never"), done.stderr
    with store.open_store(folder, key=KEY) as opened:
        assert store.verify(opened).is_whole
        records, _ = store.load_records(opened)
        assert (records["child_key"] == MARK).sum() == left
        assert len(records) == 5 + left
        buried = opened.path.is_dir() and store.erase_subject(opened, MARK)
        assert buried.n_deleted == (3 if left else 0)  # the present rows, and the one that was corrected
    assert MARK.encode() not in pages(folder, tmp_path / "plain.db")


def test_before_the_erasure_the_scan_sees_the_mark(folder: Path, tmp_path: Path) -> None:
    assert MARK.encode() in pages(folder, tmp_path / "plain.db")
    assert MARK.encode() not in b"".join(
        p.read_bytes() for p in folder.rglob("*") if p.is_file()
    )  # encrypted


# ---------------------------------------- row 58: killed in an export
EXPORT = """
    import os, signal, sys
    from pathlib import Path
    import pandas as pd
    from cse_geo.outputs import tables
    die = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
    path, when = Path(sys.argv[1]), sys.argv[2]
    if when == "before it is moved":
        Path.replace = die
    else:
        whole = tables._WRITERS[path.suffix]
        def half(frame, part, marking):
            whole(frame, part, marking)
            os.truncate(part, part.stat().st_size // 2)
            die()
        tables._WRITERS = {**tables._WRITERS, path.suffix: half}
    tables.write_frame(pd.DataFrame({"cell": ["8919"], "n": [7]}), path, marking=tables.Marking("synthetic", "Hotspots", "Made up."))
"""


@pytest.mark.parametrize("when", ["in the middle", "before it is moved"])
@pytest.mark.parametrize("ending", [".csv", ".parquet"])
@pytest.mark.parametrize("old", [None, b"the one before"])
def test_a_killed_export_leaves_no_file_or_the_one_before(
    tmp_path: Path, when: str, ending: str, old: bytes | None
) -> None:
    path = tmp_path / f"out{ending}"
    if old is not None:
        path.write_bytes(old)
    done = run(EXPORT, path, when)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert (path.read_bytes() if path.exists() else None) == old
    tables.write_frame(
        pd.DataFrame({"cell": ["8919"], "n": [7]}),
        path,
        marking=tables.Marking("synthetic", "Hotspots", "Made up."),
    )
    assert [p.name for p in tmp_path.iterdir()] == [path.name]  # the half of before is gone too
    assert path.read_bytes() != old


# ---------------------------------------- row 75: a read that stays
ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT count(*) FROM n"
)


def test_a_read_that_never_ends_is_stopped_and_the_log_can_be_emptied(
    opened: store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "READ_LIMIT_S", 0.2)
    with pytest.raises(StoreError, match="took too long"), opened.reading() as connection:
        connection.execute(sa.text(ENDLESS.format(10**9))).scalar()
    opened.checkpoint()
    assert (opened.path / "cse_geo.db-wal").stat().st_size == 0


def test_a_read_within_its_time_is_not_stopped_by_the_one_before(
    opened: store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "READ_LIMIT_S", 0.05)
    assert store.version(opened) > 0
    monkeypatch.setattr(folders, "READ_LIMIT_S", 60.0)
    time.sleep(0.1)
    with opened.reading() as connection:
        assert connection.execute(sa.text(ENDLESS.format(300_000))).scalar() == 300_000


# ---------------------------------------- row 81: rows in temporary files and caches; byte scan after an erasure
WORK = """
    import sys
    from datetime import date
    from pathlib import Path
    from cse_geo import pipeline, safeguards, store
    from cse_geo.views import MapQuery, Session
    from tests.store_frames import KEY
    folder, file, mark = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    demo = lambda role: safeguards.step_into(role, synthetic=True, agency="police1")
    with store.init_store(folder, key=KEY, synthetic=True) as opened:
        request = pipeline.ImportRequest(agency="police1", today=date(2026, 1, 15), synthetic=True)
        said = pipeline.import_return(opened, file, session=demo("analyst"), request=request)
        assert said.receipt is not None, said.words
        for role in ("analyst", "steward"):
            pipeline.map_view(opened, Session(role=role, demo=True, purpose="demonstration"), MapQuery(resolution=8))
        pipeline.build_next_release(opened, session=demo("analyst"), audience="care", today=date(2026, 1, 15))
        if sys.argv[4] == "erase":
            print(pipeline.erase(opened, mark, session=demo("steward")))
"""


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """A home, a cache, a place for temporary files and a working folder of their own, all empty."""
    places = {"HOME": "home", "TMPDIR": "tmp", "XDG_CACHE_HOME": "cache", "XDG_DATA_HOME": "data", "NUMBA_CACHE_DIR": "numba",
              "cwd": "here"}  # fmt: skip
    for name in places.values():
        (tmp_path / "machine" / name).mkdir(parents=True)
    return {name: str(tmp_path / "machine" / place) for name, place in places.items()}


@pytest.mark.parametrize("what", ["erase", "keep"])
def test_no_row_is_left_in_temporary_files_caches_or_home_and_after_erasing_in_no_page(
    tmp_path: Path, machine: dict[str, str], what: str
) -> None:
    rows = [
        b.row(
            event_ref=f"2025-{n:04d}",
            child_key=MARK if n == 3 else f"C-{n:016x}",
            location_text="qxhiddenlanez",
        )
        for n in range(1, 12)
    ]
    sent = tmp_path / "return.csv"
    sent.write_bytes(b.csv_bytes(rows))
    done = run(WORK, tmp_path / "s", sent, MARK, what, **machine)
    assert done.returncode == 0, done.stderr[-2000:]
    others = [p for p in (tmp_path / "machine").rglob("*") if p.is_file()]
    for path in others:
        held = path.read_bytes()
        assert MARK.encode() not in held, path.name
        assert b"qxhiddenlanez" not in held, path.name
    held = pages(tmp_path / "s", tmp_path / "plain.db")
    assert (MARK.encode() in held) == (what == "keep")
    assert b"qxhiddenlanez" in held
