"""Days cut into the intervals of a space-time scan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Intervals:
    """Equal intervals laid backwards from the last day; what is left over lengthens the first one."""

    start: pd.Timestamp
    end: pd.Timestamp
    days: int

    @property
    def count(self) -> int:
        """How many intervals there are."""
        return max(1, ((self.end - self.start).days + 1) // self.days)

    def index(self, dates: pd.Series) -> NDArray[np.int32]:
        """Return the interval (0 = first) of each date."""
        back = (self.end - dates.dt.normalize()).dt.days.to_numpy() // self.days
        return np.maximum(self.count - 1 - back, 0).astype(np.int32)

    def first_day(self, interval: int) -> pd.Timestamp:
        """Return the first day of an interval."""
        if interval == 0:
            return self.start
        return self.end - pd.Timedelta(days=(self.count - interval) * self.days - 1)

    def last_day(self, interval: int) -> pd.Timestamp:
        """Return the last day of an interval."""
        return self.end - pd.Timedelta(days=(self.count - 1 - interval) * self.days)
