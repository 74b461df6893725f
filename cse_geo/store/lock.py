"""One process writes a store: a lock that the kernel frees when the process dies."""

from __future__ import annotations

import fcntl
import json
import os
import weakref
from pathlib import Path

from cse_geo.errors import StoreError

LOCK_FILE = "lock"
# SQLite's WAL needs memory shared by all who open the file; these file systems do not give it.
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "fuse.sshfs"})


class WriterLock:
    """The right to write a store; held from `take_lock` to `release`, or until nobody holds the object."""

    def __init__(self, descriptor: int) -> None:
        self._close = weakref.finalize(self, os.close, descriptor)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the right up; again is harmless."""
        if self._close.alive:
            os.ftruncate(self._descriptor, 0)
            self._close()


def take_lock(folder: Path) -> WriterLock:
    """Take the right to write the store in `folder`.

    Raises
    ------
    StoreError
        If another process holds it (its number is said), or the folder cannot be written.
    """
    try:
        descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        message = f"The store {folder.name} cannot be written here (read-only disk or folder)."
        raise StoreError(message) from None
    held = WriterLock(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        message = (
            f"The store {folder.name} is open for writing {_holder(descriptor)}; one process writes at a time. "
            "Stop it, or wait until it has finished."
        )
        raise StoreError(message) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, json.dumps({"pid": os.getpid(), "boot": boot_id()}).encode())
    return held


def boot_id() -> str:
    """Return the kernel's id of this boot, so that a process number is not mistaken for an older one."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text("ascii").strip() if path.exists() else ""


def file_system_of(folder: Path, mountinfo: str) -> str:
    """Return the type of the file system that holds `folder`, from the text of /proc/self/mountinfo."""
    best, kind = -1, ""
    target = folder.resolve()
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        mount = Path(left.split()[4].replace("\\040", " "))
        if target.is_relative_to(mount) and len(mount.parts) >= best:
            best, kind = len(mount.parts), right.split()[0]
    return kind


def refuse_network_file_system(folder: Path) -> None:
    """Raise StoreError where `folder` lies on a network file system."""
    mounts = Path("/proc/self/mountinfo")
    kind = file_system_of(folder, mounts.read_text("utf-8")) if mounts.exists() else ""
    if kind in NETWORK_FILE_SYSTEMS:
        message = (
            f"The store {folder.name} lies on a network disk ({kind}); an embedded store needs a local one."
        )
        raise StoreError(message)


def _holder(descriptor: int) -> str:
    try:
        content = json.loads(os.pread(descriptor, 1000, 0))
    except ValueError:
        return "by another process"
    if content.get("boot") != boot_id():
        return "on another machine"
    return "by this process" if content.get("pid") == os.getpid() else f"by process {content.get('pid')}"
