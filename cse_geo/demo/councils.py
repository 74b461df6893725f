"""The three police forces and twelve councils of the fictional region, and the seats they grow around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# Codes have the shape of ONS codes under a letter that ONS does not use, so they can never be a real area.
FORCES = {
    "X23000001": "Varnshire Constabulary",
    "X23000002": "Eastmarra Police",
    "X23000003": "Northfell Police",
}


@dataclass(frozen=True)
class Council:
    """One local authority: code, name, force and the seat (kilometres, EPSG:27700) its area grows around."""

    code: str
    name: str
    force: str
    east_km: float
    north_km: float


COUNCILS = (
    Council("X07000001", "Varnmouth", "X23000001", 603.0, 461.5),
    Council("X07000002", "Eskenvale", "X23000001", 581.5, 460.0),
    Council("X07000003", "Gossenby and Fennacre", "X23000001", 591.0, 447.5),
    Council("X07000004", "Wendlemoor", "X23000001", 576.0, 446.0),
    Council("X07000005", "Marrasey", "X23000002", 632.0, 463.0),
    Council("X07000006", "Orrinthorpe", "X23000002", 618.0, 465.5),
    Council("X07000007", "Cobbersea", "X23000002", 627.0, 446.0),
    Council("X07000008", "South Marra", "X23000002", 615.5, 452.5),
    Council("X07000009", "Skelvane", "X23000003", 592.5, 482.0),
    Council("X07000010", "Tolleray", "X23000003", 622.0, 484.0),
    Council("X07000011", "Brisselby", "X23000003", 575.5, 477.0),
    Council("X07000012", "Yarrowfoss", "X23000003", 606.5, 479.5),
)
FORCE_OF = {council.code: council.force for council in COUNCILS}
SEATS = np.array([(council.east_km * 1000.0, council.north_km * 1000.0) for council in COUNCILS])
CODES = np.array([council.code for council in COUNCILS], dtype=object)


def nearest_seat(easting: ArrayLike, northing: ArrayLike) -> NDArray[np.int64]:
    """Return the position in `COUNCILS` of the nearest seat to each point (EPSG:27700 metres)."""
    x, y = np.asarray(easting, np.float64), np.asarray(northing, np.float64)
    away = np.hypot(x[:, None] - SEATS[:, 0], y[:, None] - SEATS[:, 1])
    return np.argmin(away, axis=1)
