"""The ten agencies of the fictional region: who they are, where they work, how much each sends."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cse_geo import schema
from cse_geo.demo.councils import COUNCILS


@dataclass(frozen=True)
class Agency:
    """One contributing agency; `share` is its weight where it works, `force` set if that is one force only."""

    code: str
    name: str
    kind: str
    share: float
    force: str | None
    definition: str
    difficulties: str


_STATUTORY = "Statutory definition of child sexual exploitation (2017); suspected and known cases, under 18."

AGENCIES = (
    Agency("police_varnshire", "Varnshire Constabulary", "police", 0.40, "X23000001", _STATUTORY,
           "Incident logs searched by keyword as well as by flag; flag use differs between divisions."),
    Agency("police_eastmarra", "Eastmarra Police", "police", 0.42, "X23000002",
           "Offences and intelligence flagged CSE; missing episodes only where exploitation is suspected.",
           "New records system since May 2024; earlier rows were entered again by hand."),
    Agency("police_northfell", "Northfell Police", "police", 0.36, "X23000003", _STATUTORY,
           "16 and 17 year olds are under-recorded before July 2024."),
    Agency("social_care", "Saltmarra Children's Social Care", "childrens_social_care", 0.17, None,
           "Children assessed as at medium or high risk with the county risk tool.",
           "Places are taken from case notes by hand; many are only a town."),
    Agency("health", "Saltmarra Health Trust", "health", 0.07, None,
           "Disclosures and concerns at sexual health clinics and emergency departments.",
           "The place of the disclosure is often the only place recorded."),
    Agency("education", "Saltmarra Education Welfare", "education", 0.06, None,
           "Concerns raised by designated safeguarding leads; any level of concern.",
           "No returns in school holidays; independent schools are not asked."),
    Agency("youth_charity", "Lantern Youth Project", "voluntary", 0.09, None,
           "Young people the project works with; at risk, suspected and known.",
           "Strong on where young people meet, weak on dates."),
    Agency("licensing", "Joint Housing and Licensing Team", "licensing", 0.05, None,
           "Complaints and visits about premises or vehicles where a child may be exploited.",
           "Covers licensed premises only."),
    Agency("wardens", "Town Centre Wardens and Park Staff", "wardens", 0.06, None,
           "What wardens saw: groups, adults with unknown children, alcohol.",
           "Wardens work in eight of the twelve councils; asked from January 2025."),
    Agency("rail_police", "Coastal Railway Police", "british_transport_police", 0.05, None,
           "Missing or vulnerable children found on trains or at stations.",
           "Stations and trains only."),
)  # fmt: skip

CODES = tuple(agency.code for agency in AGENCIES)


def agency_frame() -> pd.DataFrame:
    """Return the agencies as a frame of spec AGENCIES."""
    rows = [
        {"agency": a.code, "name": a.name, "kind": a.kind, "force": a.force, "definition": a.definition,
         "difficulties": a.difficulties}
        for a in AGENCIES
    ]  # fmt: skip
    return schema.conform(pd.DataFrame(rows), schema.AGENCIES)


def works_in(agency: Agency) -> tuple[bool, ...]:
    """Return, for each of the twelve councils in order, whether the agency works there at all."""
    return tuple(agency.force in (None, council.force) for council in COUNCILS)
