"""The role matrix through the raw websocket of a real store: what anyone can send, and that nothing comes back.

No browser and no Python function of ours stands between: the bytes of the protocol go in, all that comes back is kept
and searched for values that stand nowhere else (canaries).
"""

from __future__ import annotations

import re
import uuid
from itertools import product

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import InvalidStatus

from cse_geo import safeguards, store
from tests import canary_store
from tests.app import raw
from tests.app.conftest import Server
from tests.faults.hostile import hostile_files
from tests.store_frames import KEY

# Page of the app -> the page of the matrix, or the permission, that opens it.
OPENS = {
    "": "map", "border": "meeting", "meeting": "meeting", "review": "review", "patrol": "patrol", "outreach": "outreach",
    "premises": "premises", "returns": "imports", "audit": "audit", "settings": "settings", "method": "method",
}  # fmt: skip
# The matrix gives the board a map of areas; the app's map has cells only, and refuses it.
NARROWER = {("board", "")}
# What carries an answer; a form at the door and a refusal are made of other things.
ANSWERS = {"dataframe", "component_instance", "imgs", "image", "multiselect", "download_button", "table"}
REFUSED = re.compile("does not have this page|does not allow this|sees areas, not cells")
SAME_AT_THE_DOOR = {"html", "heading", "markdown", "text_input", "selectbox", "button", "alert"}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("canary")
    canary_store.build(folder / "s").close()
    command = ["-m", "tests.app.serve", str(folder / "s")]
    server = Server(command, log=folder / "log.txt", CSE_GEO_KEY=KEY, CSE_GEO_DEMO="0")
    server.store = folder / "s"
    yield server
    server.stop()


@pytest.fixture
def wire(app):
    opened = []

    def open_(**how):
        opened.append(raw.Wire(app, **how))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()


def found(data, *, points=True):
    """Return by kind how many canaries stand in some bytes."""
    hits = {
        kind: sum(text.encode() in data for text in texts) for kind, texts in canary_store.canaries().items()
    }
    if points:
        hits["exact co-ordinate"] = sum(text in data for text in canary_store.coordinates())
    return {kind: n for kind, n in hits.items() if n}


def kinds(messages):
    return {kind for kind, _ in raw.elements(messages)}


def may_open(role, page):
    rule = safeguards.role_of(role)
    if (role, page) in NARROWER:
        return False
    return "review" in rule.actions if page == "review" else OPENS[page] in rule.pages


def test_the_canaries_would_be_seen_if_they_were_sent(wire):
    """The search can fail: it finds each kind of canary in bytes that hold one."""
    for kind, texts in canary_store.canaries().items():
        assert found(b"..." + texts[0].encode() + b"...")[kind] >= 1
    assert found(canary_store.coordinates()[0]) == {"exact co-ordinate": 1}
    assert found(canary_store.coordinates()[-1]) == {"exact co-ordinate": 1}


# ---------------------------------------- nobody signed in
@pytest.mark.parametrize("page", OPENS)
def test_without_signing_in_every_page_is_the_form_at_the_door(wire, page):
    opened = wire()
    opened.run()
    got = opened.run(page_hash=opened.pages[page], page_name=page)
    assert [h.body for h in raw.of_kind(got, "heading")] == ["Sign in"]
    assert kinds(got) <= SAME_AT_THE_DOOR
    assert found(opened.received()) == {}


