"""The script with which the runtime starts: loads the virtual board as if from ROM, then boots it.

Its argument names a JSON file. The keys: `rom` and `stand_ins` (the compiled modules of this folder, as one image and
as files), `frozen` (the compiled firmware), `out`, `flash`, `world` (files), `cause`, `rtc_s`, `rtc_memory`,
`is_raw_repl`, `received` (what the last boot left), `baud`, `port_away_ms`, `speed_x1000` (0: as fast as it goes),
`is_stepped`, `live`, `probes_heap`, `noise_mn`, `seed`, `page_us`, `erase_us`, `read_us`, `cut_at`, `is_torn`,
`instructions_per_us` (0: bytecode takes no time), `natives` (instructions by what the interpreter is asked for).
"""

import json
import os
import sys

import vfs

MOUNT = "/.virtual"


def read_only_memory(path):
    """The file's bytes outside the heap, which is the chip's: what a chip has in ROM should cost none of it."""
    import ffi
    import uctypes

    size = os.stat(path)[6]
    memory = uctypes.bytearray_at(ffi.open(None).func("p", "malloc", "l")(size), size)
    with open(path, "rb") as file:
        file.readinto(memory)
    return memory


with open(sys.argv[1]) as _file:
    _settings = json.load(_file)
try:
    vfs.mount(vfs.VfsRom(read_only_memory(_settings["rom"])), MOUNT)
except (ImportError, AttributeError, OSError):  # this runtime lacks something: then it does cost heap
    vfs.mount(vfs.VfsPosix(_settings["stand_ins"]), MOUNT)
# The board's constants lie with the firmware, where they are found until the host's file system goes.
sys.path[:] = [MOUNT, _settings["frozen"]]
del read_only_memory

__import__("virtual.boot", None, None, ("run",)).run(_settings)
