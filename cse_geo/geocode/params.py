"""The numbers that decide how places are located, and the reference tables they are looked up in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cse_geo import schema
from cse_geo.geocode.postcode_table import PostcodeTable, index_postcodes
from cse_geo.geocode.uprn import UprnTable, index_uprns
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    import shapely

    from cse_geo.geocode.text.index import TextIndex


@dataclass(frozen=True)
class LocateParams:
    """Tuning numbers of `locate`.

    Parameters
    ----------
    area
        WGS84 polygon of the store's area; a coordinate farther than `area_margin_m` outside is refused. None
        = the United Kingdom and whatever is within 10 km of a loaded postcode.
    area_margin_m
        Metres; 20 km because children of one force are met and found in the next.
    contradiction_m
        Two facts about one place farther apart than this, and than their radii, are a contradiction.
    coordinate_r95_m
        Smallest radius of a given coordinate, metres.
    uprn_r95_m
        Radius of a UPRN's point, metres.
    street_r95_m, proximity_m, polygon_r95_m
        Smallest radius where the contributor says "a street or feature"; what "near" adds; smallest radius
        of "an area such as a park" whose outline is not known. Metres.
    stack_size
        Postcodes on one point from which the point is not a place.
    restricted_res
        Finest H3 resolution of homes and other restricted places.
    centroid_m
        A coordinate this near the middle point of a known area is that area. Metres.
    r95_multipliers
        What r95 of a level is multiplied by, as labelled records showed (`calibrate`); levels not named stay.
    """

    area: shapely.Geometry | None = None
    area_margin_m: float = 20_000.0
    contradiction_m: float = 1_000.0
    coordinate_r95_m: float = 10.0
    uprn_r95_m: float = 15.0
    street_r95_m: float = 100.0
    proximity_m: float = 150.0
    polygon_r95_m: float = 300.0
    stack_size: int = 10
    restricted_res: int = 7
    centroid_m: float = 2.0
    r95_multipliers: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        positive = ("coordinate_r95_m", "uprn_r95_m", "street_r95_m", "polygon_r95_m", "contradiction_m")
        for name in positive:
            if not getattr(self, name) > 0:
                message = f"`{name}` must be above 0 metres."
                raise ValueError(message)
        if min(self.area_margin_m, self.proximity_m, self.centroid_m) < 0:
            message = "`area_margin_m`, `proximity_m` and `centroid_m` must be 0 or more metres."
            raise ValueError(message)
        if (
            not set(self.r95_multipliers) <= set(schema.LEVELS)
            or min(self.r95_multipliers.values(), default=1) <= 0
        ):
            message = "`r95_multipliers` must name levels of the ladder and be above 0."
            raise ValueError(message)
        if self.stack_size < 2 or self.restricted_res not in (-1, *schema.CELL_RESOLUTIONS):
            message = "`stack_size` must be 2 or more and `restricted_res` -1 or 7 to 10."
            raise ValueError(message)


@dataclass(frozen=True)
class ReferenceTables:
    """What places are looked up in; build it with `reference_tables`.

    Parameters
    ----------
    postcodes, uprns
        Tables to look up in, or None where nothing is loaded.
    towns
        Area code by folded town name (`vocabulary.fold`).
    centroids
        Middle points of areas: columns layer, code, lat, lon; or None.
    polygons
        `AREAS` of parks, precincts and the like, over whose cells a record may be spread; or None.
    texts
        Index of the gazetteers of words, or None.
    """

    postcodes: PostcodeTable | None = None
    uprns: UprnTable | None = None
    towns: dict[str, str] = field(default_factory=dict)
    centroids: pd.DataFrame | None = None
    polygons: pd.DataFrame | None = None
    texts: TextIndex | None = None


def reference_tables(  # noqa: PLR0913 (one keyword per table, all optional)
    *,
    postcodes: pd.DataFrame | None = None,
    postcode_release: str = "postcode table",
    uprns: pd.DataFrame | None = None,
    uprn_release: str = "UPRN table",
    towns: Iterable[str] = (),
    centroids: pd.DataFrame | None = None,
    polygons: pd.DataFrame | None = None,
    texts: TextIndex | None = None,
) -> ReferenceTables:
    """Return tables to look up in, from the frames that the readers or the store give.

    Parameters
    ----------
    postcodes, uprns
        `POSTCODES` and `UPRNS` frames.
    postcode_release, uprn_release
        Names for provenance (`Release.name`).
    towns
        Names of the towns that may stand as an area.
    centroids, polygons, texts
        See `ReferenceTables`.
    """
    return ReferenceTables(
        None if postcodes is None else index_postcodes(postcodes, release=postcode_release),
        None if uprns is None else index_uprns(uprns, release=uprn_release),
        {fold(town): fold(town) for town in towns},
        centroids,
        None if polygons is None else schema.check(polygons, schema.AREAS),
        texts,
    )
