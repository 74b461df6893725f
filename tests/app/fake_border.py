"""A small cross-border answer, made up: two shared hotspots, one seen only together, a few flows and links."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

from cse_geo import schema
from cse_geo.pipeline.leads import NEXT_STEPS
from cse_geo.views_border import AREA_FLOWS, SHARED, WHO, BorderQuery, BorderView
from tests.app import fake_view

DECISIONS: list[object] = []


def border_view(store, session, query):
    view = fake_view.map_view(store, session, fake_view_query())
    spots = view.hotspots.head(2).reset_index(drop=True)
    labels = spots["hotspot"].tolist()
    shared = [
        {"hotspot": h, "rank": at + 1, "forces": "Ansel + Brackmere", "straddles": True, "distance_to_line_m": 0.0,
         "n_records": 20, "n_children": 12, "q_value": 1e-4, "seen_by": "" if at == 0 else "Ansel",
         "only_together": at == 0, "weeks_gained": None if at == 0 else 9.0, "suggested": "A",
         "suggested_words": "Ansel: 60% of its children. A suggestion; people decide.", "lead": None,
         "next_step": None, "decided_on": None, "contacts": "CSE desk (police_a): 101"}
        for at, h in enumerate(labels)
    ]  # fmt: skip
    who = [
        {"hotspot": h, "force": f, "name": n, "share_records": 0.5, "share_children": 0.5, "share_area": 0.5,
         "share_reported": 0.4, "n_sites": 4, "first_report": pd.Timestamp("2025-01-01"), "seen": f == "A" and h == labels[1],
         "alone_q": 0.2, "first_pooled": None, "first_alone": None, "weeks_gained": None}
        for h in labels for f, n in (("A", "Ansel"), ("B", "Brackmere"))
    ]  # fmt: skip
    flows = [
        {"kind": "same_child", "origin": "T1", "destination": "T2", "n_children": 8, "origin_name": "Upton",
         "destination_name": "Netherby", "crosses": True, "lat": 54.0, "lon": 1.0, "to_lat": 54.1, "to_lon": 1.1},
        {"kind": "event_leg", "origin": "T1", "destination": None, "n_children": 6, "origin_name": "Upton",
         "destination_name": "not known", "crosses": False, "lat": 54.0, "lon": 1.0, "to_lat": None, "to_lon": None},
    ]  # fmt: skip
    links = pd.DataFrame(
        [("vehicle", "T1", "T2", 4, "Upton", "Netherby", True)],
        columns=["kind", "a", "b", "n_keys", "a_name", "b_name", "crosses"],
    )
    edge = pd.DataFrame(
        [("A", labels[0], "lost", 7, 1e-4, 0.2, "Ansel")],
        columns=["force", "hotspot", "verdict", "n_cells", "pooled_q", "alone_q", "name"],
    )
    return BorderView(
        query=query or BorderQuery(), shared=schema.conform(pd.DataFrame(shared), SHARED),
        who=schema.conform(pd.DataFrame(who), WHO), edge=edge, flows=schema.conform(pd.DataFrame(flows), AREA_FLOWS),
        cell_flows=pd.DataFrame(), links=links, withheld={"links": 3, "hotspots": 0}, k=5, hotspots=spots,
        hotspot_cells=view.hotspot_cells, areas=view.areas, basemap=view.basemap, options=view.options,
        forces={"A": "Ansel", "B": "Brackmere"}, next_steps=NEXT_STEPS, ledger_words=view.ledger.words,
        warnings=("These forces do not count the same thing.",), notes=("A note.",), role=view.role,
        roles=view.roles, synthetic=True, region=view.region,
    )  # fmt: skip


def fake_view_query():
    from cse_geo.views import MapQuery

    return MapQuery(resolution=8)


def decision_made(place, resolution, **given):
    return SimpleNamespace(place=place, resolution=resolution, **given)


def decide_at_page(store, session, decision):
    DECISIONS.append(decision)
    return len(DECISIONS)


PIPELINE = SimpleNamespace(
    open_app_store=fake_view.open_app_store, map_view=fake_view.map_view, records_view=fake_view.records_view,
    border_view=border_view, decision_made=decision_made, decide_at_page=decide_at_page,
)  # fmt: skip
