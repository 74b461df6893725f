"""The agencies' returns: one row per event and place, in the columns of the return, as text."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import projection, schema
from cse_geo.demo import plan
from cse_geo.demo.evidence import location_cells
from cse_geo.demo.seeds import stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.demo.region import Ground

_TYPES = {
    "police": (("crime_report", 0.3), ("police_intelligence_log", 0.34), ("missing_episode", 0.2),
               ("found_child", 0.08), ("sighting_unknown_adult_or_vehicle", 0.08)),
    "social_care": (("return_interview_disclosure", 0.3), ("missing_episode", 0.25), ("soft_information", 0.25),
                    ("parent_community_report", 0.2)),
    "health": (("third_party_disclosure", 0.6), ("soft_information", 0.4)),
    "education": (("soft_information", 0.5), ("third_party_disclosure", 0.3), ("approach_grooming", 0.2)),
    "youth_charity": (("outreach_contact", 0.4), ("third_party_disclosure", 0.4), ("approach_grooming", 0.2)),
    "licensing": (("licensing_complaint", 0.45), ("licensing_visit", 0.25), ("venue_staff_report", 0.2),
                  ("taxi_complaint", 0.1)),
    "wardens": (("loitering_adults", 0.35), ("gathering_young_people_alcohol", 0.35),
                ("alcohol_drug_supply", 0.15), ("outreach_observation", 0.15)),
    "rail_police": (("found_child", 0.55), ("missing_episode", 0.25), ("soft_information", 0.2)),
}  # fmt: skip
_ROLES = (("meeting", 0.24), ("approach", 0.14), ("sighting", 0.14), ("exploitation", 0.12), ("pick_up", 0.1),
          ("found_at", 0.08), ("party_grooming", 0.06), ("loitering", 0.06), ("supply", 0.04),
          ("unknown", 0.02))  # fmt: skip
_MODELS = (("", 0.3), ("boyfriend", 0.16), ("inappropriate_relationship", 0.14), ("localised_grooming", 0.14),
           ("peer", 0.1), ("organised_networked", 0.08), ("unknown", 0.08))  # fmt: skip
_STATUSES = (("suspected", 0.45), ("at_risk", 0.3), ("known", 0.2), ("unknown", 0.05))
_SHARE_SECOND_PLACE = 0.05
# The returns were asked for by the end of January 2026: nothing in them is later.
_LAST_REPORT = pd.Timestamp("2026-01-20")


def child_key(seed: int, child: int) -> str:
    """Return the pseudonym of a child number, in the agencies' agreed form."""
    return "C-" + hashlib.sha256(f"{seed}:child:{child}".encode()).hexdigest()[:16]


def return_rows(
    seed: int, events: pd.DataFrame, ground: Ground, stacks: dict[str, tuple[float, float]]
) -> pd.DataFrame:
    """Return every row of every return: agency, day, the columns of the return as text, and the event's origin.

    Rows are ordered by agency and date; `event_ref` counts within the agency and year. `stacks` gives the
    point (latitude, longitude) of each default location.
    """
    rng = stream(seed, "returns")
    events = events.sort_values(["agency", "start", "event"], kind="stable").reset_index(drop=True)
    rows = location_cells(seed, events, ground)
    rows = _stacks_filled(rows, stacks)
    rows["agency"], rows["day"] = events["agency"], events["start"]
    rows["origin"], rows["event"] = events["origin"], events["event"]
    rows["event_ref"] = _references(events)
    rows = rows.assign(**_what(events, rng), **_when(events, rng), **_grades(len(events), rng))
    rows["child_key"] = [child_key(seed, c) if c >= 0 else "" for c in events["child"]]
    rows = rows.assign(**_others(seed, events, rng))
    rows["n_children_band"] = np.where(rows["child_key"] == "", _drawn(_BANDS, len(rows), rng), "")
    rows = pd.concat([rows, _second_places(rows, rng)], ignore_index=True)
    rows = rows.sort_values(["agency", "day", "event_ref"], kind="stable").reset_index(drop=True)
    rows["leg_to_location_text"] = ""
    return rows[[*schema.RETURN_COLUMNS, "agency", "day", "origin", "event", "evidence"]]


_BANDS = (("1", 0.55), ("2", 0.2), ("3-4", 0.12), ("unknown", 0.13))


def _references(events: pd.DataFrame) -> list[str]:
    year = events["start"].dt.year
    nth = events.groupby([events["agency"], year]).cumcount() + 1
    initials = events["agency"].map(lambda code: "".join(part[0] for part in code.split("_")).upper())
    return [f"{i}{y % 100}-{n:05d}" for i, y, n in zip(initials, year, nth, strict=True)]


def _what(events: pd.DataFrame, rng: np.random.Generator) -> dict[str, object]:
    kinds = [_drawn(_TYPES["police" if a.startswith("police") else a], 1, rng)[0] for a in events["agency"]]
    roles = _drawn(_ROLES, len(events), rng)
    missing = (events["origin"] == "missing").to_numpy()
    default = events["origin"].str.startswith("S").to_numpy()
    roles = np.where(
        missing, "missing_from", np.where(default & (rng.random(len(events)) < 0.6), "reported_from", roles)
    )
    return {
        "record_type": np.where(missing, "missing_episode", np.array(kinds, dtype=object)),
        "place_role": roles,
        "model": _drawn(_MODELS, len(events), rng),
        "status": _drawn(_STATUSES, len(events), rng),
    }


