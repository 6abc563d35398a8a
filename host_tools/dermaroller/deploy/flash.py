"""Writes a MicroPython image to a chip with the program esptool, after a look into the image.

The image is the file that MicroPython's download page offers: second-stage boot loader, partition table and MicroPython
as they follow each other in the flash, from the chip's offset on.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from dermaroller import chips
from dermaroller.boards import Board
from dermaroller.deploy.remote import DeployError, program_module

MAGIC = 0xE9
HEADER_BYTES = 24
_CHIP_ID_AT = 12
APPLICATION_AT = 0x10000  # in the flash, by MicroPython's partition table
UART_BAUD = 460800
_BANNER = re.compile(rb"MicroPython v(\d+)\.(\d+)(?:\.(\d+))?[^\0\n]{0,60}? on \d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Image:
    """What an image is for."""

    chip: str
    version: tuple[int, ...]


def read_image(path: Path, board: Board) -> Image:
    """The chip and version of an image. Raises DeployError if it is no whole MicroPython image."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DeployError(f"{path} cannot be read ({error.strerror}): name the downloaded .bin as IMAGE.") from None
    chip = _chip_of(content, 0)
    if not chip:
        raise DeployError(f"{path} is no image for an ESP32: download the .bin from micropython.org/download.")
    found = _BANNER.search(content)
    if not found:
        raise DeployError(f"{path} is an image for the {chip}, but not MicroPython: see micropython.org/download.")
    if chip == board.CHIP and _chip_of(content, APPLICATION_AT - board.FLASH_OFFSET) != chip:
        raise DeployError(f"{path} holds no boot loader or is cut off (.app-bin is for updates only): take the .bin.")
    return Image(chip, tuple(int(number or 0) for number in found.groups()))


def check_image(path: Path, board: Board) -> Image:
    """Raise DeployError if the image is for another chip or too old; else return what it is."""
    image = read_image(path, board)
    if image.chip != board.CHIP:
        raise DeployError(
            f"{path} is for the {image.chip}, but {board.NAME} has an {board.CHIP}: take the other image."
        )
    if image.version[:2] < chips.OLDEST_MICROPYTHON:
        version, oldest = (".".join(map(str, each)) for each in (image.version, chips.OLDEST_MICROPYTHON))
        raise DeployError(f"{path} is MicroPython {version}; {oldest} or later is needed: take a newer image.")
    return image


def flash(path: Path, board: Board, port_name: str) -> None:
    """Write a checked image; esptool shows its progress and makes sure of the chip. Files on the device stay."""
    command = [*program_module("esptool"), *arguments(path, board, port_name)]
    if subprocess.run(command).returncode:
        raise DeployError(
            f"esptool could not write to {port_name}: hold the button BOOT while you press RESET (EN), then try again."
        )


def arguments(path: Path, board: Board, port_name: str) -> list[str]:
    """What esptool is told."""
    port = [] if port_name == "auto" else ["--port", port_name]
    return [
        "--chip", board.CHIP, *port, "--baud", str(UART_BAUD), "write-flash", hex(board.FLASH_OFFSET), str(path),
    ]  # fmt: skip


def _chip_of(content: bytes, at: int) -> str:
    """The chip of the image header at this place; "" if there is none, its number if it is no known one."""
    header = content[at : at + HEADER_BYTES]
    if len(header) < HEADER_BYTES or header[0] != MAGIC:
        return ""
    image_id = int.from_bytes(header[_CHIP_ID_AT : _CHIP_ID_AT + 2], "little")
    return next((chip.name for chip in chips.CHIPS.values() if chip.image_id == image_id), f"chip number {image_id}")
