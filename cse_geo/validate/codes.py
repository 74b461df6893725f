"""Codes of what can be wrong with a row of a return, their severity, and what to mend."""
# ruff: noqa: E501 - a sentence for people stands on one line

from __future__ import annotations

from enum import StrEnum


class RowCode(StrEnum):
    """What can be wrong with the rows of a return, or with the return as a whole."""

    # the whole return
    NO_ROWS = "no_rows"
    UNKNOWN_COLUMN = "unknown_column"
    MISSING_COLUMN = "missing_column"
    NO_PLACE_COLUMN = "no_place_column"
    AMBIGUOUS_DATES = "ambiguous_dates"
    TOO_MANY_BAD_ROWS = "too_many_bad_rows"
    SWAPPED_COORDINATES = "swapped_coordinates"
    GRID_IN_DEGREES = "grid_in_degrees"
    TEN_DIGIT_REFERENCES = "ten_digit_references"
    NIL_WITH_ROWS = "nil_with_rows"
    # rows
    MISSING_VALUE = "missing_value"
    UNKNOWN_CODE = "unknown_code"
    BAD_KEY = "bad_key"
    BAD_REFERENCE = "bad_reference"
    TEN_DIGIT_ID = "ten_digit_id"
    BAD_DATE = "bad_date"
    NOT_A_DAY = "not_a_day"
    FUTURE_DATE = "future_date"
    EARLY_DATE = "early_date"
    FAR_REVIEW = "far_review"
    END_BEFORE_START = "end_before_start"
    BAD_NUMBER = "bad_number"
    HALF_COORDINATE = "half_coordinate"
    BAD_UPRN = "bad_uprn"
    EXCEL_DAMAGE = "excel_damage"
    DAY_NUMBER = "day_number"
    HIDDEN_CHARACTERS = "hidden_characters"
    OTHER_SCRIPT = "other_script"
    GARBLED_LETTERS = "garbled_letters"
    TOO_LONG = "too_long"
    CODED_TEXT = "coded_text"
    FOUND_NHS_NUMBER = "found_nhs_number"
    FOUND_PHONE = "found_phone"
    FOUND_EMAIL = "found_email"
    FOUND_LINK_OR_HANDLE = "found_link_or_handle"
    FOUND_NI_NUMBER = "found_ni_number"
    FOUND_BIRTH_DATE = "found_birth_date"
    FOUND_VEHICLE_MARK = "found_vehicle_mark"
    FOUND_PERSON_NAME = "found_person_name"
    FOUND_TRAIT = "found_trait"
    # notes
    EXAMPLE_ROW = "example_row"
    DUPLICATE_ROW = "duplicate_row"
    SAME_PLACE_TWICE = "same_place_twice"
    ROUNDED = "rounded"
    TIME_DROPPED = "time_dropped"
    SPAN = "span"
    UNDATED = "undated"
    NO_PLACE = "no_place"
    REPORT_BEFORE_EVENT = "report_before_event"
    REVIEW_OVERDUE = "review_overdue"
    HOME_PLACE = "home_place"


_FILE = frozenset({
    RowCode.NO_ROWS, RowCode.UNKNOWN_COLUMN, RowCode.MISSING_COLUMN, RowCode.NO_PLACE_COLUMN,
    RowCode.AMBIGUOUS_DATES, RowCode.TOO_MANY_BAD_ROWS, RowCode.SWAPPED_COORDINATES, RowCode.GRID_IN_DEGREES,
    RowCode.TEN_DIGIT_REFERENCES, RowCode.NIL_WITH_ROWS,
})  # fmt: skip
_NOTE = frozenset({
    RowCode.EXAMPLE_ROW, RowCode.DUPLICATE_ROW, RowCode.SAME_PLACE_TWICE, RowCode.ROUNDED,
    RowCode.TIME_DROPPED, RowCode.SPAN, RowCode.UNDATED, RowCode.NO_PLACE, RowCode.REPORT_BEFORE_EVENT,
    RowCode.REVIEW_OVERDUE, RowCode.HOME_PLACE,
})  # fmt: skip

_FOUND = "{column} seems to hold {thing}. This tool holds places, never people: take it out."

