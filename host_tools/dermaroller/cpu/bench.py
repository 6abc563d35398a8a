"""Measures on a device what the table of costs says in instructions, and fits the chip's rate to it."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from dermaroller.cpu import charge, price, rate
from dermaroller.deploy.remote import DeployError, Remote
from dermaroller.sim import mpy, viper

NAME = "bench"
PATIENCE_S = 120.0
ANSWER = {f"entry{i}": [i * 1000, "text", None] for i in range(7)}
NATIVES = {"crc32": "crc32_byte", "sha256": "sha256_byte", "json_dumps": "json_byte", "json_loads": "parsed_byte"}
NATIVES["hexlify"] = "text_byte"
CALLED = {"calls": "Thing.step"}  # by the loop of that item
# What is no bytecode: told beside what the virtual board takes for it, and no part of the fit. A collection depends on
# the heap, which is not the application's here.
OTHERS = ("import", "collect", "flash_read", "statvfs", "file_of_4_KB", "adc_read")
NO_CHIP = 20  # times as fast as is assumed
PAGE_US, ERASE_US, ADC_US = 700, 45_000, 60  # the virtual board's

# A board that charges is one of ours, and wants programs that say what they cost.
_LOOK = """
import machine, sys
hz = machine.freq()
try:
    is_charging = bool(__work__)
except NameError:
    is_charging = False
hz = hz if isinstance(hz, int) else hz[0]
print("look", getattr(sys.implementation, "_mpy", 0), hz // 1000000, int(is_charging))
"""
_RUN = """
import gc, json, time
gc.collect()
start = time.ticks_us()
import {name}
us = time.ticks_diff(time.ticks_us(), start)
print(json.dumps({{"item": "import", "n": {size}, "us": us}}))
{name}.main({has_viper}, {answer!r})
"""


@dataclass(frozen=True)
class Item:
    """instructions: of the table; None: it is none of the processor's. expected_us: at the rate that is assumed."""

    name: str
    n: int
    instructions: int | None
    expected_us: float | None
    measured_us: int
    is_fitted: bool

    @property
    def ratio(self) -> float | None:
        return self.measured_us / self.expected_us if self.expected_us else None


@dataclass(frozen=True)
class Bench:
    """cpu_mhz: as the chip says. assumed, fitted: instructions in a microsecond."""

    cpu_mhz: int
    assumed: float
    fitted: float
    items: tuple[Item, ...]

    def residual(self, item: Item) -> float | None:
        """By which part of it an item takes longer than at the fitted rate."""
        return item.measured_us * self.fitted / item.instructions - 1 if item.instructions else None

    def as_dict(self) -> dict[str, Any]:
        items = [
            {**asdict(item), "ratio": _rounded(item.ratio), "residual": _rounded(self.residual(item))}
            for item in self.items
        ]
        return {
            "cpu_mhz": self.cpu_mhz,
            "assumed_instructions_per_s": round(self.assumed * 1e6),
            "fitted_instructions_per_s": round(self.fitted * 1e6),
            "items": items,
        }


def measure(port_name: str) -> Bench:
    """Run the program on the device behind a port; the device starts anew afterwards."""
    remote = Remote(port_name)
    mpy_number, mhz, is_charging = _look(remote)
    arch = viper.native_arch(mpy_number)
    text = (resources.files("dermaroller.deploy") / "on_device" / f"{NAME}.py").read_text(encoding="utf-8")
    texts = {f"{NAME}.py": text}
    made = price.charged(texts) if is_charging else texts
    with tempfile.TemporaryDirectory(prefix="dermaroller-") as folder:
        mpy.compile_texts(made if arch else viper.plain(made), Path(folder), arch=arch)
        remote.copy(["resume"], [(Path(folder) / f"{NAME}.mpy", f"/{NAME}.mpy")])
    try:
        program = _RUN.format(name=NAME, size=len(text), has_viper=bool(arch), answer=ANSWER)
        told = remote.run(["resume", "exec", program], PATIENCE_S)
    finally:
        remote.run(["resume", "fs", "rm", f":/{NAME}.mpy"])
        remote.reset()
    return fit(mhz, [json.loads(line) for line in told.splitlines() if line.startswith("{")], instructions(text))


def _look(remote: Remote) -> tuple[int, int, bool]:
    for line in remote.run(["exec", _LOOK]).splitlines():
        if line.startswith("look "):
            number, mhz, is_charging = map(int, line.split()[1:])
            return number, mhz, bool(is_charging)
    raise DeployError(f"{remote.port} answered, but not as MicroPython does. Run the command again.")


def instructions(text: str) -> dict[str, tuple[int, int]]:
    """Of each function of the program: for a call, and for each turn of its loop besides."""
    costs = price.costs()
    sites: list[charge.Site] = []
    charge.charge({f"{NAME}.py": text}, costs.price, costs.natives["source_byte"], sites)
    entry: dict[str, int] = defaultdict(int)
    turn: dict[str, int] = defaultdict(int)
    for site in sites:
        (entry if site.is_entry else turn)[site.function.partition(":")[2]] += site.instructions
    return {name: (n, turn[name] + entry.get(CALLED.get(name, ""), 0)) for name, n in entry.items()}


def fit(mhz: int, told: list[dict[str, Any]], functions: dict[str, tuple[int, int]]) -> Bench:
    """The rate with which what was measured is explained best: least squares of relative errors."""
    assumed = rate.INSTRUCTIONS_PER_S * mhz / rate.RATED_MHZ / 1e6
    items = tuple(_item(each["item"], each["n"], each["us"], functions, assumed) for each in told)
    rates = np.array([item.instructions / item.measured_us for item in items if item.is_fitted and item.instructions])
    if not len(rates) or rates.max() > NO_CHIP * assumed:
        raise DeployError("bytecode takes no time on this device: serve the virtual board without --cpu-mhz 0.")
    return Bench(mhz, assumed, float(rates @ rates / rates.sum()), items)


def _item(name: str, n: int, us: int, functions: dict[str, tuple[int, int]], assumed: float) -> Item:
    natives = price.costs().natives
    count: int | None = None
    beside_us = 0
    if name in functions:
        entry, turn = functions[name]
        count = entry + n * turn
    elif name in NATIVES:
        count = n * natives[NATIVES[name]]
    elif name in ("import", "collect"):
        count = n * natives["source_byte" if name == "import" else "collect"]
    elif name == "flash_read":
        count, beside_us = rate.READ_INSTRUCTIONS, rate.READ_CHIP_US
    expected: float | None = None if count is None else count / assumed + beside_us
    if name in ("file_of_4_KB", "adc_read"):
        expected = ERASE_US + 16 * PAGE_US if name == "file_of_4_KB" else ADC_US
    is_fitted = name not in OTHERS
    return Item(name, n, count if is_fitted else None, expected and round(expected, 1), us, is_fitted)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
