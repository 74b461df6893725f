"""The draft DPIA, ATRS record and appropriate policy document, with the configuration that is in force."""

from __future__ import annotations

from dataclasses import fields
from importlib import resources
from typing import TYPE_CHECKING

from cse_geo.safeguards.matrix import purposes, roles

if TYPE_CHECKING:
    from cse_geo.safeguards.policy import Policy


def instruments_text(policy: Policy) -> str:
    """Return the three drafts with purposes, roles and the thresholds of a policy, as Markdown."""
    drafts = resources.files("cse_geo").joinpath("data/instruments.md").read_text("utf-8")
    return drafts + configuration_text(policy)


def configuration_text(policy: Policy) -> str:
    """Return purposes, roles and thresholds as Markdown: the same configuration, the same text."""
    lines = ["### Purposes", "", "| purpose | needs a reference | roles |", "|---|---|---|"]
    for purpose in purposes().values():
        able = ", ".join(role.title for role in roles().values() if purpose.code in role.purposes)
        lines.append(f"| {purpose.title} | {'yes' if purpose.needs_reference else 'no'} | {able} |")
    lines += [
        "",
        "### Roles",
        "",
        "| role | plane | records | points | finest cell | children behind anything | exports |",
    ]
    lines.append("|---|---|---|---|---|---|---|")
    for role in roles().values():
        cells = str(role.finest) if role.finest >= 0 else "none"
        exports = ", ".join(sorted(role.exports)).replace("_", " ") or "none"
        row = (role.title, role.plane, role.records, role.points, cells, str(role.k or "any"), exports)
        lines.append(f"| {' | '.join(row)} |")
    lines += ["", "### Thresholds (policy " + policy.digest + ")", "", "| threshold | value |", "|---|---|"]
    lines += [f"| {f.name.replace('_', ' ')} | {getattr(policy, f.name):g} |" for f in fields(policy)]
    return "\n".join(lines) + "\n"
