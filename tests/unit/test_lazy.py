"""What is imported when asked for: tables that agree with the imports readers see, and commands that stay light."""

from __future__ import annotations

import ast
import os
import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import cse_geo.cli
from cse_geo.cli.main import _MODULES

LAZY = ("cse_geo.pipeline", "cse_geo.intake", "cse_geo.demo")
# Too heavy for a command that reads a file of points.
NOT_FOR_POINTS = {"numba", "sqlalchemy", "openpyxl", "streamlit", "folium", "sklearn", "argon2"}


def declared(package: str) -> set[tuple[str, str]]:
    """Return the (module, name) pairs that a package imports for readers and mypy."""
    source = import_module(package).__file__
    assert source
    tree = ast.parse(Path(source).read_text("utf-8"))
    block = next(n for n in tree.body if isinstance(n, ast.If) and isinstance(n.test, ast.Name))
    return {
        (node.module or "", alias.asname or alias.name)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@pytest.mark.parametrize("package", LAZY)
def test_the_table_says_what_the_imports_say_and_every_name_is_there(package: str) -> None:
    module = import_module(package)
    table = {
        (home, name.rpartition("=")[2]) for home, names in module._HOMES.items() for name in names.split()
    }
    assert table == declared(package)
    assert {name for _, name in table} == set(module.__all__)
    for home, name in table:
        theirs = {"read_agency_key": "read_key"}.get(name, name)
        assert getattr(module, name) is getattr(import_module(home), theirs)


@pytest.mark.parametrize("package", LAZY)
def test_a_name_that_is_nowhere_is_refused_by_name(package: str) -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = import_module(package).nonsense


def test_every_command_of_every_module_is_in_the_table() -> None:
    found = {
        (command.name, info.name)
        for info in pkgutil.iter_modules(cse_geo.cli.__path__)
        for command in getattr(import_module(f"cse_geo.cli.{info.name}"), "COMMANDS", ())
    }
    assert found <= {(name, module) for name, modules in _MODULES.items() for module in modules}
    assert {name for name, _ in found} == set(_MODULES)


def test_a_command_on_points_imports_none_of_the_heavy_parts() -> None:
    ask = (
        "import sys; from cse_geo.cli import cli; import click; cli.get_command(click.Context(cli), 'hotspots');"
        "from cse_geo import pipeline; pipeline.hotspots_in_points; from cse_geo.intake import read_points;"
        "print(*sorted(m for m in sys.modules if '.' not in m))"
    )
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout
    assert "pandas" in said.split()
    assert not NOT_FOR_POINTS & set(said.split())


@pytest.mark.parametrize(("given", "used"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "2"}, "2")])
def test_linear_algebra_has_one_thread_unless_told_otherwise(given: dict[str, str], used: str) -> None:
    ask = "import os; import cse_geo; print(os.environ['OPENBLAS_NUM_THREADS'])"
    env = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"} | given
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, env=env)
    assert said.stdout.strip() == used
