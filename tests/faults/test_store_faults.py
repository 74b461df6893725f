"""What can go wrong with a store: killed processes, full disks, flipped bits, wrong keys, old copies."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cse_geo import store
from cse_geo.errors import StoreError
from cse_geo.store import engine, lock, versions
from tests.store_frames import KEY, OTHER_KEY, locations_of, many, records_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with one import of 50 records, closed."""
    with store.init_store(tmp_path / "s", key=KEY) as made:
        store.save_import(made, store.ImportDetails("police1", "0" * 64), *many(50, seed=1))
    return tmp_path / "s"


@pytest.fixture
def opened(folder: Path) -> Iterator[store.Store]:
    with store.open_store(folder, key=KEY) as made:
        yield made


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own; it sees `arguments` as text."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def count(folder: Path) -> int:
    with store.open_store(folder, key=KEY, read_only=True) as made:
        return len(store.load_records(made)[0])


# ---------------------------------------- keys
def test_a_wrong_key_and_a_damaged_first_page_are_said_in_the_same_words(folder: Path) -> None:
    with pytest.raises(StoreError) as wrong:
        store.open_store(folder, key=OTHER_KEY)
    flip(folder / "cse_geo.db", 100)
    with pytest.raises(StoreError) as damaged:
        store.open_store(folder, key=KEY)
    assert str(wrong.value) == str(damaged.value)
    assert "the key is not its key" in str(wrong.value)
    assert wrong.value.exit_code == 5


@pytest.mark.parametrize("key", ["", "secret", "ab" * 31, "zz" * 32, "' OR 1=1 --"])
def test_what_is_no_key_is_refused(folder: Path, key: str) -> None:
    with pytest.raises(StoreError, match="64 hexadecimal digits"):
        store.open_store(folder, key=key)


def test_nothing_of_a_record_can_be_read_without_the_key(folder: Path) -> None:
    content = (folder / "cse_geo.db").read_bytes()
    assert not content.startswith(b"SQLite format 3")
    assert b"police1" not in content
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(folder / "cse_geo.db").execute("SELECT * FROM records")


# ---------------------------------------- killed
IMPORT = """
    import os, signal, sys
    from cse_geo import store
    from cse_geo.store import records as module
    from tests.store_frames import KEY, many
    insert = module._insert_locations
    def killed(*arguments):
        if sys.argv[2] == "after":
            insert(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)
    if sys.argv[2] == "manifest":
        store.Store.publish_head = lambda self: os.kill(os.getpid(), signal.SIGKILL)
    else:
        module._insert_locations = killed
    opened = store.open_store(sys.argv[1], key=KEY)
    store.save_import(opened, store.ImportDetails("police2", "1" * 64), *many(300, seed=2, agency="police2"))
"""


@pytest.mark.parametrize(("when", "kept"), [("before", 0), ("after", 0), ("manifest", 300)])
def test_a_killed_import_is_whole_or_absent_and_can_be_retried(folder: Path, when: str, kept: int) -> None:
    done = run(IMPORT, folder, when)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert count(folder) == 50 + kept
    with store.open_store(folder, key=KEY) as opened:
        version = store.version(opened)
        details = store.ImportDetails("police2", "1" * 64)
        store.save_import(opened, details, *many(300, seed=2, agency="police2"))
        assert store.version(opened) == version + (kept == 0)
        assert store.verify(opened).is_whole
    assert count(folder) == 350


def migration_scripts(target: Path, *, body: str) -> Path:
    """The project's migrations, and one more that does `body` between two changes."""
    shutil.copytree(versions.SCRIPTS, target)
    (target / "versions" / "v9999_more.py").write_text(textwrap.dedent("""
        import os
        from alembic import op
        import sqlalchemy as sa
        revision, down_revision = "9999", "NEWEST"
        def upgrade():
            op.add_column("agencies", sa.Column("extra", sa.Text()))
            BODY
            op.create_table("more", sa.Column("id", sa.BigInteger(), primary_key=True))
    """).replace("BODY", body).replace("NEWEST", versions.newest_revision()), "utf-8")  # fmt: skip
    return target


MIGRATE = """
    import sys, pathlib
    from cse_geo import store
    from tests.store_frames import KEY
    store.migrate(sys.argv[1], key=KEY, scripts=pathlib.Path(sys.argv[2]))
"""


