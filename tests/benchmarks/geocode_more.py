"""Harder questions to the reader of places: by rule of noise, with the truth left out, and by form of text."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd

from cse_geo import geocode
from tests.benchmarks import geocode as bench
from tests.benchmarks import geocode_noise as noise
from tests.benchmarks.geocode_agency import write_agency
from tests.benchmarks.geocode_world import gazetteer

FORMS = (
    "number street outcode", "name street outcode", "name postcode", "street town", "street outcode", "street postcode",
    "number misspelt postcode", "number bare town", "number misspelt town", "number misspelt outcode", "park misspelt",
    "name street town",
)  # fmt: skip
_BATCHES = 6


def by_rule(judged: pd.DataFrame) -> pd.DataFrame:
    """Return texts, resolvable ones, recall, wrong doors and waiting of each rule of noise."""
    each = judged.assign(
        good=judged["door"] & judged["right"], bad=judged["door"] & ~judged["right"], waits=judged["status"] == "waiting",
        rule=judged["rules"].map(lambda rules: rules or ("as it is",)),
    ).explode("rule")  # fmt: skip
    rows = []
    for rule, own in each.groupby("rule"):
        real = own[own["resolvable"]]
        rows.append(
            (
                rule,
                len(own),
                len(real),
                round(float(real["good"].mean()), 3),
                int(own["bad"].sum()),
                int(own["waits"].sum()),
            )
        )
    out = pd.DataFrame(rows, columns=["rule", "texts", "resolvable", "recall", "wrong", "waiting"])
    return out.sort_values("texts", ascending=False)


def agency_queries(rows: pd.DataFrame, n: int, *, seed: int) -> pd.DataFrame:
    """Return texts as `geocode.make_queries` does, by the rules of the third set."""
    return bench.make_queries(rows, n, seed=seed, write=write_agency)


def leave_out(rows: pd.DataFrame, queries: pd.DataFrame, table: Any, *, streets: bool) -> dict[str, float]:
    """Delete each query's true row (or its whole street) from the gazetteer, read it again, and count what is placed.

    Several gazetteers are made, each without the truths of its share of the queries.
    """
    asked = queries[queries["kind"].isin(["address", "premises", "named"])].reset_index(drop=True)
    key = rows["street"].fillna("") + "|" + rows["locality"].fillna("") + "|" + rows["town"]
    every = []
    for batch in range(_BATCHES):
        own = asked.iloc[batch::_BATCHES]
        gone = rows.index.isin(own["truth"])
        if streets:
            gone |= (key.isin(key[gone]) & rows["street"].notna()).to_numpy()
        left, _ = gazetteer(rows.assign(kept=rows["kept"] & ~gone))
        every.append(bench.judge(own, geocode.index_texts(left, release="left out"), table))
    judged = pd.concat(every)
    point = judged["status"] == "located"
    off = judged["away"] > 50
    return {
        "queries": len(judged),
        "placed": float(point.mean()),
        "door_over_50m": float((judged["door"] & off).mean()),
        "door_over_50m_and_r95": float((judged["door"] & ~judged["right"]).mean()),
        "point_over_50m": float((point & off).mean()),
        "point_over_50m_and_r95": float((point & off & (judged["away"] > judged["r95_m"])).mean()),
    }


def form_queries(rows: pd.DataFrame, form: str, n: int, *, seed: int) -> pd.DataFrame:
    """Return texts of one form with MAIN's shortenings and slips; a tenth are about places left out."""
    rng = np.random.default_rng(seed)
    kind = "premises" if form.startswith("name") else "named" if form.startswith("park") else "address"
    of_kind = (rows["kind"] == kind).to_numpy()
    kept, gone = (np.flatnonzero(of_kind & (rows["kept"].to_numpy() == state)) for state in (True, False))
    absent = (rng.random(n) < 0.1) & bool(gone.size)
    picked = np.where(absent, rng.choice(gone if gone.size else kept, n), rng.choice(kept, n))
    parts = (
        rows.iloc[picked][["number", "street", "locality", "town", "postcode", "name"]]
        .fillna("")
        .to_dict("records")
    )
    truth = rows.iloc[picked].reset_index(drop=True)
    return pd.DataFrame({
        "text": [_of_form(form, p, rng) for p in parts], "kind": np.where(absent, "absent", kind), "x": truth["x"],
        "y": truth["y"], "resolvable": ~absent, "truth": picked, "rules": [()] * n,
    })  # fmt: skip


def _of_form(form: str, p: dict[str, str], rng: np.random.Generator) -> str:
    street, name = noise.cut_main(p["street"], rng, 0.35), noise.cut_main(p["name"], rng, 0.2)
    if "bare" in form:
        street = p["street"].rpartition(" ")[0]
    if "misspelt" in form:
        street, name = (
            " ".join(_misspelt(w, rng) if at == 0 else w for at, w in enumerate(t.split(" ")))
            for t in (street, name)
        )
    place = p["town"] if rng.random() < 0.6 or not p["locality"] else f"{p['locality']}, {p['town']}"
    words = {"number": p["number"], "street": street, "bare": street, "misspelt": street, "name": name, "park": name,
             "town": place, "postcode": noise.postcode_main(p["postcode"], rng), "outcode": p["postcode"].partition(" ")[0]}  # fmt: skip
    asked = form.split(" ")
    if asked[0] == "park":
        asked = ["park", "town"]
    text = " ".join(
        words[word] + ("," if at and at < len(asked) - 1 else "") for at, word in enumerate(asked)
    )
    slip = rng.random() < 0.25 and "misspelt" not in form
    text = noise.slip_main(text, rng) if slip else text
    return text.lower() if rng.random() < 0.4 else text


def _misspelt(word: str, rng: np.random.Generator) -> str:
    """One or two letters of a word after the first left out, doubled or changed."""
    for _ in range(int(rng.integers(1, 3))):
        if len(word) > 4:
            at = int(rng.integers(1, len(word)))
            word = (
                word[:at]
                + ("", word[at] * 2, "aeiorstln"[int(rng.integers(9))])[int(rng.integers(3))]
                + word[at + 1 :]
            )
    return word


def run_forms(rows: pd.DataFrame, index: Any, table: Any, *, n: int, seed: int) -> None:
    """Judge every form of text and print each, and the classes of all of them."""
    every = []
    for at, form in enumerate(FORMS):
        judged = bench.judge(form_queries(rows, form, n, seed=seed + 100 * at), index, table)
        every.append(judged)
        point = judged["status"] == "located"
        right = point & judged["right"]
        there = judged["kind"] != "absent"
        sys.stdout.write(
            f"FORM {form}: {n:,} texts, placed {point.mean():.3f} (of those there {point[there].mean():.3f}), right {int(right.sum()):,} "
            f"of {int(point.sum()):,}, absent placed wrongly {(point & ~right)[~there].mean():.4f}\n"
        )
    sys.stdout.write(bench.classes(pd.concat(every)).to_string(index=False) + "\n")
    sys.stdout.flush()


def run_leave_out(rows: pd.DataFrame, queries: pd.DataFrame, table: Any) -> None:
    """Print what is placed when the truth is deleted: the row, and its whole street."""
    for streets in (False, True):
        found = leave_out(rows, queries, table, streets=streets)
        told = ", ".join(f"{name} {value:,.5g}" for name, value in found.items())
        sys.stdout.write(f"\nLEFT OUT: {'true street' if streets else 'true row'}: {told}\n")
        sys.stdout.flush()
