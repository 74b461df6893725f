"""What the set BLIND means: which place, and whether its text tells it.

Resolvable is a text that an informed person with the gazetteer could place: its facts (see `geocode_blind`) hold a town,
locality or part of a postcode, and with it number and street; or name and street; or name and full postcode; or a park's or
station's name; or two streets that meet (within 60 m, each name one street there). All places of the gazetteer
with these facts lie within 50 m of one another. And a misspelt street, name or town is still nearer to the right one
than to any other of that postcode, locality or town. A name of premises with a town alone is not resolvable.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import OSA
from scipy.spatial import cKDTree

from tests.benchmarks.geocode import pick
from tests.benchmarks.geocode_blind import write_blind, write_vague

_PARTS = ["number", "street", "locality", "town", "postcode", "name"]
_NEARBY_M, _MEET_M, _ONE_M, _STREET_M = 120.0, 60.0, 50.0, 700.0
_PLACES = ("postcode", "sector", "outcode", "locality", "town")


def blind_queries(rows: pd.DataFrame, n: int, *, seed: int) -> pd.DataFrame:
    """Return texts of the set BLIND as `geocode.make_queries` does."""
    rng = np.random.default_rng(seed)
    kinds, picked = pick(rows, n, rng)
    parts = rows.iloc[picked][_PARTS].fillna("").to_dict("records")
    cross, gap = crossings(rows, picked)
    towns = rows["town"].unique()
    texts, rules, facts = [], [], []
    for kind, p, at, metres in zip(kinds, parts, cross, gap, strict=True):
        p["cross"] = str(rows["street"].iloc[at]) if at >= 0 else ""
        p["meets"] = p["cross"] if kind == "address" and metres <= _MEET_M else ""
        p["other"] = str(towns[int(rng.integers(len(towns)))])
        text, made, told = (write_vague(p, rng), ("vague",), {}) if kind == "vague" else write_blind(p, rng)
        texts.append(text)
        rules.append(made)
        facts.append(told)
    truth = rows.iloc[picked].reset_index(drop=True)
    out = pd.DataFrame(
        {"text": texts, "kind": kinds, "x": truth["x"], "y": truth["y"], "truth": picked, "rules": rules}
    )
    out["resolvable"] = is_resolvable(rows, picked, facts) & ~np.isin(kinds, ["absent", "vague"])
    met = Meetings(rows)
    for at in np.flatnonzero(["junction" in rule for rule in rules]):
        x, y, one = met.of(int(picked[at]), int(cross[at]), facts[at])
        out.loc[at, ["x", "y", "resolvable"]] = [x, y, one]
    return out.astype({"resolvable": bool})


def crossings(rows: pd.DataFrame, picked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return, for each row, the nearest door in the gazetteer on a street of another name (-1: none), and metres to it."""
    doors = np.flatnonzero((rows["kept"] & rows["street"].notna()).to_numpy())
    xy, streets = rows[["x", "y"]].to_numpy(), rows["street"].fillna("").to_numpy(object)
    near = min(80, len(doors))
    metres, at = cKDTree(xy[doors]).query(xy[picked], k=near, distance_upper_bound=_NEARBY_M)
    found = np.where(np.isfinite(metres), doors[np.minimum(at, len(doors) - 1)], -1)
    other = (found >= 0) & (streets[found] != streets[picked][:, None])
    first = other.argmax(axis=1)
    every = np.arange(len(picked))
    there = other.any(axis=1) & (streets[picked] != "")
    return np.where(there, found[every, first], -1), np.where(there, metres[every, first], np.inf)


class Meetings:
    """Where two streets of the gazetteer meet."""

    def __init__(self, rows: pd.DataFrame) -> None:
        kept = rows[rows["kept"] & rows["street"].notna()]
        self._rows, self._kept = rows, kept
        self._at = kept.groupby("street", sort=False).indices

    def of(self, own: int, other: int, facts: dict[str, str]) -> tuple[float, float, bool]:
        """Return the point between the nearest doors of two rows' streets, and whether the facts tell it and no other."""
        here = self._rows.iloc[own]
        told = [column for column in ("town", "locality") if column in facts]
        one, ends = bool(told) and "junction" in facts, []
        for row in (own, other):
            street = self._kept.iloc[self._at[self._rows["street"].iloc[row]]]
            for column in told:
                street = street[street[column] == here[column]]
            one &= bool(len(street)) and bool(np.hypot(np.ptp(street["x"]), np.ptp(street["y"])) <= _STREET_M)
            near = street[np.hypot(street["x"] - here["x"], street["y"] - here["y"]) <= _STREET_M]
            ends.append((near if len(near) else self._rows.iloc[[row]])[["x", "y"]].to_numpy())
        apart = np.hypot(*(ends[0][:, None, :] - ends[1][None, :, :]).transpose(2, 0, 1))
        i, j = np.unravel_index(int(apart.argmin()), apart.shape)
        middle = (ends[0][i] + ends[1][j]) / 2
        return float(middle[0]), float(middle[1]), bool(one and apart.min() <= _MEET_M)


