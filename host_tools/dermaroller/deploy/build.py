"""The application for one board as the device gets it: compiled files, their digests, its version."""

from __future__ import annotations

import hashlib
import runpy
from dataclasses import dataclass
from pathlib import Path

from dermaroller import boards
from dermaroller.boards import Board
from dermaroller.deploy import archive, layout
from dermaroller.sim import mpy, runtime, viper


@dataclass(frozen=True)
class Application:
    """files: path of a module -> compiled file on this computer."""

    board: Board
    version: str
    files: dict[str, Path]

    def modules(self) -> dict[str, bytes]:
        """The bytes of each file in the archive by its path: of all but the one that mounts it."""
        return {name: path.read_bytes() for name, path in self.files.items() if name != layout.MOUNTER}

    def on_device(self) -> dict[str, bytes]:
        """The files in the application's folder on the device."""
        return {layout.MOUNTER: self.files[layout.MOUNTER].read_bytes(), layout.ARCHIVE: archive.pack(self.modules())}

    def digests(self) -> dict[str, str]:
        """The SHA-256 of each file by its path, and of what the archive begins with."""
        contents = {name: path.read_bytes() for name, path in self.files.items()}
        contents[layout.INDEX] = archive.head(self.modules())
        return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}

    def sizes(self) -> dict[str, int]:
        """The bytes of each file by its path."""
        return {name: path.stat().st_size for name, path in self.files.items()}


def build(board_name: str, optimise: int = mpy.OPTIMISE, arch: str = "") -> Application:
    """Compile firmware and constants of a board: with machine code for arch, or all in bytecode, which any chip takes.

    Raises UsageError, CompileError, RuntimeMissingError.
    """
    board = boards.load(board_name)
    folder = mpy.firmware_tree(board_name, optimise=optimise, arch=arch)
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.mpy"))
    return Application(board, _version(), {name: folder / name for name in names})


def build_for_virtual(board_name: str) -> Application:
    """As for a device, but in the machine code of the runtime that the virtual board runs on."""
    return build(board_name, arch=viper.native_arch(runtime.find_micropython().mpy))


def _version() -> str:
    return str(runpy.run_path(str(runtime.device_tree() / "firmware/roller/version.py"))["VERSION"])
