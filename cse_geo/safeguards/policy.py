"""The thresholds of a partnership: one frozen, self-checking set, passed as an argument and never global."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True)
class Policy:
    """Every threshold that the safeguarding partners set; the defaults are proposals for them to decide.

    Raises
    ------
    ValueError
        If a threshold is out of range or two contradict each other.
    """

    k: int = 5  # fewest distinct children behind anything that is released
    k_wide: int = 10  # the same for outreach, boards and the public
    k_type: int = 10  # fewest distinct children of one place type before a release names the type
    max_child_share: float = 0.6  # of a released group's events that one child may have
    max_place_share: float = 0.6  # of a released group's events that one place may have
    min_places: int = 2  # fewer is a premises-level product, which is not released
    min_addresses: int = 8  # fewest homes in a released group's area, or none, where homes are known
    rounding_base: int = 5  # counts for boards
    public_rounding_base: int = 10
    finest_release: int = 8  # H3 resolution
    coarsest_release: int = 7
    cadence_days: int = 91  # between releases: weekly maps at fine resolution would be empty or unsafe
    delay_days: int = 28  # age of the newest event in a release
    min_sources: int = 2  # independent agencies before premises may be named
    retention_months: int = 24
    idle_minutes: int = 15
    session_hours: int = 8

    def __post_init__(self) -> None:
        ranges: dict[str, tuple[float, float]] = {
            "k": (3, 1000), "k_wide": (self.k, 1000), "k_type": (self.k, 1000),
            "max_child_share": (0.2, 1.0), "max_place_share": (0.2, 1.0), "min_places": (1, 100),
            "min_addresses": (1, 1000),
            "rounding_base": (1, 100), "public_rounding_base": (self.rounding_base, 1000),
            "finest_release": (self.coarsest_release, 10), "coarsest_release": (7, 10),
            "cadence_days": (28, 3660), "delay_days": (0, 3660), "min_sources": (2, 100),
            "retention_months": (1, 120), "idle_minutes": (1, 60), "session_hours": (1, 24),
        }  # fmt: skip
        for name, (low, high) in ranges.items():
            if not low <= getattr(self, name) <= high:
                message = f"`{name}` must lie between {low:g} and {high:g}."
                raise ValueError(message)

    def to_json(self) -> str:
        """Return the policy as JSON text, always the same for the same policy."""
        return json.dumps(asdict(self), sort_keys=True)

    @property
    def digest(self) -> str:
        """Sixteen characters that name this policy in a release and in the log."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]


def policy_from_json(text: str) -> Policy:
    """Return the policy in `text`; what it does not say is as the default says.

    Raises
    ------
    ValueError
        If it names a threshold that does not exist, or one is out of range: a misspelt threshold must not
        fall back to a default in silence.
    """
    content = json.loads(text)
    unknown = set(content) - {field.name for field in fields(Policy)}
    if unknown:
        message = f"The policy names unknown thresholds: {', '.join(sorted(unknown))}."
        raise ValueError(message)
    return Policy(**content)
