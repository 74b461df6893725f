"""Every file that leaves a store: each export command is known here, and each byte of what it writes is read."""

from __future__ import annotations

import html
import io
import re
import zipfile
from typing import TYPE_CHECKING

import click
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner

from cse_geo import lattice, pipeline, safeguards, schema, store
from cse_geo.cli.main import cli
from cse_geo.cli.settings import Settings
from tests import plan_store
from tests.store_frames import KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WHEN = ("--from", "2025-01-01", "--to", "2025-12-31")
SHIFT = ("--on", "2026-02-06", "--recipient", "the late shift")
READER = ("--recipient", "the chair")
# Command -> its options and the endings it writes.
EXPORTS: dict[tuple[str, ...], tuple[tuple[str, ...], tuple[str, ...]]] = {
    ("hotspots",): (WHEN, (".csv", ".json", ".geojson", ".gpkg", ".parquet")),
    ("cross-border",): (WHEN, (".csv", ".xlsx", ".gpkg", ".geojson")),
    ("places",): ((), (".csv", ".json")),
    ("evaluate",): (("--train-until", "2025-08-31", "--horizon", "90"), (".csv", ".json", ".parquet")),
    ("pack", "meeting"): (READER, (".pdf", ".html")),
    ("pack", "profile"): ((*READER, "--place", "H01"), (".html",)),
    ("pack", "board"): (READER, (".pdf", ".html")),
    ("plan", "patrol"): (SHIFT, (".pdf", ".html", ".gpx", ".ics", ".xlsx", ".geojson", ".json")),
    ("plan", "outreach"): (SHIFT, (".pdf", ".html", ".gpx", ".ics", ".xlsx", ".geojson", ".json")),
    ("plan", "rounds"): (SHIFT, (".html", ".xlsx")),
    ("plan", "licensing"): (READER, (".xlsx", ".pdf", ".html", ".json")),
    ("exchange", "export"): (WHEN, (".json",)),
    ("exchange", "pool"): ((), (".csv", ".geojson")),
}
# What writes a file, but none of what a store holds.
NO_EXPORT = {
    ("boundaries", "fetch"): "open data, fetched",
    ("exchange", "key"): "a key",
    ("import",): "problems of the sender's own file: row, code and words, never a value",
    ("gazetteer", "add"): "a mapping of columns, suggested",
    ("copies", "notices"): "notices, whose marking test_copies_commands reads",
    ("instruments",): "drafts made from the configuration",
    ("geocode",): "the caller's own file with places in it; no store is opened",
    ("pseudonym",): "the caller's own file with keys in it; no store is opened",
    ("scan",): "the caller's own files; no store is opened",
    ("template",): "an empty return",
    ("backup",): "the store itself, under its own key",
}


def outputs() -> set[tuple[str, ...]]:
    """Every command with an option or argument that names a file or folder to write."""
    found = set()

    def walk(group: click.Group, before: tuple[str, ...]) -> None:
        for name in group.list_commands(click.Context(group)):
            command = group.get_command(click.Context(group), name)
            if isinstance(command, click.Group):
                walk(command, (*before, name))
            elif command and any(writes(parameter) for parameter in command.params):
                found.add((*before, name))

    walk(cli, ())
    return found


def writes(parameter: click.Parameter) -> bool:
    is_path = isinstance(parameter.type, click.Path)
    return is_path and not parameter.type.exists


