# make demo: the sample recording through the whole way.  make test: the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

MODULES ?= pipeline/erase pipeline/verify/gate.py

.PHONY: demo test test-all bench mutants lint format install models test-models clean

demo: models
	@$(BIN)/python -m samples.demo

test: test-models lint
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile

test-all: test-models lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

bench: models
	$(BIN)/python -m bench $(if $(DATA),--data $(DATA))

# Deliberate mistakes in some modules: how many the tests notice, and each one they do not (minutes a module).
mutants: install
	$(BIN)/python -m bench.mutants --list $(foreach test,$(TESTS),--tests $(test)) $(MODULES)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing pinned dependencies into $(VENV) (a few minutes the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $(STAMP)

models: install
	@$(BIN)/session-deid models install

test-models: models
	@$(BIN)/session-deid models install whisper-tiny.en fr_core_news_sm

clean:
	rm -rf $(VENV) demo models/store
