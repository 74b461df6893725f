"""What the plan pages share: their controls, the call for a plan, the route as drawn and as a list, its files."""

from __future__ import annotations

from datetime import date, time, timedelta
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from cse_geo.errors import CseGeoError, NotPermittedError
from cse_geo.outputs.maps.html import Html, el, joined
from cse_geo.outputs.plan_files import route_picture
from cse_geo.pages.parts import door, look, source
from cse_geo.pipeline import plans_papers
from cse_geo.pipeline.gate import session_of
from cse_geo.views_plans import PlanQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from streamlit.delta_generator import DeltaGenerator

    from cse_geo.views import Role, Session
    from cse_geo.views_plans import Line, PlanView, UnitPlan

STYLES = Path(str(resources.files("cse_geo").joinpath("data/plan.css")))
_KEPT = "plan_kept"
_FILES = {
    "PDF sheet": ".pdf",
    "GPX for a phone": ".gpx",
    "Calendar": ".ics",
    "Workbook": ".xlsx",
    "Web page": ".html",
}


def view_for(
    session: Session,
    query: PlanQuery,
    planner: Callable[..., PlanView],
    *,
    head: tuple[DeltaGenerator, str] | None = None,
) -> PlanView:
    """Return the plan, kept for this session until something else is asked; stop the page where there is none.

    `head` is where the band and the title of the page go, and its title, for a page that has drawn neither yet.
    """
    kept: dict[Any, PlanView] = st.session_state.setdefault(_KEPT, {})
    key = (session, query, planner.__name__)
    if key not in kept:
        try:
            with st.spinner("Looking for the best round ..."):
                made = planner(_store(), session, query)
        except NotPermittedError:
            raise
        except CseGeoError as error:
            if head is not None:
                with head[0]:
                    look.title(head[1], synthetic=session.demo)
            stopped_by(error, ())
        kept.clear()
        kept[key] = made
    return kept[key]


def last_query(kind: str) -> PlanQuery | None:
    """Return what this session asked last of a kind of plan, or None."""
    kept: dict[Any, PlanView] = st.session_state.get(_KEPT, {})
    return next((view.query for view in kept.values() if view.kind == kind), None)


def stopped_by(error: CseGeoError, roles: tuple[Role, ...]) -> None:
    """Say why there is no plan, beside the controls that can mend it, and stop the page."""
    st.session_state.setdefault("roles", roles)
    st.error(str(error))
    door.role_menu_again()
    st.stop()


def shift_controls(key: str, *, first: PlanQuery) -> PlanQuery:
    """Draw day, times, base and the choice of another order; return what they say."""
    towns = st.session_state.get(f"{key}_towns", ("",))
    day, start, end, base, seed = st.columns([1.1, 0.8, 0.8, 1.4, 0.9], vertical_alignment="bottom")
    on = day.date_input("Day", value=first.on, format="DD/MM/YYYY", key=f"{key}_day")
    begins = start.time_input("From", value=time(18), step=timedelta(minutes=30), key=f"{key}_from")
    ends = end.time_input("To", value=time(23), step=timedelta(minutes=30), key=f"{key}_to")
    town = base.selectbox(
        "Base", towns, format_func=lambda t: t or "Largest town", key=f"{key}_base", accept_new_options=True,
        help="A town, or type a grid reference or LAT,LON: where you really start.",
    )  # fmt: skip
    number = seed.number_input("Variant", min_value=1, max_value=99, value=1, key=f"{key}_seed")
    return PlanQuery(
        on=on if isinstance(on, date) else first.on, start=f"{begins:%H:%M}" if begins else "18:00",
        end=f"{ends:%H:%M}" if ends else "23:00", base=town or "", seed=int(number),
    )  # fmt: skip


def draw_units(view: PlanView) -> None:
    """Draw the units of a plan, two side by side: the map of a unit above its stops; one alone has them beside it."""
    if len(view.units) < 2:
        for unit in view.units:
            draw_unit(view, unit)
        return
    for first in range(0, len(view.units), 2):
        for column, unit in zip(st.columns(2), view.units[first : first + 2], strict=False):
            _draw_map(column, view, unit)
            column.html(unit_html(unit))


def draw_unit(view: PlanView, unit: UnitPlan, *, list_first: bool = False) -> None:
    """Draw one unit: its stops in order and its way on a map of our own; on a phone what comes first stands above."""
    one, two = st.columns([1, 1.1] if list_first else [1.1, 1])
    words, drawn = (one, two) if list_first else (two, one)
    _draw_map(drawn, view, unit)
    words.html(unit_html(unit))


