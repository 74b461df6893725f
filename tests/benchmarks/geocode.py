"""Judge the reading of places: `python -m tests.benchmarks.geocode ROWS QUERIES [--seed S]`, with options (`--help`).

A gazetteer of ROWS invented addresses, premises, parks and stations in invented towns, streets with the usual names
(so that every town has a Church Street, and some have two). Of what was generated, 3 % of streets, 2 % of doors and
3 % of premises are left out of it. QUERIES texts, of which 10 % are about places left out and 5 % vague, by the
rules of `geocode_noise` (MAIN and HARD), of `geocode_agency` and of `geocode_blind`. Printed as tables; docs/geocoding.md holds a run.

resolvable: of that number, street and town (premises: name and street; parks: name) the gazetteer has one place.
door: an answer at the level of address, premises or named place (or near one), or a postcode's or junction's point.
right: within 50 m of the truth, or within its radius where the answer is a street, a postcode or near something.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cse_geo import geocode
from tests.benchmarks import geocode_child
from tests.benchmarks.geocode_noise import write_hard, write_main, write_vague
from tests.benchmarks.geocode_world import gazetteer, make_rows

Writer = Callable[[dict[str, str], np.random.Generator], tuple[str, tuple[str, ...]]]
DOORS = ("address", "premises", "named_area", "near_anchor", "postcode", "junction")


def make_queries(
    rows: pd.DataFrame, n: int, *, seed: int, hard: bool = False, write: Writer | None = None
) -> pd.DataFrame:
    """Return texts with their truth: text, kind (address, premises, named, absent, vague), x, y, resolvable.

    And `truth`, the row that is meant, and `rules`, the rules of noise that made the text.
    """
    rng = np.random.default_rng(seed)
    write = write or (_hard if hard else _main)
    one = _is_one(rows, "town") & _is_one(rows, "locality")
    kinds, picked = pick(rows, n, rng)
    parts = (
        rows.iloc[picked][["number", "street", "locality", "town", "postcode", "name"]]
        .fillna("")
        .to_dict("records")
    )
    written = [
        (write_vague(p, rng), ("vague",)) if kind == "vague" else write(p, rng)
        for p, kind in zip(parts, kinds, strict=True)
    ]
    texts = [text for text, _ in written]
    truth = rows.iloc[picked].reset_index(drop=True)
    return pd.DataFrame({"text": texts, "kind": kinds, "x": truth["x"], "y": truth["y"],
                         "resolvable": one[picked] & ~np.isin(kinds, ["absent", "vague"]) & _is_more_than_name(texts, kinds),
                         "truth": picked, "rules": [rules for _, rules in written]})  # fmt: skip


def pick(rows: pd.DataFrame, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return what each text is about (address, premises, named, absent, vague), and the row it is about."""
    kept = rows["kept"].to_numpy()
    pools = {kind: np.flatnonzero(kept & (rows["kind"] == kind)) for kind in ("address", "premises", "named")}
    pools["absent"] = np.flatnonzero(~kept)
    pools["vague"] = np.arange(len(rows))
    kinds = rng.choice(list(pools), n, p=[0.45, 0.35, 0.05, 0.10, 0.05])
    return kinds, np.array([int(pools[kind][rng.integers(len(pools[kind]))]) for kind in kinds])


def _main(p: dict[str, str], rng: np.random.Generator) -> tuple[str, tuple[str, ...]]:
    rules: list[str] = []
    return write_main(p, rng, rules), tuple(rules)


def _hard(p: dict[str, str], rng: np.random.Generator) -> tuple[str, tuple[str, ...]]:
    rules: list[str] = []
    return write_hard(p, rng, rules), tuple(rules)


def _is_one(rows: pd.DataFrame, place: str) -> np.ndarray:
    """Whether number, street and town or locality (premises: name and street; parks: name) are one place."""
    kept = rows[rows["kept"]]
    key = np.where(
        kept["kind"] == "address",
        kept["number"] + "|" + kept["street"],
        kept["name"].fillna("") + "|" + kept["street"].fillna(""),
    )
    groups = kept.groupby([key, kept[place].fillna("").to_numpy()])
    wide, high = (groups[c].transform("max") - groups[c].transform("min") for c in ("x", "y"))
    spread = np.hypot(wide, high)
    out = np.zeros(len(rows), bool)
    out[spread.index] = spread.to_numpy() <= 50
    return out


