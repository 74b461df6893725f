"""Put one small wrong at a time into a module and see whether its tests notice.

    python -m tests.benchmarks.mutation --module cse_geo.safeguards.access --seed 1 --sample 60
    python -m tests.benchmarks.mutation --all

Each mutant runs in a forked copy of this process, which has the third-party packages in memory and none of ours:
the mutant is put in the module's place as it is imported, and the module's own tests run until the first failure.
Killed: a test failed, the tests could not be collected, or they did not end within the limit.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.util
import os
import random
import resource
import sys
import time
from typing import TYPE_CHECKING

from tests.benchmarks.mutants import Mutant, mutants_of
from tests.conftest import ROOT

if TYPE_CHECKING:
    import ast

_RELEASE = (
    "unit/test_safeguards_release_edges.py", "unit/test_safeguards_disclosure.py",
    "generative/test_safeguards_gate.py", "unit/test_releases.py",
)  # fmt: skip
# The tests that are about a module, quickest first.
TESTS = {
    "cse_geo.safeguards.access": (
        "unit/test_safeguards_edges.py",
        "unit/test_safeguards_access.py",
        "unit/test_safeguards_policy.py",
    ),
    "cse_geo.safeguards.matrix": (
        "unit/test_safeguards_edges.py",
        "unit/test_safeguards_access.py",
    ),
    "cse_geo.safeguards.disclosure": _RELEASE,
    "cse_geo.safeguards.gate": _RELEASE,
    "cse_geo.safeguards.grouping": _RELEASE,
    "cse_geo.safeguards.audit": (
        "unit/test_safeguards_edges.py",
        "unit/test_safeguards_audit.py",
        "unit/test_auditing.py",
    ),
    "cse_geo.safeguards.misuse": ("unit/test_auditing.py",),
    "cse_geo.safeguards.accounts": ("unit/test_safeguards_accounts.py", "unit/test_signin.py"),
    "cse_geo.pipeline.signin": ("unit/test_signin.py",),
    "cse_geo.pipeline.gate": ("unit/test_signin.py",),
}
_PRELOADED = (
    "numpy", "pandas", "pandas.io.json", "pyarrow", "shapely", "geopandas", "h3", "h3.api.numpy_int", "sqlalchemy", "alembic", "sqlcipher3",
    "argon2", "pytest", "_pytest.python", "hypothesis", "hypothesis.extra.numpy", "scipy.optimize", "pyproj", "openpyxl",
)  # fmt: skip
_MOST_SECONDS = 120


class _Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the mutant where the module is asked for."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self.module, self.tree = module, tree

    def find_spec(self, name, path=None, target=None):
        del path, target
        if name != self.module:
            return None
        return importlib.util.spec_from_file_location(name, _path_of(name), loader=self)

    def create_module(self, spec):
        del spec

    def exec_module(self, module):
        exec(compile(self.tree, module.__spec__.origin, "exec"), module.__dict__)  # noqa: S102 (our own source)


def _path_of(module: str):
    return ROOT / (module.replace(".", "/") + ".py")


def _tests_of(module: str) -> list[str]:
    named = [ROOT / "tests" / name for name in TESTS[module]]
    return [str(path) for path in named if path.is_file()]


def is_killed(module: str, tree: ast.Module | None) -> bool:
    """Run the module's tests against a mutant (None: against the module as it is) in a forked process."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _run(module, tree)
    _, status = os.waitpid(child, 0)
    return status != 0


def _run(module: str, tree: ast.Module | None) -> None:
    # Of the processor, not of the clock: on a busy machine a mutant must not look killed because it waited.
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    if tree is not None:
        sys.meta_path.insert(0, _Instead(module, tree))
    import pytest

    code = 1
    try:
        code = pytest.main(["-x", "-q", "-p", "no:xdist", "-o", "addopts=", "-p", "no:cacheprovider",
                            "-W", "ignore::pytest.PytestAssertRewriteWarning", *_tests_of(module)])  # fmt: skip
    finally:
        os._exit(int(code))


def measure(module: str, *, seed: int, sample: int, first_line: int = 0) -> tuple[int, list[Mutant]]:
    """Return how many mutants were tried and those that no test noticed."""
    found = [m for m in mutants_of(_path_of(module).read_text("utf-8")) if m.line >= first_line]
    if 0 < sample < len(found):
        found = sorted(random.Random(seed).sample(found, sample), key=lambda m: m.line)  # noqa: S311
    if is_killed(module, None):
        sys.exit(f"The tests of {module} fail as they are.")
    survivors = []
    for mutant in found:
        if not is_killed(module, mutant.tree):
            survivors.append(mutant)
            sys.stdout.write(f"  survived  {module}:{mutant.line}  {mutant.what}\n")
            sys.stdout.flush()
    return len(found), survivors


def main() -> None:
    """Print survivors as they are found, and the share killed of each module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--module", action="append", choices=sorted(TESTS), default=[])
    parser.add_argument("--all", action="store_true", help="every module that has its tests named here")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, default=0, help="so many mutants of each module; 0 = all")
    parser.add_argument("--first-line", type=int, default=0, help="only mutants from this line on")
    asked = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    for name in _PRELOADED:
        importlib.import_module(name)
    tried = killed = 0
    for module in sorted(TESTS) if asked.all else asked.module:
        started = time.perf_counter()
        n, survivors = measure(module, seed=asked.seed, sample=asked.sample, first_line=asked.first_line)
        tried, killed = tried + n, killed + n - len(survivors)
        share = 100 * (n - len(survivors)) / n
        sys.stdout.write(
            f"{module}: {n - len(survivors)} of {n} killed ({share:.1f} %), {time.perf_counter() - started:.0f} s\n"
        )
        sys.stdout.flush()
    sys.stdout.write(f"together: {killed} of {tried} killed ({100 * killed / max(tried, 1):.1f} %)\n")


if __name__ == "__main__":
    main()
