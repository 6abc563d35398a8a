# `make` alone lists what there is to do. Whatever a target needs and is missing, it makes first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
STUBS := typings/oldest/.installed typings/newest/.installed
RUNTIME64 := $(VENV)/.micropython
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

# Where this is set, each of the hundreds of programs that tests start would compile all their modules anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo quick test soak versions lint format bench cpu dist flash deploy verify repl wipe size pins
.PHONY: wiring light docs clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

setup: $(STAMP) ## make the virtual environment and fetch the MicroPython runtime
	-@$(BIN)/python -m dermaroller.sim.runtime

# An environment whose Python has gone, as after an upgrade, is made anew.
$(shell test -x $(BIN)/python || rm -f $(STAMP))

$(STAMP): pyproject.toml
	@$(PYTHON) host_tools/environment.py $(VENV)
	@touch $@

# Apart from the environment: in it, they would stand in for the modules of Python itself.
typings/%/.installed: tests/lint/%.txt | $(STAMP)
	rm -rf $(@D)
	$(PIP) install --target $(@D) --requirement $<
	@touch $@

# A second runtime, for the tests on 64 bit. Nothing else needs it: where it cannot be had, they say so.
$(RUNTIME64): | $(STAMP)
	-$(PIP) install --editable '.[micropython]' && touch $@

demo: $(STAMP) ## roll a whole treatment with no hardware, and show its report
	$(BIN)/python -m dermaroller.demo

# A file is tested by one process, so what its tests share is made once; the slow files come first (tests/conftest.py).
# Three processes for two cores: many tests follow a served board in its own time, and mostly wait.
PROCESSES = $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) * 3 // 2)')
PYTEST = $(BIN)/python -m pytest --numprocesses=$(PROCESSES) --dist=loadfile --no-loadscope-reorder --durations=10

quick: $(STAMP) ## run the tests that most edits need, in a minute
	$(PYTEST) -m 'not slow and not soak'

test: $(STAMP) $(RUNTIME64) ## run all tests, under Python and under MicroPython
	$(PYTEST)

soak: $(STAMP) $(RUNTIME64) ## run what takes hours: the long forms of tests, power cuts, kills, faults, fuzzing
	$(PYTEST) -m 'soak or hypothesis' --hypothesis-profile=soak
	@set -e; for soak in $(sort $(wildcard tests/soak/*.py)); do $(BIN)/python $$soak; done

versions: $(STAMP) ## run the tests of the host tools under each Python that is here: [PYTHONS='PATH ...']
	$(BIN)/tox run $(if $(PYTHONS),--discover $(PYTHONS))

lint: $(STAMP) $(STUBS) ## check style and types, and compile the firmware for the chips
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	STUBS=oldest $(BIN)/mypy --config-file tests/lint/firmware.ini
	STUBS=newest $(BIN)/mypy --config-file tests/lint/firmware.ini
	PYTHONPATH=typings/oldest $(BIN)/python tests/lint/firmware_compiles.py
	$(BIN)/python tests/lint/firmware_compiles.py

format: $(STAMP) ## put the code into the shape that lint asks for
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

bench: $(STAMP) ## measure, and print tables
	@set -e; for bench in $(sort $(wildcard tests/bench/*.py)); do $(BIN)/python $$bench; done

dist: $(STAMP) ## build the wheel that pipx and uv install, and the source archive
	@rm -f dist/dermaroller-*
	@$(BIN)/python -m hatchling build -d dist
	@echo && echo 'To install it on a computer with Python 3.10 or later, copy it there and call one of:'
	@for wheel in dist/*.whl; do echo "  pipx install '$$wheel[report]'" && echo "  uv tool install '$$wheel[report]'"; done

cpu: $(STAMP) ## count what the loop takes of each chip, and renew the table of costs
	@$(BIN)/python -m dermaroller.cpu

ON_DEVICE = $(BIN)/python -m dermaroller.deploy
GIVEN_BOARD = --board '$(BOARD)'
GIVEN_PORT = $(if $(PORT),--port '$(PORT)')

flash: $(STAMP) ## write a MicroPython image to a board: BOARD= PORT= IMAGE=
	@$(ON_DEVICE) flash $(GIVEN_BOARD) $(GIVEN_PORT) --image '$(IMAGE)'

deploy: $(STAMP) ## put the application on a board, or what changed of it: BOARD= PORT= [FORCE=1]
	@$(ON_DEVICE) deploy $(GIVEN_BOARD) $(GIVEN_PORT) $(if $(FORCE),--force)

verify: $(STAMP) ## check that a board runs what is here: BOARD= PORT=
	@$(ON_DEVICE) verify $(GIVEN_BOARD) $(GIVEN_PORT)

repl: $(STAMP) ## MicroPython's prompt on a board; Ctrl-] leaves it: PORT=
	@$(ON_DEVICE) repl $(GIVEN_PORT)

wipe: $(STAMP) ## remove application, plan and sessions from a board: PORT= [YES=1]
	@$(ON_DEVICE) wipe $(GIVEN_PORT) $(if $(YES),--yes)

size: $(STAMP) ## bytes of the application for each chip, and the heap it leaves
	@$(ON_DEVICE) size

pins: $(STAMP) ## renew the list of MicroPython's packages in Debian's pool
	@$(BIN)/python -m dermaroller.sim.pins

wiring: $(STAMP) ## draw the wiring of each board, and the tables of boards/README.md
	@$(BIN)/python -m dermaroller.wiring

light: $(STAMP) ## draw the language of light, and its table in README.md
	@$(BIN)/python -m dermaroller.lights

docs: $(STAMP) ## write PROTOCOL.md and the JSON Schema of sessions from the code
	@$(BIN)/python -m dermaroller.link.protocol
	@$(BIN)/python -m dermaroller.export.session_schema

clean: ## remove all that make made
	rm -rf $(VENV) .cache typings dist out
