"""Brings the application to a device: copies what changed, checks every file, switches over, sees that it runs.

Whatever breaks off, and when, the device has the old application or the new one, and the next call goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from dermaroller.deploy import layout
from dermaroller.deploy.build import Application
from dermaroller.deploy.checks import check_fits, refuse_while_recording, wait_for
from dermaroller.deploy.clock import utc_now
from dermaroller.deploy.remote import Holding, Remote, program
from dermaroller.errors import DermarollerError, IntegrityError
from dermaroller.output import plural
from dermaroller.sim.viper import MPY_VERSION, native_arch

Say = Callable[[str], None]
Build = Callable[[str], Application]  # from the architecture of machine code that the device takes, "" for none


@dataclass(frozen=True)
class Changes:
    """What the target folder needs to hold the application. Paths are below the folder.

    copied: from this computer. same: on the device already, in the folder that runs. kept: in the target already.
    """

    target: str
    copied: list[str]
    same: list[str]
    kept: list[str]
    unwanted: list[str]


@dataclass(frozen=True)
class Deployed:
    """What deploying did. copied: paths that went over the line; is_switched: the device now starts other files."""

    copied: list[str]
    copied_bytes: int
    is_switched: bool
    info: dict[str, Any]


def deploy(
    application: Application, port_name: str, say: Say, *, is_forced: bool = False, build: Build | None = None
) -> Deployed:
    """Make the device run this application, or what `build` makes of it in the device's own machine code.

    Raises DeployError, DeviceSilent, NoDevice and the like, IntegrityError.
    """
    if not is_forced:
        refuse_while_recording(port_name)
    remote = Remote(port_name)
    try:
        application, copied, is_switched = _bring(application, remote, say, build)
    except DermarollerError:
        with suppress(DermarollerError):
            remote.reset()  # the old application goes on
        raise
    remote.reset()
    info = wait_for(port_name, application.version)
    say(f"clock set, started again: application {info['fw']} answers")
    sizes = application.sizes()
    return Deployed(copied, sum(sizes[name] for name in copied), is_switched, info)


def _bring(
    application: Application, remote: Remote, say: Say, build: Build | None
) -> tuple[Application, list[str], bool]:
    """All up to the new start: returns what was brought, the paths that were copied, and whether another application
    will start.
    """
    holding = remote.look()
    version = ".".join(map(str, holding.version))
    say(f"{holding.machine} on {remote.port}: MicroPython {version}, application in {holding.active or 'none yet'}")
    check_fits(application, holding)
    if build:
        application = fitting(holding, build, say)
    wanted = application.digests()
    changes = plan_changes(wanted, holding)
    is_new = holding.running() != wanted
    if is_new:
        _copy(application, remote, holding, changes, say)
    is_switched = _switch(remote, holding, changes.target if is_new else str(holding.active))
    say(f"{plural(len(wanted), 'file')} checked by SHA-256; " + ("switched over" if is_switched else "nothing changed"))
    return application, changes.copied if is_new else [], is_switched


def fitting(holding: Holding, build: Build, say: Say) -> Application:
    """The application in machine code; in bytecode, and a word about it, if the device does not take that."""
    arch = native_arch(holding.mpy)
    if not arch:
        told, ours = (f"{version}.{sub}" for version, sub in ((holding.mpy & 255, holding.mpy >> 8 & 3), MPY_VERSION))
        say(
            f"its MicroPython takes no machine code of .mpy {ours} (it reads {told}, architecture "
            f"{holding.mpy >> 10 & 15}): all goes in bytecode, which takes more of the chip's time; an official image "
            "of MicroPython would take it"
        )
    return build(arch)


def plan_changes(wanted: dict[str, str], holding: Holding) -> Changes:
    """Which files must go where so that the folder that does not run becomes the application."""
    target = layout.other(holding.active)
    there, running = holding.files.get(target, {}), holding.running()
    missing = [name for name in wanted if there.get(name) != wanted[name]]
    same = [name for name in missing if running.get(name) == wanted[name]]
    return Changes(
        target,
        copied=[name for name in missing if name not in same],
        same=same,
        kept=[name for name in wanted if name not in missing],
        unwanted=[name for name in there if name not in wanted],
    )


def verify(application: Application, remote: Remote, build: Build | None = None) -> int:
    """How many files the device runs, each as on this computer; `build` as for deploy. Raises IntegrityError with what
    differs.
    """
    holding = remote.look()
    remote.reset()
    if build:
        application = build(native_arch(holding.mpy))
    wanted, running = application.digests(), holding.running()
    if not running or holding.loader != layout.LOADER_TEXT:
        raise IntegrityError(f"{remote.port} has no application: use make deploy.")
    differing = sorted(name for name in wanted.keys() | running.keys() if wanted.get(name) != running.get(name))
    if differing:
        shown = ", ".join(differing[:5]) + (" ..." if len(differing) > 5 else "")
        raise IntegrityError(
            f"{remote.port}: {plural(len(differing), 'file')} differ from here ({shown}): make deploy."
        )
    return len(wanted)


def _copy(application: Application, remote: Remote, holding: Holding, changes: Changes, say: Say) -> None:
    target = changes.target
    sizes = application.sizes()
    size = sum(sizes[name] for name in changes.copied)
    say(
        f"copying {plural(len(changes.copied), 'file')} ({size:,} bytes) into {target}; "
        f"{len(changes.same) + len(changes.kept)} are on the device already"
    )
    folders = _folders(target, application.files)
    first = program("prepare", target, holding.active, folders, changes.unwanted, changes.same)
    remote.copy(first, [(application.files[name], f"/{target}/{name}") for name in changes.copied])
    wrong = remote.look().files.get(target, {})
    wanted = application.digests()
    if wrong != wanted:
        names = sorted(name for name in wanted.keys() | wrong.keys() if wanted.get(name) != wrong.get(name))
        raise IntegrityError(f"{names[0]} arrived damaged on {remote.port}; the old application stays: deploy again.")


def _folders(target: str, files: dict[str, Path]) -> list[str]:
    inner = {str(PurePosixPath(target) / name.rpartition("/")[0]) for name in files if "/" in name}
    return [*layout.FOLDERS, *sorted(inner)]


def _switch(remote: Remote, holding: Holding, target: str) -> bool:
    """Set the clock, and the files that decide what starts, if they are not as wanted."""
    wanted = [(f"/{layout.POINTER}", target, holding.active), (f"/{layout.LOADER}", layout.LOADER_TEXT, holding.loader)]
    files = [(path, text) for path, text, present in wanted if text != present]
    remote.run(program("switch", files, utc_now()))
    return bool(files)
