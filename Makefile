# Everything starts here; `make help` lists the targets. Nothing but Python 3.11+ and make is needed beforehand
# (and one of the four ways to a Temporal server that README.md names).
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
SHELL := /bin/bash

# The first Python from 3.11 on; another one: make setup PYTHON=python3.12
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(if $(shell \
    $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo good),$(name))))
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
ARGS ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUNBUFFERED := 1

.PHONY: help setup provide test without-javascript check format demo bench scenarios pictures histories mutants year lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMPS)/project provide  ## virtual environment, Temporal server and web page, system packages of the tests

$(STAMPS)/requirements: requirements/dev.txt
	@[[ -n "$(PYTHON)" ]] || { echo "Python ab 3.11 fehlt (make setup PYTHON=/pfad/zu/python3)." >&2; exit 1; }
	@echo "Virtuelle Umgebung wird eingerichtet (requirements/dev.txt, mit Prüfsummen) …"
	@[[ -x $(BIN)/python ]] || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/project: $(STAMPS)/requirements pyproject.toml
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

provide: $(STAMPS)/project
	@$(BIN)/python -m kim.local.provide

# Two at a time: many tests wait for clocks, servers and mail, and every worker has a Temporal server of its own.
JOBS ?= 2

test: setup  ## every test (ARGS="-k name" for some, JOBS=0 for one after the other)
	@$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal $(ARGS)

without-javascript: setup  ## every test of the pages with JavaScript switched off in the browser
	@$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal --without-javascript tests/pages $(ARGS)

check: $(STAMPS)/project  ## ruff, format, mypy --strict, import-linter, compose schema, Dockerfile
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@$(BIN)/hadolint Dockerfile

format: $(STAMPS)/project  ## put the code into its form
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

demo: setup  ## play the demo and keep it running until Ctrl-C (ARGS=--once ends by itself)
	@$(BIN)/python -m kim.local.demo $(ARGS)

bench: setup  ## measure: table and JSON
	@$(BIN)/python -m benchmarks $(ARGS)

scenarios: setup  ## play every scenario on both engines (minutes)
	@$(BIN)/python -m kim.main simulate scenarios/*.yaml
	@$(BIN)/python -m kim.main simulate scenarios/*.yaml --engine temporal

YEAR ?= .local/year

pictures: setup  ## take the pictures of docs/pictures anew, in Chromium on a local stack and on the year of `make year`, if there is one
	@KIM_YEAR=$(YEAR) $(BIN)/python -m tests.pages.pictures

histories: setup  ## record histories of today's workflows for the replay tests
	@$(BIN)/python -m tests.replay.record
	@$(BIN)/python -m tests.replay.fingerprints

mutants: setup  ## bend the rules of deadlines, consent, handover and gaps, and count what the tests notice (minutes)
	@rm -rf mutants && PYTHONPATH= $(BIN)/mutmut run && $(BIN)/mutmut results

year: setup  ## play a year of 2,000 simulated paths and check its figures (an hour; YEAR=directory, must be empty)
	@$(BIN)/python -m kim.simulate.year --paths 2000 --out $(YEAR) $(ARGS)
	@KIM_YEAR=$(YEAR) KIM_YEAR_SAMPLE=50 $(BIN)/python -m pytest --numprocesses 0 tests/year

UV := .local/uv/bin/uv
COMPILE := $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
    --python-version 3.11 --custom-compile-command "make lock"

lock: $(UV)  ## pin the requirements anew (ARGS=--upgrade for newer versions)
	@$(COMPILE) $(ARGS) requirements/dev.in --output-file requirements/dev.txt
	@$(COMPILE) requirements/runtime.in --constraint requirements/dev.txt --output-file requirements/runtime.txt

$(UV):
	@$(PYTHON) -m venv .local/uv && .local/uv/bin/pip install --quiet uv

clean:  ## remove the virtual environment and the data of the local stack
	@rm -rf $(VENV) .local