def test_a_killed_migration_rolls_back_and_can_be_retried(folder: Path, tmp_path: Path) -> None:
    deadly = migration_scripts(tmp_path / "deadly", body="os.kill(os.getpid(), 9)")
    done = run(MIGRATE, folder, deadly)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert count(folder) == 50  # still of the version before
    good = migration_scripts(tmp_path / "good", body="pass")
    kept = store.migrate(folder, key=KEY, scripts=good)
    assert kept is not None
    assert count(kept) == 50  # the backup is of the version before
    with pytest.raises(StoreError, match="newer version"):
        store.open_store(folder, key=KEY)


def test_an_older_store_asks_for_a_migration(folder: Path, tmp_path: Path) -> None:
    newer = migration_scripts(tmp_path / "newer", body="pass")
    with store.open_store(folder, key=KEY) as opened, opened.reading() as connection:
        schema_is = versions.found_revision(connection)
        with pytest.raises(StoreError, match="cse-geo migrate"):
            versions.check_version(connection, "s", scripts=newer)
    assert schema_is == versions.newest_revision()
    assert store.migrate(folder, key=KEY) is None  # up to date already


def test_a_newer_store_is_not_migrated_backwards(folder: Path, tmp_path: Path) -> None:
    store.migrate(folder, key=KEY, scripts=migration_scripts(tmp_path / "newer", body="pass"))
    with pytest.raises(StoreError, match="newer version"):
        store.migrate(folder, key=KEY)


def test_the_migrations_build_the_tables_that_the_program_uses(opened: store.Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from cse_geo.store import tables

    with opened.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []


# ---------------------------------------- damage
def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.55, 0.8, 0.999])
def test_one_flipped_bit_is_found(folder: Path, share: float) -> None:
    path = folder / "cse_geo.db"
    flip(path, int(path.stat().st_size * share))
    try:
        with store.open_store(folder, key=KEY, read_only=True) as opened:
            faults = store.verify(opened).faults
    except StoreError as error:
        faults = (str(error),)
    assert faults
    assert any("damaged" in fault for fault in faults)


def test_an_older_copy_of_the_database_is_refused(folder: Path) -> None:
    shutil.copy(folder / "cse_geo.db", folder.parent / "old.db")
    with store.open_store(folder, key=KEY) as opened:
        records = records_of([{"record_id": "new"}])
        store.save_import(opened, store.ImportDetails("police1", "5" * 64), records, locations_of(records))
    shutil.copy(folder.parent / "old.db", folder / "cse_geo.db")
    with pytest.raises(StoreError, match="1 changes and 0 audit entries are missing"):
        store.open_store(folder, key=KEY)
    with store.open_store(folder, key=KEY, trust_manifest=False) as opened:
        assert len(store.load_records(opened)[0]) == 50


def test_an_older_copy_of_the_whole_folder_is_found_by_a_head_kept_elsewhere(folder: Path) -> None:
    shutil.copytree(folder, folder.parent / "old")
    with store.open_store(folder, key=KEY) as opened:
        records = records_of([{"record_id": "new"}])
        store.save_import(opened, store.ImportDetails("police1", "5" * 64), records, locations_of(records))
        head = store.head_text(opened)
        assert store.verify(opened, head_text=head).is_whole
    with store.open_store(folder.parent / "old", key=KEY) as opened:
        assert "older than its manifest" in store.verify(opened, head_text=head).faults[0]
        assert (
            "was changed"
            in store.verify(opened, head_text=head.replace('"version": 2', '"version": 1')).faults[0]
        )


def test_a_log_that_is_lost_after_a_kill_is_found(folder: Path) -> None:
    done = run("""
        import os, sys
        from cse_geo import store
        from tests.store_frames import KEY, locations_of, records_of
        opened = store.open_store(sys.argv[1], key=KEY)
        records = records_of([{"record_id": "new"}])
        store.save_import(opened, store.ImportDetails("police1", "5" * 64), records, locations_of(records))
        os._exit(0)
    """, folder)  # fmt: skip
    assert done.returncode == 0, done.stderr
    (folder / "cse_geo.db-wal").unlink()
    (folder / "cse_geo.db-shm").unlink(missing_ok=True)
    with pytest.raises(StoreError, match="older than its manifest"):
        store.open_store(folder, key=KEY)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "no manifest"), ("{", "cannot be read"), ('{"seal": "x"}', "cannot be read")],
)
def test_a_store_without_a_sound_manifest_is_refused(folder: Path, content: str | None, words: str) -> None:
    path = folder / "manifest.json"
    path.unlink()
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(StoreError, match=words):
        store.open_store(folder, key=KEY)


