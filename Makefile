# `make` alone lists what there is to do. Whatever a target needs and is missing, it makes first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
STUBS := typings/.installed
RUNTIME64 := $(VENV)/.micropython
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format bench cpu flash deploy verify repl wipe size pins wiring light clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

setup: $(STAMP) ## make the virtual environment and fetch the MicroPython runtime
	-@$(BIN)/python -m dermaroller.sim.runtime

# An environment whose Python has gone, as after an upgrade, is made anew.
$(shell test -x $(BIN)/python || rm -f $(STAMP))

$(STAMP): pyproject.toml
	$(PIP) --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(PIP) install --editable '.[dev]'
	@touch $@

# Apart from the environment: in it, they would stand in for the modules of Python itself.
$(STUBS): | $(STAMP)
	$(PIP) install --upgrade --target typings micropython-esp32-stubs
	@touch $@

# A second runtime, for the tests on 64 bit. Nothing else needs it: where it cannot be had, they say so.
$(RUNTIME64): | $(STAMP)
	-$(PIP) install --editable '.[micropython]' && touch $@

demo: $(STAMP) ## roll a whole treatment with no hardware, and show its report
	$(BIN)/python -m dermaroller.demo

test: $(STAMP) $(RUNTIME64) ## run all tests, under Python and under MicroPython
	$(BIN)/python -m pytest

lint: $(STAMP) $(STUBS) ## check style and types, and compile the firmware for the chips
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy && $(BIN)/mypy --config-file tests/lint/firmware.ini
	$(BIN)/python tests/lint/firmware_compiles.py

format: $(STAMP) ## put the code into the shape that lint asks for
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

bench: $(STAMP) ## measure, and print tables
	@set -e; for bench in $(sort $(wildcard tests/bench/*.py)); do $(BIN)/python $$bench; done

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

clean: ## remove all that make made
	rm -rf $(VENV) .cache typings dist out
