"""The officer's part: heads kept elsewhere, and patterns in the log that somebody should ask about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from cse_geo import pipeline, safeguards, store
from cse_geo.errors import NotPermittedError, StoreError, UsageError
from cse_geo.safeguards import audit, misuse
from cse_geo.safeguards.misuse import MisuseParams
from cse_geo.views import Session
from tests.store_frames import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OFFICER = safeguards.Session("jo", "oversight", "oversight", "police1")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[store.Store]:
    with store.init_store(tmp_path / "s", key=KEY) as made:
        yield made


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "second_party.secret"
    file.write_text("s" * 40)
    return file


def log(
    opened: store.Store, *acts: tuple[str, str, datetime], user: str = "ana", reference: str = "PP-7"
) -> None:
    session = safeguards.Session(user, "analyst", "problem_profile", "police1", reference)
    for action, what, at in acts:
        audit.record(store.audit_log(opened), session, audit.Event(action, what), now=at)


def test_heads_agree_with_an_untouched_log_and_find_a_cut_one(
    opened: store.Store, secret: Path, tmp_path: Path
) -> None:
    heads = tmp_path / "heads.txt"
    lines = []
    for hour in range(3):
        log(opened, ("consultation", "map_view", NOON + timedelta(hours=hour)))
        lines.append(pipeline.head_line(opened, session=OFFICER, secret_file=secret))
    heads.write_text("\n".join(lines) + "\n")
    assert (
        "agree with 3 heads"
        in pipeline.verify_with_heads(opened, session=OFFICER, heads=heads, secret_file=secret)[0]
    )
    forged = lines[-1].replace('"seq": 6', '"seq": 600')
    assert forged != lines[-1]
    heads.write_text(forged)
    with pytest.raises(StoreError, match="broken seal"):
        pipeline.verify_with_heads(opened, session=OFFICER, heads=heads, secret_file=secret)
    later = audit.Head(99, "0" * 64, "t", audit._seal(99, "0" * 64, "t", b"s" * 40))
    heads.write_text(audit.head_to_text(later))
    with pytest.raises(StoreError, match="ends before entry 99"):
        pipeline.verify_with_heads(opened, session=OFFICER, heads=heads, secret_file=secret)


def test_a_short_secret_and_a_line_that_is_no_head_are_refused(
    opened: store.Store, secret: Path, tmp_path: Path
) -> None:
    heads, short = tmp_path / "heads.txt", tmp_path / "short"
    heads.write_text("nonsense")
    short.write_text("s" * 31)
    with pytest.raises(UsageError, match="at least 32"):
        pipeline.head_line(opened, session=OFFICER, secret_file=short)
    with pytest.raises(UsageError, match="not a sealed head"):
        pipeline.verify_with_heads(opened, session=OFFICER, heads=heads, secret_file=secret)


def _patterns(opened: store.Store, **params: int) -> dict[str, str]:
    found = misuse.patterns(store.audit_log(opened).read(), params=MisuseParams(**params))
    return dict(zip(found["pattern"], found["words"], strict=True))


def test_quiet_use_shows_no_pattern(opened: store.Store) -> None:
    assert misuse.patterns(store.audit_log(opened).read()).empty
    log(opened, *[("consultation", "map_view:0a", NOON + timedelta(days=d)) for d in range(20)])
    assert _patterns(opened) == {}


@pytest.mark.parametrize(
    ("acts", "params", "pattern"),
    [
        ([("consultation", "map_view", NOON)] * 5, {"views_a_day": 5}, "many views"),
        ([("consultation", f"map_view:{n:02x}", NOON) for n in range(5)], {"queries_a_day": 5}, "many different queries"),
        ([("consultation", "map_view", NOON.replace(hour=h)) for h in (5, 22, 23)], {}, "at night"),
        ([("consultation", "sign_in_refused", NOON)] * 5, {}, "refused sign-ins"),
        ([("consultation", "map_view", NOON), ("consultation", "map_view", NOON + timedelta(days=90))], {}, "purpose never closed"),
        ([("consultation", "map_view", NOON), ("consultation", "map_view", NOON - timedelta(minutes=5))], {}, "clock set back"),
    ],
)  # fmt: skip
def test_each_pattern_is_shown_from_its_threshold_on(
    opened: store.Store, acts: list[tuple[str, str, datetime]], params: dict[str, int], pattern: str
) -> None:
    log(opened, *acts[:-1])
    assert _patterns(opened, **params) == {}
    log(opened, acts[-1])
    assert list(_patterns(opened, **params)) == [pattern]


def test_a_clock_that_is_a_little_late_is_not_shown(opened: store.Store) -> None:
    log(opened, ("consultation", "a", NOON), ("consultation", "b", NOON - timedelta(minutes=4, seconds=59)))
    assert _patterns(opened) == {}


def test_an_export_without_a_reference_and_several_roles_are_shown(opened: store.Store) -> None:
    session = safeguards.Session("ana", "oversight", "oversight", "police1")
    audit.record(store.audit_log(opened), session, audit.Event("disclosure", "log"), now=NOON)
    assert list(_patterns(opened)) == ["export without a reference"]
    log(opened, ("consultation", "map_view", NOON))
    assert set(_patterns(opened)) == {"export without a reference", "several roles"}


@pytest.mark.parametrize("wrong", [{"views_a_day": 0}, {"night_from": 24}])
def test_thresholds_check_themselves(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        MisuseParams(**wrong)


def test_only_oversight_reads_the_log(tmp_path: Path) -> None:
    with store.init_store(tmp_path / "d", key=KEY, synthetic=True) as made:
        shown, found, report = pipeline.audit_view(made, Session(role="oversight", demo=True))
        assert (shown["what"].tolist(), len(found), report.is_whole) == (["audit_view:"[:-1]], 0, True)
        for role in ("analyst", "steward", "administrator", "board"):
            with pytest.raises(NotPermittedError):
                pipeline.audit_view(made, Session(role=role, demo=True))
            with pytest.raises(NotPermittedError):
                pipeline.misuse_patterns(made, session=safeguards.step_into(role, synthetic=True))
