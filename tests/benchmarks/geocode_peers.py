"""Three peers on the same gazetteer and the same texts: FTS5 and tantivy, each with rapidfuzz, and uk_address_matcher.

`uk_address_matcher` and `tantivy` (MIT) are no dependencies of ours: they run in the Python that is named, in which they are
installed (with rapidfuzz). Of each peer the best match of every text is kept with its scores; thresholds are then laid on it, so that one run shows
several settings.
"""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, utils

_TOKENS = 5  # rarest words of a text that FTS5 is asked for
_CANDIDATES = 40
FTS_SETTINGS = (80, 85, 90, 95)
UKAM_SETTINGS = ((-20, 0), (10, 5), (15, 0), (15, 5), (20, 5))

UKAM = """
import json, sys, time
import duckdb
from uk_address_matcher import AddressMatcher

con = duckdb.connect()
con.execute("set threads=2")
start, used = time.perf_counter(), time.process_time()
matcher = AddressMatcher(
    canonical_addresses=con.read_csv(sys.argv[1], all_varchar=True),
    addresses_to_match=con.read_csv(sys.argv[2], all_varchar=True),
    con=con,
)
matches = matcher.match().matches()
con.sql("select * from matches").write_csv(sys.argv[3])
print(json.dumps({"wall_s": time.perf_counter() - start, "cpu_s": time.process_time() - used}))
"""

TANTIVY = """
import csv, json, sys, time
import tantivy
from rapidfuzz import fuzz, utils

with open(sys.argv[1], newline="") as known:
    plain = [utils.default_process(row["line"]) for row in csv.DictReader(known)]
with open(sys.argv[2], newline="") as asked:
    texts = [utils.default_process(row["address_concat"]) for row in csv.DictReader(asked)]
start, used = time.perf_counter(), time.process_time()
builder = tantivy.SchemaBuilder()
builder.add_text_field("t", stored=False)
builder.add_integer_field("row", stored=True)
schema = builder.build()
index = tantivy.Index(schema)
writer = index.writer(64_000_000, 1)
for row, line in enumerate(plain):
    writer.add_document(tantivy.Document(t=line, row=row))
writer.commit()
writer.wait_merging_threads()
index.reload()
built = time.process_time() - used
searcher = index.searcher()
with open(sys.argv[3], "w", newline="") as out:
    table = csv.writer(out)
    table.writerow(["row", "score"])
    for text in texts:
        terms = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "t", word)) for word in set(text.split())]
        best, score = -1, 0.0
        for _, at in searcher.search(tantivy.Query.boolean_query(terms), CANDIDATES).hits if terms else ():
            row = searcher.doc(at)["row"][0]
            here = fuzz.token_set_ratio(text, plain[row])
            if here > score:
                best, score = row, here
        table.writerow([best, score])
cost = time.process_time() - used
print(json.dumps({"wall_s": time.perf_counter() - start, "index_cpu_s": built, "cpu_s": cost - built}))
""".replace("CANDIDATES", str(_CANDIDATES))


def addresses(rows: pd.DataFrame) -> pd.Series:
    """Return each row as one line: name, number, street, locality, town."""
    parts = rows[["name", "number", "street", "locality", "town"]].fillna("")
    first = (parts["number"] + " " + parts["street"]).str.strip()
    columns = [parts["name"], first, parts["locality"], parts["town"]]
    return pd.Series(
        [", ".join(p for p in line if p) for line in zip(*columns, strict=True)], index=rows.index
    )


def match_fts(kept: pd.DataFrame, texts: pd.Series) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return the most like row of each text (position in `kept`, score 0-100), and seconds of processor."""
    lines = (addresses(kept) + " " + kept["postcode"].fillna("")).to_numpy(object)
    base = sqlite3.connect(":memory:")
    base.execute("create virtual table a using fts5(t, tokenize='unicode61')")
    base.executemany("insert into a(rowid, t) values (?, ?)", enumerate(lines.tolist()))
    base.execute("create virtual table v using fts5vocab(a, row)")
    often = dict(base.execute("select term, doc from v"))
    plain = [utils.default_process(line) for line in lines]
    used, rows, scores = time.process_time(), [], []
    for text in texts:
        row, score = _best(base, often, plain, utils.default_process(text))
        rows.append(row)
        scores.append(score)
    return pd.DataFrame({"row": rows, "score": scores}), {"cpu_s": time.process_time() - used}


def _best(base: sqlite3.Connection, often: dict[str, int], plain: list[str], text: str) -> tuple[int, float]:
    words = sorted({word for word in text.split() if word in often}, key=often.__getitem__)[:_TOKENS]
    if not words:
        return -1, 0.0
    asked = " OR ".join(f'"{word}"' for word in words)
    found = base.execute("select rowid from a where a match ? order by rank limit ?", (asked, _CANDIDATES))
    best, score = -1, 0.0
    for (row,) in found:
        here = fuzz.token_set_ratio(text, plain[row])
        if here > score:
            best, score = row, here
    return best, score


def match_ukam(kept: pd.DataFrame, texts: pd.Series, python: str) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return uk_address_matcher's match of each text (position in `kept`, weight, distinguishability), and its cost.

    Its preparation of the gazetteer is in the cost: it is made anew for every file of texts.
    """
    out, cost = _elsewhere(kept, texts, python, UKAM)
    best = (
        out.sort_values("match_weight", ascending=False).drop_duplicates("unique_id").set_index("unique_id")
    )
    best = best.reindex(np.arange(len(texts)))
    return pd.DataFrame({
        "row": best["resolved_canonical_id"].fillna(-1).astype(int).to_numpy(),
        "score": best["match_weight"].to_numpy(), "apart": best["distinguishability"].to_numpy(),
    }), cost  # fmt: skip


