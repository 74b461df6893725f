"""Which browsers a file was made for: Streamlit knows the session that holds it, and what that session's cookies are.

Streamlit has no call for either, so its own books are read here and nowhere else; its minor version is pinned.
"""

from __future__ import annotations

from streamlit.runtime import Runtime

from cse_geo.web.cookies import named


def visits_of(name: str) -> frozenset[str]:
    """Return the visits whose pages offer the file `name` at this moment; none where nobody does."""
    if not Runtime.exists():
        return frozenset()
    runtime = Runtime.instance()
    file_id = name.partition(".")[0]
    files = runtime.media_file_mgr
    with files._lock:  # noqa: SLF001
        held = {
            session
            for session, at in files._files_by_session_and_coord.items()  # noqa: SLF001
            if file_id in at.values()
        }
    found = (runtime._session_mgr.get_session_info(session) for session in held)  # noqa: SLF001
    clients = [info.client for info in found if info is not None and info.client is not None]
    contexts = [client.client_context for client in clients]
    return frozenset(named(context.cookies) for context in contexts if context is not None) - {""}
