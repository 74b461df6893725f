"""How well maps of past records would have caught the next period's: from a file of points or a store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import intake
from cse_geo.cells.duplicates import subjects_of
from cse_geo.errors import UsageError
from cse_geo.hotspots.evaluation import KDE, OURS, EvaluationParams, evaluate
from cse_geo.outputs.tables import Marking
from cse_geo.pipeline.answers import visible_frames
from cse_geo.pipeline.frames import first_day
from cse_geo.pipeline.gate import Act, enter
from cse_geo.pipeline.marking import marking_for, numbered
from cse_geo.pipeline.points import OWN_FILE, FindOutcome
from cse_geo.projection import to_bng

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from numpy.typing import NDArray

    from cse_geo import store
    from cse_geo.safeguards import Session

STATEMENT = (
    "Scores say how well past records point to where later records are, which is not where harm is: what nobody "
    "reports is in neither. They never justify watching a person."
)
TITLE = "Evaluation on the next period"
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class EvaluateRequest:
    """The last day to learn from, how the rest is cut and scored, and the file's columns if not plain."""

    train_until: date
    params: EvaluationParams
    columns: Mapping[str, str]


def evaluate_points(paths: tuple[Path, ...], *, request: EvaluateRequest) -> FindOutcome:
    """Evaluate on files of dated points (EVALUATION).

    Raises
    ------
    UsageError
        If the points have no dates.
    """
    read = intake.read_points(list(paths), columns=intake.PointColumns(**request.columns))
    if "date" not in read.frame:
        message = "The file needs a column of dates; name it with --date."
        raise UsageError(message)
    frame = read.frame
    x, y = plane(frame["lat"].to_numpy(), frame["lon"].to_numpy())
    subject = frame["subject"].to_numpy() if "subject" in frame else np.full(len(frame), -1)
    points = pd.DataFrame({"x_m": x, "y_m": y, "date": frame["date"], "subject": subject})
    return _outcome(points, request)


def evaluate_store(opened: store.Store, *, session: Session, request: EvaluateRequest) -> FindOutcome:
    """Evaluate on the located, dated records of a store that the session may see (EVALUATION).

    Records placed more coarsely than a grid cell are left out.
    """
    frames = visible_frames(opened, session)
    fine = frames.locations["status"].isin(("located", "polygon"))
    fine &= frames.locations["r95_m"] <= request.params.cell_m
    records, locations = frames.records[fine], frames.locations[fine]
    x, y = plane(locations["lat"].to_numpy(), locations["lon"].to_numpy())
    points = pd.DataFrame(
        {
            "x_m": x,
            "y_m": y,
            "date": first_day(records).to_numpy(),
            "subject": subjects_of(records["child_key"]),
        }
    )
    parameters = {"train_until": str(request.train_until), "horizon_days": request.params.horizon_days}
    enter(opened, session, Act("export", "disclosure", "evaluate", len(points), parameters))
    outcome = _outcome(points, request)
    last = request.train_until + timedelta(days=request.params.horizon_days)
    marking = marking_for(session, title=TITLE, statement=STATEMENT, window=(None, last))
    return replace(outcome, marking=numbered(opened, session, marking, kind="evaluation"))


def plane(
    lat: NDArray[np.float64], lon: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return metres east and north: the British National Grid where all lies on it, else true at the middle.

    Elsewhere degrees are scaled at the middle latitude, which is right to 1 % within half a degree of it.
    """
    if len(lat) == 0:
        return np.empty(0), np.empty(0)
    east, north = to_bng(lon, lat)
    if np.isfinite(east).all() and np.isfinite(north).all():
        return east, north
    middle = float(np.median(lat))
    return lon * METRES_PER_DEGREE * float(np.cos(np.radians(middle))), lat * METRES_PER_DEGREE


def _outcome(points: pd.DataFrame, request: EvaluateRequest) -> FindOutcome:
    table = evaluate(points, train_until=pd.Timestamp(request.train_until), params=request.params)
    return FindOutcome(table, Marking(OWN_FILE, TITLE, STATEMENT), _words(table))


def _words(table: pd.DataFrame) -> tuple[str, ...]:
    first = table.iloc[0]
    lines = [f"{first['n_train']:,} records learned from, {first['n_test']:,} in the period after."]
    for share, rows in table.groupby("area_share"):
        ours, kde = (rows[rows["method"] == name].iloc[0] for name in (OURS, KDE))
        lines.append(
            f"{share:.0%} of the area: {ours['hit_rate']:.1%} caught ({ours['hit_rate_low']:.1%} to "
            f"{ours['hit_rate_high']:.1%}), PAI {ours['pai']:.1f}; kernel density {kde['hit_rate']:.1%}; difference "
            f"{ours['minus_kde']:+.1%} ({ours['minus_kde_low']:+.1%} to {ours['minus_kde_high']:+.1%})."
        )
    return tuple(lines)
