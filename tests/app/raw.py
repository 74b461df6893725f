"""Streamlit's websocket without a browser: what anyone can send who knows the address, and all that comes back."""

from __future__ import annotations

import time
import urllib.error
import urllib.request

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


class Wire:
    """One websocket to the app: sends what it is told, keeps every byte that it is sent."""

    def __init__(self, server, *, headers=None, session=""):
        self.frames = []
        self.opened = connect(
            f"ws://127.0.0.1:{server.port}/_stcore/stream",
            subprotocols=["streamlit", "none", session] if session else ["streamlit"],
            additional_headers=headers or {},
            max_size=None,
            open_timeout=20,
            proxy=None,
        )
        self.socket = self.opened.__enter__()
        self.states = {}
        self.page_hash = ""
        self.pages = {}

    def run(self, *, states=(), page_hash=None, page_name="", query="", fragment="", seconds=60):
        """Ask for a run of the script and return the messages of that run."""
        ask = BackMsg()
        ask.rerun_script.query_string = query
        ask.rerun_script.page_script_hash = self.page_hash if page_hash is None else page_hash
        ask.rerun_script.page_name = page_name
        ask.rerun_script.fragment_id = fragment
        kept = [s for s in self.states.values() if not s.HasField("trigger_value")]
        ask.rerun_script.widget_states.widgets.extend([*kept, *states])
        self.socket.send(ask.SerializeToString())
        return self.listen(seconds)

    def send(self, message):
        self.socket.send(message if isinstance(message, bytes) else message.SerializeToString())

    def listen(self, seconds=60):
        """Return messages until the script has finished, or nothing more comes."""
        got, until = [], time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                data = self.socket.recv(timeout=max(0.05, until - time.monotonic()))
            except (TimeoutError, ConnectionClosed):
                break
            self.frames.append(data)
            message = ForwardMsg.FromString(data)
            got.append(message)
            if message.WhichOneof("type") == "navigation":
                self.pages = {p.url_pathname: p.page_script_hash for p in message.navigation.app_pages}
            if message.WhichOneof("type") == "script_finished" and message.script_finished != (
                ForwardMsg.FINISHED_EARLY_FOR_RERUN
            ):
                break
        return got

    def received(self):
        """Return every byte that came back so far."""
        return b"\n".join(self.frames)

    def close(self):
        self.opened.__exit__(None, None, None)


def elements(messages):
    """Return the elements that a run sent, as (kind, protobuf)."""
    found = []
    for message in messages:
        if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            found.append((element.WhichOneof("type"), getattr(element, element.WhichOneof("type"))))
    return found


def of_kind(messages, kind):
    return [proto for name, proto in elements(messages) if name == kind]


def text(widget_id, value):
    return WidgetState(id=widget_id, string_value=value)


def press(widget_id):
    return WidgetState(id=widget_id, trigger_value=True)


def sign_in(wire, person, password, messages=None):
    """Fill the form at the door and send it; return the messages of that run."""
    messages = messages or wire.run()
    inputs = of_kind(messages, "text_input")
    (button,) = [b for b in of_kind(messages, "button") if b.label == "Sign in"]
    said = {"Name": person.user, "Password": password}
    states = [text(i.id, said.get(i.label, person.reference)) for i in inputs]
    (choice,) = of_kind(messages, "selectbox")
    title = next(o for o in choice.options if o == _title(person.purpose))
    states.append(text(choice.id, title))
    return wire.run(states=[*states, press(button.id)])


def _title(purpose):
    from cse_geo import safeguards

    return safeguards.purposes()[purpose].title


def get(server, path, *, cookie="", method="GET", data=None, headers=None):
    """Return status and body of one HTTP request, refused or not."""
    request = urllib.request.Request(  # noqa: S310 (our own server)
        server.url + path,
        data=data,
        method=method,
        headers={**({"Cookie": cookie} if cookie else {}), **(headers or {})},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read(), dict(refused.headers)
