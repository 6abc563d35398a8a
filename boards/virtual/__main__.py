"""Power on: reads the host's settings, builds the board, and boots it as the chip does.

The last argument names a JSON file. Its keys: `out`, `flash`, `world`, `frozen` (paths), `cause`, `rtc_s`,
`rtc_memory`, `is_raw_repl`, `received` (what the last boot left), `baud`, `speed_x1000` (0: as fast as it goes),
`live`, `noise_mn`, `seed`, `page_us`, `erase_us`, `cut_at`, `is_torn`.
"""

import json
import os
import sys

with open(sys.argv[-1]) as _file:
    _settings = json.load(_file)

import gc

# The board's constants lie with the firmware, where they are found until the host's file system goes.
sys.path.append(_settings["frozen"])

import board
from virtual import chip, clock, console, flash, host, sensor, system, times, world
from virtual.partition import Partition


def _power_on(settings):
    """Connect the host's files, the world and the port."""
    host.open_out(settings["out"])
    flash.open_file(settings["flash"])
    flash.page_us = settings["page_us"]
    flash.erase_us = settings["erase_us"]
    flash.cut_at = settings["cut_at"]
    flash.is_torn = settings["is_torn"]
    flash.on_cut = world.on_cut = _cut
    world.on_end = _end
    sensor.set_noise(settings["noise_mn"], settings["seed"])
    times.rtc_s = settings["rtc_s"]
    chip.set_up(settings["cause"], bytes.fromhex(settings["rtc_memory"]))
    port = console.open_port(board.CONSOLE, settings["baud"])
    for byte in bytes.fromhex(settings["received"]):
        port.receive(byte)
    world.on_byte = port.receive
    host.on_interval = port.receive_typed
    host.at_exit["board"] = _counters(port)
    host.at_exit["received"] = port.waiting_hex
    return port


def _counters(port):
    def count():
        return {"callbacks": clock.ran, "callbacks_dropped": clock.dropped, "received_dropped": port.dropped}

    return count


def _cut():
    host.leave("power_cut")


def _end():
    host.leave("end", counters=host.application_counters())


def _mount(frozen):
    """Only what a chip has: its own flash at the root, and out of sight the frozen firmware and these stand-ins."""
    package = sys.modules["virtual"]
    stand_ins = os.VfsPosix(package.__path__)
    os.umount("/")
    os.mount(stand_ins, system.STAND_INS)
    package.__path__ = system.STAND_INS
    partition = Partition("vfs")
    try:
        os.mount(partition, "/")
    except OSError:
        os.VfsLfs2.mkfs(partition)
        os.mount(partition, "/")
    os.chdir("/")
    sys.path[:] = ["", "/lib"]
    if "main.py" not in os.listdir() and "main.mpy" not in os.listdir():
        os.mount(os.VfsPosix(frozen), system.FROZEN)
        sys.path.append(system.FROZEN)


def _run(name):
    """Run a script as `__main__`; false if it ended with an exception."""
    try:
        __import__(name, None, None, False)
    except ImportError as error:
        if error.args[0] != "no module named '%s'" % name:
            raise
    return True


def _guarded(port, name):
    port.interrupt_char = 3
    try:
        return _run(name)
    except SystemExit:
        chip.soft_reset()
    except BaseException as error:
        port.interrupt_char = -1
        clock.report(error)
        return False
    finally:
        port.interrupt_char = -1


def _boot(settings):
    port = _power_on(settings)
    stdin = console.Input(port)
    stdout = console.Output(port, console.Output(port))
    frozen = settings["frozen"]
    with_world = open(settings["world"], "rb")
    _mount(frozen)
    system.install(port, stdin, stdout)
    if system.FROZEN not in sys.path:
        del sys.modules["board"]  # an application in the flash brings its own
    world.open_stream(with_world)
    if settings["speed_x1000"]:
        host.pace(settings["speed_x1000"])
    else:
        host.report_progress(settings["live"])
    is_raw = settings["is_raw_repl"]
    settings.clear()
    gc.collect()
    if _guarded(port, "boot") and not is_raw:
        _guarded(port, "main")
    from virtual import repl

    repl.run(port, stdin, stdout.buffer, is_raw)


_boot(_settings)