def test_another_database_in_the_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    store.init_store(tmp_path / "t", key=KEY).close()
    shutil.copy(tmp_path / "t" / "cse_geo.db", folder / "cse_geo.db")
    with pytest.raises(StoreError, match="belongs to another store"):
        store.open_store(folder, key=KEY)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("store.json", None, "no store at"),
        ("store.json", "{}", "is damaged"),
        ("store.json", '{"format": 99, "id": "428c6938-2636-49d7-9c78-bd6e7e88e308"}', "newer cse_geo"),
        ("cse_geo.db", None, "no database file"),
    ],
)
def test_a_store_that_lacks_a_part_says_which(
    folder: Path, name: str, content: str | None, words: str
) -> None:
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_text(content, "utf-8")
    with pytest.raises(StoreError, match=words):
        store.open_store(folder, key=KEY)


# ---------------------------------------- several at once
def test_a_second_writing_process_is_refused_and_a_reader_is_not(opened: store.Store) -> None:
    code = """
        import sys
        from cse_geo import store
        from cse_geo.errors import StoreError
        from tests.store_frames import KEY
        with store.open_store(sys.argv[1], key=KEY, read_only=True) as reader:
            print(len(store.load_records(reader)[0]))
        try:
            store.open_store(sys.argv[1], key=KEY)
        except StoreError as error:
            print(error)
    """
    said = run(code, opened.path).stdout
    assert said.startswith("50\n")
    assert f"open for writing by process {os.getpid()};" in said


def test_a_second_writer_of_the_same_process_is_refused(opened: store.Store) -> None:
    with pytest.raises(StoreError, match="by this process"):
        store.open_store(opened.path, key=KEY)


def test_the_lock_of_a_dead_process_does_not_stay(folder: Path) -> None:
    run("""
        import os, sys
        from cse_geo import store
        from tests.store_frames import KEY
        opened = store.open_store(sys.argv[1], key=KEY)
        os.kill(os.getpid(), 9)
    """, folder)  # fmt: skip
    assert (folder / "lock").read_text("utf-8") != ""
    with store.open_store(folder, key=KEY) as opened:
        assert store.version(opened) == 1


