from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cse_geo.errors import InputRefusedError, UsageError
from cse_geo.intake import Mapping, apply_mapping, is_person_column, read_table, suggest_mapping
from cse_geo.schema import RETURN_COLUMNS
from tests.faults import build as b

TOML = """
[columns]
event_ref = "Ref No"
town = "Where"
[values.place_type]
"Kebab house" = "takeaway_fastfood"
[options]
dayfirst = true
ignore = ["Row colour", "Officer name"]
constant = { record_type = "missing_episode" }
"""


def _raw(*lines: str):
    return read_table(b.csv_lines(*lines), name="x")


def test_mapping_renames_translates_ignores_and_fills():
    raw = _raw(
        "Ref No,WHERE,Place type,Row colour,Officer name",
        "1-a,Exampleton,kebab  HOUSE,red,Canary",
        "1-b,,Park,,",
    )
    mapped = apply_mapping(raw, Mapping.from_toml(TOML))
    assert mapped.frame.fillna("missing").to_dict("list") == {
        "event_ref": ["1-a", "1-b"],
        "town": ["Exampleton", "missing"],
        "place_type": ["takeaway_fastfood", "Park"],
        "record_type": ["missing_episode", "missing_episode"],
    }
    assert mapped.dayfirst
    assert mapped.sha256 == raw.sha256
    assert raw.columns == ("Ref No", "WHERE", "Place type", "Row colour", "Officer name")


def test_exact_names_need_no_mapping_but_for_case_and_spaces():
    assert apply_mapping(
        _raw("Event Ref,POST-CODE,town", "1-a,x,y"), Mapping({"postcode": "post code"})
    ).columns == (
        "event_ref",
        "postcode",
        "town",
    )


@pytest.mark.parametrize(
    ("header", "mapping", "found"),
    [
        ("town,weather", None, [("unknown_column", "weather")]),
        (
            "town,Child Name,weather",
            None,
            [("forbidden_column", "Child Name"), ("unknown_column", "weather")],
        ),
        ("town,Town_", None, [("duplicate_column", "Town_")]),
        ("town", Mapping({"postcode": "pc"}), [("mapped_column_absent", "pc")]),
        (
            "town,Home address",
            Mapping({"location_text": "Home address"}),
            [("forbidden_column", "Home address")],
        ),
        ("town,Smith 12/03/2011", None, [("unknown_column", "number 2")]),
        ("Smith,Jones", None, [("no_header", "")]),
    ],
)
def test_columns_refused_by_name_only(header: str, mapping: Mapping | None, found: list[tuple[str, str]]):
    with pytest.raises(InputRefusedError) as refusal:
        apply_mapping(_raw(header, ",".join("Canary" for _ in header.split(","))), mapping)
    problems = refusal.value.problems
    assert sorted(zip(problems["code"], problems["column"], strict=True)) == sorted(found)
    assert not problems["message"].str.contains("Canary").any()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[columns", "not valid TOML"),
        ("[tables]", "unknown section: tables"),
        ("[options]\nguess = true", "unknown option: guess"),
        ("[columns]\nname = 'x'", "columns name name, not a column of the return"),
        ("[columns]\ntown = 3", "wrong kind"),
        ("[options]\ndayfirst = 'yes'", "wrong kind"),
        ("[values.place_type]\nx = 'kebab'", "codes that place_type does not have: kebab"),
        ("[values.town]\nx = 'y'", "translates values of town"),
        ("[columns]\ntown='a'\n[options]\nconstant = {town='x'}", "both a column and a constant"),
        ("[options]\nconstant = {child_key='C-0123456789abcdef'}", "sets child_key to one value"),
        ("[columns]\ntown='a'\npostcode='A'", "one column of the file for two"),
    ],
)
def test_a_wrong_mapping_is_a_usage_error_that_says_what(text: str, words: str):
    with pytest.raises(UsageError) as error:
        Mapping.from_toml(text)
    assert words in str(error.value)


names = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), min_size=1, max_size=12
)


@given(
    st.dictionaries(names.filter(lambda s: s.strip()), st.sampled_from(["park", "pub"]), max_size=4),
    st.lists(names, max_size=3),
    st.booleans(),
)
def test_toml_round_trip(values: dict[str, str], ignore: list[str], dayfirst: bool):  # noqa: FBT001 - given by name
    mapping = Mapping(
        {"town": 'Där "x"\\ \x7f'}, {"place_type": values}, dayfirst, tuple(ignore), {"status": "known"}
    )
    assert Mapping.from_toml(mapping.to_toml()) == mapping


def test_mapping_reads_a_file(tmp_path):
    path = tmp_path / "m.toml"
    path.write_text(TOML, "utf-8")
    assert Mapping.from_toml(path) == Mapping.from_toml(TOML)


def test_suggestions_are_ranked_and_never_about_persons():
    found = suggest_mapping(["Event ref", "Ref No", "Venue type", "Post Code", "Surname", "Longitude", "zzz"])
    assert dict(found.exact) == {"event_ref": "Event ref"}
    assert found.refused == ("Surname",)
    assert "zzz" in found.unknown
    assert found.best() == {
        "event_ref": "Event ref",
        "place_type": "Venue type",
        "postcode": "Post Code",
        "lon": "Longitude",
    }
    assert all(70 <= score <= 100 for pairs in found.ranked.values() for _, score in pairs)
    assert all(
        [s for _, s in pairs] == sorted((s for _, s in pairs), reverse=True)
        for pairs in found.ranked.values()
    )


def test_suggestions_are_not_applied_by_themselves():
    with pytest.raises(InputRefusedError, match="“Post town” is not a column"):
        apply_mapping(_raw("town,Post town", "x,y"))


@pytest.mark.parametrize(
    "name",
    ["Name", "Child's name", "Full Name", "D.O.B.", "Date of Birth", "NHS No", "Address", "Addr", "Home postcode",
     "Notes", "Further details", "Ethnic group", "Religion", "Country of birth", "Tel", "Mobile no", "E-mail",
     "Officer name", "Nickname(s)", "Vehicle Reg", "VRM", "Parent", "School", "Gender", "Age"],
)  # fmt: skip
def test_columns_about_a_person(name: str):
    assert is_person_column(name)


@pytest.mark.parametrize(
    "name",
    [
        *RETURN_COLUMNS,
        "Premises name",
        "Venue address",
        "Street name",
        "LSOA name",
        "Handling",
        "Location description",
    ],
)
def test_columns_about_a_place(name: str):
    assert not is_person_column(name)