SENTENCES: dict[RowCode, str] = {
    RowCode.NO_ROWS: "The return has column names but no rows (example rows do not count). Send rows, or a nil return.",
    RowCode.UNKNOWN_COLUMN: "Column {column} is not a column of the return. Take it out, or say in a column mapping what it is.",
    RowCode.MISSING_COLUMN: "Column {column} is not in the file, and every row needs it. Add it.",
    RowCode.NO_PLACE_COLUMN: "The file has no column that says where. Add location_text, postcode, grid_ref, easting and northing, lat and lon, uprn, premises_name or town.",
    RowCode.AMBIGUOUS_DATES: "{column} has dates such as 03/04 that can be read two ways. Write dates as 2025-03-31, or set dayfirst = true in the column mapping if the day comes first.",
    RowCode.TOO_MANY_BAD_ROWS: "{count} of {total} rows cannot be taken, so the whole return is refused. Mend the rows named below and send it again.",
    RowCode.SWAPPED_COORDINATES: "lat and lon seem to be swapped in {count} of {total} rows. Swap the two columns and send the return again.",
    RowCode.GRID_IN_DEGREES: "lat and lon hold numbers too large for degrees in {count} of {total} rows: they look like eastings and northings. Put those under easting and northing.",
    RowCode.TEN_DIGIT_REFERENCES: "event_ref holds 10-digit numbers, which cannot be told from NHS numbers. Use references of another form, such as 2025-000123.",
    RowCode.NIL_WITH_ROWS: "The return says nil return, but it has rows. Make it one or the other.",
    RowCode.MISSING_VALUE: "{column} is empty. Every row needs it.",
    RowCode.UNKNOWN_CODE: "{column} is not one of the codes of its list. Choose one from the list (docs/returns.md), or translate it in a column mapping.",
    RowCode.BAD_KEY: "{column} is not a key of the agreed form: a letter (C child, A adult, V vehicle), a hyphen and 16 characters 0-9 a-f. Never send a name or a system's number.",
    RowCode.BAD_REFERENCE: "event_ref may hold letters, digits and - _ / . only, needs at least one digit, no spaces, and at most 40 characters. Never put a name in it.",
    RowCode.TEN_DIGIT_ID: "{column} is a 10-digit number, which cannot be told from an NHS number. Use a reference of another form.",
    RowCode.BAD_DATE: "{column} is not a date that exists. Write dates as 2025-03-31, a time as 2025-03-31 22:15, a month as 2025-03. The month written first (03/31/2025) is not read.",
    RowCode.NOT_A_DAY: "{column} needs a day, not only a month or a year.",
    RowCode.FUTURE_DATE: "{column} lies in the future. Correct the date.",
    RowCode.EARLY_DATE: "{column} lies before 1950, which is usually an empty cell read as a date. Correct it or leave it empty.",
    RowCode.FAR_REVIEW: "review_date lies more than ten years ahead. Set the date on which the record must be reviewed.",
    RowCode.END_BEFORE_START: "event_end lies before event_start. Correct one of them.",
    RowCode.BAD_NUMBER: "{column} is not a plain number such as 53.12345. Use a point, no comma, no letters; spaces only between thousands.",
    RowCode.HALF_COORDINATE: "{column} is given without its partner. Give both of lat and lon, or both of easting and northing, or neither.",
    RowCode.BAD_UPRN: "uprn must be 1 to 12 digits. Correct it or leave it empty.",
    RowCode.EXCEL_DAMAGE: "{column} was changed by the spreadsheet (for example 1.2E+11, a date instead of 3-4, or an error such as #N/A). Format the column as text and type the value again.",
    RowCode.DAY_NUMBER: "{column} holds a spreadsheet's count of days, such as 45747, not a date. Format the column as a date (2025-03-31) and save the file again, or send it as .xlsx.",
    RowCode.HIDDEN_CHARACTERS: "{column} holds characters that cannot be seen. Type the value again.",
    RowCode.OTHER_SCRIPT: "{column} holds letters or signs of another alphabet, some of which look like ours. Type the value again.",
    RowCode.GARBLED_LETTERS: "{column} has garbled letters: the file was saved in the wrong encoding. Save it as CSV UTF-8 and send it again.",
    RowCode.TOO_LONG: "{column} is longer than {limit} characters. Keep to the place; the return has no room for notes.",
    RowCode.CODED_TEXT: "{column} holds a long run of encoded characters. Write the place in words.",
    RowCode.FOUND_NHS_NUMBER: _FOUND.replace("{thing}", "an NHS number"),
    RowCode.FOUND_PHONE: _FOUND.replace("{thing}", "a telephone number"),
    RowCode.FOUND_EMAIL: _FOUND.replace("{thing}", "an e-mail address"),
    RowCode.FOUND_LINK_OR_HANDLE: _FOUND.replace("{thing}", "a web link or a user name"),
    RowCode.FOUND_NI_NUMBER: _FOUND.replace("{thing}", "a National Insurance number"),
    RowCode.FOUND_BIRTH_DATE: _FOUND.replace("{thing}", "a date of birth"),
    RowCode.FOUND_VEHICLE_MARK: _FOUND.replace("{thing}", "a vehicle registration"),
    RowCode.FOUND_PERSON_NAME: _FOUND.replace("{thing}", "a person's name"),
    RowCode.FOUND_TRAIT: _FOUND.replace(
        "{thing}", "a person's ethnicity, nationality, religion or an IC code"
    ),
    RowCode.EXAMPLE_ROW: "An example row of the template was left in. It was not read.",
    RowCode.DUPLICATE_ROW: "The row repeats an earlier row. It was read once.",
    RowCode.SAME_PLACE_TWICE: "The row has the same event, place, role and keys as an earlier row but differs elsewhere. Only the earlier row was read; merge the two.",
    RowCode.ROUNDED: "{column} had more than 5 decimals, finer than anyone can know a place. It was rounded to 5.",
    RowCode.TIME_DROPPED: "{column} has a time zone, or a time that the clock change skips. Only the day was kept.",
    RowCode.SPAN: "{column} is a month or a year. It was read as a span of that length, not as its middle.",
    RowCode.UNDATED: "The row has no event, report or disclosure date. It is counted as undated.",
    RowCode.NO_PLACE: "The row says nothing about where. It is counted as not mapped.",
    RowCode.REPORT_BEFORE_EVENT: "{column} lies before event_start. Check both; the row was kept.",
    RowCode.REVIEW_OVERDUE: "review_date has passed. The record was kept and is due for review.",
    RowCode.HOME_PLACE: "The place is a home, placement, refuge or health site. It is kept restricted: no name, no label, a coarse cell only.",
}


def severity_of(code: RowCode) -> str:
    """Return "file" (the return is refused), "row" (the row is rejected) or "note" (kept, but said)."""
    if code in _FILE:
        return "file"
    return "note" if code in _NOTE else "row"


def sentence_of(code: RowCode, *, column: str = "", count: int = 0, total: int = 0, limit: int = 0) -> str:
    """Return the words for `code`; `column` is a column's name, never a value."""
    shown = f"“{column}”" if code is RowCode.UNKNOWN_COLUMN else column
    return SENTENCES[code].format(column=shown, count=f"{count:,}", total=f"{total:,}", limit=limit)
