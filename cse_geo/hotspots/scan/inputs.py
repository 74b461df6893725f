"""The frames a scan is given, read into numbers per place; every problem in every row is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import projection
from cse_geo.hotspots.scan.columns import Finder, as_dates, as_numbers, named
from cse_geo.hotspots.scan.intervals import Intervals
from cse_geo.hotspots.scan.params import BERNOULLI, POISSON, ScanParams
from cse_geo.hotspots.scan.windows import Places, merge_places

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class ScanInput:
    """Checked input: `place`, `count` (and `date`) per row of cases; `people` per place."""

    places: Places
    place: NDArray[np.int64]
    count: NDArray[np.int64]
    date: pd.Series | None
    intervals: Intervals | None
    people: NDArray[np.float64] | None

    @property
    def cases(self) -> NDArray[np.int64]:
        """Return the cases of each place."""
        return np.bincount(self.place, weights=self.count, minlength=len(self.places)).astype(np.int64)


def read_input(
    cases: pd.DataFrame,
    locations: pd.DataFrame,
    *,
    population: pd.DataFrame | None,
    controls: pd.DataFrame | None,
    params: ScanParams,
) -> ScanInput:
    """Return the checked input of a scan.

    Raises
    ------
    InputRefusedError
        With the table of problems (spec `PROBLEMS`): every fault of every row.
    """
    found = Finder()
    locations, cases = named(locations), named(cases)
    extra = {POISSON: ("population", population), BERNOULLI: ("controls", controls)}.get(params.model)
    _check_locations(locations, found)
    found.stop_if_refused()
    known = pd.Index(locations["id"])
    _check_cases(cases, known, params, found)
    if extra is not None:
        _check_amounts(extra[0], extra[1], known, found)
    elif population is not None or controls is not None:
        found.add("cases", 0, "", "not_used", "the model takes neither population nor controls.")
    found.stop_if_refused()
    result = _assemble(cases, locations, extra, params)
    _check_whole(result, params, found)
    found.stop_if_refused()
    return result


def _check_locations(frame: pd.DataFrame, found: Finder) -> None:
    pair = ("x_m", "y_m") if "x_m" in frame else ("lat", "lon")
    if not found.has_columns("locations", frame, ("id", *pair)):
        return
    found.flag("locations", "id", frame["id"] == "", "missing_id", "give the location an id.")
    found.flag("locations", "id", frame["id"].duplicated(), "repeated_id", "each id must stand once.")
    limits = {"lat": 90.0, "lon": 180.0}
    for column in pair:
        number = as_numbers(frame[column])
        bad = ~np.isfinite(number) | (np.abs(number) > limits.get(column, np.inf))
        found.flag("locations", column, bad, "not_a_coordinate", "give a number of metres or WGS84 degrees.")
    if frame.empty:
        found.add("locations", 0, "", "no_locations", "the file has no locations.")
    elif pair == ("lat", "lon") and _are_swapped(as_numbers(frame["lat"]), as_numbers(frame["lon"])):
        words = "every place lies outside Great Britain, and inside it if `lat` and `lon` change places."
        found.add("locations", 0, "lat", "swapped_coordinates", words)


def _are_swapped(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> bool:
    known = np.isfinite(lat) & np.isfinite(lon) & (np.abs(lat) <= 90) & (np.abs(lon) <= 90)
    if not known.all():
        return False
    there, here = (np.column_stack(projection.to_bng(x, y)) for x, y in ((lon, lat), (lat, lon)))
    return bool(not np.isfinite(there).all(axis=1).any() and np.isfinite(here).all())


def _check_cases(frame: pd.DataFrame, known: pd.Index, params: ScanParams, found: Finder) -> None:
    wanted = ("id", "date") if params.is_space_time else ("id",)
    if not found.has_columns("cases", frame, wanted):
        return
    found.flag("cases", "id", ~frame["id"].isin(known), "unknown_id", "the locations file lacks this id.")
    if found.has_each_once("cases", frame, ("cases",)) and "cases" in frame:
        found.flag("cases", "cases", ~_is_count(frame["cases"]), "not_a_count", _WHOLE)
    if not params.is_space_time:
        return
    dates = as_dates(frame["date"])
    empty = frame["date"].isna() | (frame["date"].astype("str").str.strip() == "")
    found.flag("cases", "date", empty, "missing_date", "every case needs a date in this model.")
    found.flag("cases", "date", dates.isna() & ~empty, "not_a_date", "write dates as 2024-12-31.")
    start, end = (pd.Timestamp(day) if day else None for day in (params.study_start, params.study_end))
    outside = (dates < start if start else False) | (dates > end if end else False)
    found.flag("cases", "date", outside, "outside_study", "the date lies outside the study period.")


def _check_amounts(name: str, frame: pd.DataFrame | None, known: pd.Index, found: Finder) -> None:
    if frame is None:
        found.add(name, 0, "", f"no_{name}", f"this model needs a {name} file.")
        return
    frame = named(frame)
    if not found.has_columns(name, frame, ("id", name)):
        return
    found.flag(name, "id", ~frame["id"].isin(known), "unknown_id", "the locations file lacks this id.")
    found.flag(name, "id", frame["id"].duplicated(), "repeated_id", "each id must stand once.")
    if name == "controls":
        found.flag(name, name, ~_is_count(frame[name]), "not_a_count", _WHOLE)
    else:
        number = as_numbers(frame[name])
        bad = ~(np.isfinite(number) & (number >= 0))
        found.flag(name, name, bad, "not_an_amount", "give a number of 0 or more.")


_WHOLE = "give a whole number of 0 or more."


def _is_count(values: pd.Series) -> NDArray[np.bool_]:
    number = as_numbers(values)
    with np.errstate(invalid="ignore"):
        return (number >= 0) & (number == np.floor(number)) & (number < 2**31)


def _assemble(
    cases: pd.DataFrame,
    locations: pd.DataFrame,
    extra: tuple[str, pd.DataFrame | None] | None,
    params: ScanParams,
) -> ScanInput:
    if "x_m" in locations:
        locations = locations.assign(x_m=as_numbers(locations["x_m"]), y_m=as_numbers(locations["y_m"]))
    else:
        locations = locations.assign(lat=as_numbers(locations["lat"]), lon=as_numbers(locations["lon"]))
    places = merge_places(locations)
    index = pd.Series(places.place_of, index=locations["id"].to_numpy())
    ones = np.ones(len(cases))
    count = (as_numbers(cases["cases"]) if "cases" in cases else ones).astype(np.int64)
    counted = cases[count > 0]
    place = index.loc[counted["id"].to_numpy()].to_numpy()
    date = as_dates(counted["date"]).reset_index(drop=True) if params.is_space_time else None
    people = None
    if extra is not None and extra[1] is not None:
        people = _per_place(index, named(extra[1]), extra[0], len(places))
    result = ScanInput(places, place, count[count > 0], date, _intervals(date, params), people)
    if params.model == BERNOULLI and people is not None:
        return ScanInput(places, place, result.count, None, None, people + result.cases)
    return result


def _per_place(index: pd.Series, frame: pd.DataFrame, column: str, n: int) -> NDArray[np.float64]:
    place = index.loc[frame["id"].to_numpy()].to_numpy()
    # In order of place and amount, so that a fractional sum does not depend on the order of the rows.
    amount = as_numbers(frame[column])
    order = np.lexsort((amount, place))
    return np.bincount(place[order], weights=amount[order], minlength=n).astype(np.float64)


def _intervals(date: pd.Series | None, params: ScanParams) -> Intervals | None:
    if date is None or date.empty:
        return None
    start, end = params.study_start or date.min(), params.study_end or date.max()
    return Intervals(pd.Timestamp(start).normalize(), pd.Timestamp(end).normalize(), params.aggregate_days)


def _check_whole(data: ScanInput, params: ScanParams, found: Finder) -> None:
    if data.count.sum() < params.min_cases:
        found.add("cases", 0, "cases", "no_cases", "there are fewer cases than `min_cases`.")
    if params.model == POISSON and data.people is not None:
        if data.people.sum() <= 0:
            found.add("population", 0, "population", "no_population", "the whole population is 0.")
        lacking = int(((data.people == 0) & (data.cases > 0)).sum())
        if lacking:
            message = f"{lacking} places have cases but no population."
            found.add("population", 0, "population", "cases_without_population", message)
    if params.model == BERNOULLI and data.people is not None and data.people.sum() == data.count.sum():
        found.add("controls", 0, "controls", "no_controls", "there are no controls.")
