# Every command of the project. `make` alone says what there is.
PYTHON3 ?= python3
PY := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup lock start team test bench fuzz lint screenshots

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /make \1 — /p' Makefile

setup: ## make .venv from the lock file; nothing else
	@$(PYTHON3) ops/setup_venv.py

lock: ## make the lock files again from pyproject.toml
	@sh ops/lock.sh

start: setup ## try-out on this machine: set up, migrate, run web, worker and sweeper
	@$(PY) manage.py up --end-with-parent

team: setup ## the team topology without containers: PostgreSQL, Redis, web, two workers, sweeper
	@$(PY) -m ops.team

test: setup ## the whole suite, on PostgreSQL with Redis and on SQLite; ARGS="-k word" goes to pytest
	@$(PY) -m ops.test $(ARGS)

bench: setup ## the figures: readers, importing, dedupe, review, lists, screening; ARGS="readers" for one of them
	@$(PY) -m ops.packages
	@$(PY) -m ops.servers run -- $(PY) -m bench $(ARGS)

fuzz: setup ## bad, odd and hostile input, fresh each time
	@$(PY) -m ops.fuzz $(ARGS)

lint: setup ## style, types, layers, migrations, deployment checks, compose file, nothing of this machine in the repository
	@$(PY) -m ops.lint $(ARGS)

screenshots: setup ## pictures of the main pages in docs/, from the demo
	@$(PY) ops/screenshots.py $(ARGS)
