"""How fast the chip is, and what a board that charges for bytecode is told.

MicroPython's repository keeps the scores of its own benchmarks for an ESP32 at 160 MHz (in the message of its commit
549448e8bb). The same benchmarks, counted under the 32-bit unix runtime, take 76 to 115 million instructions for what
the ESP32 does in a second. No chip of ours has confirmed it.
"""

from __future__ import annotations

from typing import Any

from dermaroller.cpu.price import costs

INSTRUCTIONS_PER_S = 85_000_000  # of the 32-bit unix runtime, for a second at RATED_MHZ
SLOWEST, FASTEST = 76_000_000, 115_000_000
RATED_MHZ = 160
# A read of flash under littlefs: what a performance threshold of ESP-IDF allows the chip, and the processor's share.
READ_CHIP_US = 80
READ_INSTRUCTIONS = 5800
_FREE_READ_US = 10  # where no processor is charged for


def instructions_per_us(cpu_mhz: int) -> int:
    return round(INSTRUCTIONS_PER_S * cpu_mhz / RATED_MHZ / 1e6)


def boot_settings(cpu_mhz: int | None) -> dict[str, Any]:
    """What the virtual board has to know to charge; None: it does not."""
    if cpu_mhz is None:
        return {"instructions_per_us": 0, "read_us": _FREE_READ_US}
    rate = instructions_per_us(cpu_mhz)
    return {
        "instructions_per_us": rate,
        "read_us": READ_CHIP_US + READ_INSTRUCTIONS // rate,
        "natives": costs().natives,
    }


def more_heap(heap: str, board: str) -> str:
    """A heap ("128k") with room besides for what the firmware's charges and the board's part in them take."""
    from dermaroller.sim import mpy

    plain, charged = (mpy.firmware_tree(board, is_charged=is_charged) for is_charged in (False, True))
    grown = sum(path.stat().st_size for path in charged.rglob("*.mpy"))
    grown -= sum(path.stat().st_size for path in plain.rglob("*.mpy"))
    return f"{int(heap.removesuffix('k')) + (grown + _BOARD_BYTES) // 1024 + 1}k"


_BOARD_BYTES = 3000  # of boards/virtual/natives.py
