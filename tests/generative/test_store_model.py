"""Any sequence of imports, corrections, resends, erasures and reopenings, against a model made of two dicts."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cse_geo import store
from tests.store_frames import KEY, locations_of, records_of

CHILDREN = ("K1", "K2", "K3", None)
TYPES = ("park", "hotel_bb", "taxi_rank")
ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(CHILDREN), st.sampled_from(TYPES)), min_size=1, max_size=5
)


class StoreModel(RuleBasedStateMachine):
    """`current` is what the store should hold; `erased` whom and what it must never hold again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.opened = store.init_store(self.folder / "s", key=KEY)
        self.current: dict[str, tuple[str | None, str]] = {}
        self.ever: dict[str, set[str | None]] = {}
        self.erased: set[str] = set()
        self.files: dict[int, tuple[list[tuple[int, str | None, str]], store.Receipt]] = {}

    @rule(number=st.integers(0, 8), rows=ROWS)
    def sends_a_file(self, number: int, rows: list[tuple[int, str | None, str]]) -> None:
        before = self.files.get(number)
        sent = before[0] if before else rows
        frame = records_of([{"record_id": f"r{i}", "child_key": c, "place_type": t} for i, c, t in sent])
        details = store.ImportDetails("police1", f"{number:064x}")
        receipt = store.save_import(self.opened, details, frame, locations_of(frame))
        if before:
            assert receipt == before[1]
            return
        self.files[number] = (sent, receipt)
        self._expect(sent, receipt)

    def _expect(self, sent: list[tuple[int, str | None, str]], receipt: store.Receipt) -> None:
        kept = [(f"r{i}", c, t) for i, c, t in sent if c not in self.erased and f"r{i}" not in self.erased]
        last = {name: (child, kind) for name, child, kind in kept}
        new = sum(name not in self.current for name in last)
        changed = sum(name in self.current and self.current[name] != row for name, row in last.items())
        self.current |= last
        for name, (child, _) in last.items():
            self.ever.setdefault(name, set()).add(child)
        counts = (
            receipt.n_new,
            receipt.n_corrected,
            receipt.n_unchanged,
            receipt.n_repeated,
            receipt.n_erased,
        )
        assert counts == (
            new,
            changed,
            len(last) - new - changed,
            len(kept) - len(last),
            len(sent) - len(kept),
        )

    @rule(child=st.sampled_from(CHILDREN[:-1]))
    def erases_a_child(self, child: str) -> None:
        store.erase_subject(self.opened, child)
        gone = {name for name, children in self.ever.items() if child in children}
        self.erased |= {child} | gone
        for name in gone:
            self.current.pop(name, None)
            self.ever.pop(name)

    @rule()
    def is_reopened(self) -> None:
        self.opened.close()
        self.opened = store.open_store(self.folder / "s", key=KEY)

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        records, locations = store.load_records(self.opened)
        child = records["child_key"].astype(object).where(records["child_key"].notna(), None)
        found = dict(zip(records["record_id"], zip(child, records["place_type"], strict=True), strict=True))
        assert found == self.current
        assert locations["record_id"].tolist() == records["record_id"].tolist()

    def teardown(self) -> None:
        assert store.verify(self.opened).is_whole
        self.opened.close()
        shutil.rmtree(self.folder)


StoreModel.TestCase.settings = settings(
    max_examples=12, stateful_step_count=12, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
test_any_sequence_keeps_to_the_model = StoreModel.TestCase
