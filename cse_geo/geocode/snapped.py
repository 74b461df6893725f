"""Open data whose points were moved by their publisher: never better than a street."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import schema
from cse_geo.geocode.params import LocateParams
from cse_geo.geocode.reasons import Reason
from cse_geo.geocode.region import region_of
from cse_geo.geocode.result import finest_of_each

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# police.uk moves every record to the nearest of about 750,000 map points (middles of streets, car parks,
# parks and the like, each the nearest to 8 or more addresses). Its radius is the distance from where
# addresses are to the map point that stands for them. Measured with the 17,969 postcodes (Code-Point Open
# 2014, stacks left out) of Cleveland and Darlington against the 10,357 map points used in Cleveland and
# Durham in October to December 2018: half within 58 m, 90 % within 153 m, 95 % within 231 m, 95.5 % within
# 250 m. Points at which nobody was recorded in those months are missing, so the true distances are
# smaller; with the countryside of County Durham added 250 m holds 90 %.
SNAPPED_R95_M = 250.0


def locate_snapped(
    lat: ArrayLike, lon: ArrayLike, *, record_ids: ArrayLike | None = None, params: LocateParams | None = None
) -> pd.DataFrame:
    """Return `LOCATIONS` of points that police.uk (or a like publisher) moved before publishing them.

    Parameters
    ----------
    lat, lon
        WGS84 degrees; missing where the publisher gives no place (status none).
    record_ids
        Natural keys; None = the position as text.
    params
        Only the area is used.

    Returns
    -------
    pandas.DataFrame
        `LOCATIONS` with level street, evidence snapped_map_point and r95 250 m, so resolution 8 at best.
    """
    params = params or LocateParams()
    y, x = np.atleast_1d(np.asarray(lat, np.float64)), np.atleast_1d(np.asarray(lon, np.float64))
    ids = np.arange(len(y)).astype(str) if record_ids is None else np.asarray(record_ids, dtype=object)
    given = ~np.isnan(y) & ~np.isnan(x)
    region = region_of(params.area, margin_m=params.area_margin_m, postcodes=None)
    good = given & region.holds(y, x)
    radius = np.where(good, SNAPPED_R95_M, np.nan)

    def said(text: str) -> NDArray[np.object_]:
        out = np.full(len(y), None, dtype=object)
        out[good] = text
        return out

    nothing = np.where(given, Reason.OUT_OF_AREA.value, Reason.NOTHING_GIVEN.value)
    frame = pd.DataFrame(
        {
            "record_id": ids,
            "status": np.where(good, "located", np.where(given, "refused", "none")),
            "level": said("street"),
            "lat": np.where(good, y, np.nan),
            "lon": np.where(good, x, np.nan),
            "r95_m": radius,
            "evidence": said("snapped_map_point"),
            "provenance": said("published map point"),
            "h3_max_res": finest_of_each(radius),
            "reason": np.where(good, Reason.SNAPPED_POINT.value, nothing),
        }
    )
    return schema.check(schema.conform(frame, schema.LOCATIONS), schema.LOCATIONS)
