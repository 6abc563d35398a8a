"""What each chip demands of a board: which pins may serve what, where its image goes, how MicroPython must be compiled.

Pins: the GPIO summary of each chip in the ESP-IDF programming guide (API reference, Peripherals, GPIO). Image ids: the
chip_id of an image header there (API guides, Application startup flow). Flash offsets: MicroPython's download pages.
PCNT units: the programming guide's PCNT page; the C3 has no such page.
"""

from __future__ import annotations

from dataclasses import dataclass

from dermaroller.errors import UsageError

OLDEST_MICROPYTHON = (1, 24)  # the first that has all that the firmware needs, on each of these chips
CPU_MHZ = 160  # at which every board runs: each chip takes it, and the loop keeps within its budget
PCNT_MICROPYTHON = (1, 26)  # from here on the firmware counts in hardware


@dataclass(frozen=True)
class Chip:
    """One chip's rules. Numbers are GPIO numbers."""

    name: str
    image_id: int
    mpy_arch: str
    flash_offset: int
    exists: frozenset[int]
    strapping: frozenset[int]
    flash: frozenset[int]  # also those that an octal PSRAM takes
    input_only: frozenset[int]  # without pull resistors, too
    adc1: frozenset[int]
    usb: frozenset[int]
    uart0: frozenset[int]
    pcnt_units: int
    cpu_mhz: tuple[int, ...]  # that machine.freq takes, as far as the loop's budget allows

    def needed(self) -> frozenset[int]:
        """Pins that the chip, its flash or its ports need for themselves."""
        return self.strapping | self.flash | self.usb | self.uart0


def _pins(*ranges: int | tuple[int, int]) -> frozenset[int]:
    """Single numbers and (first, last)."""
    ends = [(each, each) if isinstance(each, int) else each for each in ranges]
    return frozenset(pin for first, last in ends for pin in range(first, last + 1))


CHIPS = {
    chip.name: chip
    for chip in (
        Chip(
            "esp32", 0, "xtensawin", 0x1000,
            exists=_pins((0, 19), (21, 23), (25, 27), (32, 39)), strapping=_pins(0, 2, 5, 12, 15), flash=_pins((6, 11)),
            input_only=_pins((34, 39)), adc1=_pins((32, 39)), usb=_pins(), uart0=_pins(1, 3), pcnt_units=8,
            cpu_mhz=(160, 240),
        ),
        Chip(
            "esp32s3", 9, "xtensawin", 0,
            exists=_pins((0, 21), (26, 48)), strapping=_pins(0, 3, 45, 46), flash=_pins((26, 37)),
            input_only=_pins(), adc1=_pins((1, 10)), usb=_pins(19, 20), uart0=_pins(43, 44), pcnt_units=4,
            cpu_mhz=(160, 240),
        ),
        Chip(
            "esp32c3", 5, "rv32imc", 0,
            exists=_pins((0, 21)), strapping=_pins(2, 8, 9), flash=_pins((11, 17)),  # 11 powers the flash
            input_only=_pins(), adc1=_pins((0, 4)), usb=_pins(18, 19), uart0=_pins(20, 21), pcnt_units=0,
            cpu_mhz=(160,),
        ),
        Chip(
            "esp32c6", 13, "rv32imc", 0,
            exists=_pins((0, 30)), strapping=_pins(4, 5, 8, 9, 15), flash=_pins((24, 30)),
            input_only=_pins(), adc1=_pins((0, 6)), usb=_pins(12, 13), uart0=_pins(16, 17), pcnt_units=4,
            cpu_mhz=(160,),
        ),
    )
}  # fmt: skip


def chip(name: str) -> Chip:
    """The rules of a chip by name. Raises UsageError for one that is not known."""
    if name not in CHIPS:
        raise UsageError(f"there is no chip {name!r} in dermaroller/chips.py; it knows {', '.join(CHIPS)}.")
    return CHIPS[name]
