"""The role matrix in words that a person at a page reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cse_geo import safeguards
from cse_geo.views import Role

if TYPE_CHECKING:
    from cse_geo.safeguards import Role as Rule

_CELLS = {
    7: "cells of about 5 km²",
    8: "cells of about 0.7 km²",
    9: "cells of about 0.1 km²",
    10: "cells of about 0.015 km²",
}


def role_in_words(rule: Rule) -> Role:
    """Return what a role may and may not see, in sentences made from the matrix."""
    live = rule.plane == "operational"
    told = [
        (
            live,
            "the live picture, with a purpose and an audit entry",
            "the live picture: frozen releases only",
        ),
        (rule.finest >= 0, _CELLS.get(rule.finest, ""), "cells"),
        (rule.counts == "exact", "counts", "exact counts"),
        (rule.types, "place types", "place types"),
        (_names_places(rule), "named places in or near a hotspot", "named places"),
        (rule.points != "none", "exact points of its own and shared records", "exact points"),
    ]
    sees = [yes for allowed, yes, _ in told if allowed]
    sees_not = [no for allowed, _, no in told if not allowed]
    if rule.k:
        sees_not.append(f"anything that rests on fewer than {rule.k} children")
    return Role(
        code=rule.code,
        label=rule.title,
        may_see=tuple(sees),
        may_not_see=tuple(sees_not),
        sees_counts=rule.counts == "exact",
        sees_types=rule.types,
        sees_places=live and _names_places(rule),
        sees_emerging=live and rule.k == 0,
    )


def roles_in_words() -> tuple[Role, ...]:
    """Return the roles that have a map of cells, for the menu of the demo."""
    rules = safeguards.roles().values()
    return tuple(role_in_words(rule) for rule in rules if "map" in rule.pages and rule.finest >= 0)


def _names_places(rule: Rule) -> bool:
    # Only the vetted analyst and the steward see a place's name without a decision about that place; the
    # register is context for them. Agenda, tasking and licensing lists come with their own pages.
    return rule.premises in {"graded", "own"}
