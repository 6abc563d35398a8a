"""What must hold before deploying, and after it."""

from __future__ import annotations

import time

from dermaroller import chips, port
from dermaroller.deploy.build import Application
from dermaroller.deploy.remote import DeployError, Holding
from dermaroller.device import Device
from dermaroller.errors import DeviceRefused, DeviceSilent, NewerFormat, NoDevice
from dermaroller.link.answers import Info
from dermaroller.sim.viper import MPY_VERSION

ANSWER_PATIENCE_S = 40.0  # a start may make room for sessions, which takes 5 s; a busy computer is slow itself
_ASK_S = 0.7


def check_fits(application: Application, holding: Holding) -> None:
    """Raise DeployError if the device is another chip, or its MicroPython too old or without the right .mpy format."""
    board = application.board
    if holding.chip != board.CHIP:
        raise DeployError(
            f"the device is an {holding.chip}, but {board.NAME} has an {board.CHIP}: choose another BOARD."
        )
    if holding.version[:2] < chips.OLDEST_MICROPYTHON or holding.mpy & 255 != MPY_VERSION[0]:
        version, oldest = (".".join(map(str, each)) for each in (holding.version, chips.OLDEST_MICROPYTHON))
        raise DeployError(
            f"the device runs MicroPython {version} (.mpy {holding.mpy & 255}); {oldest} or later with .mpy "
            f"{MPY_VERSION[0]} is needed: put it on with make flash."
        )


def refuse_while_recording(port_name: str) -> None:
    """Raise DeployError if an application answers that it records. What does not answer may be deployed to."""
    try:
        with port.open_port(port_name) as line:
            device = Device(line, port_name)
            tag = device.send("info")
            answer = next((frame for frame in device.listen(_ASK_S) if frame.tag == tag), None)
            session = device.info_in(answer).session if answer else None
    except (DeviceRefused, DeviceSilent, NewerFormat):
        return
    if session is not None:
        raise DeployError(
            f"{port_name} records session {session}: end it with a long press of the button, or give FORCE=1."
        )


def wait_for(port_name: str, version: str) -> Info:
    """The application's answer to info once it runs. Raises DeployError if it does not, or is another version."""
    deadline = time.monotonic() + ANSWER_PATIENCE_S
    while True:
        try:
            with port.open_port(port_name) as line:
                info = Device(line, port_name, silence_s=_ASK_S).info()
            break
        except (DeviceSilent, NoDevice) as error:  # a native USB port goes while the device starts
            if time.monotonic() > deadline:
                raise DeployError(
                    f"{port_name}: the application does not answer after the switch-over. See what it prints with "
                    "make repl and Ctrl-D."
                ) from error
            time.sleep(0.2)
    if info.fw != version:
        raise DeployError(f"{port_name} answers as application {info.fw}, not {version}. Deploy again.")
    return info
