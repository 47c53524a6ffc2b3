# Set-up is part of every target: a private .venv with the pinned and hashed dependencies of
# requirements.lock, made again only when the lock or pyproject.toml changes.

VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
CANDIDATES := python3 python3.13 python3.12 python3.11
PYTHON ?= $(shell for p in $(CANDIDATES); do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo $$p && break; done)

.PHONY: help demo test check check-full bench dagster lock clean

help:
	@echo "make demo        run the whole pipeline on made-up answers and show the result"
	@echo "make test        run the tests"
	@echo "make dagster     open the Dagster page on http://127.0.0.1:3000 with the demo county"
	@echo "make bench       measure speed and memory against named peers"
	@echo "make check       tests, ruff and the type checker, as CI runs them"
	@echo "make check-full  the same, with the slow checks"
	@echo "make lock        work out requirements.lock again from pyproject.toml"
	@echo "make clean       remove .venv and caches (never data/)"

demo: $(READY)
	@$(BIN)/kompetanse demo

test: $(READY)
	@$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile --no-loadscope-reorder

check: $(READY)
	@.ci/run

check-full: $(READY)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
	@$(BIN)/python -m pytest

bench: $(READY)
	@$(BIN)/python -m bench

dagster: $(READY)
	@$(BIN)/kompetanse dagster

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and was not found."; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version) (once; takes a minute or two)"
	@$(PYTHON) -m venv $(VENV) || { \
		echo "Could not make $(VENV): this Python lacks venv (Debian: apt install python3-venv)."; \
		exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

lock:
	@$(PYTHON) -m venv .venv-lock && .venv-lock/bin/python -m pip install --quiet uv
	@.venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-strip-extras --no-header --no-annotate --no-emit-index-url --group dev \
		pyproject.toml -o requirements.lock
	@.venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-strip-extras --no-header --no-annotate --no-emit-index-url --extra cluster \
		--extra server --constraints requirements.lock pyproject.toml -o deploy/requirements.lock
	@rm -rf .venv-lock

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
