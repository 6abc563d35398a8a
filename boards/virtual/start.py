"""Power on: connects the host's files, the world and the port, as the settings say. Unloaded when that is done."""

import os
import sys

import board
from virtual import console, flash, host, sensor, system, times, world
from virtual.partition import Partition


def power_on(settings):
    """Build the board; returns its port."""
    port = _connect(settings)
    world_file = open(settings["world"], "rb")
    _mount(settings["frozen"])
    _install(port)
    if settings["instructions_per_us"]:
        from virtual import natives

        natives.install(settings["instructions_per_us"], settings["natives"])
    world.open_stream(world_file)
    if settings["is_stepped"]:
        host.keep_step()
    elif settings["speed_x1000"]:
        host.pace(settings["speed_x1000"])
    else:
        host.report_progress(settings["live"])
    if settings["probes_heap"]:
        from virtual import probe

        probe.start()
    return port


def _connect(settings):
    host.open_out(settings["out"])
    flash.open_file(settings["flash"])
    flash.page_us = settings["page_us"]
    flash.erase_us = settings["erase_us"]
    flash.read_us = settings["read_us"]
    flash.cut_at = settings["cut_at"]
    flash.is_torn = settings["is_torn"]
    sensor.set_noise(settings["noise_mn"])
    sensor.seed_noise(settings["seed"])
    times.reset_cause = settings["cause"]
    times.rtc_s = settings["rtc_s"]
    times.rtc_memory = bytes.fromhex(settings["rtc_memory"])
    host.port = port = _open_port(board.CONSOLE, settings["baud"], *settings["port_away_ms"])
    for byte in bytes.fromhex(settings["received"]):
        port.receive(byte)
    world.on_byte = port.receive
    return port


def _open_port(kind, baud, period_ms, away_ms):
    """The port of a board by its kind of console. A USB port is not fetched for away_ms in each period_ms."""
    if kind == "uart":
        return console.Uart(baud)
    from virtual import usb

    return (usb.Usb if kind == "usb" else usb.UsbSerialJtag)(period_ms, away_ms)


def _mount(frozen):
    """Only what a chip has: its own flash at the root; and out of sight the frozen firmware and these stand-ins."""
    os.umount("/")
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


def _install(port):
    system.port = port
    buffer = console.Stream(port)
    system.stdout = console.Stream(port, "w", buffer)
    system.install(console.Stream(port, "r", buffer))
    if system.FROZEN not in sys.path:
        del sys.modules["board"]  # an application in the flash brings its own
