"""What each column of the return means, for the template and the guide; the columns themselves are the schema's."""
# ruff: noqa: E501 - a sentence for people stands on one line

from __future__ import annotations

from dataclasses import dataclass

from cse_geo.schema import CODED_COLUMNS, DATE_COLUMNS, NUMBER_COLUMNS, RETURN_COLUMNS


@dataclass(frozen=True)
class ColumnNote:
    """One column for people: whether every row needs it, what it holds, and an example."""

    needed: str  # "yes" | "if known"
    what: str
    example: str = ""


NOTES: dict[str, ColumnNote] = {
    "event_ref": ColumnNote("yes", "Your reference for the event. Rows with the same reference are one event with several places. Letters, digits and - _ / . with at least one digit; never a name, never 10 digits.", "2025-000123"),
    "record_type": ColumnNote("yes", "What kind of record this is. nil_return alone on one row means nothing to report.", "missing_episode"),
    "model": ColumnNote("if known", "Model of exploitation."),
    "status": ColumnNote("if known", "At risk, suspected or known, by your own threshold (write the threshold on the Details sheet)."),
    "event_start": ColumnNote("if known", "When it happened, or when it began: a day, a day and time, a month (2025-03) or a year (2025). A month or year is read as a span.", "2025-03-14 21:30"),
    "event_end": ColumnNote("if known", "When it ended, if it is a span.", "2025-03-15"),
    "report_date": ColumnNote("if known", "When it was reported to you.", "2025-03-16"),
    "disclosure_date": ColumnNote("if known", "When a child told somebody, if later."),
    "place_role": ColumnNote("if known", "What the place was in the event: met there, picked up there, found there ...", "found_at"),
    "place_type": ColumnNote("if known", "What kind of place it is. unknown means you asked and nobody knows; empty means not stated.", "takeaway_fastfood"),
    "location_text": ColumnNote("if known", "Where, in words: street, landmark, town. No names of people, no notes.", "outside the takeaway, Example Street"),
    "postcode": ColumnNote("if known", "Postcode of the place, never of a child's home.", "ZX1 1AA"),
    "grid_ref": ColumnNote("if known", "Ordnance Survey grid reference.", "TA 123 456"),
    "easting": ColumnNote("if known", "British National Grid easting in metres, with northing."),
    "northing": ColumnNote("if known", "British National Grid northing in metres, with easting."),
    "lat": ColumnNote("if known", "Latitude in degrees (WGS84), with lon. More than 5 decimals are rounded."),
    "lon": ColumnNote("if known", "Longitude in degrees (WGS84), with lat."),
    "uprn": ColumnNote("if known", "Unique property reference number, 1 to 12 digits. Keep the column as text."),
    "premises_name": ColumnNote("if known", "Trading name of a business or name of a public place.", "Example Takeaway"),
    "town": ColumnNote("if known", "Town, if it is not in location_text.", "Exampleton"),
    "precision": ColumnNote("if known", "How exactly you know the place.", "premises"),
    "leg_to_place_type": ColumnNote("if known", "Where the child was taken next: kind of place."),
    "leg_to_location_text": ColumnNote("if known", "Where the child was taken next, in words."),
    "leg_mode": ColumnNote("if known", "How."),
    "child_key": ColumnNote("if known", "Pseudonym of the child in the agreed form: C, a hyphen, 16 characters 0-9 a-f.", "C-0123456789abcdef"),
    "adult_key": ColumnNote("if known", "Pseudonym of an adult: A, a hyphen, 16 characters 0-9 a-f."),
    "vehicle_key": ColumnNote("if known", "Pseudonym of a vehicle: V, a hyphen, 16 characters 0-9 a-f. Never its registration."),
    "n_children_band": ColumnNote("if known", "How many children. Keep the column as text, or 3-4 becomes a date.", "1"),
    "source_grade": ColumnNote("yes", "3x5x2: source evaluation.", "1"),
    "intelligence_grade": ColumnNote("yes", "3x5x2: intelligence assessment.", "B"),
    "handling_code": ColumnNote("yes", "3x5x2: handling code. C means that sharing has conditions.", "P"),
    "confidence": ColumnNote("if known", "How sure you are of the place.", "medium"),
    "checked_status": ColumnNote("if known", "Whether the information was checked.", "raw"),
    "review_date": ColumnNote("yes", "When the record must be looked at again and kept or deleted; at most ten years ahead.", "2027-03-31"),
}  # fmt: skip

# Answers about the return as a whole, for the Details sheet: question, help.
DETAILS_QUESTIONS = (
    ("Agency", "Code of your agency, as agreed."),
    ("Period from", "First day that the return covers, as 2025-01-01."),
    ("Period to", "Last day that the return covers."),
    ("Definition and threshold", "Which definition of exploitation you use, and when a concern is recorded."),
    (
        "Difficulties",
        "What is missing from this return and why. An honest gap is worth more than a full table.",
    ),
    ("Nil return", "yes = you looked and there is nothing to report. Leave the Return sheet empty."),
)


def allowed_values(column: str) -> str:
    """Return how the values of `column` are restricted, in words."""
    if column in CODED_COLUMNS:
        return f"code of list {CODED_COLUMNS[column]}"
    if column in DATE_COLUMNS:
        return "date"
    if column in NUMBER_COLUMNS:
        return "number"
    return "key" if column.endswith("_key") else "text"


def note_rows() -> list[tuple[str, str, str, str]]:
    """Return (column, needed, values, what it holds) for every column of the return, in order."""
    return [(name, NOTES[name].needed, allowed_values(name), NOTES[name].what) for name in RETURN_COLUMNS]
