# Two commands: `make run` (set up, build the index, open the chat) and `make test` (set up, run the suite).
# Variables: PORT=8501  LIGHT=1 (without torch)  ENCODER=hub-id-or-path  TORCH_INDEX=index-url  PYTHON=python3.12

VENV ?= .venv
PORT ?= 8501
LIGHT ?=
ENCODER ?=
TORCH_INDEX ?=
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SET_UP = bash scripts/set-up.sh "$(PYTHON)" "$(VENV)"

# Bytecode is kept, whatever the environment says: a command that has none to read starts a second later.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test soak lint lock clean

run: $(VENV)/.run$(if $(LIGHT),-light)
	@$(BIN)/tiaowen build $(if $(ENCODER),--encoder "$(ENCODER)")
	@exec $(BIN)/tiaowen app --port $(PORT)

# Two processes share two cores, so OCR takes one.
PYTEST = TIAOWEN_OCR_THREADS=1 $(BIN)/python -m pytest -n 2 --no-loadscope-reorder

test: $(VENV)/.test
	$(PYTEST)

# Everything in full, for some hours: all counts of the tests, then many people at once, then a million passages.
soak: $(VENV)/.test
	TIAOWEN_SOAK=1 $(PYTEST)
	@home=$$(mktemp -d) && trap 'rm -rf "$$home"' EXIT && set -e && \
	$(BIN)/tiaowen --home "$$home" build && \
	$(BIN)/tiaowen --home "$$home" eval load --until-it-breaks && \
	$(BIN)/tiaowen --home "$$home" eval bench --sizes 1000,10000,100000,1000000

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock: $(VENV)/.test
	@{ echo '# Versions that the tests ran with: pip install -c constraints.txt ... Written by `make lock`; torch is pinned in pyproject.toml.'; \
	$(BIN)/python -m pip freeze --exclude-editable | grep -vi '^torch==' | sed -E 's/^([^=]+)==/\L\1==/; s/_/-/g' | sort; } > constraints.txt
	$(BIN)/python scripts/licences.py > docs/licences.md

$(VENV)/.run: pyproject.toml
	@TORCH_INDEX="$(TORCH_INDEX)" $(SET_UP) ocr models
	@touch $@

$(VENV)/.run-light: pyproject.toml
	@$(SET_UP) ocr
	@touch $@

$(VENV)/.test: pyproject.toml
	@TORCH_INDEX="$(TORCH_INDEX)" $(SET_UP) ocr llm dev models
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
