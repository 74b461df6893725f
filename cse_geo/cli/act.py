"""Commands of what was decided and done: actions and what came of them, corrections, places not for tasking."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from cse_geo import pipeline
from cse_geo.cli.find import Day
from cse_geo.cli.settings import Settings, store_option
from cse_geo.pipeline import actions as kept
from cse_geo.pipeline import corrections, effects, meetings_held, tasking, tracker
from cse_geo.views_meeting import MeetingHeld, Outcome
from cse_geo.views_plans import AsideRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from cse_geo.safeguards import Session
    from cse_geo.store import Store
    from cse_geo.views_meeting import ActionLine

_STATUSES = ("open", "done", "no_effect_seen", "dropped")


@click.group()
def act() -> None:
    """Read what was decided, say what came of it, correct, put a meeting on record, take ground out of tasking."""


def _open(settings: Settings, store: str | None) -> AbstractContextManager[tuple[Store, Session]]:
    return pipeline.open_for(settings.store_path(store), settings.environ, role="analyst")


@act.command("list")
@store_option
@click.pass_obj
def list_actions(settings: Settings, store: str | None) -> None:
    """List actions, late ones first, with owner, days and what came of them."""
    with _open(settings, store) as (opened, session):
        view = tracker.tracker_for(opened, session)
    for line in _told(view.lines):
        click.echo(line)
    click.echo(f"{len(view.lines)} actions of {view.whose}.", err=True)


@act.command()
@click.argument("number", type=click.IntRange(1))
@click.option("--status", type=click.Choice(_STATUSES), required=True, help="What came of it.")
@click.option("--words", default="", help="In a few words: places and steps, nobody's details.")
@click.option("--on", type=Day(), metavar="D", help="The day it was seen; else today.")
@store_option
@click.pass_obj
def outcome(
    settings: Settings, number: int, status: str, words: str, on: date | None, store: str | None
) -> None:
    """Keep what came of an action; "no effect seen" is a result like any other."""
    with _open(settings, store) as (opened, session):
        kept.outcome_for(opened, session, Outcome(number, status, words, on or _today()))
    click.echo(f"What came of action {number} is kept.", err=True)


@act.command()
@click.argument("number", type=click.IntRange(1))
@store_option
@click.pass_obj
def effect(settings: Settings, number: int, store: str | None) -> None:
    """Compare reports before and after an action: at the place, next door, and at places like it."""
    with _open(settings, store) as (opened, session):
        found = effects.effect_for(opened, session, number)
    for where, before, after in found.counts:
        click.echo(f"{where}: {before} before, {after} after, {found.days} days each")
    for words in found.words:
        click.echo(words)


@act.command()
@click.option("--held-on", type=Day(), required=True, metavar="D", help="The day of the meeting.")
@click.option("--title", default="Meeting", show_default=True, help="Which meeting.")
@click.option("--from", "first", type=Day(), required=True, metavar="D", help="First day it looked at.")
@click.option("--to", "last", type=Day(), required=True, metavar="D", help="Last day it looked at.")
@click.option("--attended", multiple=True, required=True, metavar="WHO", help="An agency or a post; repeat.")
@click.option("--apology", multiple=True, metavar="WHO", help="An agency or a post; repeat.")
@click.option("--seen", multiple=True, metavar="PLACE", help="A place it looked at; repeat.")
@store_option
@click.pass_obj
def meeting(settings: Settings, /, **given: object) -> None:
    """Put a meeting on record: by posts and agencies, never by names; decisions of its day are added."""
    held_on, first, last = (
        day for day in (given["held_on"], given["first"], given["last"]) if isinstance(day, date)
    )
    attended, apology, seen = (
        tuple(map(str, _list(given[name]))) for name in ("attended", "apology", "seen")
    )
    held = MeetingHeld(held_on, str(given["title"]), (first, last), attended, apology, seen)
    store = given.get("store")
    with _open(settings, str(store) if store else None) as (opened, session):
        number = meetings_held.meeting_held_for(opened, session, held)
    click.echo(f"Meeting {number} is on record.", err=True)


@act.command()
@click.option("--place", required=True, metavar="ID", help="Id of the business, as on its sheet.")
@click.option("--kind", type=click.Choice(tuple(corrections.WORDS)), required=True, help="What was wrong.")
@click.option("--words", required=True, help="In a few words; nobody's name.")
@store_option
@click.pass_obj
def correct(settings: Settings, place: str, kind: str, words: str, store: str | None) -> None:
    """Correct what was said of a business, and list every copy whose reader must be told."""
    with _open(settings, store) as (opened, session):
        told = corrections.correct_for(opened, session, place_id=place, kind=kind, words=words)
    for line in told:
        click.echo(f"{line.correction}\t{line.copy}\t{line.what}\t{line.recipient}\t{line.made_at}")
    click.echo(f"Kept. {len(told)} copies name it; tell whoever holds one.", err=True)


@act.command()
@click.argument("correction", type=click.IntRange(1))
@click.argument("copy")
@store_option
@click.pass_obj
def told(settings: Settings, correction: int, copy: str, store: str | None) -> None:
    """Keep that whoever holds COPY was told of CORRECTION."""
    with _open(settings, store) as (opened, session):
        corrections.tell_for(opened, session, correction=correction, copy=copy)
    click.echo("Kept.", err=True)


@act.command()
@click.option("--at", "where", metavar="WHERE", help="LAT,LON or a grid reference: take this ground out.")
@click.option("--radius-m", default=300, show_default=True, type=int, help="Metres round it.")
@click.option("--until", type=Day(), metavar="D", help="Last day; at most 90 days off.")
@click.option("--put-back", type=click.IntRange(1), metavar="N", help="Put the ground of your entry N back.")
@store_option
@click.pass_obj
def aside(
    settings: Settings,
    where: str | None,
    radius_m: int,
    until: date | None,
    put_back: int | None,
    store: str | None,
) -> None:
    """Take ground out of every plan until a day, or list and put back your own. Why is not asked and not kept."""
    today = _today()
    with _open(settings, store) as (opened, session):
        if put_back:
            tasking.end_aside_for(opened, session, put_back, on=today)
        elif where:
            if until is None:
                message = "give the last day with --until."
                raise click.UsageError(message)
            tasking.aside_for(opened, session, AsideRequest(where, radius_m, today, until))
        for line in tasking.asides_for(opened, session, on=today):
            click.echo(f"{line.number}\tround {line.where}\tuntil {line.until}")


def _told(lines: tuple[ActionLine, ...]) -> Iterator[str]:
    for line in lines:
        late = " LATE" if line.is_late else ""
        parts = (str(line.number), f"{line.action} {line.tactic}", line.place, line.owner, f"due {line.due}{late}",
                 f"review {line.review}", line.status, line.outcome)  # fmt: skip
        yield "\t".join(parts)


def _list(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else ()


def _today() -> date:
    return datetime.now(UTC).date()


COMMANDS = (act,)
