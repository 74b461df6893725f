"""Commands that decide places which wait for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pandas as pd

from cse_geo import pipeline
from cse_geo.cli.report import print_frame
from cse_geo.cli.settings import Settings, store_option
from cse_geo.views_review import ReviewRequest

if TYPE_CHECKING:
    from cse_geo.views_review import ReviewView

_SHOWN = ("cluster", "kind", "label", "n_records", "n_children", "near_m", "effect", "state")
_ALIAS_SHOWN = ["number", "alias", "agency", "proposed_by", "approved_by", "valid_to", "withdrawn_at"]


@click.group()
def review() -> None:
    """Decide places that wait for a person: identical words and default locations, one cluster at a time."""


@review.command(name="list")
@click.option("--most", type=click.IntRange(1, 1000), default=20, show_default=True, help="Clusters to show.")
@click.option("--decided", is_flag=True, help="Show the decisions so far instead, newest first.")
@click.option("--aliases", is_flag=True, help="Show the aliases instead.")
@store_option
@click.pass_obj
def review_list(settings: Settings, most: int, *, decided: bool, aliases: bool, store: str | None) -> None:
    """List the clusters with the largest effect on the map, and what each could be."""
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        view = pipeline.review_queue(opened, session=session, most=most)
    if decided:
        names = ["number", "cluster", "action", "choice", "n_records", "level", "decided_by", "decided_at"]
        print_frame(view.reviews[names].head(most), title="Decisions, newest first")
    elif aliases:
        print_frame(view.aliases[_ALIAS_SHOWN], title="Aliases")
    else:
        print_frame(_table(view), title="Clusters that wait, the largest effect on the map first")
        print_frame(_candidates(view), title="What their words could mean")
    click.echo(
        f"{view.n_waiting:,} records wait, {view.n_decided:,} are decided; {view.agreement}.", err=True
    )


@review.command(name="accept")
@click.argument("cluster")
@click.option("--choice", type=click.IntRange(1, 3), default=1, show_default=True, help="Which candidate.")
@click.option("--why", default="", metavar="WORDS", help="Reason, for the record.")
@click.option(
    "--alias", default="", metavar="WORDS", help="Propose these words as the agency's name for the place."
)
@store_option
@click.pass_obj
def review_accept(
    settings: Settings, cluster: str, *, choice: int, why: str, alias: str, store: str | None
) -> None:
    """Accept a candidate for a cluster of words, or that a stack is a default location."""
    _decide(settings, ReviewRequest(cluster, "accept", choice, why, alias), store)


@review.command(name="reject")
@click.argument("cluster")
@click.option("--why", default="", metavar="WORDS", help="Reason, for the record.")
@store_option
@click.pass_obj
def review_reject(settings: Settings, cluster: str, *, why: str, store: str | None) -> None:
    """Say that no candidate fits, or that a stack is a real place: its records go back on the map."""
    _decide(settings, ReviewRequest(cluster, "reject", why=why), store)


@review.command(name="keep-area")
@click.argument("cluster")
@click.option("--why", default="", metavar="WORDS", help="Reason, for the record.")
@store_option
@click.pass_obj
def review_keep_area(settings: Settings, cluster: str, *, why: str, store: str | None) -> None:
    """Keep a cluster at the smallest area that holds all it could mean."""
    _decide(settings, ReviewRequest(cluster, "keep_area", why=why), store)


@review.command(name="opinion")
@click.option(
    "--most", type=click.IntRange(1, 1000), default=60, show_default=True, help="Clusters to ask about."
)
@store_option
@click.pass_obj
def review_opinion(settings: Settings, most: int, *, store: str | None) -> None:
    """Ask a second matcher (uk_address_matcher, where installed) about the words that wait; it decides nothing."""
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        found = pipeline.second_opinions(opened, session=session, most=most)
    print_frame(found, title="A second opinion: a hint for the person who decides, never a decision")
    agreed = int((found["agrees_with"] > 0).sum())
    click.echo(f"{len(found):,} opinions, {agreed:,} at a candidate of the queue.", err=True)


@review.command(name="undo")
@click.argument("number", type=int)
@store_option
@click.pass_obj
def review_undo(settings: Settings, number: int, *, store: str | None) -> None:
    """Take a decision back by its number; both stay on record."""
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        made = pipeline.undo_decision(opened, session=session, number=number)
    click.echo(f"Decision {number} is undone (number {made}).", err=True)


@review.command(name="agree")
@click.argument("number", type=int)
@store_option
@click.pass_obj
def review_agree(settings: Settings, number: int, *, store: str | None) -> None:
    """Put a proposed alias in force, as the second person."""
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        pipeline.approve_alias(opened, session=session, number=number)
    click.echo(f"Alias {number} is in force.", err=True)


@review.command(name="withdraw")
@click.argument("number", type=int)
@store_option
@click.pass_obj
def review_withdraw(settings: Settings, number: int, *, store: str | None) -> None:
    """Take an alias out of force."""
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        pipeline.withdraw_alias(opened, session=session, number=number)
    click.echo(f"Alias {number} is withdrawn.", err=True)


def _decide(settings: Settings, request: ReviewRequest, store: str | None) -> None:
    with pipeline.open_for(settings.store_path(store), settings.environ) as (opened, session):
        number = pipeline.save_decision(opened, session=session, request=request)
    click.echo(f"Decision {number} is kept; it is in force on the next view.", err=True)


def _table(view: ReviewView) -> pd.DataFrame:
    rows = view.clusters[list(_SHOWN)]
    return rows.assign(near_m=rows["near_m"].map("{:.0f}".format), effect=rows["effect"].map("{:.1f}".format))


def _candidates(view: ReviewView) -> pd.DataFrame:
    rows = [
        (cluster, str(n), spot.level, f"{spot.r95_m:.0f}", spot.why)
        for cluster in view.clusters["cluster"]
        for n, spot in enumerate(view.candidates.get(cluster, ()), start=1)
    ]
    rows += [
        (cluster, "area", area.level, f"{area.r95_m:.0f}", area.name) for cluster, area in view.areas.items()
    ]
    order = {cluster: n for n, cluster in enumerate(view.clusters["cluster"])}
    rows.sort(key=lambda row: order[row[0]])
    return pd.DataFrame(rows, columns=["cluster", "choice", "level", "r95 m", "why"])


COMMANDS = (review,)
