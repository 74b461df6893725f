"""What the reading process gives up: each fence tried by itself, in a process that is thrown away."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from cse_geo.errors import InputRefusedError
from cse_geo.intake import ChildParams, read_table, read_table_sandboxed, sandbox
from tests.conftest import ROOT
from tests.faults import build as b

GOOD = b.csv_bytes(b.good_rows())
LINUX = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"},
    reason="filters of system calls are Linux's",
)
# What a parser that was taken over would try. Each must end in PermissionError.
TRIES = {
    "a socket": "import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
    "a datagram": "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "a local socket": "import socket; socket.socketpair()",
    "a program": "import os; os.execv('/bin/true', ['true'])",
    "a fork": "import os; os.fork() or os._exit(0)",
    "another process": "import os, signal; os.kill(os.getppid(), signal.SIGTERM)",
    "a name that is looked up": "import socket; socket.getaddrinfo('example.invalid', 80)",
    "a file taken away": "import os; os.unlink('no-such-file')",
    "a folder": "import os; os.mkdir('made')",
    "a program by the shell": "import os; os.system('true')",
}
BY_THE_KERNEL = [name for name in TRIES if name not in {"a name that is looked up", "a program by the shell"}]


def ended(fences: str, tried: str, *, folder) -> str:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\nimport os, signal, socket, subprocess\nfrom cse_geo.intake import confine\n"
        f"{fences}\ntry:\n    {tried}\nexcept PermissionError:\n    sys.stdout.write('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=folder,
        check=False,
    )
    return done.stdout or f"{done.returncode} {done.stderr[-300:]}"


@LINUX
@pytest.mark.parametrize("name", BY_THE_KERNEL)
def test_the_filter_of_the_kernel_refuses_it_alone(name, tmp_path):
    assert ended("confine._filter_calls()", TRIES[name], folder=tmp_path) == "refused"


@pytest.mark.parametrize("name", TRIES)
def test_the_hook_refuses_it_alone(name, tmp_path):
    assert ended("confine._hook()", TRIES[name], folder=tmp_path) == "refused"


@pytest.mark.parametrize("name", ["a socket", "a program", "a folder"])
def test_without_a_fence_it_is_not_refused(name, tmp_path):
    assert ended("", TRIES[name], folder=tmp_path) != "refused"


@LINUX
def test_the_kernel_says_that_the_filter_is_on(tmp_path):
    tried = "print([l.split()[1] for l in open('/proc/self/status') if l.startswith(('Seccomp:', 'NoNewPrivs:'))])"
    assert ended("confine._filter_calls()", tried, folder=tmp_path).strip() == "['1', '2']"


@pytest.mark.parametrize(
    "tried",
    ["open('/etc/passwd')", "open('secret.txt')", "open('new.txt', 'w')", "os.open('secret.txt', os.O_RDONLY)",
     "os.open(os.__file__, os.O_WRONLY)", "open(os.__file__, 'r+')", "open('/proc/self/environ')"],
)  # fmt: skip
def test_no_file_is_opened_but_pythons_own(tried, tmp_path):
    (tmp_path / "secret.txt").write_text("x")
    assert ended("confine._hook()", tried, folder=tmp_path) == "refused"
    assert (
        ended("confine._hook()", "print(len(open(os.__file__).read()) > 9)", folder=tmp_path).strip()
        == "True"
    )


def test_nothing_is_written_where_a_file_is_open_already(tmp_path):
    tried = "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); f.write('x'); f.flush()"
    code = "f = open('open.txt', 'w'); confine._limit(2_000_000_000, 60)"
    assert "File too large" in ended(code, tried, folder=tmp_path)
    assert (tmp_path / "open.txt").read_text() == ""


def test_no_core_is_left(tmp_path):
    tried = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"
    assert ended("confine._limit(2_000_000_000, 60)", tried, folder=tmp_path).strip() == "(0, 0)"


# ---------------------------------------- the warm reader
@pytest.fixture
def cold():
    sandbox.stop_readers()
    yield
    sandbox.stop_readers()


@pytest.mark.usefixtures("cold")
def test_a_batch_of_files_is_read_by_forks_of_one_process():
    started = []
    for _ in range(4):
        assert len(read_table_sandboxed(GOOD, name="x").frame) == len(read_table(GOOD, name="x").frame)
        started.append(sandbox._idle[0].process.pid)
    assert len(set(started)) == 1
    assert len(sandbox._idle) == 1


@pytest.mark.usefixtures("cold")
def test_what_one_file_did_to_its_fork_the_next_does_not_see():
    many = b.csv_bytes(b.good_rows(100)) * 1500
    read_table_sandboxed(GOOD, name="x")
    pid = sandbox._idle[0].process.pid
    for limits in (
        ChildParams(memory_bytes=60_000_000),
        ChildParams(wall_seconds=1),
        ChildParams(cpu_seconds=1),
    ):
        with pytest.raises(InputRefusedError, match="had to be stopped"):
            read_table_sandboxed(many, name="x", child=limits)
        assert read_table_sandboxed(GOOD, name="x").rows.tolist() == read_table(GOOD, name="x").rows.tolist()
    assert sandbox._idle[0].process.pid == pid


@pytest.mark.usefixtures("cold")
def test_a_reader_that_was_killed_is_replaced():
    read_table_sandboxed(GOOD, name="x")
    first = sandbox._idle[0].process
    first.kill()
    first.wait()
    assert len(read_table_sandboxed(GOOD, name="x").frame)
    assert sandbox._idle[0].process.pid != first.pid


@pytest.mark.usefixtures("cold")
def test_a_reader_that_dies_over_a_file_is_a_refusal():
    reader = sandbox._Reader()
    sandbox._idle.append(reader)
    reader.process.stdin.write(b"\0" * 8 + b"\0" * 8)  # an empty request: it dies of it
    reader.process.stdin.flush()
    reader.process.wait(60)
    reader.process.poll = lambda: None
    with pytest.raises(InputRefusedError, match="had to be stopped"):
        read_table_sandboxed(GOOD, name="x")
    assert sandbox._idle == []
    assert len(read_table_sandboxed(GOOD, name="x").frame)


@pytest.mark.usefixtures("cold")
def test_a_forked_process_takes_a_reader_of_its_own():
    read_table_sandboxed(GOOD, name="x")
    (parents,) = sandbox._idle
    parents.owner = -1  # as it looks after a fork
    mine = sandbox._taken()
    assert mine is not parents
    mine.stop()
    sandbox.stop_readers()
    assert parents.process.poll() is None  # it is not ours to end
    sandbox._idle.clear()
    parents.stop()


@pytest.mark.usefixtures("cold")
def test_readers_end_when_they_are_told():
    read_table_sandboxed(GOOD, name="x")
    process = sandbox._idle[0].process
    sandbox.stop_readers()
    assert process.poll() is not None
    assert sandbox._idle == []


@LINUX
def test_threads_may_start_under_the_filter_and_processes_may_not(tmp_path):
    tried = (
        "import threading; t = threading.Thread(target=lambda: sys.stdout.write('ran')); t.start(); t.join()"
    )
    assert ended("confine._filter_calls()", tried, folder=tmp_path) == "ran"
    assert ended("confine._filter_calls()", "subprocess.run(['true'])", folder=tmp_path) == "refused"