def test_a_forked_process_does_not_use_the_connection(
    opened: store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getpid", lambda: 1)
    with pytest.raises(StoreError, match="opened by another process"):
        store.load_records(opened)


def test_a_stuck_write_is_told_to_the_next_one(opened: store.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cse_geo.store.folder.WRITE_WAIT_S", 0.05)
    said: list[str] = []

    def second() -> None:
        try:
            store.save_policy(opened, "{}", set_by="x")
        except StoreError as error:
            said.append(str(error))

    with opened.writing("slow"):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert said == ["The store s is busy with another write; try again in a moment."]


def test_threads_read_and_write_side_by_side(opened: store.Store) -> None:
    sizes: list[int] = []

    def read() -> None:
        sizes.extend(len(store.load_records(opened)[0]) for _ in range(5))

    def write(number: int) -> None:
        records, locations = many(20, seed=number, agency=f"a{number}")
        store.save_import(opened, store.ImportDetails(f"a{number}", f"{number:064x}"), records, locations)

    threads = [threading.Thread(target=read) for _ in range(3)]
    threads += [threading.Thread(target=write, args=(number,)) for number in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sizes) == 15
    assert {(size - 50) % 20 for size in sizes} == {0}  # never a part of an import
    assert len(store.load_records(opened)[0]) == 110


# ---------------------------------------- disks
FULL = """
    import resource, signal, sys
    from cse_geo import store
    from cse_geo.errors import StoreError
    from tests.store_frames import KEY, many
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    opened = store.open_store(sys.argv[1], key=KEY)
    frames = many(5000, seed=3, agency="police2")
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
    try:
        store.save_import(opened, store.ImportDetails("police2", "1" * 64), *frames)
    except StoreError as error:
        print(error)
    print(len(store.load_records(opened)[0]))
"""


def test_a_full_disk_keeps_nothing_of_the_import_and_reading_works(folder: Path) -> None:
    done = run(FULL, folder)
    words, rows = done.stdout.strip().splitlines()
    assert "Nothing of this change was kept" in words, done.stderr
    assert rows == "50"
    assert count(folder) == 50


READ_ONLY = """
    import os, sys
    from cse_geo import store
    from cse_geo.errors import StoreError
    from tests.store_frames import KEY
    os.setuid(65534)
    with store.open_store(sys.argv[1], key=KEY, read_only=True) as reader:
        print(len(store.load_records(reader)[0]))
    try:
        store.open_store(sys.argv[1], key=KEY)
    except StoreError as error:
        print(error)
    try:
        store.init_store(sys.argv[1] + "/new", key=KEY)
    except StoreError as error:
        print(error)
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody who may not write")
def test_a_folder_that_may_not_be_written_can_still_be_read(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as outside:  # pytest's own folders are closed to everybody else
        copy = shutil.copytree(folder, Path(outside) / "s")
        for path in [Path(outside), copy, *copy.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        said = run(READ_ONLY, copy)
    lines = said.stdout.strip().splitlines()
    assert lines[0] == "50", said.stderr
    assert all("cannot be written here" in line for line in lines[1:])
    assert len(lines) == 3


def test_after_a_disk_error_the_writer_stops_and_reading_goes_on(opened: store.Store) -> None:
    def fails() -> None:
        with opened.writing("x"):
            raise engine.dbapi2.OperationalError("disk I/O error")  # noqa: TRY003, EM101

    with pytest.raises(StoreError, match="read or write error"):
        fails()
    with pytest.raises(StoreError, match="stopped writing after a disk error"):
        store.save_policy(opened, "{}", set_by="x")
    assert len(store.load_records(opened)[0]) == 50


@pytest.mark.parametrize(
    ("kind", "refused"), [("ext4", False), ("nfs4", True), ("cifs", True), ("tmpfs", False)]
)
def test_network_disks_are_told_from_local_ones(tmp_path: Path, kind: str, *, refused: bool) -> None:
    mounts = (
        "22 1 8:1 / / rw,relatime - ext4 /dev/a rw\n"
        f"40 22 0:35 / {tmp_path} rw,relatime shared:1 - {kind} server:/export rw\n"
    )
    assert lock.file_system_of(tmp_path / "s", mounts) == kind
    assert (kind in lock.NETWORK_FILE_SYSTEMS) == refused


def test_an_old_sqlite_is_refused() -> None:
    engine.check_sqlite()
    with pytest.raises(StoreError, match=r"SQLite in this sqlcipher3 is 3\.51\.2"):
        engine.check_sqlite((3, 51, 2))


# ---------------------------------------- backup
def test_a_backup_is_whole_and_restores_to_the_same_records(opened: store.Store, tmp_path: Path) -> None:
    made = store.backup(opened, tmp_path / "backup")
    found = store.restore(made, tmp_path / "back", key=KEY)
    assert (found.is_whole, found.version) == (True, 1)
    assert count(tmp_path / "back") == 50
    with pytest.raises(StoreError, match="never overwrites"):
        store.backup(opened, made)
    with pytest.raises(StoreError, match="move it away"):
        store.restore(made, tmp_path / "back", key=KEY)


def test_a_damaged_backup_is_not_restored(opened: store.Store, tmp_path: Path) -> None:
    made = store.backup(opened, tmp_path / "backup")
    path = made / "cse_geo.db"
    flip(path, int(path.stat().st_size * 0.6))
    with pytest.raises(StoreError, match=r"not whole|is damaged"):
        store.restore(made, tmp_path / "back", key=KEY)
    assert not (tmp_path / "back" / "cse_geo.db").exists()


def test_a_backup_that_fails_leaves_nothing_behind(
    opened: store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("cse_geo.store.copies._copy_files", fails)
    with pytest.raises(StoreError, match="could not be written"):
        store.backup(opened, opened.path.parent / "backup")
    assert [p.name for p in opened.path.parent.iterdir()] == ["s"]


def test_a_store_is_not_made_over_another(folder: Path) -> None:
    with pytest.raises(StoreError, match="not overwritten"):
        store.init_store(folder, key=KEY)
    assert count(folder) == 50


def test_the_audit_log_refuses_changes_even_by_sql(opened: store.Store) -> None:
    log = store.audit_log(opened)
    names = ("user", "role", "agency", "purpose", "reference", "action", "what", "recipient", "export_sha256")
    log.append(lambda seq, previous: {
        "seq": seq, "time": "t", "n_rows": 0, "previous": previous, "hash": "h", **dict.fromkeys(names, "x"),
    })  # fmt: skip
    for statement in ("UPDATE audit SET user = 'y'", "DELETE FROM audit"):
        with pytest.raises(StoreError, match="only ever added to"), opened.logging() as connection:
            connection.exec_driver_sql(statement)
    assert log.read()["user"].tolist() == ["x"]
    assert store.version(opened) == 1  # an entry is no new version of the data
