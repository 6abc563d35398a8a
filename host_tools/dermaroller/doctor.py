"""Finds out why a dermaroller cannot be reached: facts in, findings out, each with what to do. facts.py gathers."""

from dataclasses import dataclass

from dermaroller import facts as f
from dermaroller.errors import (
    DermarollerError,
    DeviceRefused,
    DeviceSilent,
    NewerFormat,
    NoDevice,
    NoPermission,
    PortBusy,
)
from dermaroller.facts import Facts
from dermaroller.port import VENDORS
from roller import wire
from roller.version import VERSION

GOOD, WARNING, PROBLEM = "good", "warning", "problem"
_UPDATE = "Update dermaroller, in its checkout or by the wheel of a newer version."


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `name` is for programs; `fix` says what to do, `command` is what to type for it."""

    name: str
    severity: str
    text: str
    fix: str = ""
    command: str = ""
    exit_code: int = 0


def diagnose(facts: Facts) -> list[Finding]:
    """What was found, the problems first."""
    found = _ports(facts)
    for name, answer in facts.answers.items():
        found.append(_device(facts, name, answer))
        if answer.kind == f.OK and answer.text:
            found.append(_unreadable(name, answer.text))
    found += _services(facts)
    order = (PROBLEM, WARNING, GOOD)
    return sorted(found, key=lambda finding: order.index(finding.severity))


def _ports(facts: Facts) -> list[Finding]:
    likely = [info for info in facts.ports if info.is_likely]
    if likely:
        names = ", ".join(f"{info.path} ({VENDORS.get(info.vid or 0, 'USB')})" for info in likely)
        return [Finding("port", GOOD, f"Ports that may be a dermaroller: {names}.")]
    if facts.wanted != "auto":
        return []
    vendors = (facts.usb_vendors or set()) & set(VENDORS)
    if vendors and "brltty" in facts.services:
        return [_brltty(facts, is_proven=True)]
    if vendors:
        return [_no_driver(facts, VENDORS[min(vendors)])]
    return [_nothing(facts)]


def _nothing(facts: Facts) -> Finding:
    text = "No dermaroller is to be seen: it is not plugged in, or its cable carries power but no data."
    fix = "Plug it in with a cable that is known to carry data, straight into the computer; its light must come on."
    if facts.usb_vendors is None:
        fix += " If the device manager lists it with a warning sign, install the driver of its USB chip."
    return _problem("no_device", text, fix, NoDevice)


def _no_driver(facts: Facts, vendor: str) -> Finding:
    text = f"A USB chip of {vendor} is plugged in, but the system made no port of it."
    if facts.system == "Linux":
        return _problem(
            "no_driver", text, "Look for its driver in the kernel's messages.", NoDevice, "sudo dmesg | tail"
        )
    return _problem("no_driver", text, f"Install the driver of {vendor} for its USB chip.", NoDevice)


def _device(facts: Facts, name: str, answer: f.Answer) -> Finding:
    if answer.kind == f.OK:
        return _firmware(facts, name, answer)
    if answer.kind == f.BUSY:
        held = facts.holders.get(name)
        who = " and ".join(map(str, held)) if held else "another program"
        pids = " ".join(str(one.pid) for one in held or ())
        fix = "Close that program (a monitor, mpremote, or another dermaroller)."
        return _problem("busy", f"{name} is held by {who}.", fix, PortBusy, f"kill {pids}" if pids else "")
    if answer.kind == f.FORBIDDEN:
        return _permission(facts, name)
    if answer.kind == f.FAILED:
        return _problem("port_failed", answer.text, "See `dermaroller ports` for the ports that there are.", NoDevice)
    if answer.kind == f.NEWER:
        text = f"The firmware on {name} is newer than this tool ({VERSION}): {answer.text}"
        return _problem("old_tool", text, _UPDATE, NewerFormat, facts.update_command)
    return _wrong_firmware(name, answer)


def _permission(facts: Facts, name: str) -> Finding:
    text = f"This user may not open {name}."
    if facts.system != "Linux":
        return _problem("permission", text, "Ask the administrator for access to the port.", NoPermission)
    group = facts.groups.get(name) or "dialout"
    fix = f"Join the group {group}, which owns it, and log in again."
    return _problem("permission", text, fix, NoPermission, f"sudo usermod -aG {group} $USER")


def _wrong_firmware(name: str, answer: f.Answer) -> Finding:
    deploy = f"make deploy BOARD=... PORT={name}"
    if answer.kind == f.PROMPT:
        text = f"MicroPython answers on {name}, but no dermaroller: its application is missing or stops when it starts."
        return _problem("no_application", text, "Deploy the application to it.", DeviceSilent, deploy)
    if answer.kind == f.BABBLE:
        text = f"Something on {name} talks, but not as a dermaroller does: another device, or another line rate."
        return _problem(
            "babble",
            text,
            "Check that --baud is the handle's (115200 usually) and that it is the right port.",
            DeviceSilent,
        )
    if answer.kind == f.REFUSED:
        text = f"The firmware on {name} is no match for this tool: {answer.text}"
        return _problem("old_firmware", text, "Deploy the firmware of this version.", DeviceRefused, deploy)
    text = f"{name} opens, but nothing on it answers."
    fix = "Press the handle's reset button. If it stays silent, it is another device, or has no firmware: flash it."
    return _problem("silent", text, fix, DeviceSilent, f"make flash BOARD=... PORT={name} IMAGE=...")


def _firmware(facts: Facts, name: str, answer: f.Answer) -> Finding:
    if answer.format > wire.FORMAT or _version(answer.firmware) > _version(VERSION):
        text = f"The dermaroller on {name} has firmware {answer.firmware}, newer than this tool ({VERSION})."
        return Finding("old_tool", WARNING, text, _UPDATE, facts.update_command)
    if _version(answer.firmware) < _version(VERSION):
        text = (
            f"The dermaroller on {name} has firmware {answer.firmware or 'of unknown version'}; this tool is {VERSION}."
        )
        fix = "Pull its sessions, then deploy the newer firmware."
        return Finding("old_firmware", WARNING, text, fix, f"make deploy BOARD=... PORT={name}")
    return Finding("device", GOOD, f"A dermaroller answers on {name}, with firmware {answer.firmware}.")


def _unreadable(name: str, what: str) -> Finding:
    text = (
        f"The dermaroller on {name} cannot read or write all that it keeps ({what}): its calibration (cal), its ledger"
        " of heads and intervals (led), or its name (who)."
    )
    fix = "See its calibration and its name; before a treatment, see in the archive when the subject had the last one."
    return Finding("stored_error", WARNING, text, fix, "dermaroller calibrate show")


def _services(facts: Facts) -> list[Finding]:
    found = []
    is_found = any(answer.kind == f.OK for answer in facts.answers.values())
    if "brltty" in facts.services and facts.answers and not is_found:
        found.append(_brltty(facts, is_proven=False))
    if "ModemManager" in facts.services and not is_found and facts.answers:
        text = "ModemManager runs: it sends modem commands to each new serial port, for up to half a minute."
        fix = "Wait half a minute after plugging in, or stop it for good."
        found.append(Finding("modem_manager", WARNING, text, fix, "sudo systemctl disable --now ModemManager"))
    return found


def _brltty(facts: Facts, is_proven: bool) -> Finding:
    fix = "Unless you use a braille display, remove it, then plug the dermaroller in again."
    command = "sudo apt remove brltty"
    if is_proven:
        text = "A USB serial chip is plugged in, but brltty, which serves braille displays, took its port away."
        return _problem("brltty", text, fix, NoDevice, command)
    text = "brltty runs: it serves braille displays, and takes USB serial ports away from others."
    return Finding("brltty", WARNING, text, fix, command)


def _problem(name: str, text: str, fix: str, error: type[DermarollerError], command: str = "") -> Finding:
    return Finding(name, PROBLEM, text, fix, command, error.exit_code)


def _version(text: str) -> tuple[int, ...]:
    """0.12.3 as (0, 12, 3); whatever is no number counts as 0."""
    return tuple(int(part) if part.isdigit() else 0 for part in text.split("."))
