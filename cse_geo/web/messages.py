"""What a browser may say over the websocket: run a page, stop it, I am here. Everything else is dropped unread.

Streamlit takes more from anyone who can open the socket, signed in or not: to forget every cached resource of every
session (the open store among them), to hand out upload addresses, to describe the source's version control.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streamlit.proto.BackMsg_pb2 import BackMsg

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

TAKEN = frozenset({"rerun_script", "stop_script", "app_heartbeat"})


class OnlyPageMessages:
    """ASGI middleware: of a websocket's messages it passes on those that pages need."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one connection on; a websocket hears only what is taken."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return

        async def taken() -> Message:
            message = await receive()
            while not is_taken(message):
                message = await receive()
            return message

        await self.app(scope, taken, send)


def is_taken(message: Message) -> bool:
    """Return whether a message of a websocket is passed on: no data, no message of a page, or one of `TAKEN`.

    What cannot be read is passed on: Streamlit closes the socket over it.
    """
    data = message.get("bytes")
    if message["type"] != "websocket.receive" or data is None:
        return True
    try:
        return BackMsg.FromString(data).WhichOneof("type") in TAKEN
    except Exception:  # noqa: BLE001 (protobuf's own class: its package is Streamlit's business)
        return True
