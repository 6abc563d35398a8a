"""What the system and the devices say about themselves, gathered for doctor.py; a test can put together its own."""

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dermaroller import packages, port
from dermaroller.device import Device
from dermaroller.errors import DermarollerError, DeviceRefused, DeviceSilent, NewerFormat, NoPermission, PortBusy
from dermaroller.holders import Holder, holders
from dermaroller.port import PortInfo

OK, SILENT, PROMPT, BABBLE, BUSY, FORBIDDEN, FAILED, REFUSED, NEWER = (
    "ok", "silent", "prompt", "babble", "busy", "forbidden", "failed", "refused", "newer",
)  # fmt: skip
SERVICES = ("brltty", "ModemManager")
_SILENCE_S = 0.7
_MANY = 200  # bytes that are no answer: more than a boot message's rest


@dataclass(frozen=True)
class Answer:
    """What came of asking the device behind a port: one of the words above, the firmware's version, an error's text or
    what the device says of what it cannot read.
    """

    kind: str
    firmware: str = ""
    format: int = 0
    text: str = ""


@dataclass
class Facts:
    """The state of one computer. usb_vendors: of the USB devices plugged in; None where the system does not tell."""

    system: str = "Linux"
    wanted: str = "auto"  # what -p says
    ports: list[PortInfo] = field(default_factory=list)
    usb_vendors: set[int] | None = None
    services: set[str] = field(default_factory=set)  # of SERVICES, those that run
    groups: dict[str, str] = field(default_factory=dict)  # port: the group that owns it
    holders: dict[str, list[Holder]] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    update_command: str = ""  # what to type for a newer version of this tool


def gather(wanted: str, baud: int, proc: Path = Path("/proc"), sys: Path = Path("/sys")) -> Facts:
    """Look at the system, and ask the wanted port, or all likely ones, for a device."""
    found = Facts(platform.system(), wanted, port.ports(), update_command=packages.command_to_update())
    found.usb_vendors = _usb_vendors(sys)
    found.services = _running(proc)
    names = [wanted] if wanted != "auto" else [info.path for info in found.ports if info.is_likely]
    for name in names:
        found.groups[name] = _group(name)
        found.answers[name] = ask(name, baud)
        if found.answers[name].kind == BUSY:
            found.holders[name] = holders(name, proc)
    return found


def ask(name: str, baud: int, silence_s: float = _SILENCE_S) -> Answer:
    """Open the port and ask once who is there. A MicroPython prompt is woken at the most once."""
    said: list[str] = []
    try:
        with port.open_port(name, baud) as line:
            return _asked(Device(line, name, said.append, silence_s), said.append)
    except PortBusy as error:
        return Answer(BUSY, text=str(error))
    except NoPermission as error:
        return Answer(FORBIDDEN, text=str(error))
    except DermarollerError as error:
        return Answer(FAILED, text=str(error))


def _asked(device: Device, say: Callable[[str], None]) -> Answer:
    try:
        info = device.info()
    except DeviceRefused as error:
        return Answer(REFUSED, text=str(error))
    except NewerFormat as error:
        return Answer(NEWER, text=str(error))
    except DeviceSilent as error:
        kind = PROMPT if device.was_at_prompt else BABBLE if device.skipped >= _MANY else SILENT
        return Answer(kind, text=str(error))
    return Answer(OK, info.fw, info.format, info.stored_error or "")


def _usb_vendors(sys: Path) -> set[int] | None:
    folder = sys / "bus" / "usb" / "devices"
    if not folder.is_dir():
        return None
    vendors = set()
    for file in folder.glob("*/idVendor"):
        try:
            vendors.add(int(file.read_text(), 16))
        except (OSError, ValueError):
            continue
    return vendors


def _running(proc: Path) -> set[str]:
    found = set()
    for file in proc.glob("[0-9]*/comm"):
        try:
            name = file.read_text().strip()
        except OSError:
            continue
        found |= {service for service in SERVICES if name == service[:15]}
    return found


def _group(name: str) -> str:
    try:
        import grp

        return grp.getgrgid(os.stat(name).st_gid).gr_name
    except (ImportError, OSError, KeyError):
        return ""
