"""What an identity provider says of a person, and whether it may open one session: OpenID Connect, read strictly.

The signature was checked where the token was fetched. Here it is asked whether this token was meant for this app, by
the provider that the operator named, a moment ago, and whom it names. Role and agency are never read from a token.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cse_geo.errors import NotPermittedError, UsageError
from cse_geo.safeguards.accounts import check_user_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# From the moment the provider signed to the moment somebody has given a purpose and a reference.
FRESH_FOR = timedelta(minutes=10)
_CLOCKS_APART = timedelta(minutes=2)
CLAIMS = ("sub", "preferred_username", "upn", "email")
_LOOPBACK = ("localhost", "127.0.0.1")
_SHORTEST_SECRET = 16
_REFUSED = "The identity provider did not say who you are, or too long ago. Sign in there again."


@dataclass(frozen=True)
class Provider:
    """The identity provider that the operator named.

    Attributes
    ----------
    issuer : what its tokens say they are from
    metadata_url : its discovery document
    client_id, client_secret : what this app is called there, and by what it proves that
    redirect_uri : address of this app that the provider sends people back to; ends in /oauth2callback
    claim : which claim is the name of an account here
    title : what the button at the door calls it

    Raises
    ------
    UsageError
        If an address is neither https nor on this machine, or something is missing.
    """

    issuer: str
    metadata_url: str
    client_id: str
    client_secret: str
    redirect_uri: str
    claim: str = "preferred_username"
    title: str = "your organisation's account"

    def __post_init__(self) -> None:
        named = (self.issuer, self.metadata_url, self.redirect_uri)
        if not all(_is_safe(address) for address in named):
            message = (
                "`issuer`, `metadata_url` and `redirect_uri` must be https addresses, or on this machine."
            )
            raise UsageError(message)
        if not urlsplit(self.redirect_uri).path.endswith("/oauth2callback"):
            message = "`redirect_uri` must end in /oauth2callback."
            raise UsageError(message)
        if self.claim not in CLAIMS or not self.client_id or len(self.client_secret) < _SHORTEST_SECRET:
            message = (
                f"`claim` must be one of {', '.join(CLAIMS)}, `client_id` must not be empty, and `client_secret` "
                f"must have at least {_SHORTEST_SECRET} characters."
            )
            raise UsageError(message)


def provider_from(text: str) -> Provider:
    """Return the provider that a TOML text names.

    Raises
    ------
    UsageError
        If it is no TOML, a name is missing, or one is not known.
    """
    try:
        return Provider(**tomllib.loads(text))
    except (tomllib.TOMLDecodeError, TypeError):
        message = (
            "The file of the identity provider must be TOML with issuer, metadata_url, client_id, client_secret and "
            "redirect_uri, and may say claim and title."
        )
        raise UsageError(message) from None


def user_in(claims: Mapping[str, Any], provider: Provider, *, now: datetime) -> str:
    """Return the account name that the provider's claims give.

    Raises
    ------
    NotPermittedError
        If the claims are of another issuer, for another app, older than ten minutes or run out, without the nonce
        that ties them to one signing in, or name nobody. The words are the same for all.
    """
    name = claims.get(provider.claim)
    is_ours = claims.get("iss") == provider.issuer and provider.client_id in _audience(claims)
    is_verified = provider.claim != "email" or claims.get("email_verified") is True
    is_tied = isinstance(claims.get("nonce"), str) and bool(claims["nonce"])
    if not (is_ours and is_tied and is_verified and isinstance(name, str) and _is_now(claims, now)):
        raise NotPermittedError(_REFUSED)
    try:
        return check_user_name(name)
    except UsageError:
        raise NotPermittedError(_REFUSED) from None


def sign_in_id(claims: Mapping[str, Any]) -> str:
    """Return what names one signing in at the provider: it opens one session here, and no second one."""
    said = "\x1f".join(str(claims.get(name, "")) for name in ("iss", "sub", "nonce", "iat"))
    return hashlib.sha256(said.encode()).hexdigest()


def _audience(claims: Mapping[str, Any]) -> list[object]:
    audience = claims.get("aud")
    return audience if isinstance(audience, list) else [audience]


def _is_now(claims: Mapping[str, Any], now: datetime) -> bool:
    made, ends = claims.get("iat"), claims.get("exp")
    if not all(isinstance(moment, (int, float)) and not isinstance(moment, bool) for moment in (made, ends)):
        return False
    moment, apart = now.timestamp(), _CLOCKS_APART.total_seconds()
    return (
        -apart <= moment - float(str(made)) <= FRESH_FOR.total_seconds() and moment < float(str(ends)) + apart
    )


def _is_safe(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or parts.hostname in _LOOPBACK)