def test_no_command_writes_a_file_that_is_not_known_here() -> None:
    assert outputs() - set(NO_EXPORT) == set(EXPORTS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("marking") / "s"
    cells = lattice.cover(shapely.box(0.8, 53.9, 1.2, 54.1), 9)
    exposure = pd.DataFrame({"cell": cells, "children": 10.0, "footfall": 10.0, "district": "XA1"})
    with plan_store.build(path) as opened:
        store.save_exposure(opened, schema.conform(exposure, schema.EXPOSURE))
        analyst = safeguards.step_into("analyst", synthetic=True)
        for audience in pipeline.audiences():
            pipeline.build_next_release(opened, session=analyst, audience=audience)
        pipeline.approve_releases(opened, session=safeguards.step_into("oversight", synthetic=True))
    return path


@pytest.fixture
def run(folder: Path) -> Callable[..., str]:
    settings = Settings.from_environ({"CSE_GEO_KEY": KEY, "CSE_GEO_STORE": str(folder)})

    def call(*arguments: object) -> str:
        done = CliRunner().invoke(cli, [str(a) for a in arguments], obj=settings, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return call


@pytest.fixture
def files(folder: Path, tmp_path: Path, run: Callable[..., str]) -> Callable:
    """Make every file of one command; return path and row of the list of copies for each."""

    def make(command: tuple[str, ...], ending: str) -> tuple[Path, pd.Series]:
        out, options = tmp_path / f"out{ending}", EXPORTS[command][0]
        before = len(copies(folder))
        if command[0] == "exchange":
            out = exchanged(command, tmp_path, out, run)
        else:
            run(*command, *options, "-o", out)
        listed = copies(folder)
        assert len(listed) > before
        return out, listed.iloc[-1]

    return make


def exchanged(command: tuple[str, ...], tmp_path: Path, out: Path, run: Callable[..., str]) -> Path:
    key = tmp_path.parent / "exchange-key"
    if not key.exists():
        run("exchange", "key", key)
        for force in ("F1", "F2"):
            run(
                "exchange", "export", tmp_path.parent / f"{force}.json", "--key", key, "--force", force, *WHEN
            )
    if command == ("exchange", "pool"):
        run(*command, "--key", key, "-o", out)
        return out
    return tmp_path.parent / "F2.json"


def copies(folder: Path) -> pd.DataFrame:
    with store.open_store(folder, key=KEY) as opened:
        return store.load_copies(opened)


def text_of(path: Path) -> str:
    """Every readable byte of a file, with what its format folds or escapes put back."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path).drop(columns="geometry", errors="ignore").to_csv()
    data = path.read_bytes()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            data = b" ".join(book.read(name) for name in book.namelist())
    text = data.decode("utf-8", "replace")
    if path.suffix == ".ics":
        text = re.sub(r"\r\n[ \t]", "", text).replace("\\", "")
    return html.unescape(text)


CASES = [(command, ending) for command, (_, endings) in EXPORTS.items() for ending in endings]


@pytest.mark.parametrize(("command", "ending"), CASES, ids=[f"{'-'.join(c)}{e}" for c, e in CASES])
def test_each_file_says_handling_recipient_purpose_window_and_copy(
    command: tuple[str, ...], ending: str, files: Callable
) -> None:
    path, copy = files(command, ending)
    text = text_of(path)
    role = safeguards.role_of("outreach" if command == ("plan", "outreach") else "analyst")
    options = EXPORTS[command][0]
    reader = options[options.index("--recipient") + 1] if "--recipient" in options else "demo"
    told = [
        "SYNTHETIC DATA", reader, f"{role.purposes[0].replace('_', ' ')} demo",
        "not after" if role.export_hours else "", "F2" if ending == ".json" and "export" in command else "",
    ]  # fmt: skip
    number = copy["copy"] if command != ("exchange", "export") else "C"
    assert [words for words in (*told, f"copy {number}") if words not in text] == []
    assert re.search(r"data (for |to |the |\d)", text), "no window of the data"


@pytest.mark.parametrize("command", [c for c in EXPORTS if c[0] != "exchange"], ids="-".join)
def test_no_file_holds_a_key_or_a_reference_of_a_record(command: tuple[str, ...], files: Callable) -> None:
    path, _ = files(command, EXPORTS[command][1][0])
    text = text_of(path)
    assert plan_store.KEY_START not in text
    assert not re.search(r"\bEV\d+\b", text)