def _when(events: pd.DataFrame, rng: np.random.Generator) -> dict[str, object]:
    n = len(events)
    start = pd.DatetimeIndex(events["start"])
    hour = np.clip(rng.normal(19, 4.5, n), 0, 23.9)
    timed = np.isin(events["agency"], ["police_eastmarra", "police_northfell", "rail_police"]) & (
        rng.random(n) < 0.8
    )
    minute = pd.to_timedelta((hour * 12).astype(int) * 5, unit="min")
    shown = np.where(timed, (start + minute).strftime("%Y-%m-%d %H:%M"), start.strftime("%Y-%m-%d"))
    span = np.where(rng.random(n) < 0.14, rng.integers(1, 60, n), 0)
    span = np.minimum(span, (_LAST_REPORT - start).days.to_numpy())
    end = np.where(span > 0, (start + pd.to_timedelta(span, unit="D")).strftime("%Y-%m-%d"), "")
    report = start + pd.to_timedelta(span + rng.geometric(0.25, n) - 1, unit="D")
    report = pd.DatetimeIndex(np.minimum(report, _LAST_REPORT))
    told = np.where(rng.random(n) < 0.12, (report - pd.to_timedelta(1, unit="D")).strftime("%Y-%m-%d"), "")
    told = np.where(span > 0, report.strftime("%Y-%m-%d"), np.where(report > start, told, ""))
    review = (report + pd.to_timedelta(365 * 3, unit="D")).strftime("%Y-%m-%d")
    return {"event_start": shown, "event_end": end, "report_date": report.strftime("%Y-%m-%d"),
            "disclosure_date": told, "review_date": review}  # fmt: skip


def _grades(n: int, rng: np.random.Generator) -> dict[str, object]:
    return {
        "source_grade": _drawn((("1", 0.5), ("2", 0.42), ("3", 0.08)), n, rng),
        "intelligence_grade": _drawn((("A", 0.2), ("B", 0.3), ("C", 0.25), ("D", 0.22), ("E", 0.03)), n, rng),
        "handling_code": _drawn((("P", 0.84), ("C", 0.16)), n, rng),
        "confidence": _drawn((("high", 0.25), ("medium", 0.45), ("low", 0.2), ("unknown", 0.1)), n, rng),
        "checked_status": _drawn((("raw", 0.5), ("cleansed", 0.3), ("checked", 0.15), ("", 0.05)), n, rng),
    }


def _others(seed: int, events: pd.DataFrame, rng: np.random.Generator) -> dict[str, object]:
    """Return pseudonyms of adults and vehicles, and a leg, where a report has them (most do not)."""
    n = len(events)
    adult, vehicle = rng.integers(0, 700, n), rng.integers(0, 500, n)
    has_adult, has_vehicle, has_leg = rng.random(n) < 0.22, rng.random(n) < 0.08, rng.random(n) < 0.06

    def key(kind: str, word: str, number: int) -> str:
        return f"{kind}-" + hashlib.sha256(f"{seed}:{word}:{number}".encode()).hexdigest()[:16]

    legs = (("private_residence", 0.4), ("hotel_bb", 0.25), ("park", 0.15), ("other_city", 0.2))
    modes = (("private_car", 0.5), ("taxi", 0.25), ("on_foot", 0.15), ("train", 0.1))
    return {
        "adult_key": [key("A", "adult", a) if has else "" for a, has in zip(adult, has_adult, strict=True)],
        "vehicle_key": [
            key("V", "vehicle", v) if has else "" for v, has in zip(vehicle, has_vehicle, strict=True)
        ],
        "leg_to_place_type": np.where(has_leg, _drawn(legs, n, rng), ""),
        "leg_mode": np.where(has_leg, _drawn(modes, n, rng), ""),
    }


def _stacks_filled(rows: pd.DataFrame, stacks: dict[str, tuple[float, float]]) -> pd.DataFrame:
    out = rows.copy()
    for name, (lat, lon) in stacks.items():
        at = out["lat"] == f"stack:{name}"
        out.loc[at, ["lat", "lon"]] = [f"{lat:.6f}" if lat else "0", f"{lon:.6f}" if lon else "0"]
    return out


def _second_places(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return a second place for some events: where the child was picked up."""
    able = rows[(rows["origin"] == "background") & (rows["child_key"] != "")]
    some = able.iloc[np.flatnonzero(rng.random(len(able)) < _SHARE_SECOND_PLACE)].copy()
    blank = ["lat", "lon", "easting", "northing", "grid_ref", "uprn", "premises_name", "location_text", "town",
             "leg_to_place_type", "leg_mode", "precision"]  # fmt: skip
    some[blank] = ""
    # The places of other events of the same agency, in another order: so they too follow what it reports.
    order = some.groupby("agency")["near"].transform(lambda near: rng.permutation(near.to_numpy()))
    some["postcode"] = order.to_numpy()
    some["place_role"], some["place_type"], some["evidence"] = "pick_up", "town_centre_street", "postcode"
    return some.assign(origin="second place")


def points_of_stacks(ground: Ground) -> dict[str, tuple[float, float]]:
    """Return the latitude and longitude of each default location."""
    out = {}
    for name, _, _, where in plan.STACKS:
        if where == "0,0":
            out[name] = (0.0, 0.0)
            continue
        named = ground.places[ground.places["name"] == where]
        town = next(t for t in ground.settled if t.name == where.removeprefix("centre of ").split(" ")[0])
        x, y = (named["x"].iloc[0], named["y"].iloc[0]) if len(named) else (town.x, town.y)
        lon, lat = projection.to_wgs84(x, y)
        out[name] = (round(float(lat[0]), 6), round(float(lon[0]), 6))
    return out


def _drawn(options: tuple[tuple[str, float], ...], n: int, rng: np.random.Generator) -> NDArray[np.object_]:
    words = np.array([word for word, _ in options], dtype=object)
    shares = np.array([share for _, share in options])
    return words[rng.choice(len(words), n, p=shares / shares.sum())]