def test_without_signing_in_forged_states_pages_and_fragments_bring_nothing(wire):
    """Widget states of somebody who is signed in, hashes of pages, fragments, query strings: still the form."""
    known = wire()
    raw.sign_in(known, canary_store.PEOPLE["analyst"], canary_store.PASSWORD)
    states = []
    for page in ("", "review", "meeting", "border", "premises"):
        got = known.run(page_hash=known.pages[page], page_name=page)
        for kind, proto in raw.elements(got):
            if kind == "button":
                states.append(raw.press(proto.id))
            elif kind in {"selectbox", "text_input"}:
                states.append(raw.text(proto.id, "analyst"))
    assert len(states) > 8
    stranger = wire()
    stranger.run()
    forged = [
        raw.text("token", "x"),
        raw.text("$$ID-0-token", "x"),
        raw.text("role", "analyst"),
        raw.text("role_menu", "analyst"),
    ]
    for page in OPENS:
        stranger.run(states=[*states, *forged], page_hash=stranger.pages[page], query="role=analyst&token=x")
    for wrong in ("0" * 32, "", "../../map_page", "\x00"):
        stranger.run(page_hash=wrong, page_name="map", seconds=5)
    stranger.run(fragment=str(uuid.uuid4()), seconds=3)
    assert found(stranger.received()) == {}
    assert not ANSWERS & {k for frame in stranger.frames for k in kinds([raw.ForwardMsg.FromString(frame)])}


def test_other_messages_of_the_protocol_are_not_heard(wire, app):
    """Anyone could ask to forget all caches, for upload addresses, for the version control of the source."""
    signed = wire()
    raw.sign_in(signed, canary_store.PEOPLE["care"], canary_store.PASSWORD)
    stranger = wire()
    stranger.run()
    asked = BackMsg()
    asked.file_urls_request.request_id = "1"
    asked.file_urls_request.file_names.append("x.csv")
    for message in (
        BackMsg(clear_cache=True),
        BackMsg(load_git_info=True),
        BackMsg(debug_shutdown_runtime=True),
        asked,
    ):
        stranger.send(message)
    assert {m.WhichOneof("type") for m in stranger.listen(2)} <= {
        "session_status_changed"
    }  # the end of its own run
    got = signed.run(page_hash=signed.pages["method"])
    assert "Signed in: p_care" in str(raw.of_kind(got, "markdown"))


def test_rubbish_on_the_socket_closes_it_and_the_app_stays_up(wire, app):
    for rubbish in (b"\xff" * 100, bytes(range(256)) * 50, b"\x0a\xff\xff\xff\x7f"):
        opened = wire()
        opened.send(rubbish)
        opened.listen(2)
    assert raw.get(app, "/_stcore/health")[0] == 200
    assert found(opened.received()) == {}


def test_a_foreign_origin_and_a_foreign_host_get_no_socket(app):
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}):
        with pytest.raises(InvalidStatus, match="403"):
            raw.Wire(app, headers=headers)


def test_a_session_of_another_browser_cannot_be_taken_over(app, wire):
    """Whoever learns a session's id, and comes without the browser's cookie while it is away, gets the form."""
    cookie = {"Cookie": "cse_visit=visit-of-ana"}
    mine = wire(headers=cookie)
    got = raw.sign_in(mine, canary_store.PEOPLE["analyst"], canary_store.PASSWORD)
    assert kinds(got) & ANSWERS
    session = next(m.new_session.initialize.session_id for m in (raw.ForwardMsg.FromString(f) for f in mine.frames)
                   if m.WhichOneof("type") == "new_session")  # fmt: skip
    mine.close()
    back = wire(headers=cookie, session=session)
    assert "Signed in: p_analyst" in str(raw.of_kind(back.run(), "markdown"))
    back.close()
    thief = wire(headers={"Cookie": "cse_visit=visit-of-eve"}, session=session)
    got = thief.run()
    assert "Sign in" in [h.body for h in raw.of_kind(got, "heading")]
    assert not kinds(got) & ANSWERS


# ---------------------------------------- every role, every page
class Walked(dict):
    """What a role was sent on every page in one session, walked when it is first asked for."""

    def __init__(self, app):
        self.app = app

    def __missing__(self, role):
        walker, seen = raw.Wire(self.app), {}
        raw.sign_in(walker, canary_store.PEOPLE[role], canary_store.PASSWORD)
        for page, page_hash in list(walker.pages.items()):
            before = len(walker.frames)
            messages = walker.run(page_hash=page_hash, page_name=page)
            seen[page] = (messages, b"\n".join(walker.frames[before:]))
        walker.close()
        self[role] = seen
        return seen


