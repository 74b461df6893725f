"""Names of a package that are imported when first asked for, so that a command pays only for what it uses."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def attributes(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package whose names live in other modules.

    The package imports the same names under `TYPE_CHECKING`, which is what readers, mypy and the tests of the
    layout go by, and hides this function from mypy, so that a name it does not have is still an error there.

    Parameters
    ----------
    package
        Its `__name__`.
    homes
        Module -> the names that live there, with spaces between; `theirs=ours` where the package has another.
    """
    module_of = {
        name.rpartition("=")[2]: (module, name.partition("=")[0])
        for module, names in homes.items()
        for name in names.split()
    }

    def get(name: str) -> Any:  # noqa: ANN401 (any name of the package)
        if name not in module_of:
            message = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(message)
        module, theirs = module_of[name]
        value = getattr(import_module(module), theirs)
        setattr(sys.modules[package], name, value)  # asked for once
        return value

    return get
