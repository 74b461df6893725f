"""The ASGI application: Streamlit with our routes and headers around it."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit import net_util

from cse_geo.web import assets, background
from cse_geo.web.messages import OnlyPageMessages
from cse_geo.web.openid import secrets_of
from cse_geo.web.security import SecurityHeaders

# Absolute, so that it is found from any working directory and from an installed package alike.
MAIN_PAGE = Path(str(resources.files("cse_geo").joinpath("pages/main.py")))
ROUTES = (*assets.routes(), background.ROUTE)
MIDDLEWARE = (Middleware(SecurityHeaders), Middleware(OnlyPageMessages))

# A websocket from a foreign Origin would make the server ask the internet who it is, before refusing it.
net_util._external_ip = net_util._internal_ip = "127.0.0.1"  # noqa: SLF001 (Streamlit has no setting for it)

SECRETS = secrets_of(os.environ)

app = st.App(MAIN_PAGE, routes=ROUTES, middleware=MIDDLEWARE, secrets=SECRETS)
