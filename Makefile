# Every target does its own set-up: it needs Python 3.11+ (with venv), a C++ compiler and make, nothing else.

UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
READY := .venv/.ready
RUN := $(UV) run --no-sync
export CMAKE_BUILD_PARALLEL_LEVEL ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

.DEFAULT_GOAL := help
.PHONY: help tour test fuzz check format wheel supply editors clean

help: ## Print this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

tour: $(READY) ## Set up, then complete code of a real package in the terminal
	$(RUN) inhouse tour

test: $(READY) ## Set up, then run all tests
	$(RUN) pytest

check: $(READY) ## Set up, then check format, lint and types
	$(RUN) ruff format --check
	$(RUN) ruff check
	$(RUN) mypy
	$(RUN) pyright

format: $(READY) ## Set up, then format the code and mend what the linter can
	$(RUN) ruff check --fix
	$(RUN) ruff format

wheel: $(READY) ## Build the wheel, check what it holds, and complete with it in a clean environment
	UV="$(UV)" $(RUN) python tests/wheel/check_wheel.py

fuzz: $(READY) ## Set up, then 10,000 random deeds of an editor with the server
	$(RUN) python tests/faults/fuzz.py --steps 10000 --seed $(or $(SEED),1) --log "$$(mktemp)"

supply: $(READY) ## Build the wheel twice and compare, write the bill of materials, ask for known weaknesses
	UV="$(UV)" $(RUN) python tests/wheel/check_supply.py

editors: $(READY) ## Set up, then test both plugins in real editors, which it installs below the temporary folder
	tests/editors/run_all.sh

clean: ## Remove what the targets made
	rm -rf .venv .tools dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

# The first set-up compiles llama.cpp, which takes 4 to 15 minutes on two cores; uv keeps the built wheel. Offline first:
# asked online, some indexes make uv build it again although nothing has changed.
$(READY): pyproject.toml uv.lock | $(filter .tools/bin/uv,$(UV))
	@echo "Setting up the environment. The first time compiles llama.cpp: 4 to 15 minutes on two cores."
	@$(UV) sync --locked --group dev --offline --quiet 2>/dev/null || $(UV) sync --locked --group dev
	@touch $@

.tools/bin/uv:
	python3 -m venv .tools
	.tools/bin/python -m pip install --quiet 'uv>=0.9'
