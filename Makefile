# make reports    install everything and publish the pack: open reports/index.html
# make docs       make the documents as pages: open build/docs/index.html
# make test       install everything and check everything
# make faults     run the long tests of runs that go wrong, and of every notebook both ways
# make bench      measure what the parts of a run cost
# make lab        open the project in JupyterLab, and have git commit notebooks without outputs
# make lock       resolve the packages of pyproject.toml anew into requirements.lock
#
# Nothing is installed outside .venv. A second call installs nothing.

PYTHON ?= python3
BIN    := .venv/bin
UV     := $(shell command -v uv 2>/dev/null)

# Python keeps the modules it has compiled, also where the shell says that it must not, as in many containers:
# without them each start of a process takes seconds more, and the tests start many.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: reports docs test faults fast bench lab lock environment clean
.DEFAULT_GOAL := reports

reports: environment
	$(BIN)/python pipeline.py run

docs: environment
	$(BIN)/python pipeline.py docs build

test: environment
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto --dist worksteal

# The faults and comparisons of engines that take too long for every day.
faults: environment
	$(BIN)/pytest -n auto --dist worksteal -m long

# While editing: no notebook is run.
fast: environment
	$(BIN)/pytest -m "not slow"

# Ratios measured in one run; takes some minutes and wants the machine to itself.
bench: environment
	$(BIN)/python benchmarks/runs.py
	$(BIN)/python benchmarks/reconciliation.py

lab: environment
	@if git rev-parse --git-dir >/dev/null 2>&1; then git config filter.nbstripout.clean "$(BIN)/nbstripout --keep-id"; fi
	$(BIN)/jupyter lab

environment: .venv/installed

# The lock file names what is installed, with hashes; the stamp is written last, so that an installation
# cut short is done again.
.venv/installed: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { \
	  echo "$(PYTHON) is missing: install Python 3.11 or later (Debian, Ubuntu: sudo apt-get install python3 python3-venv), or name yours with make PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is $$($(PYTHON) --version 2>&1), but Casebook needs 3.11 or later: install a later one and name it with make PYTHON=python3.12"; exit 1; }
ifdef UV
	$(UV) venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" .venv
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
else
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv module is missing: Debian, Ubuntu: sudo apt-get install python3-venv; or install uv."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endif
	@touch $@

lock:
	@command -v uv >/dev/null || { echo "uv is missing: pip install uv, then make lock."; exit 1; }
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes --upgrade \
	  --no-emit-index-url --no-header --no-annotate --quiet -o requirements.lock

clean:
	rm -rf .venv data/processed/*.csv reports/[!.]*