def _draw_map(where: DeltaGenerator, view: PlanView, unit: UnitPlan) -> None:
    if unit.lines:
        words = f"Map of the way of {unit.unit}, {len(unit.lines)} stops"
        where.image(route_picture(view, unit), width="stretch", alt=words)


def unit_html(unit: UnitPlan) -> Html:
    """Return the stops of a unit as an ordered list in large type, with its check-ins."""
    head = el("p", f"From {unit.base} {unit.leaves:%H:%M}, back by {unit.returns:%H:%M}.")
    ticks = ", ".join(f"{at:%H:%M}" for at in unit.check_ins)
    check = el("p", f"Check in: {ticks}.", cls="cse-check") if ticks else joined()
    stops = el("ol", *(_stop(line, light=unit.tells_light) for line in unit.lines), cls="cse-stops")
    if unit.tells_light:
        check = joined(el("p", f"Way back: {unit.light_home}.", cls="cse-check"), check)
    if not unit.lines:
        stops = el("p", "No stop: it stays at its base. Why is said below.")
    return el("section", el("h2", unit.unit, cls="cse-h2"), head, stops, check, cls="cse-route")


def notes_html(view: PlanView) -> Html:
    """Return what must be read beside a plan: how good, against what, what was assumed, what is out of reach."""
    against = [el("li", f"Against \u201c{name}\u201d: {words}.") for name, words in view.baselines]
    rest = [el("li", words) for words in (*view.words, *view.unreached)]
    return el("ul", *against, *rest, cls="cse-notes")


def draw_choices(kind: str, choices: Mapping[str, Callable[[], None]]) -> None:
    """Draw what can be done on a page, one thing at a time: the one that was asked for, the files first."""
    asked = st.segmented_control(
        "What next", list(choices), default=next(iter(choices)), required=True, key=f"{kind}_below"
    )
    choices[asked or next(iter(choices))]()


def draw_files(view: PlanView, session: Session) -> None:
    """Draw the button that makes a numbered file of the plan."""
    kind, who, make = st.columns([1, 2, 1], vertical_alignment="bottom")
    chosen = kind.selectbox("File", list(_FILES), key=f"{view.kind}_file")
    reader = who.text_input("Whose copy", value="the shift", key=f"{view.kind}_for", max_chars=120)
    asked = (chosen, reader, view.query)
    if make.button("Make it", key=f"{view.kind}_make", width="stretch"):
        made = _made(view, session, plans_papers.PlanPaper(_FILES[chosen], reader))
        st.session_state[f"{view.kind}_made"] = (asked, made)
    # A file that was made of another plan must not be saved as this one.
    asked_before, made = st.session_state.get(f"{view.kind}_made", (None, None))
    if asked_before != asked:
        return
    if isinstance(made, str):
        st.error(made)
    elif made is not None:
        st.download_button(
            f"Save {made.name}", made.content, file_name=made.name, key=f"{view.kind}_save", type="primary"
        )
        st.caption(f"{made.words.partition('.')[0]}. It is on the list of copies.")


def remember_towns(view: PlanView) -> None:
    """Keep the towns a base may be in for the next run of the page; draw it again the first time."""
    key = f"{view.kind}_towns"
    if key not in st.session_state:
        st.session_state[key] = ("", *view.towns)
        st.rerun()


def _made(view: PlanView, session: Session, paper: plans_papers.PlanPaper) -> Any:  # noqa: ANN401
    opened = _store()
    try:
        return plans_papers.plan_paper(opened, session_of(opened, session), view, paper)
    except CseGeoError as error:
        return str(error)


def _stop(line: Line, *, light: bool) -> Html:
    name = f"Break, {line.name}" if line.is_break else f"{line.number}. {line.name}"
    words = [el("b", f"{line.arrive:%H:%M}"), " ", name, el("span", f" {line.minutes} min")]
    words += [el("span", f" \u00b7 {line.grid}")] if line.grid else []
    costs = f"Dropping it costs {line.cost}." if line.reason and line.cost else ""
    who = f"Who may go: {line.who}." if line.who else ""
    way = (
        f"{line.travel_minutes} min on the way{f', {line.light}' if light else ''}."
        if line.travel_minutes
        else ""
    )
    words += [el("span", f" \u00b7 {line.hours}")] if line.hours else []
    more = " ".join(part for part in (way, line.reason, costs, who) if part)
    return el("li", *words, el("p", more) if more else joined())


def _store() -> Any:  # noqa: ANN401 (the pipeline's own handle)
    return source._store()  # noqa: SLF001 (one door for every page)
