"""Column names: which columns of a file must never be read, and which return column one may stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from cse_geo.schema import RETURN_COLUMNS
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

# Words in a heading that announce a detail about a person. A heading is split into words first.
_PERSON_WORDS = frozenset({
    "forename", "forenames", "firstname", "surname", "lastname", "fullname", "middlename", "initials",
    "nickname", "nicknames", "alias", "aka", "dob", "born", "birth", "birthdate", "birthday", "birthplace",
    "age", "nhs", "nhsno", "nino", "passport", "upn", "pnc", "pncid", "crn", "ssn", "custody", "ethnicity",
    "ethnic", "race", "racial", "nationality", "citizenship", "religion", "religious", "faith", "belief",
    "language", "sex", "gender", "sexuality", "disability", "pregnant", "pregnancy", "ic6", "ic9",
    "iccode", "phone", "telephone", "tel", "mobile", "msisdn", "imei", "imsi", "email", "mail", "snapchat",
    "instagram", "facebook", "whatsapp", "tiktok", "username", "handle", "handles", "note", "notes",
    "comment", "comments", "narrative", "summary", "remarks", "freetext", "circumstances", "school",
    "college", "placement", "gp", "parent", "parents", "mother", "father", "carer", "guardian", "sibling",
    "vrm", "registration", "numberplate", "numplate", "photo", "photograph", "image",
    # The same in Welsh.
    "cyfenw", "geni", "oed", "oedran", "rhyw", "rhywedd", "ethnig", "ethnigrwydd", "hil", "cenedligrwydd", "crefydd",
    "iaith", "anabledd", "ffon", "ebost", "nodiadau", "sylwadau", "crynodeb", "ysgol", "coleg", "rhiant", "rhieni",
    "mam", "tad", "gofalwr", "yswiriant",
})  # fmt: skip
_PERSON_PHRASES = re.compile(
    r"e_mail|date_of_birth|d_o_b|national_insurance|ni_n(?:o|umber)|free_text|ic_code|number_plate|index_mark|"
    r"country_of_(?:birth|origin)|first_name|last_name|home_(?:address|postcode|post_code)|log_text|"
    r"(?:^|_)ff_n(?:_|$)|e_bost|cyfeiriad_cartref|enw_cyntaf|incident_details|case_details|further_details|other_details|^details$|^mo$|^reg(?:_no)?$|vehicle_reg"
)
# These are about a person unless the heading says they are about a place.
_UNLESS_PLACE = frozenset({
    "name", "names", "address", "addresses", "addr", "address1", "description", "enw", "enwau", "cyfeiriad",
})  # fmt: skip
_PLACE_WORDS = frozenset({
    "premises", "venue", "place", "places", "business", "street", "road", "town", "city", "area",
    "district", "site", "location", "incident", "shop", "hotel", "park", "station", "force", "ward",
    "lsoa", "building", "trading", "scene", "pub", "club", "eiddo", "safle", "lleoliad", "lle", "busnes", "siop",
    "stryd", "tref",
})  # fmt: skip
_LEAST_SCORE = 70.0  # below this a suggestion is noise

# Headings seen for each return column, beside its own name. Suggestions only: a person confirms them.
_SYNONYMS: dict[str, tuple[str, ...]] = {
    "event_ref": ("ref_no", "reference", "ref", "incident_ref", "urn", "log_no", "case_ref", "event_id"),
    "record_type": ("type_of_record", "incident_type", "report_type", "category", "concern_type"),
    "model": ("model_of_exploitation", "cse_model"),
    "event_start": (
        "date",
        "event_date",
        "incident_date",
        "date_from",
        "start_date",
        "occurred_from",
        "from",
    ),
    "event_end": ("date_to", "end_date", "occurred_to", "until"),
    "report_date": ("date_reported", "reported_on", "reported_date", "date_recorded"),
    "disclosure_date": ("date_disclosed", "disclosed_on"),
    "place_role": ("role_of_place", "location_role", "what_happened_there"),
    "place_type": ("venue_type", "location_type", "type_of_place", "premises_type", "kind_of_place"),
    "location_text": ("location", "place", "where", "location_description", "venue_address"),
    "postcode": ("post_code", "pcode", "location_postcode"),
    "grid_ref": ("grid_reference", "os_grid_ref", "ngr"),
    "easting": ("eastings", "x", "osgb_x", "bng_e"),
    "northing": ("northings", "y", "osgb_y", "bng_n"),
    "lat": ("latitude",),
    "lon": ("long", "lng", "longitude"),
    "uprn": ("unique_property_reference_number",),
    "premises_name": ("venue", "venue_name", "name_of_premises", "business_name", "trading_name"),
    "town": ("city", "town_city", "locality"),
    "precision": ("location_precision", "how_exact"),
    "child_key": ("child_pseudonym", "child_ref", "subject_key", "victim_key"),
    "adult_key": ("suspect_key", "adult_pseudonym", "offender_key"),
    "vehicle_key": ("vehicle_pseudonym",),
    "n_children_band": ("number_of_children", "no_of_children", "children"),
    "source_grade": ("source_evaluation", "source"),
    "intelligence_grade": ("intelligence_assessment", "intel_grade", "intelligence"),
    "handling_code": ("handling", "handling_conditions"),
    "checked_status": ("checked", "validation_status"),
    "review_date": ("date_of_review", "review_by", "review"),
    "status": ("case_status", "risk_status"),
}
# The same in Welsh, as agencies of Wales head their columns; bilingual headings are read half by half.
_WELSH: dict[str, tuple[str, ...]] = {
    "event_ref": ("cyfeirnod", "rhif_cyfeirnod", "cyf"),
    "record_type": ("math_o_gofnod", "math_o_ddigwyddiad"),
    "event_start": ("dyddiad", "dyddiad_y_digwyddiad", "dyddiad_dechrau"),
    "event_end": ("dyddiad_gorffen",),
    "report_date": ("dyddiad_adrodd", "dyddiad_cofnodi"),
    "place_role": ("rol_y_lle",),
    "place_type": ("math_o_le", "math_o_leoliad"),
    "location_text": ("lleoliad", "lle", "ble", "disgrifiad_o_r_lleoliad"),
    "postcode": ("cod_post", "codpost"),
    "grid_ref": ("cyfeirnod_grid",),
    "easting": ("dwyreiniad",),
    "northing": ("gogleddiad",),
    "lat": ("lledred",),
    "lon": ("hydred",),
    "premises_name": ("enw_r_eiddo", "enw_r_safle", "enw_r_lleoliad", "enw_busnes"),
    "town": ("tref", "dinas", "tref_dinas"),
    "n_children_band": ("nifer_y_plant", "nifer_o_blant"),
    "handling_code": ("cod_trin",),
    "review_date": ("dyddiad_adolygu",),
}
# What registers, gazetteers and tables of areas call their columns besides: a row with these is a row of names.
_OTHER_HEADINGS = frozenset({
    "name", "number", "street", "address", "road", "area", "ward", "district", "village", "site", "premises", "time",
    "postcode_of_venue", "house_number", "street_name", "address_line_1", "address_line_2", "address_1", "address_2",
    "full_address", "type", "kind", "agency", "force", "council", "day", "month", "year", "coordinates", "house_no",
})  # fmt: skip


@dataclass(frozen=True)
class Suggestion:
    """What the columns of a file may stand for; nothing of it is applied until a person confirms it.

    Attributes
    ----------
    exact : return column -> the file's column, where the names are the same but for case and spaces
    ranked : return column -> [(the file's column, score 0-100)], best first, for the others
    refused : columns that look like details about a person
    unknown : columns that resemble nothing in the return
    """

    exact: Mapping[str, str]
    ranked: Mapping[str, list[tuple[str, float]]]
    refused: tuple[str, ...]
    unknown: tuple[str, ...]

    def best(self) -> dict[str, str]:
        """Return a draft of the mapping's `[columns]`: exact names and the best suggestion for each other."""
        chosen = dict(self.exact)
        pairs = [(score, target, column) for target, found in self.ranked.items() for column, score in found]
        for _, target, column in sorted(pairs, key=lambda p: (-p[0], p[1], p[2])):
            if target not in chosen and column not in chosen.values():
                chosen[target] = column
        return chosen


@cache
def known_headings() -> frozenset[str]:
    """Return every heading that is known to stand above a column of a return or register, folded."""
    others = (name for column in RETURN_COLUMNS for name in synonyms_of(column))
    return frozenset({*RETURN_COLUMNS, *_OTHER_HEADINGS, *others})


def synonyms_of(column: str) -> tuple[str, ...]:
    """Return what else files call a column of the return, folded: English first, then Welsh."""
    return (*_SYNONYMS.get(column, ()), *_WELSH.get(column, ()))


def is_person_column(name: str, *, known: Collection[str] = RETURN_COLUMNS) -> bool:
    """Tell whether a heading announces a name, number, address, trait or note of a person.

    Parameters
    ----------
    name
        The heading.
    known
        Headings that stand for something else here, folded: the return's own; in a register of premises
        "name" and "address" are a place's.
    """
    folded = fold(name)
    if folded in known:
        return False
    words = set(folded.split("_"))
    if words & _PERSON_WORDS or _PERSON_PHRASES.search(folded):
        return True
    about_person = words & _UNLESS_PLACE
    return bool(about_person) and not words & _PLACE_WORDS


def suggest_mapping(
    columns: Iterable[str],
    *,
    targets: Sequence[str] = RETURN_COLUMNS,
    synonyms: Mapping[str, tuple[str, ...]] = _SYNONYMS,
) -> Suggestion:
    """Return what each column of a file may stand for, ranked; columns about a person are refused.

    Parameters
    ----------
    columns
        The headings of the file.
    targets
        What they may stand for: the columns of the return, or of a register of premises.
    synonyms
        Other headings seen for each.
    """
    names = list(columns)
    known = {*targets, *(word for target in targets for word in synonyms.get(target, ()))}
    own = RETURN_COLUMNS if targets is RETURN_COLUMNS else known
    exact = {fold(name): name for name in names if fold(name) in targets}
    refused = tuple(name for name in names if is_person_column(name, known=own))
    open_names = [name for name in names if name not in exact.values() and name not in refused]
    ranked = {}
    for target in targets:
        if target in exact:
            continue
        candidates = (target, *synonyms.get(target, ()), *_WELSH.get(target, ()))
        scored = [(name, round(_likeness(fold(name), candidates), 1)) for name in open_names]
        found = sorted((pair for pair in scored if pair[1] >= _LEAST_SCORE), key=lambda p: (-p[1], p[0]))
        if found:
            ranked[target] = found[:3]
    ranged = {name for found in ranked.values() for name, _ in found}
    return Suggestion(exact, ranked, refused, tuple(name for name in open_names if name not in ranged))


def _likeness(folded: str, candidates: tuple[str, ...]) -> float:
    return max(fuzz.token_sort_ratio(folded.replace("_", " "), c.replace("_", " ")) for c in candidates)
