"""The command line: arguments are declared and checked here, and one pipeline function is called."""

from __future__ import annotations

from cse_geo.cli.main import cli, main

__all__ = ["cli", "main"]