def match_tantivy(kept: pd.DataFrame, texts: pd.Series, python: str) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return the most like of tantivy's first 40 rows for each text, and its cost."""
    return _elsewhere(kept, texts, python, TANTIVY)


def _elsewhere(
    kept: pd.DataFrame, texts: pd.Series, python: str, script: str
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return the table that a script writes of the gazetteer and the texts in another Python, and what it says it cost."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = addresses(kept)
        known = pd.DataFrame(
            {"unique_id": np.arange(len(kept)), "address_concat": lines, "postcode": kept["postcode"]}
        )
        if script is TANTIVY:
            known["line"] = lines + " " + kept["postcode"].fillna("")
        asked = pd.DataFrame({"unique_id": np.arange(len(texts)), "address_concat": texts.to_numpy(object)})
        known.to_csv(folder / "known.csv", index=False, quoting=csv.QUOTE_ALL)
        asked.to_csv(folder / "asked.csv", index=False, quoting=csv.QUOTE_ALL)
        command = [python, "-c", script, *(str(folder / f) for f in ("known.csv", "asked.csv", "out.csv"))]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=_environment())
        return pd.read_csv(folder / "out.csv"), json.loads(done.stdout.strip().splitlines()[-1])


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def settings_of(peer: str, found: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return which texts a peer places, by setting."""
    there = (found["row"] >= 0).to_numpy()
    if "rapidfuzz" in peer:
        return {
            f"token_set >= {least}": there & (found["score"] >= least).to_numpy() for least in FTS_SETTINGS
        }
    apart = found["apart"].fillna(99.0)
    return {
        f"weight >= {weight}, apart >= {gap}": there
        & (found["score"].fillna(99.0) >= weight).to_numpy()
        & ((apart >= gap) | (gap == 0)).to_numpy()
        for weight, gap in UKAM_SETTINGS
    }


def judge_peer(
    queries: pd.DataFrame, kept: pd.DataFrame, found: pd.DataFrame, placed: np.ndarray
) -> dict[str, float]:
    """Return a peer's figures by the measures of `geocode.figures`: every answer is a door."""
    rows = found["row"].to_numpy()
    x, y = (np.where(rows >= 0, kept[c].to_numpy()[np.maximum(rows, 0)], np.nan) for c in ("x", "y"))
    away = np.hypot(x - queries["x"].to_numpy(), y - queries["y"].to_numpy())
    real = (queries["kind"] != "vague").to_numpy()
    right = placed & (away <= 50) & real
    resolvable, absent = queries["resolvable"].to_numpy(), (queries["kind"] == "absent").to_numpy()
    return {
        "recall": float(right[resolvable].mean()),
        "precision": float(right.sum() / max(1, placed.sum())),
        "wrong_250": float((placed & ((away > 250) | ~real)).mean()),
        "absent_placed_wrongly": float((placed & ~right)[absent].mean()),
        "vague_points": float((placed & ~real).sum()),
    }


def run_peers(rows: pd.DataFrame, queries: pd.DataFrame, python: str | None) -> None:
    """Print the figures of each peer at each of its settings."""
    kept = rows[rows["kept"]].reset_index(drop=True)
    found = {"FTS5 + rapidfuzz": match_fts(kept, queries["text"])}
    if python:
        found["tantivy + rapidfuzz"] = match_tantivy(kept, queries["text"], python)
        found["uk_address_matcher"] = match_ukam(kept, queries["text"], python)
    for peer, (best, cost) in found.items():
        told = ", ".join(f"{name} {value:.1f}" for name, value in cost.items())
        sys.stdout.write(f"\n{peer}, {len(queries):,} texts: {told}\n")
        for setting, placed in settings_of(peer, best).items():
            figures = judge_peer(queries, kept, best, placed)
            sys.stdout.write(
                f"  {setting}: {', '.join(f'{name} {value:.4f}' for name, value in figures.items())}\n"
            )
        sys.stdout.flush()
