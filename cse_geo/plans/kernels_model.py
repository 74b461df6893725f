"""The arrays that the compiled search reads and writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FAR = 1 << 40  # seconds: no shift is as long, and a sum of them does not overflow


class Model(NamedTuple):
    """The problem as arrays; a node is one option of one stop, or a break."""

    place: NDArray[np.int64]  # per node
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    dwell: NDArray[np.int64]
    reward: NDArray[np.float64]  # divided by their mean
    group: NDArray[np.int64]  # of one group at most one node is visited
    is_break: NDArray[np.uint8]
    first: NDArray[np.int64]  # nodes of group g are first[g] .. first[g + 1] - 1
    allowed: NDArray[np.uint8]  # unit x node
    there: NDArray[np.int64]  # unit's matrix x from x to
    back: NDArray[np.int64]  # the same transposed
    matrix: NDArray[np.int64]  # per unit: which of them
    base: NDArray[np.int64]
    last: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    most_travel: NDArray[np.int64]
    spread: float  # a third of the mean travel from a base, in seconds: what a visit costs besides its dwell
    stop: NDArray[np.int64]  # per node: its stop, -1 for a break
    weight: NDArray[np.float64]  # per node: by how much its stop's rates are marked up or down
    covers: NDArray[np.uint8]  # per stop: its visits are counted together
    apart: NDArray[np.int64]  # per stop: visits start at least this far apart
    fade: NDArray[np.int64]  # per stop, minutes
    full: NDArray[np.int64]  # per stop: seconds of stay that leave the whole trace
    rates: NDArray[np.float64]  # per stop: running sum of the rates by minute from `low`
    moments: NDArray[np.float64]  # and of rates x minute
    low: int  # first minute of `rates`
    area: NDArray[np.int64]  # per stop: the cap it falls under, -1 for none
    most_stay: NDArray[np.int64]  # per cap


class State(NamedTuple):
    """Everything the search changes; a copy of it continues the same search."""

    node: NDArray[np.int64]  # unit x position
    at: NDArray[np.int64]  # place
    begin: NDArray[np.int64]  # start of the visit
    depart: NDArray[np.int64]
    late: NDArray[np.int64]  # latest start that keeps everything after it possible
    size: NDArray[np.int64]
    travel: NDArray[np.int64]
    now_node: NDArray[np.int64]  # the accepted routes
    now_size: NDArray[np.int64]
    best_node: NDArray[np.int64]
    best_size: NDArray[np.int64]
    used: NDArray[np.uint8]  # per group
    visits: NDArray[np.int64]  # per stop: how many the working routes hold
    stayed: NDArray[np.int64]  # per cap: seconds of stay in the working routes
    order: NDArray[np.int64]
    key: NDArray[np.float64]
    random: NDArray[np.uint64]
    value: NDArray[np.float64]  # accepted objective, best reward, length of the best
