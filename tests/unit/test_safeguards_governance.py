"""The drafts say what the configuration says, and name proofs that exist."""

from __future__ import annotations

import re

from cse_geo.safeguards import Policy, purposes, roles
from cse_geo.safeguards.governance import configuration_text, instruments_text
from tests.conftest import ROOT

DRAFT = (ROOT / "docs" / "dpia.md").read_text("utf-8")


def test_the_draft_in_the_docs_is_what_the_program_writes() -> None:
    assert instruments_text(Policy()) == DRAFT
    assert DRAFT.endswith(configuration_text(Policy()))
    for title in (
        "Data protection impact assessment",
        "Algorithmic transparency record",
        "Appropriate policy document",
    ):
        assert f"## {title}" in DRAFT


def test_every_role_purpose_and_threshold_stands_there() -> None:
    text = configuration_text(Policy(k=7, k_wide=11, k_type=11))
    assert [r.title for r in roles().values() if f"| {r.title} |" not in text] == []
    assert [p.title for p in purposes().values() if f"| {p.title} |" not in text] == []
    assert "| k | 7 |" in text


def test_every_proof_it_names_exists() -> None:
    named = re.findall(r"`((?:tests|docs)/[\w/.]+)`", DRAFT)
    assert len(named) >= 8
    assert [name for name in named if not (ROOT / name).exists()] == []
