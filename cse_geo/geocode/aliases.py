"""An agency's own names of places ("the rec"): read from a file, and found in the words of records that wait.

One alias is one thing wherever it came from, the review queue or a file: words, a place, whose words they are, two
people, a last day. It is asked only about records that nothing better placed, each time anew, so that one that ended
or was withdrawn places nothing from that day on.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from cse_geo import schema
from cse_geo.errors import InputRefusedError
from cse_geo.geocode.decisions import AGREE_M, apply_decisions
from cse_geo.geocode.text.answer import TextParams
from cse_geo.geocode.text.build import R95_NAMED_M
from cse_geo.geocode.text.evidence import Said, is_in_places
from cse_geo.geocode.text.registers import read_cells
from cse_geo.geocode.text.said import Parsed
from cse_geo.geocode.text.words import BREAK, lists, standard, words_of
from cse_geo.projection import to_bng
from cse_geo.views_review import ALIASES, REVIEWS
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from cse_geo.geocode.text.index import TextIndex

# Names of places change; an alias must be agreed anew each year.
ALIAS_DAYS = 365
_NEEDED = ("name", "lat", "lon", "proposed_by", "approved_by", "valid_to")
_MAY = ("agency", "r95_m", "why")
_SMALL = frozenset({"AT", "IN", "ON", "THE", "INSIDE"})
_NEAR = {"": 0.0, "outside": TextParams().outside_m, "near": TextParams().near_m}


class Match(NamedTuple):
    """What a text means by an alias: which row of ALIASES, and what stands before it ("", outside, near)."""

    at: int
    relation: str


def read_alias(path: str | Path, *, today: date) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read an agency's names of places (CSV or XLSX): name, lat, lon, proposed_by, approved_by, valid_to.

    `agency` says whose words they are (none = everybody's), `r95_m` how large the place is, `why` what it is. A row
    counts only if two people stand behind it and its last day is not past; none lasts longer than a year.

    Returns
    -------
    tuple
        `ALIASES` frame (`number` 0, dates as they will be), and what was left out, in words.

    Raises
    ------
    InputRefusedError
        If a column is missing.
    """
    cells = read_cells(path)
    by_name = {fold(str(column)): column for column in reversed(list(cells))}
    lacking = [name for name in _NEEDED if name not in by_name]
    if lacking:
        needs = "an alias is a name, a place, two people, and a last day."
        message = f"{Path(path).name} lacks {', '.join(lacking)}: {needs}"
        raise InputRefusedError(message)
    texts = {
        n: cells[by_name[n]].fillna("").astype("str").str.strip() if n in by_name else ""
        for n in (*_NEEDED, *_MAY)
    }
    frame = pd.DataFrame(texts, index=cells.index).rename(columns={"name": "alias"})
    for name in ("lat", "lon", "r95_m"):
        frame[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
    last = pd.to_datetime(frame["valid_to"], errors="coerce", format="%Y-%m-%d")
    people = (frame["proposed_by"] != "") & (frame["approved_by"] != "")
    two = people & (frame["proposed_by"].map(fold) != frame["approved_by"].map(fold))
    there = np.isfinite(to_bng(frame["lon"].to_numpy(), frame["lat"].to_numpy())[0]) & (frame["alias"] != "")
    good = two & (last >= pd.Timestamp(today)) & there
    end = last.clip(upper=pd.Timestamp(today + timedelta(days=ALIAS_DAYS)))[good]
    out = frame[good].assign(
        valid_to=end.dt.strftime("%Y-%m-%d"), r95_m=frame["r95_m"].fillna(R95_NAMED_M)[good], level="named_area",
        number=0, proposed_at=today.isoformat(), approved_at=today.isoformat(), withdrawn_at="",
    )  # fmt: skip
    dropped = len(frame) - len(out)
    note = f"{dropped} rows without two people, a place or a last day to come were left out."
    return schema.conform(out.reset_index(drop=True), ALIASES), ((note,) if dropped else ())


def apply_aliases(
    records: pd.DataFrame, locations: pd.DataFrame, aliases: pd.DataFrame, index: TextIndex | None
) -> tuple[pd.DataFrame, pd.Series]:
    """Return `LOCATIONS` with what aliases in force say of records that nothing better placed.

    Parameters
    ----------
    records, locations
        `RECORDS` and `LOCATIONS` of the same records in the same order.
    aliases
        ALIASES in force. Those of an agency count for its own records.
    index
        Towns and localities that may stand beside an alias; None = none may.

    Returns
    -------
    tuple
        The locations, and the number of the alias that placed each record (0 = none).
    """
    used = pd.Series(0, index=records.index, dtype="int64")
    open_ = locations["status"].eq("waiting") | (
        locations["status"].eq("area") & locations["evidence"].astype("str").str.startswith("text_")
    )
    rows = np.flatnonzero(open_.to_numpy())
    if aliases.empty or not rows.size:
        return locations, used
    found = _matches(records.iloc[rows], aliases, index)
    names = pd.Series("", index=records.index, dtype="str")
    names.iloc[rows] = [f"{m.at} {m.relation}" if m else "" for m in found]
    made = [_decision(name, aliases) for name in sorted(set(names) - {""})]
    if not made:
        return locations, used
    reviews = schema.conform(pd.DataFrame(made), REVIEWS)
    out = apply_decisions(records, locations, names, reviews, evidence="alias")
    used.iloc[rows] = [int(aliases["number"].iloc[m.at]) if m else 0 for m in found]
    ends = dict(zip(aliases["number"], aliases["valid_to"], strict=True))
    placed = used > 0
    out.loc[placed.to_numpy(), "provenance"] = [
        f"alias {n}, agreed by two people until {ends[n]}" for n in used[placed]
    ]
    return out, used


def _matches(records: pd.DataFrame, aliases: pd.DataFrame, index: TextIndex | None) -> list[Match | None]:
    by_agency: dict[str, dict[str, list[int]]] = {}
    for at, (agency, words) in enumerate(zip(aliases["agency"], aliases["alias"], strict=True)):
        by_agency.setdefault(str(agency), {}).setdefault(_bare(standard(str(words)).split()), []).append(at)
    x, y = to_bng(aliases["lon"].to_numpy(), aliases["lat"].to_numpy())
    known: dict[tuple[str, ...], Match | None] = {}
    columns = [
        records[c].fillna("").astype("str") for c in ("agency", "location_text", "premises_name", "town")
    ]
    out = []
    for key in zip(*columns, strict=True):
        if key not in known:
            agency, text, name, town = (str(part) for part in key)
            own = {**by_agency.get("", {}), **by_agency.get(agency, {})}
            known[key] = _match(words_of(text or name), standard(town), own, _Where(index, x, y))
        out.append(known[key])
    return out


class _Where(NamedTuple):
    towns: TextIndex | None
    x: Any
    y: Any

    def holds(self, places: Sequence[str], at: int) -> bool:
        """Return whether towns that are named can hold an alias's place; an unknown one cannot be said to."""
        if not places:
            return True
        if self.towns is None:
            return False
        numbers = [self.towns.place_at.get(place) for place in places]
        if any(number is None for number in numbers):
            return False
        said = Said(
            Parsed([]),
            tuple(n for n in numbers if n is not None),
            strange_town=False,
            name_words=(),
            outcode=0,
        )
        return is_in_places(float(self.x[at]), float(self.y[at]), said, self.towns)

    def is_one_place(self, at: list[int]) -> bool:
        """Return whether several aliases are of one place."""
        return bool(np.all(np.hypot(self.x[at] - self.x[at[0]], self.y[at] - self.y[at[0]]) <= AGREE_M))


def _match(words: list[str], town: str, own: Mapping[str, list[int]], where: _Where) -> Match | None:
    """Return the one alias that words are: all of them, but for what stands before, and the town it lies in."""
    whole = _bare([word for word in words if word != BREAK])
    first: list[tuple[str, str, list[str]]] = [(whole, "", [])]
    readings = first + [
        (_bare(rest), relation, places)
        for relation, after in _readings(words)
        for rest, places in _without_places(after, where.towns)
    ]
    named = [town] if town and where.towns is not None and town in where.towns.place_at else []
    for text, relation, places in readings:
        hits = [at for at in own.get(text, ()) if where.holds([*places, *named], at)]
        if hits:
            # Two places of one name: a person must say which.
            return Match(hits[0], relation) if where.is_one_place(hits) else None
    return None


def _readings(words: list[str]) -> list[tuple[str, list[str]]]:
    """Return the words as they are, and without a word of relation that they begin with."""
    bare = [word for word in words if word != BREAK or words[0] != BREAK]
    relations = lists().relations
    out = [("", bare)]
    for length in (5, 4, 3, 2, 1):
        what = relations.get(tuple(bare[:length]))
        if what in ("outside", "near") and len(bare) > length:
            out.append((what, bare[length:]))
            break
    return out


def _without_places(words: list[str], index: TextIndex | None) -> list[tuple[list[str], list[str]]]:
    """Return the words, and the words before a town or locality at their end, with it."""
    plain = [word for word in words if word != BREAK]
    out: list[tuple[list[str], list[str]]] = [(plain, [])]
    if index is not None:
        for length in range(min(index.longest_place, len(plain) - 1), 0, -1):
            place = " ".join(plain[-length:])
            if place in index.place_at:
                before = plain[:-length]
                out.append((before[:-1] if before[-1] == "IN" and len(before) > 1 else before, [place]))
    return out


def _bare(words: list[str]) -> str:
    """Return words without the small ones they begin with: "at the rec" is "the rec"."""
    first = next((at for at, word in enumerate(words) if word not in _SMALL), 0)
    return " ".join(words[first:])


def _decision(name: str, aliases: pd.DataFrame) -> dict[str, object]:
    """Return an alias as a decision about the records of its name: an accepted place."""
    at, _, relation = name.partition(" ")
    alias = aliases.iloc[int(at)]
    blank = dict.fromkeys(REVIEWS.names, "")
    place = {
        "number": alias["number"], "lat": alias["lat"], "lon": alias["lon"], "r95_m": alias["r95_m"] + _NEAR[relation],
        "level": "near_anchor" if relation else alias["level"],
    }  # fmt: skip
    return {
        **blank, **place, "cluster": name, "kind": "words", "action": "accept", "refers_to": 0, "choice": 1,
        "n_records": 0, "sampled": False, "area_layer": None, "area_code": None,
    }  # fmt: skip
