"""How every page looks: width, styles, the band that says the data are synthetic, the title."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import streamlit as st

from cse_geo.outputs.maps.html import el, joined

# A picture of our own: Streamlit fetches material icons for the browser tab from a font server.
_ICON = Path(str(resources.files("cse_geo").joinpath("data/icon.png")))
_TITLED = "page_is_titled"
_STYLES = Path(str(resources.files("cse_geo").joinpath("data/page.css")))


def dress() -> None:
    """Set the page up; the first call of every run."""
    st.set_page_config(page_title="cse_geo", page_icon=str(_ICON), layout="wide", initial_sidebar_state=272)
    st.html(_STYLES)


def title(words: str, *, under: str = "", synthetic: bool) -> None:
    """Draw the band and the title of a page."""
    band = el(
        "div",
        "SYNTHETIC DATA ",
        el("span", "\u2013 a fictional region at sea; every record, place and agency is invented"),
        cls="cse-band", attributes={"role": "note"},
    )  # fmt: skip
    heading = el("div", el("h1", words, cls="cse-title"), el("p", under), cls="cse-top")
    st.html(joined(band, heading) if synthetic else heading)
    st.session_state[_TITLED] = True


def untitled() -> None:
    """Forget that a page has drawn its title: before it runs."""
    st.session_state[_TITLED] = False


def title_if_missing(words: str, *, synthetic: bool) -> None:
    """Draw band and title where a page was refused before it drew its own."""
    if not st.session_state.get(_TITLED, False):
        title(words, synthetic=synthetic)
