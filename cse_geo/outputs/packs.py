"""The meeting's papers from the meeting's answer: a pack with one page per place, one place's profile, a summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cse_geo.outputs.documents import Bullets, Document, Facts, Page, Picture, Table, Words
from cse_geo.outputs.documents.drawing import MapParams, Mark, draw_map
from cse_geo.views_meeting import HIDDEN

if TYPE_CHECKING:
    from cse_geo.views_meeting import ActionLine, Item, MeetingView, Share

PACKS = ("meeting", "profile", "board")
BANNER = (
    "Not a referral route. If a child may be in danger now, call the police or children's social care; nothing "
    "here changes local safeguarding procedures."
)
LIMITS = (
    "A map of records is mostly a map of who looked: more reports may mean more looking.",
    "No record is not the same as nothing happening; a quiet place has moved, ended or is unreported.",
    "Places, never people: nothing here says anything of any child, adult or family.",
    "A place on this list is not evidence. A person checks first.",
)
# Half a page wide: fewer pixels make its names as large as the text beside it.
_SMALL = MapParams(width=440, height=310)
_STATUS = {"open": "open", "done": "done", "no_effect_seen": "no effect seen", "dropped": "dropped"}


@dataclass(frozen=True)
class Cover:
    """What a pack says of itself on every page."""

    marking: str = "OFFICIAL-SENSITIVE"
    recipient: str = "the members of the meeting"
    made_on: str = ""
    copy: str = ""


def meeting_pack(view: MeetingView, cover: Cover) -> Document:
    """Return the meeting's pack: agenda, who has not returned, actions due, then one page per place."""
    return _document(
        view,
        cover,
        "Multi-agency meeting pack",
        (_agenda(view), *(_item_page(view, i) for i in view.items), _last(view)),
    )


def profile_pack(view: MeetingView, cover: Cover, *, key: str) -> Document:
    """Return the profile of one place.

    Raises
    ------
    KeyError
        If no place of the view has that label.
    """
    item = next((i for i in view.items if i.key == key), None)
    if item is None:
        raise KeyError(key)
    return _document(view, cover, f"Place profile {item.key}", (_item_page(view, item), _last(view)))


def board_pack(view: MeetingView, cover: Cover) -> Document:
    """Return totals for a board: places by state and area, shared ones, actions and what came of them."""
    return _document(view, cover, "Report to the board", (_board(view), _last(view)))


def picture_of(view: MeetingView, item: Item, *, params: MapParams | None = None) -> str:
    """Return the drawn map of one place among the others."""
    councils = view.areas[(view.areas["layer"] == "local_authority") & view.areas["name"].isin(view.silent)]
    silent = zip(councils["name"], councils.geometry, strict=True)
    marks = [
        *(Mark(shape, "silent", str(name)) for name, shape in silent),
        *(
            Mark(shape, "focus" if key == item.key else "other", key)
            for key, shape in zip(view.outlines["key"], view.outlines.geometry, strict=True)
        ),
    ]
    return draw_map(view.basemap, view.areas, marks, params=params)


def alt_of(item: Item) -> str:
    """Return in words what the drawn map of a place shows."""
    shares = ", ".join(f"{s.name} {share_words(s)}" for s in item.shares if s.layer == "police_force")
    return (
        f"Map of place {item.key} in {item.where}, outlined in black, with force and council lines. {shares}."
    )


def counted(n: float, k: int) -> str:
    """Return a number, or the words for one that is too small for whoever reads it."""
    return f"under {k}" if n == HIDDEN else f"{n:.0f}"


def now_and_before(item: Item, k: int) -> str:
    """Return how many children a place has now and had before, in words."""
    return f"{counted(item.recent, k)} now, {counted(item.earlier, k)} before"


def share_words(share: Share) -> str:
    """Return an area's share of a place, or that it is a small part of it."""
    return "a small part" if share.share_records == HIDDEN else f"{share.share_records:.0%}"


def _document(view: MeetingView, cover: Cover, title: str, pages: tuple[Page, ...]) -> Document:
    return Document(
        title, cover.marking, cover.recipient, cover.made_on, view.window, cover.copy, view.synthetic, pages
    )


def _agenda(view: MeetingView) -> Page:
    counted = {s: sum(i.state == s for i in view.items) for s in ("new", "growing", "quiet")}
    shared = sum(i.is_shared and not i.lead for i in view.items)
    facts = Facts((
        (str(shared), "shared by forces, nobody leads"), (str(counted["new"]), "new"),
        (str(counted["growing"]), "growing"), (str(counted["quiet"]), "quiet: moved, ended or unreported"),
        (str(len(view.items)), "places in all"),
    ))  # fmt: skip
    rows = tuple(
        (str(n), f"{i.key}  {i.headline}", i.state, now_and_before(i, view.k), _owner(i))
        for n, i in enumerate(view.items, start=1)
    )
    table = Table(
        "Agenda, in the order to take it",
        ("", "Place", "Change", "Children", "Who leads"),
        rows,
        (1, 8, 3, 4, 4),
    )
    beside = (
        Bullets("Who has not returned", view.not_returned or ("Everyone who was asked has returned.",)),
        Bullets("Nobody knows anything about", view.silent),
        Bullets("New single reports outside these places", view.emerging),
    )
    notes = tuple(f"{w.reason}: {w.count}" for w in view.withheld)
    return Page(
        "Agenda",
        (
            Words(f"{view.window}, against {view.before} and before. {view.since}"),
            Words(BANNER, "warning"),
            facts,
            table,
        ),
        after=(
            *beside,
            _due(view.due),
            Bullets("Left out of this paper", notes),
            Words(view.ledger.words, "small"),
        ),
    )


