"""One item of the agenda per place: its numbers, people's words for them, and what was decided about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo import cells as cell_stage
from cse_geo import lattice
from cse_geo.hotspots.profile import ProfileParams, profile
from cse_geo.pipeline.mapview import places_near
from cse_geo.plans import meeting as plans
from cse_geo.views_meeting import ActionLine, Item, Share
from cse_geo.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cse_geo import store
    from cse_geo.pipeline.frames import Frames
    from cse_geo.pipeline.meeting import Picture

_SEED = 20_260_101  # of the hours' test: the same data give the same words
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STANDS_OUT = 0.05


@dataclass(frozen=True)
class Ground:
    """What people decided, and who has not returned."""

    actions: tuple[store.Action, ...]
    lines: Mapping[int, ActionLine]  # the actions this session may see, by number
    late: tuple[str, ...]
    decisions: pd.DataFrame  # who leads, newest first


@dataclass(frozen=True)
class Base:
    """What an item is made of that no decision changes."""

    item: Item
    facts: plans.Facts


def bases_of(picture: Picture, frames: Frames) -> dict[str, Base]:
    """Return the part of every place's item that rests on records alone, by label."""
    inside = picture.found.cell_records.merge(picture.cells, on="cell").drop_duplicates(["hotspot", "record"])
    joined = _links(picture.selection.dated[0], inside)
    found = {}
    for spot in picture.places.itertuples():
        rows = inside[inside["hotspot"] == spot.hotspot]
        found[str(spot.hotspot)] = _base(spot, rows, picture, (frames, joined))
    return found


def with_decisions(base: Base, ground: Ground) -> Item:
    """Return the item with who leads, what was decided and what to ask."""
    item = base.item
    lead = _lead(item.cells, item.resolution, ground)
    silent = tuple(words.split(":")[0] for words in ground.late)
    facts = replace(base.facts, is_led=bool(lead), silent_agencies=silent)
    actions = _actions_at(item.cells, item.resolution, ground)
    return replace(item, lead=lead, actions=actions, questions=plans.questions(facts))


def _base(
    spot: Any,  # noqa: ANN401 (a row of HOTSPOTS)
    rows: pd.DataFrame,
    picture: Picture,
    beside: tuple[Frames, dict[str, tuple[str, ...]]],
) -> Base:
    frames, joined = beside
    label = str(spot.hotspot)
    names = dict(zip(frames.agencies["agency"], frames.agencies["name"], strict=True))
    change = picture.trend[picture.trend["hotspot"] == label].iloc[0]
    touched = picture.touched[picture.touched["hotspot"] == label]
    forces = touched[touched["layer"] == "police_force"]
    types, roles = (_codes(spot.place_types), _codes(spot.place_roles))
    forms = _forms(picture.selection.dated[0], rows)
    facts = plans.Facts(
        state=str(change["word"]), types=tuple(types), roles=tuple(roles), forms=tuple(forms),
        n_agencies=int(spot.n_agencies), rests_on=names.get(spot.rests_on, spot.rests_on),
        is_shared=len(forces) > 1, is_led=False, silent_agencies=(),
    )  # fmt: skip
    item = Item(
        key=label, headline=_headline(types, touched), where=_where(touched), state=facts.state,
        change=str(change["words"]), why=str(spot.why), n_records=int(spot.n_records),
        n_children=int(spot.n_children), n_no_key=int(spot.n_no_key),
        n_agencies=facts.n_agencies, rests_on=facts.rests_on,
        recent=int(change["recent"]), earlier=float(change["earlier"]) / max(1, int(change["windows"])),
        is_shared=facts.is_shared, is_near_line=bool(len(forces) and forces["near_line"].any()), lead="",
        shares=_shares(touched), roles=_labelled(roles, "place_role"), types=_labelled(types, "place_type"),
        forms=_labelled(forms, "model"), times=_times(rows, picture.found.cell_records),
        sources=_labelled_names(_codes(spot.agencies), names), links=joined.get(label, ()),
        context=_context(frames, picture, label), questions=(), actions=(),
        suggestions=tuple((e.id, e.tactic) for e in plans.suggestions(facts.types)), months=_months(rows),
        cells=tuple(int(c) for c in picture.cells.loc[picture.cells["hotspot"] == label, "cell"]),
        resolution=int(spot.resolution), area_codes=tuple(touched["code"]),
    )  # fmt: skip
    return Base(item, facts)


def _codes(text: str) -> dict[str, int]:
    """Return "park:6; pub:2" as codes and counts, most first."""
    pairs = [part.strip().rpartition(":") for part in text.split(";") if part.strip()]
    return {code: int(count) for code, _, count in pairs}


def _forms(records: pd.DataFrame, rows: pd.DataFrame) -> dict[str, int]:
    values = records["model"].iloc[rows["record"].unique()].dropna()
    return dict(Counter(values).most_common())


