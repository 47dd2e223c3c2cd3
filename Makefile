# `make demo` and `make test` need Python 3.11 or later and nothing else; both may be interrupted and repeated.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= 4

STAMP := $(VENV)/.installed-$(shell cat requirements.txt requirements-dev.txt pyproject.toml 2>/dev/null | sha256sum | cut -c1-16)
LOCK := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options $(UPGRADE)

.PHONY: help setup engine engine-demo demo test check prove lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## the virtual environment, from requirements with hashes

# The lock is complete, so nothing is resolved anew (--no-deps): pip's resolver passes over a pin that is asked for with an
# extra (coverage[toml]) as soon as a newer release is out, and then wants its hash.
$(STAMP): | $(BIN)/python
	@echo "Installing what requirements-dev.txt names into $(VENV) (a minute or two, once)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m pip check -q --disable-pip-version-check
	@rm -f $(VENV)/.installed-*
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; say which: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || sh bot/sandbox/setup.sh venv
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

engine-demo:
	@sh bot/sandbox/setup.sh demo

engine: ## the Debian packages that the tests play with: Docker, Prometheus, Chromium... (as root; else says what is missing)
	@sh bot/sandbox/setup.sh demo test

demo: setup engine-demo ## the whole product on this machine, in the browser; Ctrl-C ends it
	@$(BIN)/ecotrajet demo

test: setup engine ## the tests (WORKERS=0: one after the other)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup ## style, types, imports, translations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "Run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m bot.language check
	@for table in tests/samples/classification*.yaml; do \
		ECOTRAJET_CONFIG=ecotrajet.example.yaml $(BIN)/ecotrajet rules test $$table || exit 1; done

prove: setup engine ## the slow proofs: the image, kills, PostgreSQL 15
	@$(BIN)/python -m pytest -m prove --timeout 900 -n 3 --dist loadfile --ignore tests/scenarios/test_many_kills.py $(ARGS)
	@$(BIN)/python -m pytest -m prove -n 2 tests/scenarios/test_many_kills.py $(ARGS)
	@TEST_POSTGRES_PROGRAMS=$(firstword $(wildcard /usr/lib/postgresql/15/bin) none) $(BIN)/python -m pytest tests/store $(ARGS)

lock: $(BIN)/python ## requirements*.txt anew from pyproject.toml (UPGRADE=--upgrade: at the newest versions)
	@$(LOCK) --output-file requirements.txt pyproject.toml
	@$(LOCK) --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml
	@$(LOCK) --only-build-deps --build-deps-for wheel --constraint requirements-dev.txt --output-file requirements-build.txt pyproject.toml

clean: ## everything that the other targets made, but for var/
	@rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.PHONY: screenshots
screenshots: setup engine ## the README's pictures anew, made by the browser tests
	@ECOTRAJET_SCREENSHOTS=docs/images $(BIN)/python -m pytest tests/browser $(ARGS)
