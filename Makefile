# Every target sets up what it needs: a virtual environment with the pinned dependencies of requirements.lock.
.DEFAULT_GOAL := help
PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,$(shell command -v $(p) >/dev/null 2>&1 && $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))))
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Tests start the command a hundred times: what it imports is compiled once, whatever the environment says.
export PYTHONDONTWRITEBYTECODE :=

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "needs Python 3.11 or newer; found none; install it or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "needs Python's venv module; got a $(PYTHON) without it; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "setting up $(VENV) (once, about half a minute)" >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: help
help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: preview
preview: $(READY) ## Show what the prod platform would create: no AWS account, cluster, network or engine
	@$(BIN)/eks-blueprints preview prod

.PHONY: test
test: $(READY) ## Run all tests
	@$(BIN)/python -m pytest -n auto

# The same tests with other dependencies than those that are pinned; PYTHON names another interpreter.
define tested_with
	@uv venv --quiet --clear --python $(PYTHON) .venv-$(1)
	@uv pip install --quiet --python .venv-$(1) --resolution $(1) --group dev -e '.[eks]'
	@.venv-$(1)/bin/python -m pytest -n auto
endef

.PHONY: test-minimum
test-minimum: ## Run all tests with the oldest dependencies that pyproject.toml allows (needs uv)
	$(call tested_with,lowest-direct)

.PHONY: test-newest
test-newest: ## Run all tests with the newest dependencies that pyproject.toml allows (needs uv)
	$(call tested_with,highest)

.PHONY: lint
lint: $(READY) ## Check style, formatting and strict types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

.PHONY: bench
bench: $(READY) ## Measure speed against a bare program, and how it grows with stacks and resources (SIZE=medium, large)
	@$(BIN)/python bench/bench.py --size $(or $(SIZE),small)

.PHONY: generate
generate: $(READY) ## Write again what is generated and checked in: JSON Schema, reference pages, recordings
	@$(BIN)/python -m eks_blueprints.reference.stubs
	@$(BIN)/python -m eks_blueprints.reference.stack_schemas docs/reference
	@$(BIN)/python -m eks_blueprints.reference.pages > docs/reference/stack.md
	@$(BIN)/eks-blueprints schema eks_blueprints.Pipelines > docs/reference/pipelines.schema.json
	@$(BIN)/python -m eks_blueprints.reference.pages pipelines > docs/reference/pipelines.md
	@$(BIN)/python -m eks_blueprints.reference.peer_pages > docs/reference/peers.md
	@$(BIN)/eks-blueprints addons --write
	@$(BIN)/python -m eks_blueprints.reference.policy_pages docs/policies
	@$(BIN)/python -m eks_blueprints.starter.pulumi_templates templates
	@$(BIN)/python -m eks_blueprints.recording.schema > docs/reference/plan.schema.json
	@$(BIN)/python -m eks_blueprints.review.shards.schema > docs/reference/shard.schema.json
	@$(BIN)/python -m eks_blueprints.reference.adoption_schema > docs/reference/adoption.schema.json
	@$(BIN)/python -m eks_blueprints.lifecycle.migrate.schema > docs/reference/migrate.schema.json
	@$(BIN)/python -m eks_blueprints.capacity.schema > docs/reference/capacity.schema.json
	@$(BIN)/python -m eks_blueprints.capacity.time.json_form > docs/reference/simulation.schema.json
	@$(BIN)/python -m eks_blueprints.capacity.time.scenario > docs/reference/scenario.schema.json
	@$(BIN)/python -m pytest -q --update-golden tests

.PHONY: renew
renew: $(READY) ## Renew the tables of facts for which PyPI and the Go module proxy are enough; list the others
	@$(BIN)/python scripts/renew.py

.PHONY: lock
lock: ## Pin the newest dependencies that pyproject.toml allows (needs uv)
	uv pip compile pyproject.toml --group dev --extra eks --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-annotate --upgrade --output-file requirements.lock
	uv pip compile pyproject.toml --extra policy --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-annotate --upgrade --output-file requirements-policy.lock
	uv pip compile --group docs --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-annotate --upgrade --output-file requirements-docs.lock

.PHONY: policy
policy: $(VENV)-policy/.ready ## Set up .venv-policy, whose Python runs the policy pack, with its own pinned dependencies

$(VENV)-policy/.ready: requirements-policy.lock pyproject.toml
	@$(PYTHON) -m venv --clear $(VENV)-policy
	@$(VENV)-policy/bin/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements-policy.lock
	@$(VENV)-policy/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

.PHONY: docs
docs: $(VENV)-docs/.ready ## Build the docs as a site, in site/; a broken link fails it
	@rm -rf site  # a page that did not change can link to a heading that did: all are read
	@$(VENV)-docs/bin/python -m sphinx -c docs -j auto --fail-on-warning --quiet . site
	@echo "open site/index.html"

$(VENV)-docs/.ready: requirements-docs.lock
	@test -n "$(PYTHON)" || { echo "needs Python 3.11 or newer; found none; install it or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "setting up $(VENV)-docs (once, about half a minute)" >&2
	@$(PYTHON) -m venv --clear $(VENV)-docs
	@$(VENV)-docs/bin/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements-docs.lock
	@touch $@

.PHONY: clean
clean: ## Remove the virtual environments, the docs site and all caches
	rm -rf $(VENV) $(VENV)-* site .pytest_cache .mypy_cache .ruff_cache .hypothesis
