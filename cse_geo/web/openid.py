"""What Streamlit is told of the identity provider, and what it may leave in a browser.

Streamlit fetches the provider's description, keys and tokens (the only connection this app opens by itself, to the
address the operator named) and keeps who signed in in a cookie of 30 days. Ours lasts ten minutes, opens one session,
and holds no token.
"""

from __future__ import annotations

import re
import secrets
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cse_geo.errors import UsageError
from cse_geo.pipeline.trusted import identity_provider
from cse_geo.safeguards.openid import FRESH_FOR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streamlit.runtime.secrets import SecretsValue

_USER_COOKIE = b"_streamlit_user"
_TOKEN_COOKIE = b"_streamlit_user_tokens"
_AGE = re.compile(rb"(?i)max-age=[1-9]\d*")


def secrets_of(environ: Mapping[str, str]) -> dict[str, SecretsValue] | None:
    """Return the `[auth]` section for `st.login`, or None where no identity provider is named.

    PKCE is asked for whatever the provider says of itself, and so is that the person signs in anew: a provider's
    own session of yesterday is nobody's word for who sits there today. The key of the cookie is of this process.

    Raises
    ------
    UsageError
        If a provider is named and the packages that speak with it are not installed.
    """
    provider = identity_provider(environ)
    if provider is None:
        return None
    if find_spec("authlib") is None:
        message = "CSE_GEO_OIDC_FILE needs the packages of the extra `oidc`: pip install 'cse-geo[oidc]'."
        raise UsageError(message)
    scope = "openid email" if provider.claim == "email" else "openid profile"
    return {
        "auth": {
            "redirect_uri": provider.redirect_uri,
            "cookie_secret": secrets.token_urlsafe(32),
            "client_id": provider.client_id,
            "client_secret": provider.client_secret,
            "server_metadata_url": provider.metadata_url,
            "client_kwargs": {"scope": scope, "code_challenge_method": "S256", "prompt": "login"},
        }
    }


def options_of(environ: Mapping[str, str]) -> dict[str, object]:
    """Return the options of the server that a provider needs: the name by which people's browsers know this app."""
    provider = identity_provider(environ)
    host = urlsplit(provider.redirect_uri).hostname if provider else ""
    if not host or host in {"localhost", "127.0.0.1"}:
        return {}
    return {"browser.serverAddress": host, "server.allowedHosts": ["127.0.0.1", "localhost", host]}


def kept_short(name: bytes, value: bytes) -> tuple[bytes, bytes] | None:
    """Return a header as it may leave: identity cookies for ten minutes, cookies of tokens not at all."""
    if name.lower() != b"set-cookie" or not value.startswith(_USER_COOKIE):
        return name, value
    if not _AGE.search(value):  # a cookie that is taken back
        return name, value
    if value.startswith(_TOKEN_COOKIE):
        return None
    return name, _AGE.sub(b"Max-Age=%d" % FRESH_FOR.total_seconds(), value)
