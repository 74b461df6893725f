"""The review queue: what waits, in the order of what it would change on the map; decisions, undoing, aliases."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import geocode, safeguards, schema, store
from cse_geo.errors import UsageError
from cse_geo.pipeline.aliases import today
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.review_kept import Queue, queue_of
from cse_geo.pipeline.reviewed import Waiting, by_aliases
from cse_geo.pipeline.roles import role_in_words, roles_in_words
from cse_geo.views_review import ALIASES, CLUSTERS, REVIEWS, AreaChoice, ReviewRequest, ReviewView

if TYPE_CHECKING:
    from cse_geo import views
    from cse_geo.safeguards import Session

# One decision in twenty is asked of a second person; which ones is drawn from the cluster's name and this seed.
SAMPLE_SHARE = 0.05
SAMPLE_SEED = 20260
_deciding = threading.Lock()


def review_view(opened: store.Store, visitor: views.Session, *, most: int = 60) -> ReviewView:
    """Return the queue for the review page: the `most` clusters with the largest effect on the map."""
    return review_queue(opened, session=session_of(opened, visitor), most=most)


def review_queue(opened: store.Store, *, session: Session, most: int = 60) -> ReviewView:
    """Return the queue as a session may see it.

    Raises
    ------
    NotPermittedError
        If the role does not review places.
    """
    safeguards.require(session, "review")
    queue = queue_of(opened, session)
    reviews = store.load_reviews(opened)
    standing = geocode.standings(reviews)
    state = [_state(standing.get(cluster), session) for cluster in queue.frame["cluster"]]
    named = _named(opened, queue.waiting)
    frame = queue.frame.assign(state=state)
    is_open = (frame["state"] != "decided") & ~frame["cluster"].isin(named)
    shown = schema.conform(frame[is_open].head(most).reset_index(drop=True), CLUSTERS)
    agreed, asked = geocode.agreement(standing)
    view = ReviewView(
        clusters=shown,
        candidates={c: queue.candidates_of(opened, c) for c in shown["cluster"]},
        areas=queue.areas_of(opened, shown["cluster"].tolist()),
        reviews=reviews.iloc[::-1].reset_index(drop=True),
        aliases=store.load_aliases(opened),
        n_waiting=int(frame.loc[is_open, "n_records"].sum()),
        n_decided=int(frame.loc[~is_open, "n_records"].sum()),
        agreement=f"{agreed} of {asked} second decisions agreed" if asked else "no second decision yet",
        role=role_in_words(session.rule),
        roles=roles_in_words() if opened.is_synthetic else (),
        synthetic=opened.is_synthetic,
    )
    enter(opened, session, Act("review", "consultation", "review_queue", len(shown)))
    return view


def decide(opened: store.Store, visitor: views.Session, request: ReviewRequest) -> int:
    """Keep the decision of somebody at the page; return its number."""
    return save_decision(opened, session=session_of(opened, visitor), request=request)


def save_decision(opened: store.Store, *, session: Session, request: ReviewRequest) -> int:
    """Keep one decision about a cluster; it is in force on the next view. Return its number.

    Raises
    ------
    UsageError
        If the cluster does not wait, has no such candidate or area, or somebody else decided it meanwhile.
    NotPermittedError
        If the role does not review places.
    """
    with _deciding:  # two people at the page are two threads here
        return _save_decision(opened, session, request)


def _save_decision(opened: store.Store, session: Session, request: ReviewRequest) -> int:
    safeguards.require(session, "review")
    queue = queue_of(opened, session)
    rows = queue.frame[queue.frame["cluster"] == request.cluster]
    if rows.empty:
        message = "No such cluster waits for you. See `cse-geo review list`."
        raise UsageError(message)
    _require_undecided(opened, session, request.cluster)
    cluster = rows.iloc[0]
    place = _chosen(opened, queue, request, cluster)
    row = {
        "cluster": request.cluster, "kind": cluster["kind"], "action": request.action, "refers_to": 0,
        "choice": request.choice if request.action == "accept" else 0, "n_records": cluster["n_records"],
        "why": request.why, "sampled": geocode.is_sampled(request.cluster, seed=SAMPLE_SEED, share=SAMPLE_SHARE),
        **_who(session), **place,
    }  # fmt: skip
    enter(opened, session, Act("review", "alteration", f"review_{request.action}", int(cluster["n_records"])))
    number = _save(opened, row)
    if request.alias.strip() and "lat" in place:
        _propose(opened, session, request, place | {"agency": _agency_of(queue.waiting, request.cluster)})
    return number


def undo(opened: store.Store, visitor: views.Session, number: int) -> int:
    """Take a decision back for somebody at the page; return the number of the undoing."""
    return undo_decision(opened, session=session_of(opened, visitor), number=number)


def undo_decision(opened: store.Store, *, session: Session, number: int) -> int:
    """Take a decision back; both stay on record.

    Raises
    ------
    UsageError
        If there is no such decision, or it is undone already.
    """
    safeguards.require(session, "review")
    reviews = store.load_reviews(opened)
    found = reviews[(reviews["number"] == number) & (reviews["action"] != "undo")]
    gone = reviews.loc[reviews["action"] == "undo", "refers_to"]
    if found.empty or number in set(gone):
        message = "There is no such decision in force."
        raise UsageError(message)
    one = found.iloc[0]
    if one["cluster"] not in set(queue_of(opened, session).frame["cluster"]):
        message = "There is no such decision in force."
        raise UsageError(message)
    row = {
        "cluster": one["cluster"], "kind": one["kind"], "action": "undo", "refers_to": number, "choice": 0,
        "n_records": one["n_records"], "why": "", "sampled": False, **_who(session),
    }  # fmt: skip
    enter(opened, session, Act("review", "alteration", "review_undo", int(one["n_records"])))
    return _save(opened, row)


def approve_alias_at_page(opened: store.Store, visitor: views.Session, number: int) -> None:
    """Put an alias in force for somebody at the page."""
    approve_alias(opened, session=session_of(opened, visitor), number=number)


def approve_alias(opened: store.Store, *, session: Session, number: int) -> None:
    """Put an alias in force as the second person."""
    enter(opened, session, Act("review", "alteration", "approve_alias", 1))
    store.approve_alias(opened, number, by=_who(session)["decided_by"])


def withdraw_alias(opened: store.Store, *, session: Session, number: int) -> None:
    """Take an alias out of force."""
    enter(opened, session, Act("review", "alteration", "withdraw_alias", 1))
    store.withdraw_alias(opened, number)


def _named(opened: store.Store, waiting: Waiting) -> set[str]:
    """Return the clusters of words that an alias in force places."""
    _, used = by_aliases(opened, waiting, waiting.found, today=today())
    return set(waiting.clusters.of_record[used.to_numpy() > 0])


def _state(standing: geocode.Standing | None, session: Session) -> str:
    if standing is None:
        return "open"
    if standing.state == "second" and _who(session)["decided_by"] in standing.people:
        return "decided"  # the second person must be another
    return standing.state


def _require_undecided(opened: store.Store, session: Session, cluster: str) -> None:
    """Refuse to decide in silence over somebody else's decision; of one's own the newest counts."""
    standing = geocode.standings(store.load_reviews(opened)).get(cluster)
    others = standing is not None and standing.people != {_who(session)["decided_by"]}
    if standing is not None and others and standing.state == "decided":
        number = "" if standing.in_force is None else f" (decision {standing.in_force.number})"
        message = (
            f"Somebody else decided this cluster meanwhile{number}; yours was not kept. To decide it anew, take that "
            "decision back first."
        )
        raise UsageError(message)


def _chosen(
    opened: store.Store, queue: Queue, request: ReviewRequest, cluster: pd.Series
) -> dict[str, object]:
    """Return the place that a request gives to its cluster; {} where it gives none."""
    if request.action == "keep_area":
        area = queue.areas_of(opened, [request.cluster]).get(request.cluster)
        if area is None:
            message = "No area holds all that this cluster could mean."
            raise UsageError(message)
        return _of_area(area)
    if request.action == "accept" and cluster["kind"] == "words":
        spots = queue.candidates_of(opened, request.cluster)
        if not 1 <= request.choice <= len(spots):
            message = f"Choose a candidate: this cluster has {len(spots)}."
            raise UsageError(message)
        spot = spots[request.choice - 1]
        return {"level": spot.level, "lat": spot.lat, "lon": spot.lon, "r95_m": spot.r95_m}
    if request.action not in ("accept", "reject"):
        message = "`action` must be accept, reject or keep_area."
        raise UsageError(message)
    return {}


def _of_area(area: AreaChoice) -> dict[str, object]:
    return {"level": area.level, "r95_m": area.r95_m, "area_layer": area.layer, "area_code": area.code}


def _who(session: Session) -> dict[str, str]:
    # In the demo everybody is called "demo": the role is what tells two people apart.
    name = f"{session.user} ({session.role})" if session.synthetic else session.user
    return {"decided_by": name, "agency": session.agency, "reference": session.reference}


def _save(opened: store.Store, row: dict[str, object]) -> int:
    frame = pd.DataFrame([row]).assign(number=0, decided_at="")
    return store.save_reviews(opened, schema.conform(frame, REVIEWS))[0]


def _agency_of(waiting: Waiting, cluster: str) -> str:
    """Return whose words a cluster is made of: one agency's, whoever decides about them."""
    return str(waiting.records.loc[waiting.clusters.of_record == cluster, "agency"].iloc[0])


def _propose(opened: store.Store, session: Session, request: ReviewRequest, place: dict[str, object]) -> None:
    until = today() + timedelta(days=geocode.ALIAS_DAYS)
    row = {
        **place, "alias": request.alias.strip(), "why": request.why, "number": 0,
        "proposed_by": _who(session)["decided_by"], "proposed_at": "", "approved_by": "", "approved_at": "",
        "valid_to": until.isoformat(), "withdrawn_at": "",
    }  # fmt: skip
    store.propose_alias(opened, schema.conform(pd.DataFrame([row]), ALIASES))
