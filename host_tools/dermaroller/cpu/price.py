"""The table of costs: instructions of each step, of each byte, and how many of them are a second on the chip."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dermaroller.cpu import charge, frames, weigh
from dermaroller.cpu.weigh import Steps

TABLE = Path(__file__).with_name("costs.json")


@dataclass(frozen=True)
class Costs:
    """bytecode, viper: instructions by kind of step. natives: by what is asked of the interpreter, and each byte.

    lookups_x1000: the factor that is in the costs of weigh.LOOKUPS. runtime: the version of which they were counted.
    """

    bytecode: dict[str, int]
    viper: dict[str, int]
    natives: dict[str, int]
    lookups_x1000: int
    runtime: tuple[int, ...]

    def price(self, steps: Steps, is_viper: bool) -> int:
        """Instructions of these steps. Raises KeyError for a step that was never measured.

        Where viper code deals with objects, it asks the interpreter, as bytecode does.
        """
        table = {**self.bytecode, **self.viper} if is_viper else self.bytecode
        return round(sum(table[name] * n for name, n in steps.items()))


@cache
def costs() -> Costs:
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    return Costs(table["bytecode"], table["viper"], table["natives"], table["lookups_x1000"], tuple(table["runtime"]))


def charged(texts: Mapping[str, str]) -> dict[str, str]:
    """Sources that charge what the table says."""
    return charge.charge(texts, costs().price, costs().natives["source_byte"])


def version() -> str:
    """What charged sources depend on besides their texts."""
    digest = hashlib.sha256(TABLE.read_bytes())
    for module in (charge, frames, weigh):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()


def keep(table: dict[str, Any]) -> None:
    TABLE.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    costs.cache_clear()
