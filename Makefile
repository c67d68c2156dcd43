# Everything a person or CI does here. `make` alone lists the verbs.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
BUNDLE := microlog_nb/widget/static/widget.js
JS_SOURCES := $(wildcard js/*.*) $(shell find js/src -type f)
READY := $(VENV)/.ready
OTHER_PYTHONS := 3.12 3.13

.DEFAULT_GOAL := help
.PHONY: help setup demo lab test test-all check fmt dev bench sanitize e2e clean browser lint types layers pytest vitest pictures

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --------------------------------------------------------------------------------------------------------- set-up

setup: $(READY) $(BUNDLE) ## create .venv, install everything, build the widget

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "error: Python 3.11 or newer is needed, $(PYTHON) is " + sys.version.split()[0] + "; try make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

# Node comes first: without one on the machine, it is a package from PyPI.
$(READY): pyproject.toml $(wildcard setup.py build_backend/*.py) $(wildcard microlog_nb/capture/*.[ch]) | $(PY)
	$(PY) -m pip install --quiet --upgrade "pip>=25.1" $$($(PY) build_backend/bundle.py requires)
	$(PY) -m pip install --quiet --group dev --editable .
	@touch $@

$(BUNDLE): $(JS_SOURCES) | $(READY)
	$(PY) build_backend/bundle.py

# ----------------------------------------------------------------------------------------------------------- use

demo: setup ## run the quickstart notebook; leaves it and an HTML report in build/demo/
	@$(PY) notebooks/demo.py

lab: setup ## open the quickstart notebook in JupyterLab
	$(PY) -m jupyter lab notebooks/quickstart.ipynb

dev: setup ## the same, with the widget rebuilt and reloaded at every change
	$(PY) build_backend/bundle.py npm run watch & watch=$$!; trap "kill $$watch" EXIT; \
	ANYWIDGET_HMR=1 $(PY) -m jupyter lab notebooks/quickstart.ipynb

# --------------------------------------------------------------------------------------------------------- check

test: check e2e ## everything: lint, types, layers, Python tests, vitest, browser tests

test-all: test ## the same, and the Python tests on the other Pythons found here
	@PYTHONS="$(OTHER_PYTHONS)" .ci/other-pythons

check: lint types layers vitest pytest ## everything but the browser tests

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) build_backend/bundle.py npm run --silent lint

types: setup
	$(PY) -m mypy
	$(PY) build_backend/bundle.py npm run --silent types

layers: setup
	$(VENV)/bin/lint-imports

vitest: setup
	$(PY) build_backend/bundle.py npm run --silent test

pytest: setup
	$(PY) -m pytest --ignore=tests/e2e

e2e: setup browser ## the browser tests: JupyterLab, Notebook 7 and the HTML file in Chromium
	$(PY) -m pytest tests/e2e

browser: setup
	@PY=$(PY) .ci/browser

bench: setup ## truth, overhead beside other profilers, and the other budgets
	$(PY) -m tests.benchmarks

sanitize: setup ## the tests of the sampler in C, built with gcc's address and undefined-behaviour sanitizers
	@PY=$(PY) .ci/sanitize

fmt: setup ## format and fix what can be fixed
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) build_backend/bundle.py npm run --silent fmt

pictures: demo browser ## make the pictures of README.md, and of every state of the view in build/pictures/
	$(PY) build_backend/bundle.py npm run --silent dev
	$(PY) docs/pictures.py

clean: ## remove what was built; .venv stays
	rm -rf build dist *.egg-info js/node_modules microlog_nb/widget/static/*.js microlog_nb/widget/static/*.css
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
