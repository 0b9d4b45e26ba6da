# kgpt: `make demo` and `make test` need only Python >= 3.11, make and the package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup demo test check audit docs fuzz bench clean

setup: $(STAMP)

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $(STAMP)

demo: setup
	$(BIN)/kgpt run configs/demo.yaml

test: setup
	$(BIN)/python -m pytest

check: setup audit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

docs: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "open site/index.html, or with search: python -m http.server -d site"

# Versions that fit together, and holes that are published of them, as far as the index tells any.
audit: setup
	$(BIN)/python -m pip check
	@told=$$($(BIN)/pip-audit --local --skip-editable --progress-spinner off --timeout 5 2>&1) || { echo "$$told"; exit 1; }; \
	echo "$$told" | head -1; echo "$$told" | grep -c "could not be audited" | sed 's/$$/ packages of which the index tells no holes/'

# Every reader on 100,000 broken inputs; hours on two cores. RUNS=1000 is a quick look.
fuzz: setup
	$(BIN)/python -m pip install --quiet --editable '.[fuzz]'
	$(BIN)/python -m tests.fuzz --runs $(or $(RUNS),100000)

bench: setup
	$(BIN)/python -m benchmarks

clean:
	rm -rf runs build dist site