def _is_more_than_name(texts: list[str], kinds: np.ndarray) -> np.ndarray:
    """A name of premises and a town alone is never accepted, by rule: such texts count in no recall."""
    return np.array(
        [
            kind != "premises" or any(sign.isdigit() for sign in text)
            for text, kind in zip(texts, kinds, strict=True)
        ]
    )


def judge(queries: pd.DataFrame, index: geocode.TextIndex, postcodes: Any) -> pd.DataFrame:
    """Return the queries with status, level, evidence, reason, r95_m, away (metres), door, right."""
    return judged(queries, geocode_child.answered(queries["text"], index, postcodes))


def judged(queries: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Return the queries with their answers, how far they are away, and which are doors and right."""
    got = answers.set_index(queries.index)
    out = queries.assign(**{name: got[name] for name in ("status", "level", "evidence", "r95_m", "reason")})
    point = (out["status"] == "located").to_numpy()
    out["away"] = np.where(point, np.hypot(got["x"] - out["x"], got["y"] - out["y"]), np.nan)
    out["door"] = point & out["level"].isin(DOORS)
    fine = out["level"].isin(["address", "premises"])
    out["right"] = point & (out["away"] <= np.where(fine, 50, np.maximum(50, out["r95_m"])))
    return out


def figures(d: pd.DataFrame) -> dict[str, Any]:
    """Return the figures of the benchmark, shares of what their names say."""
    real = d["kind"] != "vague"
    point = d["status"] == "located"
    n_door = int(d["door"].sum())
    wrong = point & ((d["away"] > 250) & (d["away"] > d["r95_m"]) | ~real)
    resolvable = d[d["resolvable"]]
    return {
        "queries": len(d),
        "resolvable": len(resolvable),
        "recall_door": float((resolvable["door"] & resolvable["right"]).mean()),
        "recall_point": float(resolvable["right"].mean()),
        "precision_door": float((d["door"] & d["right"] & real).sum() / max(1, n_door)),
        "precision_door_low": _wilson(int((d["door"] & d["right"] & real).sum()), n_door)[0],
        "precision_point": float((point & d["right"] & real).sum() / max(1, int(point.sum()))),
        "wrong_250": float(wrong.mean()),
        "absent_door_wrong": float((d["door"] & ~d["right"])[d["kind"] == "absent"].mean()),
        "vague_points": int((point & ~real).sum()),
    }


def classes(d: pd.DataFrame) -> pd.DataFrame:
    """Return each evidence class: answers, right, Wilson interval, wrong, and whether r95 holds the truth."""
    placed = d[d["status"] == "located"]
    rows = []
    for name, own in placed.groupby("evidence"):
        good = int(own["right"].sum())
        low, high = _wilson(good, len(own))
        inside = float((own["away"] <= own["r95_m"]).mean())
        rows.append(
            (
                name,
                len(own),
                good,
                round(low, 4),
                round(high, 4),
                int((own["away"] > np.maximum(250, own["r95_m"])).sum()),
                round(inside, 4),
            )
        )
    return pd.DataFrame(rows, columns=["evidence", "n", "right", "low", "high", "wrong_250", "r95_holds"])


def run_set(name: str, queries: pd.DataFrame, index: geocode.TextIndex, table: Any, *, rules: bool) -> None:
    """Judge one set of texts and print its tables."""
    start, used = time.perf_counter(), time.process_time()
    answers = geocode_child.answered(queries["text"], index, table)
    cost = {"wall_s": time.perf_counter() - start, "cpu_s": time.process_time() - used}
    print_set(name, judged(queries, answers), cost, rules=rules)


def run_children(
    texts: pd.DataFrame, postcodes: pd.DataFrame, sets: dict[str, pd.DataFrame], *, rules: bool
) -> None:
    """Judge sets of texts that are answered in a process of their own, and print the tables and the memory."""
    with tempfile.TemporaryDirectory() as name:
        geocode_child.save(Path(name), texts, postcodes)
        sys.stdout.write(f"built: {geocode_child.built(Path(name))}\n")
        for label, queries in sets.items():
            answers, cost = geocode_child.asked(Path(name), label, queries["text"])
            print_set(label.upper(), judged(queries, answers), cost, rules=rules)
            sys.stdout.write(f"cost: {cost}\n")
            sys.stdout.flush()


def print_set(name: str, d: pd.DataFrame, cost: dict[str, float], *, rules: bool) -> None:
    """Print the tables of one set of texts that was judged."""
    out = sys.stdout.write
    out(
        f"\n{name}: {len(d) / cost['wall_s']:,.0f} texts/s wall, {len(d) / cost['cpu_s']:,.0f} per second of processor\n"
    )
    for figure, value in figures(d).items():
        out(f"  {figure}: {value:.5f}\n" if isinstance(value, float) else f"  {figure}: {value:,}\n")
    out(classes(d).to_string(index=False) + "\n")
    out(pd.crosstab(d["kind"], d["level"].fillna(d["status"])).to_string() + "\n")
    lost = d[d["resolvable"] & ~(d["door"] & d["right"])]
    out(pd.crosstab(lost["reason"].fillna(lost["evidence"]), lost["kind"]).to_string() + "\n")
    if rules:
        from tests.benchmarks.geocode_more import by_rule

        out(by_rule(d).to_string(index=False) + "\n")
    sys.stdout.flush()


def main(argv: list[str]) -> None:
    from tests.benchmarks import geocode_blind_truth, geocode_more, geocode_peers, geocode_strings

    given = _given(argv)
    out = sys.stdout.write
    rows = make_rows(given.rows, seed=given.seed)
    texts, postcode_frame = gazetteer(rows)
    sets = {
        "main": lambda n: make_queries(rows, n, seed=given.seed + 1),
        "hard": lambda n: make_queries(rows, n, hard=True, seed=given.seed + 2),
        "agency": lambda n: geocode_more.agency_queries(rows, n, seed=given.seed + 3),
        "blind": lambda n: geocode_blind_truth.blind_queries(rows, n, seed=given.seed + 6),
    }
    if given.child:
        run_children(
            texts, postcode_frame, {name: sets[name](given.queries) for name in given.sets}, rules=given.rules
        )
        return
    start, used = time.perf_counter(), time.process_time()
    index = geocode.index_texts(texts, release="benchmark")
    out(
        f"{len(index):,} rows indexed: {time.perf_counter() - start:.1f} s wall, {time.process_time() - used:.1f} s of processor\n"
    )
    table = geocode.reference_tables(postcodes=postcode_frame).postcodes
    geocode.answer_text("12 High Street", index, table)
    for name in given.sets:
        run_set(name.upper(), sets[name](given.queries), index, table, rules=given.rules)
    out(f"\nmost memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB\n")
    if given.forms:
        geocode_more.run_forms(rows, index, table, n=given.forms, seed=given.seed + 4)
    if given.leave_out:
        for name in given.sets:
            out(f"\n{name.upper()}")
            geocode_more.run_leave_out(rows, sets[name](given.leave_out), table)
    if given.strings:
        kinds = (sets[name](min(given.strings, 20_000))["text"] for name in ("main", "blind"))
        got = geocode_strings.strings(
            pd.concat(kinds), index, table, n=given.strings, seed=given.seed + 5, told=out
        )
        out("\nSTRINGS " + ", ".join(f"{name} {value}" for name, value in got.items()) + "\n")
    if given.peers:
        for name in given.sets:
            queries = sets[name](given.peers)
            run_set(f"{name.upper()}, the peers' texts", queries, index, table, rules=False)
            geocode_peers.run_peers(rows, queries, given.peer_python)


def _given(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.geocode")
    parser.add_argument("rows", type=int)
    parser.add_argument("queries", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--sets", nargs="*", choices=["main", "hard", "agency", "blind"], default=["main", "hard"]
    )
    parser.add_argument(
        "--child",
        action="store_true",
        help="answer in a process that opens the index only; nothing else is asked",
    )
    parser.add_argument("--rules", action="store_true", help="count by rule of noise")
    parser.add_argument(
        "--forms", type=int, default=0, help="texts of each form, so that each class has enough"
    )
    parser.add_argument("--leave-out", type=int, default=0, help="texts whose true row is deleted")
    parser.add_argument("--strings", type=int, default=0, help="random and destroyed strings")
    parser.add_argument("--peers", type=int, default=0, help="texts that the peers read")
    parser.add_argument(
        "--peer-python", help="a Python with uk_address_matcher, tantivy, rapidfuzz; without it only FTS5"
    )
    return parser.parse_args(argv)


def _wilson(good: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    if not n:
        return 0.0, 1.0
    p, d = good / n, 1 + z * z / n
    middle, half = (p + z * z / (2 * n)) / d, z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    return float(middle - half), float(min(1.0, middle + half))


if __name__ == "__main__":
    main(sys.argv[1:])
