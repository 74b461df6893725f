"""Every setting of the server in one place: what Streamlit is told, and what the operator said."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Streamlit's own options. `.streamlit/config.toml` says the same for `streamlit run app.py`; a test holds the
# two together. What each one prevents was measured on 1.67.
STREAMLIT_OPTIONS: Mapping[str, object] = MappingProxyType(
    {
        "browser.gatherUsageStats": False,  # default: every page load posts to data.streamlit.io
        # Unset, the server asks checkip.amazonaws.com who it is, at its start and for each foreign Origin.
        "browser.serverAddress": "127.0.0.1",
        "server.address": "127.0.0.1",  # anything wider stands behind the agency's TLS proxy
        "server.headless": True,
        "server.showEmailPrompt": False,
        "server.fileWatcherType": "none",
        "server.enableStaticServing": False,  # /app/static is public and allows every origin
        "server.maxUploadSize": 20,
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "server.xsrfCookieSameSite": "strict",
        "server.allowedHosts": ["127.0.0.1", "localhost"],  # another name in Host = DNS rebinding
        "server.enableAgentApi": False,  # an HTTP driver of the app
        "server.disconnectedSessionTTL": 120,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",  # default shows tracebacks, paths and values
        "client.showErrorLinks": False,
        "client.disableDataExport": True,
        "logger.hideWelcomeMessage": True,
        "runner.magicEnabled": False,
        # Streamlit's own greys fail WCAG AA; with these axe-core finds nothing.
        "theme.base": "light",
        "theme.primaryColor": "#0054a3",
        "theme.backgroundColor": "#ffffff",
        "theme.secondaryBackgroundColor": "#f1f3f5",
        "theme.textColor": "#1a1a1a",
        "theme.grayTextColor": "#595959",
        "theme.linkColor": "#0054a3",
        "theme.borderColor": "#8a9199",
        "theme.showWidgetBorder": True,
        "theme.baseRadius": "4px",
        "theme.baseFontSize": 17,
    }
)


@dataclass(frozen=True)
class AppSettings:
    """What the operator said, read once from the environment."""

    store: str = ""
    demo: bool = False
    role: str = ""


def read_settings(environ: Mapping[str, str]) -> AppSettings:
    """Return the settings in `CSE_GEO_STORE`, `CSE_GEO_DEMO` (1 = yes) and `CSE_GEO_ROLE`."""
    return AppSettings(
        store=environ.get("CSE_GEO_STORE", ""),
        demo=environ.get("CSE_GEO_DEMO", "") == "1",
        role=environ.get("CSE_GEO_ROLE", ""),
    )
