# Every target sets up by itself what it needs; `make setup` does nothing if all is in place.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
READY := .venv/.leadline-setup
DECLARED := uv.lock .ci/setup pyproject.toml $(wildcard */pyproject.toml */*/pyproject.toml)

# Set by some images to keep themselves small; it makes each start of a service compile a thousand modules anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup up down status demo test unit lint format schemas compile chaos bench fuzz

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(READY) ## bring uv and all packages into this folder (.tools, .venv)

up: $(READY) ## start Kafka, PostgreSQL, Valkey and all services; data is kept between runs
	@$(BIN)/leadline up

down: $(READY) ## stop what `make up` started, and nothing else
	@$(BIN)/leadline down

status: $(READY) ## show what runs
	@$(BIN)/leadline status

demo: $(READY) ## watch leads of several channels flow and one deadline pass, about a minute
	@$(BIN)/leadline demo

test: ## pass everything: lint, unit, contract, integration, end to end, deploy
	@.ci/test

unit: $(READY) ## run the tests that need no servers
	@$(BIN)/pytest tests/unit tests/contract -n auto -q

lint: $(READY) ## check style, types and layers
	@.ci/lint

format: $(READY) ## put the style right
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

schemas: $(READY) ## write JSON Schema, AsyncAPI, OpenAPI, the topology diagram and what on-call looks at
	@$(BIN)/python -m leadline_schemas.generate
	@$(BIN)/python -m leadline_capture.openapi
	@$(BIN)/python -m leadline_local.oncall

compile: $(READY) ## make the cores of score and the SLA monitor about twice as fast; needs a C compiler, and nothing else needs it
	@$(BIN)/python -m leadline_local.compiled

chaos: $(READY) ## kill everything at random moments and count what was lost or doubled
	@$(BIN)/python -m tests.load.chaos

fuzz: $(READY) ## try a thousand odd bodies on every channel, and over 10,000 requests made from the OpenAPI document
	@LEADLINE_FUZZ=1000 $(BIN)/pytest tests/unit/capture_edge/test_sources_fuzz.py -q -n 2
	@$(BIN)/python -m tests.load.fuzz_door

bench: $(READY) ## measure rates, latencies and memory, of cores in the form that production runs
	@$(BIN)/python -m leadline_local.compiled || true
	@$(BIN)/python -m tests.load.bench

$(READY): $(DECLARED)
	@.ci/setup
	@touch $@
