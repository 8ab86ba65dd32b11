# The commands of this house. `make` alone lists them.
# Each target installs what it needs; the second time needs no network.

PORT ?= 8000
export PORT
# Newest interpreters last: the lock file is compiled for 3.11.
python = $(or $(shell sh deploy/local/find_python.sh),$(error No usable Python; see the line above))
venv := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help install run test check fix lock demo bench plugin

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

install: ## make .venv with what the product and its tests need
	@$(python) -m deploy.local.install dev

run: ## everything on this machine, embedded; opens with a demo shop (PORT=8000)
	@$(python) -m deploy.local.install runtime
	@exec $(venv) -m deploy.local.run

demo: ## build the demo shop anew, without serving it
	@$(python) -m deploy.local.install runtime
	@$(venv) -m deploy.local.demo

test: install ## install what the tests need, run them all (LEGS="sqlite js" runs some)
	@exec $(venv) -m tests.run $(LEGS)

check: install ## format, lint, types, imports, templates, spelling, PHP (ONLY="ruff mypy")
	@exec $(venv) -m deploy.local.check $(ONLY)

fix: install ## repair what a tool can repair
	@$(venv) -m deploy.local.fix

lock: install ## compile requirements*.in into hash-locked requirements*.txt
	@$(venv) -m deploy.local.lock

plugin: ## the WordPress plugin as a zip: dist/luxebrain-VERSION.zip
	@$(python) -m deploy.local.plugin_zip

bench: install ## the tables of benchmarks/; `make bench-admin` for one (docs/benchmarks.md)
	@for name in demo start admin sync ingest import_events analytics features answers page plugin_page recs_loop recs_truth experiments shelf_lift offpolicy segments segment_members rescore; do $(venv) -m benchmarks.$$name || exit 1; done

bench-%: install
	@exec $(venv) -m benchmarks.$*
