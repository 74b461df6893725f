"""The policy in force in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cse_geo import safeguards, store

if TYPE_CHECKING:
    from cse_geo.safeguards import Policy


def policy_of(opened: store.Store) -> Policy:
    """Return the policy in force in a store, or the default where nobody set one."""
    content = store.load_policy(opened)
    return safeguards.policy_from_json(content) if content else safeguards.Policy()
