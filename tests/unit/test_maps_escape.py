"""Strings that enter a map are inert in every sink folium and Leaflet have."""

from __future__ import annotations

import json
import re

import folium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cse_geo.outputs.maps import escape
from cse_geo.outputs.maps.html import Html, el, joined

PAYLOADS = [
    "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "`-alert(1)-`", "${alert(1)}", "\\`${alert(1)}",
    "'-alert(1)-'", '"-alert(1)-"', "{{7*7}}", "{% raw %}", "\u2028alert(1)", "\u2029", "\x00\x1b\x9f", "&lt;img&gt;", "javascript:alert(1)//\\",
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_html_or_javascript_could_act_on_is_left(payload):
    assert not re.search("[<>\"'`$\\\\{}\x00-\x1f\x7f-\x9f\u2028\u2029]", escape.text(payload))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_script_data_is_one_json_value_with_the_text_escaped(payload):
    literal = escape.script_data({"name": payload})
    assert json.loads(literal) == {"name": escape.text(payload)}
    assert not re.search("[<>`$&]|</", literal)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("sink", ["popup", "tooltip", "icon", "layer"])
def test_escaped_text_stays_inert_in_folium_sinks(payload, sink):
    base = folium.Map(tiles=None)
    words = escape.text(payload)
    if sink == "layer":
        base.add_child(folium.FeatureGroup(name=words))
    else:
        icon = folium.DivIcon(html=words) if sink == "icon" else None
        kinds = {"popup": {"popup": words}, "tooltip": {"tooltip": words}, "icon": {"icon": icon}}
        base.add_child(folium.Marker((0, 0), **kinds[sink]))
    plain = folium.Map(tiles=None).get_root().render()
    rendered = base.get_root().render()
    assert rendered.count("</script>") == plain.count("</script>")
    assert "<img src=x" not in rendered
    assert "${alert" not in rendered
    assert "`-alert" not in rendered


@given(st.text())
def test_text_survives_a_round_trip_through_a_browsers_decoding(value):
    import html

    decoded = html.unescape(escape.text(value))
    kept = re.sub("[\x00-\x1f\x7f-\x9f]", "", value)
    assert re.sub("[\x00-\x1f\x7f-\x9f\ufffd\u0152-\u2122\u0192]", "", decoded) == re.sub(
        "[\ufffd\u0152-\u2122\u0192]", "", kept
    )


def test_packed_data_pass_and_other_kinds_are_refused():
    assert escape.script_data(escape.Packed("AA+/==")) == '"AA+/=="'
    with pytest.raises(TypeError, match="no place in a map"):
        escape.script_data({"x": object()})
    with pytest.raises(ValueError, match="Out of range"):
        escape.script_data(float("nan"))


def test_elements_escape_text_and_attributes_but_not_their_own_kind():
    made = el("p", "a<b", el("b", "&"), cls='x" onclick="y', attributes={"title": "<"})
    assert made == '<p class="x&quot; onclick=&quot;y" title="&lt;">a&lt;b<b>&amp;</b></p>'
    assert joined("<", Html("<br>")) == "&lt;<br>"
