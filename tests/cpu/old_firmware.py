"""The firmware of commit a5ba2ad, whose behaviour on an emulated ESP32 is known: sources, so that today's costs apply.

Its board counts by pin interrupts, as the emulated one did, and has the application in its flash, as a handle has.
"""

import zipfile
from pathlib import Path

import numpy as np

from dermaroller.deploy import layout
from dermaroller.sim import image, mpy
from dermaroller.sim.trace import Trace

ARCHIVE = Path(__file__).parents[1] / "data" / "firmware_a5ba2ad.zip"


class OldFirmware:
    """board: the file with the board's constants. sources: as mpy.firmware_sources gives them."""

    def __init__(self, folder: Path) -> None:
        with zipfile.ZipFile(ARCHIVE) as archive:
            archive.extractall(folder)
        self.board = folder / "boards" / "virtual" / "board.py"
        self.board.write_text(self.board.read_text().replace("HAS_PCNT = True", "HAS_PCNT = False"))
        firmware = folder / "firmware"
        self.sources = {path.relative_to(firmware).as_posix(): path for path in sorted(firmware.rglob("*.py"))}
        self.sources["board.py"] = self.board

    def flash(self, path: Path, *, is_charged: bool = True, more: dict[str, bytes] | None = None) -> Path:
        """An image that holds the application as deploying leaves it, and more files by their paths."""
        options = mpy.firmware_options()
        tree = mpy.compiled_tree(self.sources, optimise=mpy.OPTIMISE, made_lean=options, is_charged=is_charged)
        folder = layout.FOLDERS[0]
        files = {f"/{folder}/{file.relative_to(tree).as_posix()}": file.read_bytes() for file in tree.rglob("*.mpy")}
        files[f"/{layout.POINTER}"] = folder.encode()
        files[f"/{layout.LOADER}"] = layout.LOADER_TEXT.encode()
        image.make_image(path, 0)  # it knows of no boxes
        image.put_files(path, {**files, **(more or {})})
        return path


def rolling(speed_mm_s: float, duration_s: float, touch_s: float, stroke_mm: float = 60) -> Trace:
    """Strokes to and fro without a lift."""
    t_s = np.arange(0, duration_s, 0.005)
    there_mm = speed_mm_s * t_s % (2 * stroke_mm)
    mm = np.where(there_mm < stroke_mm, there_mm, 2 * stroke_mm - there_mm)
    times = np.concatenate([[0, touch_s - 0.01], touch_s + t_s, touch_s + duration_s + np.array([0.01, 2.0])])
    places = np.concatenate([[0, 0], mm, [mm[-1]] * 2])
    forces = np.concatenate([[0, 0], np.full(len(t_s), 2.0), [0, 0]])
    return Trace("rolling", times, places, forces, ())
