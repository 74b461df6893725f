"""No hidden column travels: all that roles who may see no single record are sent, over the websocket and by HTTP.

A store in which every record id, event reference, key and exact co-ordinate is one of a kind; two roles in turn in one
process; every page; every address that a page names, fetched; all bytes searched.
"""

from __future__ import annotations

import gzip
import re
import zlib

import pytest

from tests import canary_store
from tests.app import raw
from tests.app.conftest import Server
from tests.store_frames import KEY

ADDRESS = re.compile(rb"/(?:media|background)/[0-9a-zA-Z._-]+")
LOW = ("outreach", "licensing", "care", "patrol", "meeting_member")


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("canary")
    canary_store.build(folder / "s").close()
    server = Server(
        ["-m", "tests.app.serve", str(folder / "s")],
        log=folder / "log.txt",
        CSE_GEO_KEY=KEY,
        CSE_GEO_DEMO="0",
    )
    server.folder = folder
    yield server
    server.stop()


class Visitor:
    """One role in one browser: walks every page, and fetches what the pages name."""

    def __init__(self, app, role, browser=""):
        self.app, self.cookie = app, f"cse_visit=visit-of-{browser or role}"
        self.wire = raw.Wire(app, headers={"Cookie": self.cookie})
        raw.sign_in(self.wire, canary_store.PEOPLE[role], canary_store.PASSWORD)
        self.fetched = {}

    def walk(self):
        for page, page_hash in list(self.wire.pages.items()):
            before = len(self.wire.frames)
            self.wire.run(page_hash=page_hash, page_name=page)
            for address in set(ADDRESS.findall(b"\n".join(self.wire.frames[before:]))):
                self.fetched[address.decode()] = raw.get(self.app, address.decode(), cookie=self.cookie)
        return self

    def everything(self):
        bodies = [body for _, body, _ in self.fetched.values()]
        return b"\n".join(
            [self.wire.received(), *bodies, *(opened for body in bodies for opened in unpacked(body))]
        )


def unpacked(body):
    """Return the same bytes without their compression, where they have one: a picture hides text from a search."""
    found = [gzip.decompress(body)] if body[:2] == b"\x1f\x8b" else []
    for at in (m.start() for m in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", body)):
        try:
            found.append(zlib.decompressobj().decompress(body[at:], 20_000_000))
        except zlib.error:
            continue
    return found


def seen_in(data):
    hits = {
        kind: sum(text.encode() in data for text in texts) for kind, texts in canary_store.canaries().items()
    }
    hits["exact co-ordinate"] = sum(text in data for text in canary_store.coordinates())
    return {kind: n for kind, n in hits.items() if n}


@pytest.fixture(scope="module")
def after_the_analyst(app):
    """The analyst has looked at everything first, in the same process: what is remembered is hers."""
    return Visitor(app, "analyst").walk()


@pytest.mark.parametrize("role", LOW)
def test_no_value_of_a_record_reaches_a_role_that_may_not_see_it(app, after_the_analyst, role):
    seen = Visitor(app, role).walk()
    assert len(seen.wire.received()) > 50_000
    assert seen_in(seen.everything()) == {}
    assert all(status == 200 for status, _, _ in seen.fetched.values())
    # What was made for the analyst is served to nobody else, though this role signed in as well.
    for address in after_the_analyst.fetched:
        if address.startswith("/media/") and address not in seen.fetched:
            assert raw.get(app, address, cookie=seen.cookie)[0] == 404, address


def test_what_pages_offer_is_served_to_their_browser_until_it_signs_out(app):
    # A browser of its own: somebody signed in twice in one browser signs out of one session, not of both.
    seen = Visitor(app, "outreach", browser="one-that-signs-out").walk()
    assert seen.fetched, "no page named a picture or a background"
    for address in seen.fetched:
        for cookie in ("", "cse_visit=guessed"):
            assert raw.get(app, address, cookie=cookie)[0] == 404
    messages = seen.wire.run(page_hash=seen.wire.pages["method"], page_name="method")
    (out,) = [button for button in raw.of_kind(messages, "button") if button.label == "Sign out"]
    seen.wire.run(states=[raw.press(out.id)], page_hash=seen.wire.pages["method"], page_name="method")
    for address in seen.fetched:
        assert raw.get(app, address, cookie=seen.cookie)[0] == 404


def test_the_servers_own_log_holds_no_value_of_a_record(app, after_the_analyst):
    assert seen_in((app.folder / "log.txt").read_bytes()) == {}


def test_compressed_bytes_are_looked_into():
    hidden = canary_store.record_ids()[3].encode()
    assert hidden not in (packed := b"PNG" + zlib.compress(b"..." + hidden))
    assert any(hidden in opened for opened in unpacked(packed))
    assert any(hidden in opened for opened in unpacked(gzip.compress(hidden)))
