# Two commands: `make demo` (install, build the demo, open the app) and `make test` (install, run every test).
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps

.PHONY: demo test check sample-data lock clean

demo: $(VENV)/.run
	$(BIN)/cse-geo demo --port $(PORT) $(if $(NO_BROWSER),--no-browser) $(if $(ROLE),--role $(ROLE))

test: $(VENV)/.test
	$(BIN)/python -m tests.prepare
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

check: $(VENV)/.test
	$(BIN)/ruff check . && $(BIN)/mypy

# The demo region, rebuilt from its seed to the same bytes (a test says so).
sample-data: $(VENV)/.run
	$(BIN)/python -m cse_geo.demo --write .

$(VENV)/bin/python:
	$(PY) -c 'import sys; sys.exit("cse_geo needs Python 3.11 or newer; set PY=python3.x" if sys.version_info < (3, 11) else 0)'
	$(PY) -m venv $(VENV)

$(VENV)/.run: constraints.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes -r constraints.txt
	$(PIP) --no-build-isolation -e .
	touch $@

$(VENV)/.test: constraints-test.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes -r constraints-test.txt
	$(PIP) --no-build-isolation -e .
	touch $@ $(VENV)/.run

# Re-pin: needs the `uv` tool on the path; versions and hashes only, no addresses.
LOCK := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml
lock:
	$(LOCK) --extra build -o constraints.txt
	$(LOCK) --extra build --extra test -c constraints.txt -o constraints-test.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build *.egg-info
