"""Start the app on this machine with every setting in place."""

from __future__ import annotations

import logging
import os
import webbrowser
from threading import Timer

from cse_geo.web.openid import options_of
from cse_geo.web.settings import STREAMLIT_OPTIONS

# Long enough for the server to answer; a browser that comes too early shows an error page instead of the map.
_BROWSER_AFTER_S = 2.5


def serve(store: str, *, port: int = 8501, browser: bool = True, demo: bool = False, role: str = "") -> None:
    """Serve the app on 127.0.0.1 until it is stopped.

    Parameters
    ----------
    store : path of the store, or its database address.
    port : TCP port.
    browser : whether to open a browser on it.
    demo : whether the store is synthetic and roles may be tried on from a menu.
    role : code of the role to begin with in the demo.
    """
    os.environ["CSE_GEO_STORE"] = store
    os.environ["CSE_GEO_DEMO"] = "1" if demo else "0"
    os.environ["CSE_GEO_ROLE"] = role
    from cse_geo.web.app import app  # noqa: PLC0415 (Streamlit reads its settings when it is imported)

    logging.getLogger("uvicorn.access").disabled = True  # addresses tell what was looked at
    if browser:
        opener = Timer(_BROWSER_AFTER_S, webbrowser.open, args=(f"http://127.0.0.1:{port}",))
        opener.daemon = True
        opener.start()
    app.run(config=options_for(port))


def options_for(port: int) -> dict[str, object]:
    """Return Streamlit's options for a server on `port`."""
    return {**STREAMLIT_OPTIONS, "server.port": port, "browser.serverPort": port, **options_of(os.environ)}
