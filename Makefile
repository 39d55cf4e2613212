# EventHub: the front door. Needs Python 3.11 or later, make and git; the rest installs itself.

BIN := .venv/bin
HOST ?= 0.0.0.0
PORT ?= 8000
TLS_PORT ?=
JOBS ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)

.DEFAULT_GOAL := help
.PHONY: help install run test check bench screenshots translations lock

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  HOST, PORT and TLS_PORT say where make run listens: make run PORT=9000"

install: ## Make the environment in .venv, or bring it up to date
	@sh deploy/environment.sh

run: install ## Run everything: database, web, worker, clock; Ctrl-C stops it
	@exec $(BIN)/python -m eventhub.launch --end-with-parent --host "$(HOST)" --port "$(PORT)" $(if $(TLS_PORT),--tls-port "$(TLS_PORT)")

test: install ## Run every test, the browser's included
	@$(BIN)/python -m deploy.browser
	@$(BIN)/pytest -n $(JOBS)

check: install ## Check format, lint, types and import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: install ## Measure
	@$(BIN)/python -m benchmarks

screenshots: install ## Take the pictures that the README shows
	@$(BIN)/python -m deploy.browser
	@$(BIN)/python -m tests.e2e.screenshots

translations: install ## Take new messages into eventhub/translations, to be filled in
	@$(BIN)/pybabel -q extract -F pyproject.toml -k lazy -k ngettext:1,2 --no-location --sort-output -o instance/messages.pot .
	@$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --width 100 -i instance/messages.pot -d eventhub/translations -l en
	@rm instance/messages.pot

lock: install ## Write requirements/*.lock anew from pyproject.toml; UPGRADE=1 takes newer versions
	@test -x $(BIN)/uv || $(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $(if $(UPGRADE),--upgrade) pyproject.toml -o requirements/run.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $(if $(UPGRADE),--upgrade) --group dev pyproject.toml -o requirements/dev.lock
