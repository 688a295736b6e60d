# Feikong. `make` prints what can be made.
SHELL := /bin/sh
BIN := .venv/bin
READY := .venv/.ready
PYTHONS := $(PYTHON) python3 python3.13 python3.12 python3.11
# Set in many images: every process would compile all our modules anew, a second of CPU each.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-clients check format up doctor verify schema migration bench lock clean FORCE

help:  ## Print this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

setup: $(READY)  ## Make .venv with everything in it (done by the other targets when needed)

# A copied folder has a .venv whose scripts point to the original: made anew.
ifneq ($(shell cat $(READY) 2>/dev/null),$(CURDIR))
$(READY): FORCE
endif
$(READY): requirements.lock pyproject.toml
	@found=; for python in $(PYTHONS); do \
	  if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	    >/dev/null 2>&1; then found=$$python; break; fi; done; \
	if [ -z "$$found" ]; then \
	  echo 'feikong needs python3 (3.11 or newer) with venv: apt-get install python3 python3-venv' >&2; \
	  exit 1; fi; \
	echo "Setting up .venv with $$($$found --version), once ..."; \
	rm -f $(READY); \
	[ ! -f .venv/.made ] || [ "$$(cat .venv/.made)" = '$(CURDIR)' ] || rm -rf .venv; \
	[ -x $(BIN)/python ] || $$found -m venv .venv; \
	printf %s '$(CURDIR)' > .venv/.made
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-input --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-input --no-deps --no-build-isolation -e .
	@printf %s '$(CURDIR)' > $(READY)

demo: $(READY)  ## Run a simulated district (ONCE=1 ends by itself, EN=1 speaks English)
	@$(BIN)/feikong demo $(if $(ONCE),--once) $(if $(EN),--english)

test: $(READY)  ## Run all tests (ARGS=... for pytest)
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

test-clients: $(READY)  ## Run the GraphQL clients against the API; fails where node is absent
	@CLIENTS=required $(BIN)/python -m pytest tests/clients $(ARGS)

check: $(READY)  ## Check format, lint, types, imports and the house rules
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo 2>&1 | tail -n 25; $(BIN)/lint-imports >/dev/null 2>&1
	@$(BIN)/python -m pytest tests/house

format: $(READY)  ## Format the code and mend what can be mended
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

up: $(READY)  ## Run everything on this machine: servers, api, worker, head end
	@$(BIN)/feikong up

doctor: $(READY)  ## Say what is wrong with this installation and how to mend it
	@$(BIN)/feikong doctor

verify: $(READY)  ## Check the ledger's and the control's invariants on the live data
	@$(BIN)/feikong verify

schema: $(READY)  ## Write schema.graphql
	@$(BIN)/feikong schema

migration: $(READY)  ## Write the migration that the models call for: make migration name=...
	@[ -n '$(name)' ] || { echo 'say its name: make migration name=add_something' >&2; exit 2; }
	@$(BIN)/feikong migration '$(name)'

bench: $(READY)  ## Measure speed
	@$(BIN)/feikong bench

lock: $(READY)  ## Write requirements.lock anew from pyproject.toml (needs uv)
	@uv pip compile pyproject.toml --group dev --generate-hashes --universal --python-version 3.11 \
	  --no-header --no-annotate --quiet -o requirements.lock

clean:  ## Remove .venv and caches; data in var/ stay
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
