# The tasks of labspec. `make` alone lists them.
#
# Everything runs in .venv, which the tasks make themselves. It holds what requirements/*.txt pin, file by file with its
# hash, and labspec itself. PYTHON names the interpreter to make it with: make build PYTHON=python3.12

PYTHON ?= python3
PYTEST_FLAGS ?= -q -n auto
GOLDEN_TESTS ?= -k golden
LOCK_FLAGS ?=

VENV := .venv
BIN := $(VENV)/bin
FULL := specs/full.yaml

# Nothing is built on the user's machine (--only-binary) and nothing is fetched that a lock does not name.
PIP := $(BIN)/python -m pip -qq --no-input --disable-pip-version-check install
PIP_LOCKED := $(PIP) --require-hashes --only-binary :all:

# Tests run commands too; `python3`, `labspec` and `shellcheck` are then those of the environment.
PYTEST := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest

REFERENCE_IS_CURRENT := $(BIN)/labspec reference --check
OUTPUT_IS_CURRENT := $(BIN)/labspec build $(FULL) --check

.PHONY: help build test check golden bench format lock clean
.DEFAULT_GOAL := help

help: ## List the tasks
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

build: $(VENV)/.labspec ## Compile specs/full.yaml into out/full
	@echo "Compiling $(FULL)"
	@$(BIN)/labspec build $(FULL)

test: $(VENV)/.dev $(VENV)/.labspec ## Run every test
	@echo "Running the tests"
	@$(PYTEST) $(PYTEST_FLAGS)

check: $(VENV)/.dev $(VENV)/.labspec ## Check form, types, imports, and that what is generated is current
	@echo "Checking the form of the code"
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@echo "Checking types"
	@$(BIN)/mypy --strict
	@echo "Checking who imports whom"
	@$(BIN)/lint-imports --no-logo
	@echo "Checking that the reference pages are current"
	@$(REFERENCE_IS_CURRENT)
	@echo "Checking that out/ is what $(FULL) compiles to"
	@$(OUTPUT_IS_CURRENT)

golden: $(VENV)/.dev $(VENV)/.labspec ## Rewrite the expected files of the golden tests; review the change
	@echo "Rewriting the expected files of the golden tests"
	@$(PYTEST) -q --update $(GOLDEN_TESTS)

bench: $(VENV)/.labspec ## Measure how long builds take, as ratios (benchmarks/README.md)
	@echo "Measuring; a busy machine makes the ratios spread"
	@$(BIN)/python -m benchmarks.run

format: $(VENV)/.dev ## Format the code and mend what can be mended safely
	@echo "Formatting the code"
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## Remove .venv, caches and packages
	@echo "Removing .venv, caches and packages"
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Locks.
#
# They are resolved with the oldest Python that labspec runs on, whose lock holds whatever the newer ones need too, and
# from one package registry alone: what an extra index or a folder of this machine offers is not to be had elsewhere.
# Pins stay as they are unless LOCK_FLAGS says otherwise: make lock LOCK_FLAGS=--upgrade

PIP_COMPILE = env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null \
	CUSTOM_COMPILE_COMMAND="make lock" \
	$(BIN)/pip-compile --quiet --no-config --generate-hashes --allow-unsafe --strip-extras --annotation-style=line \
	--build-deps-for=editable --no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	$(LOCK_FLAGS)

lock: $(VENV)/.dev ## Pin again what pyproject.toml asks for, in requirements/
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "Locks are made with Python 3.11: make clean, then make lock PYTHON=python3.11" >&2; exit 1; }
	@echo "Pinning what labspec needs to run in requirements/run.txt"
	@$(PIP_COMPILE) --output-file=requirements/run.txt pyproject.toml
	@echo "Pinning what it needs to call AWS and to know its actions, too, in requirements/aws.txt"
	@$(PIP_COMPILE) --constraint=requirements/run.txt --extra=aws --extra=iam \
		--output-file=requirements/aws.txt pyproject.toml
	@echo "Pinning what its tests and checks need in requirements/dev.txt"
	@$(PIP_COMPILE) --constraint=requirements/aws.txt --extra=aws --extra=iam --extra=test --extra=dev \
		--output-file=requirements/dev.txt pyproject.toml

# The virtual environment.
#
# .venv/.identity says which interpreter it was made with, and where. It is absent while packages are being installed,
# so an environment whose making was cut short does not match, nor does one that was moved or whose Python has gone:
# each of them is made anew, because pip takes a half-installed package for an installed one.
#
# labspec's modules are compiled as it is installed: otherwise the first command would do it, or every command where
# Python is told to keep nothing (PYTHONDONTWRITEBYTECODE).

IDENTITY := import sys; print(sys.prefix, sys.version_info[:2])

ifneq ($(shell $(BIN)/python -c '$(IDENTITY)' 2>/dev/null),$(shell cat $(VENV)/.identity 2>/dev/null))
.PHONY: anew
anew:
UNSOUND := anew
endif

NAME_ANOTHER := labspec needs Python 3.11, 3.12 or 3.13. Name one: make $(MAKECMDGOALS) PYTHON=python3.12

define CHECK_PYTHON
command -v $(PYTHON) >/dev/null || { \
	echo "There is no $(PYTHON) here. $(NAME_ANOTHER)" >&2; exit 1; }; \
$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
	echo "$(PYTHON) is $$($(PYTHON) -V 2>&1). $(NAME_ANOTHER)" >&2; exit 1; }; \
$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	echo "$(PYTHON) has no venv module. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
endef

$(VENV)/.run: requirements/aws.txt $(UNSOUND)
	@$(CHECK_PYTHON)
	@echo "Making $(VENV) with $$($(PYTHON) -V)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@echo "Installing what labspec needs to run, and to call AWS (requirements/aws.txt)"
	@$(PIP_LOCKED) -r requirements/aws.txt
	@$(BIN)/python -c '$(IDENTITY)' >$(VENV)/.identity
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@echo "Installing what the tests and checks need (requirements/dev.txt)"
	@rm -f $(VENV)/.identity
	@$(PIP_LOCKED) -r requirements/dev.txt
	@$(BIN)/python -c '$(IDENTITY)' >$(VENV)/.identity
	@touch $@

$(VENV)/.labspec: pyproject.toml labspec/__init__.py $(VENV)/.run
	@echo "Installing labspec itself, from this folder"
	@rm -f $(VENV)/.identity
	@$(PIP) --no-deps --no-index --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q labspec
	@$(BIN)/python -c '$(IDENTITY)' >$(VENV)/.identity
	@touch $@
