"""Judge the reading of places on real open data: `python -m tests.benchmarks.geocode_real SHARED_DATA`.

With Wilson's 95 % intervals per evidence class. (1) Postcodes in the words of 713 jobcentres, 2,000 GP
practices and 2,000 schools (2016), against Code-Point Open 2014 of areas M, TS, DL, DH, WA: only rows of those areas
can be placed, all others must be refused. (2) Trafford's 291 food outlets (2023, council) as the gazetteer, and the
names and addresses of Greater Manchester's 415 gambling premises and 631 pharmacies as texts, postcode hidden: truth
is the postcode's point, and what is not in the gazetteer must not be placed more than 1 km off. (3) A food hygiene
sample of 2016, only where its point is not its postcode's. (4) OpenStreetMap's doors of Newport against the rest of it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import geocode, projection
from tests.benchmarks.geocode import _wilson

if TYPE_CHECKING:
    from collections.abc import Iterator

SETS = ("edubase/sample.tsv", "general-medical-practices/sample.tsv", "jobcentre/addresses.tsv")


def placed(texts: pd.Series, index: geocode.TextIndex, table: object) -> pd.DataFrame:
    """Return status, evidence, level, r95_m, x, y of each text."""
    answers = [geocode.answer_text(text, index, table) for text in texts]
    spots = [a.spot for a in answers]
    return pd.DataFrame({
        "status": [a.status for a in answers], "evidence": [a.evidence for a in answers], "level": [s.level if s else None for s in spots],
        "r95_m": [s.r95_m if s else np.nan for s in spots], "x": [s.x if s else np.nan for s in spots], "y": [s.y if s else np.nan for s in spots],
    })  # fmt: skip


def truth_of(postcodes: pd.Series, table: geocode.ReferenceTables) -> tuple[np.ndarray, np.ndarray]:
    """Return the point of each postcode (missing where the table lacks it)."""
    from cse_geo.geocode.postcode import encode

    at = table.postcodes.find(encode(postcodes))
    x, y = (np.where(at >= 0, getattr(table.postcodes, n)[at], np.nan) for n in ("easting", "northing"))
    return x, y


def table_of(got: pd.DataFrame, x: np.ndarray, y: np.ndarray) -> pd.DataFrame:
    """Return per evidence class: placed, right (150 m or r95), its interval, more than 1 km off."""
    point = (got["status"] == "located").to_numpy()
    away = np.hypot(got["x"] - x, got["y"] - y).to_numpy()
    known = point & np.isfinite(away)
    rows = []
    for name, at in got[known].groupby("evidence").groups.items():
        mine = np.asarray(at)
        good = int((away[mine] <= np.maximum(150, got["r95_m"].to_numpy()[mine])).sum())
        low, high = _wilson(good, len(mine))
        rows.append((name, len(mine), good, round(low, 3), round(high, 3), int((away[mine] > 1_000).sum())))
    rows.append(("placed, truth not in the table", int((point & ~np.isfinite(away)).sum()), 0, 0.0, 0.0, 0))
    return pd.DataFrame(rows, columns=["evidence", "n", "right", "low", "high", "over_1km"])


def main(argv: list[str]) -> None:
    shared = Path(argv[0])
    out = sys.stdout.write
    frames = [
        geocode.read_codepoint(p)[0] for p in sorted(shared.glob("B/open-postcode__codepoint/Data/CSV/*.csv"))
    ]
    tables = geocode.reference_tables(postcodes=pd.concat(frames, ignore_index=True))
    outlets, _ = geocode.read_premises(
        next(shared.glob("C/traffordDataLab__open_data/fast_food_outlets/*.csv"))
    )
    index = geocode.index_texts(outlets, release="Trafford")
    for name in SETS:
        table = pd.read_csv(next(shared.glob(f"E/*/bulk/{name}")), sep="\t", dtype="str").fillna("")
        got = placed(table["name"] + ", " + table["text"] + ", " + table["postcode"], index, tables.postcodes)
        x, y = truth_of(table["postcode"], tables)
        out(
            f"\n{name}: {len(table)} rows, {int(np.isfinite(x).sum())} with a known postcode\n{table_of(got, x, y).to_string(index=False)}\n"
        )
        hidden = placed(table["name"] + ", " + table["text"], index, tables.postcodes)
        out(
            f"postcode hidden: {int((hidden['status'] == 'located').sum())} placed; {table_of(hidden, x, y).to_string(index=False)}\n"
        )
    for name, label in (
        ("gambling_premises/gm_gambling_premises.csv", "name"),
        ("pharmacies/gm_pharmacies.csv", "pharmacy_name"),
        ("fast_food_outlets/trafford_fast_food_outlets.csv", "name"),
    ):
        table = pd.read_csv(next(shared.glob(f"C/traffordDataLab__open_data/{name}")), dtype="str").fillna("")
        got = placed(table[label] + ", " + table["address"], index, tables.postcodes)
        if "lon" in table:
            x, y = projection.to_bng(pd.to_numeric(table["lon"]), pd.to_numeric(table["lat"]))
        else:
            x, y = truth_of(table["postcode"], tables)
        out(
            f"\n{name}: {len(table)} rows, postcode hidden, {got['status'].value_counts().to_dict()}\n{table_of(got, x, y).to_string(index=False)}\n"
        )
    for line in _food_hygiene(shared, index, tables):
        out(line)
    for line in _openstreetmap(shared):
        out(line)


def _food_hygiene(shared: Path, index: geocode.TextIndex, tables: geocode.ReferenceTables) -> Iterator[str]:
    """Yield the food hygiene sample, scored only where its point is more than 10 m from its postcode's.

    The others have their postcode's point for a truth, and would score the postcode table against itself.
    """
    truth = pd.read_csv(shared / "E/derived/gds_fhrs_truth_first200.csv", dtype="str").fillna("")
    far = pd.to_numeric(truth["dist_to_codepoint2014_m"], errors="coerce") > 10
    truth = truth[far].reset_index(drop=True)
    x, y = projection.to_bng(*(pd.to_numeric(truth[n], errors="coerce") for n in ("lon", "lat")))
    for words, texts in (
        ("with postcode", truth["name"] + ", " + truth["text"] + ", " + truth["postcode"]),
        ("postcode hidden", truth["name"] + ", " + truth["text"]),
    ):
        got = placed(texts, index, tables.postcodes)
        status = got["status"].value_counts().to_dict()
        rows = table_of(got, np.asarray(x), np.asarray(y)).to_string(index=False)
        yield f"\nfood hygiene, {len(truth)} rows over 10 m from their postcode's point, {words}: {status}\n{rows}\n"


def _openstreetmap(shared: Path) -> Iterator[str]:
    """Yield the numbered doors of Newport, each as a text, against all of OpenStreetMap there but that door."""
    frame, _ = geocode.read_osm_places(shared / "C/derived/newport_centre_dev.osm.pbf")
    frame = geocode.in_settlements(frame)
    doors = frame[(frame["basis"] == "rooftop") & frame["number"].notna() & (frame["kind"] == "address")]
    asked = doors.sample(800, random_state=1)
    texts = asked["number"] + " " + asked["street"] + ", Newport"
    x, y = projection.to_bng(asked["lon"].to_numpy(), asked["lat"].to_numpy())
    for words, kept in (("all of it", frame), ("but for the doors asked", frame.drop(asked.index))):
        got = placed(texts, geocode.index_texts(kept, release="osm"), None)
        status = got["status"].value_counts().to_dict()
        yield f"\nOpenStreetMap, Newport, 800 doors, {words}: {status}\n{table_of(got, x, y).to_string(index=False)}\n"
    yield from _coverage(got, x, y)


def _coverage(got: pd.DataFrame, x: np.ndarray, y: np.ndarray) -> Iterator[str]:
    """Yield per level how many true doors r95 holds, and how many of one half with the multiplier of the other."""
    away = np.hypot(got["x"] - x, got["y"] - y).to_numpy()
    first = np.random.default_rng(1).random(len(got)) < 0.5
    for level, at in got[got["status"] == "located"].groupby("level").groups.items():
        ratio, half = away[at] / got["r95_m"].to_numpy()[at], first[at]
        factor = float(np.quantile(ratio[half], 0.95, method="higher"))
        low, high = _wilson(int((ratio <= 1).sum()), len(ratio))
        held = int((ratio[~half] <= factor).sum())
        yield (
            f"r95 of {level}: holds {(ratio <= 1).mean():.3f} ({low:.3f} to {high:.3f}) of {len(ratio)}; "
            f"x {factor:.2f}, from one half, it holds {held} of the other {int((~half).sum())}\n"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
