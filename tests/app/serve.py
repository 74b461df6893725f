"""Serve a store as `cse-geo serve` does: python -m tests.app.serve STORE PORT."""

import sys

from cse_geo.cli import main

main(["serve", "--store", sys.argv[1], "--no-browser", "--port", sys.argv[2]])
