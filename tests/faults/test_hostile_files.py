"""Files made to harm, sent through the door a person uses: refused in words, nothing stored, nothing sent.

What each kind of bad file is told is `test_bad_input`; here the whole import is driven, in its child process.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import numpy as np
import pytest

from cse_geo import intake, pipeline, safeguards, store
from cse_geo.errors import CseGeoError, InputRefusedError, NotPermittedError, UsageError
from cse_geo.pipeline import ImportRequest
from tests.faults import build as b
from tests.faults.test_bad_input import FILES
from tests.store_frames import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TODAY = date(2026, 1, 15)
ANA = safeguards.Session("ana", "analyst", "problem_profile", "police1", "PP-7")
MOST_SECONDS = 5.0
# Resident memory of the child; its address space is limited by `ChildParams`.
MOST_BYTES = 512_000_000
# One of each kind of attack; the others run in `test_bad_input`, without a child process each.
HOSTILE = [
    c for c in FILES if c.name.startswith(("38", "39", "40 m", "41 old", "41 prog", "42", "43", "44", "47"))
]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[store.Store]:
    with store.init_store(tmp_path / "s", key=KEY) as made:
        yield made


def send(
    opened: store.Store, path: Path, session: safeguards.Session = ANA, **more: object
) -> pipeline.ImportOutcome:
    request = ImportRequest(agency="police1", today=TODAY, **more)  # type: ignore[arg-type]
    return pipeline.import_return(opened, path, session=session, request=request)


def state(opened: store.Store) -> tuple[int, int, list[str]]:
    files = sorted(str(p.relative_to(opened.path)) for p in opened.path.rglob("*") if p.is_file())
    return (
        store.version(opened),
        store.summary(opened).n_records,
        [f for f in files if "-wal" not in f and "-shm" not in f],
    )


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_a_hostile_file_is_refused_quickly_and_nothing_is_kept(
    case: object, opened: store.Store, tmp_path: Path
) -> None:
    path = tmp_path / "return.csv"
    path.write_bytes(case.make())  # type: ignore[attr-defined]
    before = state(opened)
    started = time.perf_counter()
    with pytest.raises(InputRefusedError):
        send(opened, path)
    assert time.perf_counter() - started < MOST_SECONDS
    assert state(opened) == before


def test_two_hundred_hostile_files_are_refused_in_time_and_none_makes_its_child_large() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.faults.peak_of_children"], capture_output=True, text=True, check=True
    )
    figures, *taken = ran.stdout.splitlines()
    read, refused, stopped, _, _, peak = figures.split()
    assert (int(read), int(refused), taken) == (200, 200, [])
    assert int(stopped) == 0  # each was refused by its parser, within five seconds of the processor
    assert 20_000_000 < int(peak) < MOST_BYTES


def _mutant(data: bytes, rng: np.random.Generator) -> bytes:
    """Damage a file as a bad line or a bad sender would: bits flipped, cut short, doubled, spliced."""
    text = bytearray(data)
    match int(rng.integers(5)):
        case 0:
            for at in rng.integers(0, len(text), 12):
                text[at] ^= int(1 << rng.integers(8))
        case 1:
            del text[int(rng.integers(1, len(text))) :]
        case 2:
            at = int(rng.integers(0, len(text)))
            text[at:at] = bytes(rng.integers(0, 256, 40, dtype=np.uint8))
        case 3:
            low, high = sorted(rng.integers(0, len(text), 2))
            text[low:high] = b""
        case _:
            at = int(rng.integers(0, len(text)))
            text[at:at] = rng.choice(
                [b'"', b"\0", b"<!DOCTYPE a>", b"{[" * 50, b"\xff\xfe", b"=cmd|'/c calc'!A0", b",,,"]
            )
    return bytes(text)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "geojson"])
def test_two_hundred_damaged_files_are_tables_or_refusals_never_faults(kind: str) -> None:
    whole = {"csv": b.csv_bytes(b.good_rows()), "xlsx": b.xlsx(), "geojson": b.geojson(*b.good_features())}[
        kind
    ]
    rng = np.random.default_rng([ord(c) for c in kind])
    ended = {"table": 0, "refused": 0}
    for _ in range(67):
        data = _mutant(whole, rng)
        started = time.perf_counter()
        try:
            intake.read_table(data, name="x")
            ended["table"] += 1
        except InputRefusedError:
            ended["refused"] += 1
        assert time.perf_counter() - started < MOST_SECONDS
    assert ended["refused"] > 10


class _Recorder(BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012 (shared with the test on purpose)

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(404)
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815 (the name that the library calls)


@pytest.mark.parametrize(
    "shape",
    [
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/{url}/a.csv</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "{url}/x">]><r>&x;</r>',
        "<kml><NetworkLink><Link><href>{url}/k.kml</href></Link></NetworkLink></kml>",
        '{{"type":"FeatureCollection","crs":{{"type":"link","properties":{{"href":"{url}/crs"}}}},"features":[]}}',
        'event_ref,town\r\n1,=WEBSERVICE("{url}/w")\r\n',
    ],
    ids=["VRT", "XXE", "KML", "linked CRS", "formula"],
)  # fmt: skip
def test_no_file_makes_us_ask_a_server(shape: str, opened: store.Store, tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        path = tmp_path / "return.geojson"
        path.write_text(shape.format(url=f"http://127.0.0.1:{server.server_port}"))
        with pytest.raises(CseGeoError):
            send(opened, path)
    finally:
        server.shutdown()
        server.server_close()
    assert _Recorder.asked == []


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2fetc%2fpasswd.csv",
        "a;rm -rf ~.csv",
        "<script>alert(1)</script>.csv".replace("/", "_"),
        "\u202evsc.exe.csv",
    ],
)
def test_the_name_of_a_file_is_never_used(name: str, opened: store.Store, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b.csv_bytes(b.good_rows()))
    said = send(opened, path)
    whole = said.words + said.problems.to_csv() + str(store.list_imports(opened).to_csv())
    assert name not in whole
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([name, "s"])


@pytest.mark.parametrize("share", [0.5, 0.99])
def test_an_upload_that_broke_off_stores_nothing(share: float, opened: store.Store, tmp_path: Path) -> None:
    whole = b.xlsx()
    path = tmp_path / "return.xlsx"
    path.write_bytes(whole[: int(len(whole) * share)])
    before = state(opened)
    with pytest.raises(InputRefusedError):
        send(opened, path)
    assert state(opened) == before


def test_a_reader_that_has_to_be_stopped_is_a_refusal_and_the_next_file_is_read(
    opened: store.Store, tmp_path: Path
) -> None:
    path = tmp_path / "return.csv"
    path.write_bytes(b.csv_bytes(b.good_rows(100)) * 1500)
    before = state(opened)
    small = intake.ChildParams(memory_bytes=60_000_000)
    with pytest.raises(InputRefusedError, match="had to be stopped"):
        intake.read_table_sandboxed(path, name="x", child=small)
    assert state(opened) == before
    path.write_bytes(b.csv_bytes(b.good_rows()))
    assert send(opened, path).receipt is not None


def test_a_real_return_stays_out_of_a_synthetic_store_and_a_made_up_one_out_of_a_real_store(
    opened: store.Store, tmp_path: Path
) -> None:
    path = tmp_path / "return.csv"
    path.write_bytes(b.csv_bytes(b.good_rows()))
    with pytest.raises(UsageError, match="holds real records"):
        send(opened, path, synthetic=True)
    demo = safeguards.step_into("analyst", synthetic=True)
    with store.init_store(tmp_path / "made_up", key=KEY, synthetic=True) as made_up:
        with pytest.raises(UsageError, match="lets anyone choose their role"):
            send(made_up, path, session=demo)
        assert store.summary(made_up).n_records == 0
        assert send(made_up, path, session=demo, synthetic=True).receipt is not None


def test_a_steward_imports_for_the_own_agency_only_and_others_not_at_all(
    opened: store.Store, tmp_path: Path
) -> None:
    path = tmp_path / "return.csv"
    path.write_bytes(b.csv_bytes(b.good_rows()))
    with pytest.raises(NotPermittedError, match="own agency only"):
        send(opened, path, session=safeguards.Session("s1", "steward", "data_quality", "health1"))
    with pytest.raises(NotPermittedError):
        send(opened, path, session=safeguards.Session("p1", "patrol", "shift_tasking", "police1", "T-1"))
    assert send(opened, path, session=safeguards.Session("s2", "steward", "data_quality", "police1")).receipt
