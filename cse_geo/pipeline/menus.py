"""What the selectors offer, what the role may see in words, and how the method is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import schema
from cse_geo.pipeline.frames import first_day, last_day
from cse_geo.views import Method, Option, Options
from cse_geo.vocabulary import vocabulary

if TYPE_CHECKING:
    from datetime import date

    from cse_geo import hotspots
    from cse_geo.pipeline.frames import Frames

LAYER_NAMES = {
    "police_force": "Police forces",
    "local_authority": "Councils",
    "csp": "Community safety partnerships",
    "ward": "Wards",
}
LIMITS = (
    "A hotspot is a statement about records, not about a place's people or owners.",
    "Where nobody looked there are no records: an empty cell says nothing. Read the coverage panel first.",
    "Records that cannot be placed finely are not on the map; the ledger counts them.",
    "Most recorded harm happens in private homes, which this map never shows; public places are what can be shown.",
    "Recent months are always under-counted: children tell late, and agencies report late.",
    "This is not a referral route. A child in immediate danger: call the police.",
)


def options_of(frames: Frames) -> Options:
    """Return everything the selectors offer; it depends on the records one may see, never on the query."""
    names = dict(zip(frames.agencies["agency"], frames.agencies["name"], strict=True))
    layers = frames.areas["layer"].drop_duplicates()
    counts = frames.areas["layer"].value_counts()
    return Options(
        first_day=_day(first_day(frames.records).min()),
        last_day=_day(last_day(frames.records).max()),
        agencies=_options(frames.records["agency"], names),
        place_types=_coded(frames.records["place_type"], "place_type"),
        place_roles=_coded(frames.records["place_role"], "place_role"),
        resolutions=schema.CELL_RESOLUTIONS,
        layers=tuple(Option(c, LAYER_NAMES.get(c, c), int(counts[c])) for c in layers),
    )


def method_of(result: hotspots.HotspotResult) -> Method:
    """Return how the hotspots were found, in words and numbers."""
    words = {
        "concentration": (
            "Cells are compared with a shuffle of the same counts and with an even spread: concentration, not risk.",
            "The chance is exact, not simulated; the share of false hotspots is held at 5 %.",
        ),
        "ring": (
            "Each cell and its neighbours are compared with what resident children and footfall lead one to expect.",
            "Each council's expected counts are set to the level its agencies report at.",
            "Children are counted once each; reports of one event by several agencies count once.",
            "The chance is exact, not simulated; the share of false hotspots is held at 5 %.",
        ),
    }
    kind = "ring" if result.method.startswith("ring") else "concentration"
    return Method(
        name=result.method,
        words=words[kind],
        limits=LIMITS,
        parameters={
            "Neighbours": "the cell and one ring",
            "False discovery rate": "0.05",
            "Fewest to name a hotspot": "5 records and 3 distinct children",
        },
    )


def _coded(values: pd.Series, name: str) -> tuple[Option, ...]:
    terms = vocabulary(name)
    labels = {code: terms.label_of(code) for code in terms.codes}
    groups = {code: term.group for code, term in terms.terms.items()}
    return _options(values, labels, groups)


def _options(
    values: pd.Series, labels: dict[str, str], groups: dict[str, str] | None = None
) -> tuple[Option, ...]:
    counts = values.dropna().value_counts()
    found = [
        Option(str(code), labels.get(str(code), str(code)), int(n), (groups or {}).get(str(code), ""))
        for code, n in counts.items()
    ]
    return tuple(sorted(found, key=lambda option: option.label))


def _day(moment: pd.Timestamp) -> date | None:
    return None if pd.isna(moment) else moment.date()
