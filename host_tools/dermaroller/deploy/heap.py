"""Measures the heap that the application leaves, loaded from the flash of the 32-bit virtual board."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

from dermaroller.deploy import layout
from dermaroller.deploy.build import Application
from dermaroller.sim import image, mpy, process, runtime
from dermaroller.sim.process import BoardError
from dermaroller.sim.run import run
from dermaroller.sim.trace import Trace

_REPORT = re.compile(rb"b'heap' (\d+) (\d+)")


@dataclass(frozen=True)
class Heap:
    """Bytes. bare: before the application. boot: with it ready. least: the lowest while it runs. largest: one block."""

    bare_free: int
    boot_free: int
    boot_largest: int
    least_free: int
    least_largest: int


def flash_with(application: Application, path: Path) -> None:
    """Write a flash image that holds the application as deploying would leave it."""
    image.make_image(path)
    folder = layout.FOLDERS[0]
    files = {f"/{folder}/{name}": content for name, content in application.on_device().items()}
    files[f"/{layout.POINTER}"] = folder.encode()
    files[f"/{layout.LOADER}"] = layout.LOADER_TEXT.encode()
    image.put_files(path, files)


def measure(application: Application, trace: Trace, heap: str = process.HEAP) -> Heap:
    """Roll a trace on the virtual board and watch the heap. Raises RuntimeMissingError, BoardError."""
    with tempfile.TemporaryDirectory(prefix="dermaroller-") as folder:
        flash = Path(folder) / "flash.bin"
        watched = {**application.files, "boot.mpy": _watching_boot(Path(folder))}
        flash_with(replace(application, files=watched), flash)
        result = run(trace, flash=flash, board=application.board.NAME, heap=heap)
    reports = [(int(free), int(largest)) for free, largest in _REPORT.findall(result.console)]
    if len(reports) < 2:
        words = " ".join(result.console.decode(errors="replace").split())
        raise BoardError(f"the application did not start on the virtual board: {words[-300:]}")
    (bare_free, _), (boot_free, boot_largest), *_ = reports
    least_free, least_largest = (min(values) for values in zip(*reports[1:], strict=True))
    return Heap(bare_free, boot_free, boot_largest, least_free, least_largest)


def _watching_boot(folder: Path) -> Path:
    """The application's boot.py, followed by the program that watches the heap, compiled."""
    source = folder / "boot.py"
    watch = (resources.files(__package__) / "on_device" / "measure.py").read_text(encoding="utf-8")
    source.write_text(
        (runtime.device_tree() / "firmware/boot.py").read_text(encoding="utf-8") + watch, encoding="utf-8"
    )
    return mpy.compiled_tree({"boot.py": source}, optimise=mpy.OPTIMISE) / "boot.mpy"