def is_resolvable(rows: pd.DataFrame, picked: np.ndarray, facts: list[dict[str, str]]) -> np.ndarray:
    """Return which texts tell one place; junctions are not judged here."""
    kinds = rows["kind"].to_numpy(object)[picked]
    asked = pd.Series([used(kind, told) for kind, told in zip(kinds, facts, strict=True)])
    codes = _codes(rows)
    out = np.zeros(len(picked), bool)
    for columns, at in asked.groupby(asked).groups.items():
        if columns:
            mine = np.asarray(at)
            out[mine] = _is_one(rows, [codes[c] for c in columns], picked[mine])
    legible = _Legible(rows)
    return out & np.array([
        bool(columns) and legible.reads(row, columns, told)
        for row, columns, told in zip(picked.tolist(), asked, facts, strict=True)
    ])  # fmt: skip


def used(kind: str, facts: dict[str, str]) -> tuple[str, ...]:
    """Return the columns by which a text is placed: of what it tells as much as is enough; empty if nothing is enough."""
    code = next((c for c in _PLACES[:3] if c in facts), None)
    place = [c for c in (code, "locality", "town") if c in facts]
    street = next((c for c in ("street", "street_first") if c in facts), None)
    name = next((c for c in ("name", "name_first") if c in facts), None)
    if not place or "junction" in facts:
        return ()
    if kind == "named":
        return ("name", *place) if name == "name" else ()
    if "number" in facts and street:
        return ("number", street, *place)
    if name and street:
        return (name, street, *place)
    return (name, *place) if name and code == "postcode" else ()


def _codes(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return each column of facts as whole numbers."""
    postcode = rows["postcode"].fillna("")
    columns = {c: rows[c].fillna("") for c in _PARTS} | {
        "street_first": rows["street"].fillna("").str.rpartition(" ")[0],
        "name_first": rows["name"].fillna("").str.rpartition(" ")[0],
        "outcode": postcode.str.partition(" ")[0], "sector": postcode.str[:-2],
    }  # fmt: skip
    return {name: pd.factorize(column)[0] for name, column in columns.items()}


def _is_one(rows: pd.DataFrame, codes: list[np.ndarray], picked: np.ndarray) -> np.ndarray:
    """Return whether all places of the gazetteer that share these columns with a row lie within 50 m."""
    key = codes[0].astype(np.int64)
    for code in codes[1:]:
        key = pd.factorize(key * (int(code.max()) + 1) + code)[0]
    kept = rows["kept"].to_numpy()
    groups = pd.DataFrame({"x": rows["x"].to_numpy()[kept], "y": rows["y"].to_numpy()[kept]}).groupby(
        key[kept]
    )
    spread = np.hypot(groups["x"].max() - groups["x"].min(), groups["y"].max() - groups["y"].min())
    return (spread.reindex(key[picked]) <= _ONE_M).to_numpy()


class _Legible:
    """Whether misspelt words are still nearest to what they stand for, among all that the same place has."""

    def __init__(self, rows: pd.DataFrame) -> None:
        kept = rows[rows["kept"]]
        self._rows = rows
        self._kept = kept.assign(
            street_first=kept["street"].fillna("").str.rpartition(" ")[0], name=kept["name"].fillna("")
        )
        self._pools: dict[tuple[str, str], dict[str, list[str]]] = {}
        self._every = {c: sorted(kept[c].dropna().unique()) for c in ("town", "locality")}

    def reads(self, row: int, columns: tuple[str, ...], facts: dict[str, str]) -> bool:
        """Return whether every misspelt word that is used is still nearest to the right one."""
        if not any(fact.endswith("_slipped") for fact in facts):
            return True
        truth = self._rows.iloc[row]
        home = next((c for c in ("postcode", "locality", "town") if c in columns), "town")
        for what, of in (("street", "street_first"), ("name", "name")):
            if f"{what}_slipped" in facts and any(c.startswith(what) for c in columns):
                right = str(truth["street"]).rpartition(" ")[0] if what == "street" else str(truth["name"])
                first = "name_first" in columns and what == "name"
                pool = self._pool(home, of).get(str(truth[home]), [])
                if not _nearest(facts[f"{what}_slipped"], right, pool, first=first):
                    return False
        places = [c for c in columns if c in _PLACES]
        if len(places) == 1 and f"{places[0]}_slipped" in facts:
            return _nearest(
                facts[f"{places[0]}_slipped"], str(truth[places[0]]), self._every[places[0]], first=False
            )
        return True

    def _pool(self, home: str, of: str) -> dict[str, list[str]]:
        if (home, of) not in self._pools:
            own = self._kept[[home, of]].drop_duplicates()
            self._pools[home, of] = own[own[of] != ""].groupby(home)[of].agg(list).to_dict()
        return self._pools[home, of]


def _nearest(written: str, right: str, pool: list[str], *, first: bool) -> bool:
    """Return whether nothing else of a pool is as near to what was written as the right word is."""
    cut = (lambda text: text.rpartition(" ")[0]) if first else (lambda text: text)
    right, written = cut(right).lower(), written.lower()
    others = list({cut(word).lower() for word in pool} - {right})
    best = process.extractOne(written, others, scorer=OSA.distance)
    return best is None or OSA.distance(written, right) < best[1]