def _labelled(counts: Mapping[str, int], terms: str) -> tuple[str, ...]:
    words = vocabulary(terms)
    return tuple(f"{words.label_of(code)} ({n})" for code, n in list(counts.items())[:5])


def _labelled_names(counts: Mapping[str, int], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{names.get(code, code)} ({n})" for code, n in counts.items())


def _headline(types: Mapping[str, int], touched: pd.DataFrame) -> str:
    first = next(iter(types), "")
    kind = vocabulary("place_type").label_of(first) if first else "Kind of place not stated"
    return f"{kind}, {_where(touched)}"


def _where(touched: pd.DataFrame) -> str:
    for layer in ("local_authority", "police_force"):
        rows = touched[touched["layer"] == layer].sort_values("share_records", ascending=False)
        if len(rows):
            return " and ".join(rows["name"].head(3))
    return "outside every council"


def _shares(touched: pd.DataFrame) -> tuple[Share, ...]:
    order = touched[touched["layer"].isin(("police_force", "local_authority"))]
    order = order.sort_values(["layer", "share_records"], ascending=[False, False])
    return tuple(Share(r.layer, r.code, r.name, float(r.share_records)) for r in order.itertuples())


def _lead(cells: tuple[int, ...], resolution: int, ground: Ground) -> str:
    """Return who leads: the newest decision about a shared place that overlaps this one."""
    for row in ground.decisions.itertuples():
        if _overlap(cells, resolution, tuple(str(row.cells).split()), int(row.resolution)):
            return str(row.lead)
    return ""


def _actions_at(cells: tuple[int, ...], resolution: int, ground: Ground) -> tuple[ActionLine, ...]:
    at = [
        a.number
        for a in ground.actions
        if a.number in ground.lines and _overlap(cells, resolution, a.cells, a.resolution)
    ]
    return tuple(ground.lines[number] for number in at)


def _overlap(cells: tuple[int, ...], resolution: int, texts: tuple[str, ...], other: int) -> bool:
    """Return whether two sets of cells share ground, compared at the coarser of the two resolutions."""
    if not texts or not cells:
        return False
    coarse = min(resolution, other)
    here = lattice.parents_of(np.array(cells, np.int64), coarse) if resolution > coarse else cells
    there = lattice.from_text(texts)
    there = lattice.parents_of(there, coarse) if other > coarse else there
    return not {int(c) for c in here}.isdisjoint(int(c) for c in there)


def _times(rows: pd.DataFrame, everywhere: pd.DataFrame) -> str:
    """Return when things happen there, in words that say how many records tell a time."""
    start = rows["event_start"]
    timed = int((start.notna() & (start != start.dt.normalize())).sum())
    said = f"{timed} of {len(rows)} records tell a time of day."
    if timed < 5:
        return f"Too few times to say. {said}"
    table = profile(rows, everywhere, params=ProfileParams(seed=_SEED, resamples=199))
    out = table[table["p_value"] <= STANDS_OUT].sort_values("share", ascending=False).head(3)
    if out.empty:
        return f"No hour or day stands out. {said}"
    blocks = ", ".join(
        f"{_DAYS[int(b.day)]} {int(b.hour):02d}:00\u2013{(int(b.hour) + int(b.hours)) % 24:02d}:00 ({b.share:.0%})"
        for b in out.itertuples()
    )
    return f"More than elsewhere: {blocks}. {said}"


def _months(rows: pd.DataFrame) -> tuple[tuple[str, int], ...]:
    day = rows["event_start"].fillna(rows["report_date"]).dropna()
    if day.empty:
        return ()
    counted = day.dt.to_period("M").value_counts().sort_index()
    every = pd.period_range(counted.index[0], counted.index[-1], freq="M")
    return tuple((f"{month:%b %y}", int(counted.get(month, 0))) for month in every)


def _context(frames: Frames, picture: Picture, label: str) -> tuple[str, ...]:
    """Return what kinds of public place lie in or within 300 m of it, as counts."""
    near = places_near(frames.places, picture.places[picture.places["hotspot"] == label])
    words = vocabulary("place_type")
    return tuple(
        f"{words.label_of(code)} ({n})" for code, n in near["place_type"].value_counts().head(8).items()
    )


def _links(records: pd.DataFrame, inside: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return which places share children, adults or vehicles, as counts over a threshold."""
    first = inside.drop_duplicates("record").set_index("record")["hotspot"]
    place = pd.Series(range(len(records)), index=records.index).map(first).astype("str")
    table = cell_stage.links(records, place).table
    found: dict[str, list[str]] = {}
    what = {"child": "children", "adult": "adults", "vehicle": "vehicles"}
    for row in table.itertuples():
        for here, there in ((row.a, row.b), (row.b, row.a)):
            found.setdefault(here, []).append(f"{row.n_keys} {what[row.kind]} also in reports about {there}")
    return {label: tuple(words[:4]) for label, words in found.items()}
