"""The signature gate: no release may split the children behind published counts into groups smaller than k.

The signature of a record is the tuple of the groups it was in over everything ever released. Every published
count is a function of group counts, and group membership is constant within a signature class; so no sequence
of queries, by any number of people in any order, determines a count for anything that is not a union of
classes. The gate lets a release pass only if every class that it would leave holds at least k distinct
children. (Research note on security, 1.4.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Gated:
    """What passed the gate."""

    groups: Ints  # group of each new record after the gate; -1 = none
    signatures: pd.DataFrame  # record_id, signature (0 = never in a group), subject, of every record seen
    held_groups: tuple[int, ...]  # groups that wait for a later release
    n_held: int  # records that were in a group before the gate and are in none after it


def no_signatures() -> pd.DataFrame:
    """Return the signatures before the first release."""
    kinds = {"record_id": "str", "signature": "int64", "subject": "str"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def gate(previous: pd.DataFrame, new: pd.DataFrame, *, k: int) -> Gated:
    """Hold back from a release whatever would leave a class of fewer than k distinct children.

    Parameters
    ----------
    previous
        `record_id`, `signature`, `subject` after everything released so far; 0 = never in a group.
    new
        `record_id`, `group` (-1 = none), `subject` (empty = no key) of the release that is asked for.
    k
        Fewest distinct children; all records without a key count together as one.

    Returns
    -------
    Gated
        Records that were never released and would form a small class in a group wait for the next release.
        Where a group would split a class that was released, every group that touches the class waits. A
        class that stays whole may stay as it is: nothing new is said about it. Records that have gone
        (erased, corrected away) count as being in no group, so a group that lost some waits as well.

    Raises
    ------
    ValueError
        If a record stands in `previous` or `new` more than once.
    """
    both, at = _joined(previous, new)
    signature, wanted = both["signature"].to_numpy(np.int64), both["group"].to_numpy(np.int64)
    group, signatures = gate_numbers(signature, wanted, _subject_numbers(both["subject"]), k=k)
    gone = np.setdiff1d(_present(wanted), _present(group), assume_unique=True)
    return Gated(
        groups=group[at],
        signatures=both[["record_id", "subject"]].assign(signature=signatures)[
            ["record_id", "signature", "subject"]
        ],
        held_groups=tuple(int(number) for number in gone),
        n_held=int(((wanted >= 0) & (group < 0)).sum()),
    )


def gate_numbers(signature: Ints, wanted: Ints, subject: Ints, *, k: int) -> tuple[Ints, Ints]:
    """Return the group of each record once nothing small is left, and its signature after this release.

    The gate itself, on whole numbers: signature so far, group wanted and child of each record, in one order.
    """
    group, joined = _held_back(signature, wanted.copy(), subject, k)
    # Signature 0 stays what it means: never in any group. All other classes are numbered in sorted order.
    ever = (signature != 0) | (group >= 0)
    numbers = np.zeros(len(signature), np.int64)
    is_used = np.bincount(joined[ever]) > 0
    numbers[ever] = np.cumsum(is_used)[joined[ever]]
    return group, numbers


def _held_back(signature: Ints, group: Ints, subject: Ints, k: int) -> tuple[Ints, Ints]:
    """Hold back, in `group`, until nothing small is left; return it and each record's (signature, group) class."""
    while True:
        classes, joined = _classes(signature, group)
        n_children = distinct_per_class(joined, subject, len(classes))
        small = n_children < k
        fresh = small & (classes[:, 0] == 0) & (classes[:, 1] >= 0)
        if fresh.any():
            group[fresh[joined]] = -1
            continue
        # Holding records back may leave a group with classes that others know already and too few children
        # for this audience, whose k may be larger. One large class is enough for its group.
        in_doubt = np.setdiff1d(classes[small, 1], classes[~small, 1])
        few = _small_groups(group, subject, in_doubt, k)
        if few.size:
            group[np.isin(group, few)] = -1
            continue
        split = small & (classes[:, 0] > 0) & _is_split(classes)
        if not split.any():
            return group, joined
        torn = np.isin(signature, classes[split, 0])
        # A split class touches a group, or it would not be split: at least one group goes each time round.
        group[np.isin(group, _present(group[torn]))] = -1


