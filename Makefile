# make demo: the sample recording through the whole way.  make test: the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

MODULES ?= pipeline/erase pipeline/verify/gate.py

.PHONY: demo test test-all bench mutants lint format install pins models test-models clean

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
	$(BIN)/python -m bench.mutants --list $(foreach test,$(TESTS),--tests $(test)) $(if $(SAMPLE),--sample $(SAMPLE)) $(foreach name,$(ONLY),--only $(name)) $(MODULES)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m lizard pipeline -l python -C 15 -w
	$(BIN)/mypy --platform linux
	$(BIN)/mypy --platform win32 --no-warn-unreachable
	$(BIN)/mypy --platform darwin --no-warn-unreachable

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

install: $(STAMP)

# A .venv whose Python is gone or does not fit is made anew.
ifneq ($(shell $(BIN)/python setup/check_python.py >/dev/null 2>&1 || echo unfit),)
$(shell rm -f $(STAMP))
endif

$(STAMP): pyproject.toml constraints.txt setup/install.py
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON). Install Python 3.11 to 3.14, or name it: make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) setup/check_python.py || { echo "Another one: make PYTHON=python3.13, say." >&2; exit 1; }
	@$(PYTHON) setup/install.py --into $(VENV)

# Resolves constraints.txt for every system and Python, without installing anything; needs the package index.
pins: install
	$(BIN)/python setup/pins.py --check

models: install
	@$(BIN)/session-deid models install

test-models: models
	@$(BIN)/session-deid models install whisper-tiny.en fr_core_news_sm

clean:
	rm -rf $(VENV) demo models/store
