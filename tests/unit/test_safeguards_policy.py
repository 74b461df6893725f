"""The thresholds check themselves."""

from __future__ import annotations

import pytest

from cse_geo.safeguards import Policy, policy_from_json


def test_the_defaults_are_the_proposal() -> None:
    policy = Policy()
    assert (policy.k, policy.k_wide, policy.k_type, policy.finest_release, policy.min_sources) == (
        5,
        10,
        10,
        8,
        2,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"k": 2}, {"k": 11}, {"k_wide": 4}, {"k_type": 4}, {"max_child_share": 1.1}, {"max_place_share": 0.1},
        {"min_places": 0}, {"rounding_base": 0}, {"public_rounding_base": 4}, {"finest_release": 11},
        {"coarsest_release": 6}, {"coarsest_release": 9}, {"cadence_days": 7}, {"delay_days": -1},
        {"min_sources": 1}, {"retention_months": 0}, {"idle_minutes": 61}, {"session_hours": 25},
    ],
    ids=str,
)  # fmt: skip
def test_a_threshold_out_of_range_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must lie between"):
        Policy(**wrong)


def test_a_policy_goes_through_text_and_back() -> None:
    policy = Policy(k=7, k_wide=12)
    assert policy_from_json(policy.to_json()) == policy
    assert policy.digest != Policy().digest
    assert policy.digest == Policy(k_wide=12, k=7).digest


def test_a_misspelt_threshold_does_not_fall_back_in_silence() -> None:
    with pytest.raises(ValueError, match="unknown thresholds: min_children"):
        policy_from_json('{"min_children": 50}')
