"""Records known only to an area: counted at their own level, shown beside the map, never placed at a middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import schema
from cse_geo.views_review import AREA_COUNTS

if TYPE_CHECKING:
    from cse_geo.pipeline.frames import Frames, Selection

# What an area that nobody named is called: by how well its records are known.
_UNNAMED = {
    "sector": "a postcode sector", "locality": "a neighbourhood or ward", "outcode": "the first half of a postcode",
    "town": "a town or council", "force": "a region or force", "named_area": "a park or other area",
}  # fmt: skip


def area_counts(frames: Frames, selection: Selection) -> pd.DataFrame:
    """Return AREA_COUNTS of a selection: one row per area, most records first.

    An area that no layer of the store names is counted under its level, in words.
    """
    here = (selection.locations["status"] == "area") & ~selection.undated & ~selection.aside
    places, records = selection.locations[here], selection.records[here]
    names = _names(frames)
    layer, code = places["area_layer"].fillna(""), places["area_code"].fillna("")
    level = places["level"].astype("object").map(_UNNAMED).fillna("an area")
    named = [
        names.get((a, b)) or (str(b).replace("_", " ").title() if b else f"{c}, not named")
        for a, b, c in zip(layer, code, level, strict=True)
    ]
    facts = pd.DataFrame(
        {"layer": layer.to_numpy(object), "code": code.to_numpy(object), "name": named,
         "child": records["child_key"].to_numpy(object)}
    )  # fmt: skip
    groups = facts.groupby(["layer", "code", "name"], sort=True)["child"]
    out = groups.agg(n_records="size", n_children="nunique", n_keyed="count").reset_index()
    out = out.assign(n_no_key=out["n_records"] - out["n_keyed"])
    out = out.sort_values(["n_records", "layer", "name"], ascending=[False, True, True], ignore_index=True)
    return schema.conform(out, AREA_COUNTS)


def _names(frames: Frames) -> dict[tuple[str, str], str]:
    areas = frames.areas
    return dict(zip(zip(areas["layer"], areas["code"], strict=True), areas["name"], strict=True))
