"""Colour classes of a map: five at most, whole numbers, the same steps for maps of alike size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# ColorBrewer YlGnBu: smallest difference between neighbours of the palettes that survive colour blindness and
# grey print (17 or more in every simulation); no red, which readers take for "dangerous".
YLGNBU = ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494")

# Lower edges; the first ladder whose top class begins above 90 of 100 cells is taken, so that steps stay
# the same between alike queries and a reader may compare two maps.
_LADDERS = (
    (0, 2, 3, 4, 5), (0, 2, 3, 5, 10), (0, 3, 6, 11, 21), (0, 6, 16, 41, 101),
    (0, 11, 51, 201, 1001), (0, 101, 501, 2001, 10001),
)  # fmt: skip


@dataclass(frozen=True)
class Classes:
    """The class of each cell and what each class says."""

    index: NDArray[np.uint8]
    colours: tuple[str, ...]
    labels: tuple[str, ...]
    counts: tuple[int, ...]  # cells in each class


def classify(values: ArrayLike) -> Classes:
    """Return the colour class of each value (a capped count per cell)."""
    numbers = np.asarray(values, np.float64)
    high = float(np.quantile(numbers, 0.9)) if numbers.size else 0.0
    ladder = next((steps for steps in _LADDERS if steps[-1] >= high), _LADDERS[-1])
    # A share of a park's record is less than one; it counts as the class it is part of.
    index = (np.searchsorted(ladder, np.ceil(numbers), side="right") - 1).clip(0, 4).astype(np.uint8)
    counts = np.bincount(index, minlength=5)
    return Classes(index, YLGNBU, _labels(ladder), tuple(int(n) for n in counts))


def classify_banded(values: ArrayLike) -> Classes:
    """Return two bands without numbers, for roles that may not see counts: the upper third, and the rest."""
    numbers = np.asarray(values, np.float64)
    high = float(np.quantile(numbers, 2 / 3)) if numbers.size else 0.0
    index = (numbers > high).astype(np.uint8)
    counts = np.bincount(index, minlength=2)
    return Classes(
        index, (YLGNBU[1], YLGNBU[4]), ("some reports", "most reports"), tuple(int(n) for n in counts)
    )


def _labels(ladder: tuple[int, ...]) -> tuple[str, ...]:
    low = (1, *ladder[1:])
    inner = [
        f"{first:,}" if first == last else f"{first:,}\u2013{last:,}"
        for first, last in zip(low[:-1], (edge - 1 for edge in low[1:]), strict=True)
    ]
    return (*inner, f"{low[-1]:,} or more")
