"""The benefit of a visit, worked by hand on constant rates."""

from __future__ import annotations

import numpy as np
import pytest

from cse_geo.plans import FadeParams, Slots, visit_rewards


def test_presence_and_a_fading_effect_add_up() -> None:
    """One per minute all day, block long enough: 10 minutes, then 1 + 3/4 + 2/4 + 1/4."""
    made = visit_rewards(
        np.ones((1, 1440)),
        slots=Slots(0, 60, 7200),
        count=1,
        dwells_s=(600,),
        params=FadeParams(fade_minutes=4),
    )
    assert made == pytest.approx(np.array([[[12.5]]]))


def test_what_falls_into_the_next_block_counts_in_part() -> None:
    """A block of 12 minutes: of the effect after minute 12, 1/2 + 1/4 count a half."""
    made = visit_rewards(
        np.ones((1, 1440)),
        slots=Slots(0, 60, 720),
        count=1,
        dwells_s=(600,),
        params=FadeParams(4, beyond_block=0.5),
    )
    assert made == pytest.approx(np.array([[[10 + 1 + 0.75 + 0.375]]]))


def test_the_clock_goes_round_at_midnight() -> None:
    rates = np.zeros((1, 1440))
    rates[0, 0] = 1.0
    made = visit_rewards(rates, slots=Slots(1439 * 60, 60), count=1, dwells_s=(120,), params=FadeParams(1))
    assert made[0, 0, 0] == 1.0


def test_wrong_input_says_so() -> None:
    with pytest.raises(ValueError, match="one column per minute"):
        visit_rewards(np.ones((1, 24)), slots=Slots(0), count=1, dwells_s=(60,), params=FadeParams())
    with pytest.raises(ValueError, match="beyond_block"):
        FadeParams(beyond_block=2)