def _owner(item: Item) -> str:
    if item.lead:
        return item.lead
    return (
        "NOBODY YET"
        if item.is_shared
        else next((a.owner for a in item.actions if a.status == "open"), "no open action")
    )


def _due(lines: tuple[ActionLine, ...]) -> Table | Bullets:
    if not lines:
        return Bullets("Actions", ("No action is open.",))
    rows = tuple(
        (
            str(a.number),
            a.place,
            f"{a.action} {a.tactic}",
            a.owner,
            a.due + (" LATE" if a.is_late else ""),
            a.safeguarding or "none needed",
        )
        for a in lines
    )
    return Table(
        "Actions due", ("", "Place", "Action", "Owner", "Due", "Safeguarding first"), rows, (1, 4, 6, 4, 3, 6)
    )


def source_flag(item: Item) -> str:
    """Return the flag of a place that one agency made, in words; empty where others would have shown it too."""
    if item.rests_on:
        return f"Rests on {item.rests_on} alone"
    return "One agency only" if item.n_agencies == 1 else ""


def _item_page(view: MeetingView, item: Item) -> Page:
    flags = (
        [f"Shared by {sum(s.layer == 'police_force' for s in item.shares)} forces"] if item.is_shared else []
    )
    flags += ["Within 1 km of a force boundary"] if item.is_near_line and not item.is_shared else []
    flags += [source_flag(item)] if source_flag(item) else []
    lead = f"Leads: {item.lead}" if item.lead else "Nobody leads yet"
    shares = tuple(f"{s.name}: {share_words(s)}" for s in item.shares)
    left = (
        Picture(picture_of(view, item, params=_SMALL), alt_of(item), 62),
        Bullets("Whose area, by share of its records", shares),
        Bullets("Reported by", item.sources),
        Bullets("Public places in or within 300 m", item.context),
    )
    right = (
        Bullets("What happened there", item.roles),
        Bullets("Kinds of place", item.types),
        Bullets("Forms", item.forms),
        Bullets("When", (item.times,)),
        Bullets("Links to other places", item.links),
        Bullets("Questions to ask", item.questions),
    )
    return Page(
        f"{item.key}  {item.headline}",
        (
            Words(f"{item.state.upper()}. {item.change}", "strong"),
            Words(" \u00b7 ".join((*flags, lead))),
            _facts(item, view.k),
        ),
        left,
        right,
        (_decided(item), _could(item), Words(item.why, "small")),
    )


def _facts(item: Item, k: int) -> Facts:
    return Facts((
        (counted(item.recent, k), "children now"), (counted(item.earlier, k), "in as long before"),
        (str(item.n_records), "records in all"), (str(item.n_children), "children with a key"),
        (str(item.n_agencies), "agencies"),
    ))  # fmt: skip


def _decided(item: Item) -> Table | Bullets:
    if not item.actions:
        return Bullets("Decided", ("Nothing has been decided about this place.",))
    rows = tuple(
        (
            f"{a.action} {a.tactic}",
            a.owner,
            a.due,
            a.review,
            a.safeguarding or "none needed",
            _STATUS[a.status] + (f": {a.outcome}" if a.outcome else ""),
        )
        for a in item.actions
    )
    return Table(
        "Decided",
        ("Action", "Owner", "Due", "Review", "Safeguarding first", "What came of it"),
        rows,
        (6, 4, 3, 3, 5, 5),
    )


def _could(item: Item) -> Bullets:
    return Bullets(
        "What the playbook offers for such places (to talk about; a person decides)",
        tuple(f"{code} {tactic}" for code, tactic in item.suggestions[:5]),
    )


def _board(view: MeetingView) -> Page:
    states = ("new", "growing", "steady", "fading", "quiet", "too few to say")
    counts = tuple((s, str(sum(i.state == s for i in view.items))) for s in states)
    outcomes = tuple(
        (_STATUS[s], str(sum(a.status == s for i in view.items for a in i.actions))) for s in _STATUS
    )
    return Page(
        "Places of concern and what was done",
        (
            Words(f"{view.window}. {view.since}"),
            Facts((
                (str(len(view.items)), "places of concern"),
                (str(sum(i.is_shared for i in view.items)), "shared by two or more forces"),
                (str(sum(i.is_shared and not i.lead for i in view.items)), "of these without a lead"),
            )),
            Table("Places by how they change", ("Change", "Places"), counts, (4, 1)),
            Table("Actions", ("State", "Actions"), outcomes, (4, 1)),
            Bullets("Who has not returned", view.not_returned),
            Words(view.ledger.words, "small"),
        ),
    )  # fmt: skip


def _last(view: MeetingView) -> Page:
    lines = [*(a for i in view.items for a in i.actions), *view.due]
    laws = {a.action: a.law for a in lines}
    said = tuple(f"{code}: {laws[code]}" for code in sorted(laws, key=lambda c: int(c[1:])))
    cells = f"Cells of resolution {view.query.resolution}. {view.ledger.words}"
    limits = Bullets("What this paper cannot say", LIMITS)
    return Page(
        "Limits, and the law behind the actions", (limits, Bullets("Law", said), Words(cells, "small"))
    )
