"""folium loads our own files or nothing."""

from __future__ import annotations

import re

import folium
import folium.plugins
import pytest
from folium.elements import JSCSSMixin

from cse_geo.outputs.maps import offline


def test_every_file_of_a_map_is_our_own_and_is_there():
    base = folium.Map(tiles=None)
    named = [address for _, address in base.default_js + base.default_css]
    assert named
    folders = offline.asset_folders()
    for address in named:
        _, prefix, folder, name = address.split("/", 3)
        assert prefix == "vendor"
        assert (folders[folder] / name).is_file(), address


def test_rendered_map_names_no_other_server():
    html = folium.Map(tiles=None).get_root().render()
    assert re.findall(r"""(?:src|href)=["'](https?:[^"']*)|url\((https?:[^)]*)\)""", html) == []


@pytest.mark.parametrize("plugin", [folium.plugins.HeatMap, folium.plugins.MiniMap, folium.plugins.Draw])
def test_a_plugin_whose_files_we_do_not_ship_raises(plugin):
    with pytest.raises(offline.OffOriginError, match="files of other servers"):
        _ = plugin.__new__(plugin).default_js


def test_a_new_class_with_an_unknown_address_is_blocked_when_patched():
    class Forgotten(JSCSSMixin, folium.MacroElement):
        default_js = (("x", "https://cdn.example/x.js"),)

    assert offline.patch_folium()["Forgotten"] == ("https://cdn.example/x.js",)
    with pytest.raises(offline.OffOriginError, match="Forgotten"):
        _ = Forgotten().default_js
    assert "Forgotten" in offline.patch_folium()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js", "/vendor/leaflet/leaflet.js"),
        ("https://code.jquery.com/jquery-3.7.1.min.js", "/vendor/jquery/jquery.min.js"),
        ("https://cdn.jsdelivr.net/npm/bootstrap@5.2.2/dist/js/bootstrap.bundle.min.js", None),
        ("/vendor/cse_geo/cse_map.js", "/vendor/cse_geo/cse_map.js"),
    ],
)
def test_addresses_are_told_apart(address, expected):
    assert offline.local_address(address) == expected


@pytest.mark.parametrize(
    "address", ["https://cdn.jsdelivr.net/npm/leaflet@2.0.0/dist/leaflet.js", "/elsewhere.js"]
)
def test_an_address_outside_the_manifest_is_an_error(address):
    with pytest.raises(offline.OffOriginError, match="not one of our own"):
        offline.local_address(address)


def test_our_own_script_loads_nothing_and_writes_text_only_into_text_sinks():
    script = (offline.asset_folders()["cse_geo"] / "cse_map.js").read_text("utf-8")
    assert (
        re.findall(r"https?:|import\(|XMLHttpRequest|eval\(|document\.write|insertAdjacentHTML", script) == []
    )
    # innerHTML: the textarea that decodes, and two pictures made of constants of the file.
    assert len(re.findall(r"\.innerHTML\s*=", script)) == 3
