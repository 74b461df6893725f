"""Who may see what, what may be released, and the log of it all."""

from cse_geo.safeguards.access import (
    PlaceEvidence,
    Session,
    display_of,
    may,
    may_name_place,
    pages_of,
    require,
    require_export,
    require_page,
    role_menu,
    step_into,
    visible_points,
    visible_records,
    visible_resolution,
)
from cse_geo.safeguards.disclosure import (
    Built,
    Release,
    ReleaseParams,
    build,
    params_for,
    release,
    release_from_json,
)
from cse_geo.safeguards.matrix import Role, purposes, role_of, roles
from cse_geo.safeguards.policy import Policy, policy_from_json

__all__ = [
    "Built", "PlaceEvidence", "Policy", "Release", "ReleaseParams", "Role", "Session", "build", "display_of",
    "may", "may_name_place", "pages_of", "params_for", "policy_from_json", "purposes", "release",
    "release_from_json", "require", "require_export", "require_page", "role_menu", "role_of", "roles",
    "step_into", "visible_points", "visible_records", "visible_resolution",
]  # fmt: skip
