"""What the reading process gives up before it sees a byte of a file: memory, time, writing, the network, programs.

Three fences, each of which holds without the others: limits of the system, a hook in Python that says what was
refused, and on Linux a filter of system calls that no code in the process can take back.
"""

from __future__ import annotations

import os
import platform
import struct
import sys
import sysconfig
from pathlib import Path

# A call that is refused answers "not permitted", as if there were no right to it.
_ERRNO, _ALLOW, _EPERM = 0x0005_0000, 0x7FFF_0000, 1
_NO_SUCH_CALL = 38
_LOAD, _JUMP_EQUAL, _JUMP_FROM, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_CLONE_THREAD = 0x0001_0000
_CLONE3 = 435
_NO_NEW_PRIVS, _SECCOMP, _FILTER = 38, 22, 2
# Per machine: how the kernel names it, and its numbers of socket, socketpair, bind, listen, accept, accept4,
# connect, sendto, sendmsg, execve, execveat, fork, vfork, ptrace, process_vm_writev, io_uring_setup, kill,
# tkill, tgkill, unlink, unlinkat, rename, renameat, renameat2, mkdir, mkdirat, chmod, fchmodat, setns, unshare,
# mount; and of clone, which makes threads (numpy's) as well as processes.
_MACHINES = {
    "x86_64": (0xC000_003E, (41, 53, 49, 50, 43, 288, 42, 44, 46, 59, 322, 57, 58, 101, 311, 425, 62, 200, 234,
                             87, 263, 82, 264, 316, 83, 258, 90, 268, 308, 272, 165), 56),
    "aarch64": (0xC000_00B7, (198, 199, 200, 201, 202, 242, 203, 206, 211, 221, 281, 117, 271, 425, 129, 130, 131,
                              35, 38, 276, 34, 53, 268, 97, 40), 220),
}  # fmt: skip
_REFUSED_EVENTS = (
    "socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.remove", "os.rename", "os.mkdir",
    "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.kill", "os.putenv", "shutil.",
    "tempfile.", "ftplib.", "http.client.", "urllib.", "smtplib.", "webbrowser.", "ctypes.", "pty.", "sqlite3.",
)  # fmt: skip


def confine(*, memory_bytes: int, cpu_seconds: int) -> None:
    """Give everything up that reading one file does not need; there is no way back.

    On Windows only the hook stands, and the parent's clock.
    """
    _limit(memory_bytes, cpu_seconds)
    _filter_calls()
    _hook()


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    for which, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),  # no byte to any file
        (resource.RLIMIT_CORE, 0),  # no rows in a core dump
    ):
        resource.setrlimit(which, (most, most))


def _filter_calls() -> None:
    """Forbid system calls by their number: a filter in the kernel, for this process and all it could become."""
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None or sys.maxsize < 2**32:
        return
    import ctypes  # noqa: PLC0415 - the hook that follows forbids it

    program = _program(*machine)
    code = ctypes.create_string_buffer(program, len(program))
    fprog = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    head = ctypes.create_string_buffer(fprog, len(fprog))
    call = ctypes.CDLL(None, use_errno=True).prctl
    call.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    # Where a kernel has no filters the other two fences still stand.
    if call(_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        call(_SECCOMP, _FILTER, ctypes.addressof(head), 0, 0)


def _program(name: int, forbidden: tuple[int, ...], clone: int) -> bytes:
    """Return the filter: another machine's calls and those above the table's are refused, as are `forbidden`."""
    refuse = (_RETURN, 0, 0, _ERRNO | _EPERM)
    steps = [(_LOAD, 0, 0, 4), (_JUMP_EQUAL, 1, 0, name), refuse, (_LOAD, 0, 0, 0)]
    if name == _MACHINES["x86_64"][0]:  # the same calls under other numbers (x32)
        steps += [(_JUMP_FROM, 0, 1, 0x4000_0000), refuse]
    for number in forbidden:
        steps += [(_JUMP_EQUAL, 0, 1, number), refuse]
    # The newer clone keeps its flags where a filter cannot look: the C library then takes the older one.
    steps += [(_JUMP_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _ERRNO | _NO_SUCH_CALL)]
    steps += [(_JUMP_EQUAL, 0, 3, clone), (_LOAD, 0, 0, 16), (_JUMP_SET, 1, 0, _CLONE_THREAD), refuse]
    return b"".join(struct.pack("HBBI", *step) for step in [*steps, (_RETURN, 0, 0, _ALLOW)])


def _hook() -> None:
    """Refuse in Python what the filter refuses in the kernel, and opening any file that is not Python's own."""
    folders = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    own = tuple(f"{folder}/" for folder in {*folders, str(Path(__file__).resolve().parents[1])})

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(_REFUSED_EVENTS) or (event == "open" and not _may_open(arguments, own)):
            message = f"The reading process does not do this ({event})."
            raise PermissionError(message)

    sys.addaudithook(refuse)


def _may_open(arguments: tuple[object, ...], own: tuple[str, ...]) -> bool:
    """Return whether a file may be opened: to read, and only a part of Python's packages that is loaded late."""
    path, _, flags = arguments
    is_writing = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    return not is_writing and isinstance(path, str) and str(Path(path).absolute()).startswith(own)