@pytest.fixture(scope="module")
def walked(app):
    return Walked(app)


@pytest.mark.parametrize(
    ("role", "page"), list(product(canary_store.PEOPLE, OPENS)), ids=lambda x: x or "map"
)
def test_every_cell_of_role_and_page_over_the_websocket(walked, role, page):
    messages, data = walked[role][page]
    refusals = [a.body for a in raw.of_kind(messages, "alert") if REFUSED.search(a.body)]
    assert not raw.of_kind(messages, "exception")
    assert bool(refusals) != may_open(role, page)
    if refusals:
        assert not kinds(messages) & ANSWERS
    assert found(data, points=role not in {"analyst", "steward"}) == {}


@pytest.mark.parametrize("role", [r for r in canary_store.PEOPLE if r not in {"analyst", "steward"}])
def test_forged_widgets_of_a_page_that_a_role_may_not_have_change_nothing(walked, wire, role):
    """Every button of every page of the analyst, the administrator and the officer, pressed by another role."""
    low = wire()
    raw.sign_in(low, canary_store.PEOPLE[role], canary_store.PASSWORD)
    before, tried = len(low.frames), 0
    for other, page in product(("analyst", "administrator", "oversight"), OPENS):
        buttons = [p for p in raw.of_kind(walked[other][page][0], "button") if p.label != "Sign out"]
        if may_open(role, page) or not buttons:
            continue
        got = low.run(states=[raw.press(p.id) for p in buttons], page_hash=low.pages[page], page_name=page)
        tried += 1
        assert "Signed in" in str(raw.of_kind(got, "markdown"))
        assert not kinds(got) & ANSWERS
        assert not raw.of_kind(got, "exception")
    assert tried >= 2
    assert found(b"\n".join(low.frames[before:])) == {}


# ---------------------------------------- the other doors of the server
CLOSED = (
    "/media/0123456789abcdef0123456789abcdef.png", "/component/streamlit_folium.st_folium/index.html",
    "/background/" + "0" * 32, "/_stcore/metrics", "/_stcore/upload_file/a/b", "/_stcore/agent", "/app/static/x",
    "/media/../../etc/passwd", "/vendor/cse_geo/../../../store/keys.py", "/component/../../pages/main.py",
)  # fmt: skip


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("cookie", ["", "cse_visit=guessed"])
def test_no_other_path_answers_whoever_did_not_sign_in(app, path, cookie):
    status, body, _ = raw.get(app, path, cookie=cookie)
    assert status in {400, 403, 404} or (status == 200 and b"<title>Streamlit</title>" in body), path
    assert found(body) == {}


def test_two_hundred_hostile_files_find_no_way_in_by_the_browser_and_the_app_stays_up(app, wire):
    """No page takes a file: the way that Streamlit has for uploads is shut, with a session's name as without."""
    signed = wire(headers={"Cookie": "cse_visit=v"})
    raw.sign_in(signed, canary_store.PEOPLE["steward"], canary_store.PASSWORD)
    session = next(m.new_session.initialize.session_id for m in map(raw.ForwardMsg.FromString, signed.frames)
                   if m.WhichOneof("type") == "new_session")  # fmt: skip
    for number, (name, data) in enumerate(hostile_files()):
        path = f"/_stcore/upload_file/{session if number % 2 else 'nobody'}/{number}"
        status, _, _ = raw.get(
            app, path, method="PUT" if number % 3 else "POST", data=data, cookie="cse_visit=v"
        )
        assert status == 404, name
    assert raw.get(app, "/_stcore/health")[0] == 200


def test_after_all_that_the_log_is_whole_and_names_no_stranger(app, walked):
    assert walked["oversight"]
    assert walked["administrator"]
    with store.open_store(app.store, key=KEY, read_only=True) as opened:
        entries = store.audit_log(opened).read()
    assert set(entries["user"]) <= {"root", *(p.user for p in canary_store.PEOPLE.values())}
    assert {"sign_in", "audit_view", "user_list"} <= {what.partition(":")[0] for what in entries["what"]}