def distinct_per_class(part: Ints, member: Ints, n: int) -> Ints:
    """Return how many distinct members each of the `n` parts has."""
    if not part.size:
        return np.zeros(n, np.int64)
    low, high = int(member.min()), int(member.max())
    # Sorted by hand: numpy's `unique` hashes, which takes ten times as long over a million pairs.
    pairs = np.sort(part.astype(np.int64) * (high - low + 1) + (member - low))
    is_first = np.concatenate([[True], pairs[1:] != pairs[:-1]])
    return np.bincount(pairs[is_first] // (high - low + 1), minlength=n)


def count_subjects(subject: pd.Series) -> int:
    """Return the distinct children of per-run numbers; all without a key (-1) count together as one."""
    return int(subject.clip(lower=-1).nunique())


def _joined(previous: pd.DataFrame, new: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """Return one row per record of either, known ones first, and the row of each record of `new`."""
    # One pass over the texts numbers the records by their first appearance: known ones keep their row.
    numbers, record_id = pd.factorize(_texts(previous, new, "record_id"))
    n_known, n = len(previous), len(record_id)
    at = numbers[n_known:].astype(np.int64)
    if (numbers[:n_known] != np.arange(n_known)).any() or np.bincount(at, minlength=1).max() > 1:
        message = "`previous` and `new` must hold each record once."
        raise ValueError(message)
    group = np.full(n, -1, np.int64)
    group[at] = new["group"].to_numpy(np.int64)
    signature = np.zeros(n, np.int64)
    signature[:n_known] = previous["signature"].to_numpy(np.int64)
    newest = np.arange(n)
    newest[at] = n_known + np.arange(len(new))  # a child's key may have been corrected
    subject = _texts(previous, new, "subject").take(newest)
    both = {"record_id": record_id, "signature": signature, "group": group, "subject": subject.array}
    return pd.DataFrame(both), at


def _texts(previous: pd.DataFrame, new: pd.DataFrame, name: str) -> pd.Series:
    return pd.concat([previous[name].astype("str"), new[name].astype("str")], ignore_index=True)


def _subject_numbers(subject: pd.Series) -> Ints:
    # No key is the empty text: one number for all such records together.
    return pd.factorize(subject)[0].astype(np.int64)


def _classes(signature: Ints, group: Ints) -> tuple[Ints, Ints]:
    """Return the distinct (signature, group) pairs, sorted, and the position of each record's pair."""
    width = int(group.max(initial=-1)) + 2
    # Numbered by a hash and then ranked: there are few pairs, so sorting a million of them would be wasted.
    codes, pairs = pd.factorize(signature * width + group + 1)
    order = np.argsort(pairs)
    rank = np.empty(len(pairs), np.int64)
    rank[order] = np.arange(len(pairs))
    pairs = pairs[order]
    return np.column_stack([pairs // width, pairs % width - 1]), rank[codes]


def _is_split(classes: Ints) -> NDArray[np.bool_]:
    _, at, counts = np.unique(classes[:, 0], return_inverse=True, return_counts=True)
    return counts[at] > 1


def _small_groups(group: Ints, subject: Ints, in_doubt: Ints, k: int) -> Ints:
    """Return which of the groups in doubt hold fewer than `k` children."""
    inside = np.isin(group, in_doubt[in_doubt >= 0])
    n_children = distinct_per_class(group[inside], subject[inside], int(group.max(initial=-1)) + 1)
    return np.flatnonzero((n_children > 0) & (n_children < k)).astype(np.int64)


def _present(group: Ints) -> Ints:
    return np.flatnonzero(np.bincount(group[group >= 0])).astype(np.int64)
