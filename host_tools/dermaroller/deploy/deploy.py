"""Brings the application to a device: copies what changed, checks every module, switches over, sees that it runs.

Whatever breaks off, and when, the device has the old application or the new one, and the next call goes on from there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from dermaroller.deploy import archive, layout
from dermaroller.deploy.build import Application
from dermaroller.deploy.checks import check_fits, refuse_while_recording, wait_for
from dermaroller.deploy.clock import utc_now
from dermaroller.deploy.remote import Holding, Remote, program
from dermaroller.errors import DermarollerError, IntegrityError
from dermaroller.link.answers import Info
from dermaroller.output import plural
from dermaroller.sim.viper import MPY_VERSION, native_arch

Say = Callable[[str], None]
Build = Callable[[str], Application]  # from the architecture of machine code that the device takes, "" for none


@dataclass(frozen=True)
class Changes:
    """What the target folder needs to hold the application.

    copied: modules from this computer. same: those that the folder which starts has already. is_there: it needs none.
    """

    target: str
    copied: list[str]
    same: list[str]
    is_there: bool


@dataclass(frozen=True)
class Deployed:
    """What deploying did. copied: paths that went over the line; is_switched: the device now starts other files."""

    copied: list[str]
    copied_bytes: int
    is_switched: bool
    info: Info


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
    say(f"clock set, started again: application {info.fw} answers")
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
    changes = spare_room(plan_changes(wanted, holding), application.sizes())
    is_new = holding.wanted_to_run() != wanted
    is_copied = is_new and not changes.is_there
    if is_copied:
        _copy(application, remote, holding, changes, say)
    is_switched = _switch(remote, holding, changes.target if is_new else str(holding.active))
    checked = plural(len(application.files), "module")
    say(f"{checked} checked by SHA-256; " + ("switched over" if is_switched else "nothing changed"))
    return application, changes.copied if is_copied else [], is_switched


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
    """Which modules must come from where so that the folder that does not start becomes the application."""
    target = layout.other(holding.starting)
    has = holding.files.get(holding.starting or "", {})
    modules = [name for name in wanted if name != layout.INDEX]
    return Changes(
        target,
        copied=[name for name in modules if has.get(name) != wanted[name]],
        same=[name for name in modules if has.get(name) == wanted[name]],
        is_there=holding.files.get(target) == wanted,
    )


def spare_room(changes: Changes, sizes: dict[str, int]) -> Changes:
    """All is copied where most of it is: then it comes as the archive, and takes no more room to be put together."""
    if 2 * sum(sizes[name] for name in changes.copied) <= sum(sizes.values()):
        return changes
    return replace(changes, copied=sorted(sizes), same=[])


def verify(application: Application, remote: Remote, build: Build | None = None) -> int:
    """How many modules the device runs, each as here; `build` as for deploy. IntegrityError tells what differs."""
    holding = remote.look()
    remote.reset()
    if build:
        application = build(native_arch(holding.mpy))
    wanted, running = application.digests(), holding.wanted_to_run()
    if not running or holding.loader != layout.LOADER_TEXT:
        raise IntegrityError(f"{remote.port} has no application: use make deploy.")
    differing = _differing(wanted, running)
    if differing:
        shown = ", ".join(differing[:5]) + (" ..." if len(differing) > 5 else "")
        raise IntegrityError(
            f"{remote.port}: {plural(len(differing), 'module')} differ from here ({shown}): make deploy."
        )
    return len(application.files)


def _differing(wanted: dict[str, str], there: dict[str, str]) -> list[str]:
    """Where two are not the same; the index always differs with the modules, and so counts only if they do not."""
    names = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
    return [name for name in names if name != layout.INDEX] or names


def _copy(application: Application, remote: Remote, holding: Holding, changes: Changes, say: Say) -> None:
    target = changes.target
    modules = application.modules()
    content = archive.head(modules) + archive.body(modules, [name for name in changes.copied if name in modules])
    say(
        f"copying {plural(len(changes.copied), 'module')} ({len(content):,} bytes) into {target}; "
        f"{len(changes.same)} are on the device already"
    )
    bundle = f"/{target}/{layout.BUNDLE}"
    source, made = (f"/{folder}/{layout.ARCHIVE}" for folder in (holding.starting, target))
    with tempfile.TemporaryDirectory(prefix="dermaroller-") as folder:
        path = Path(folder) / layout.BUNDLE
        path.write_bytes(content)
        mounter = (application.files[layout.MOUNTER], f"/{target}/{layout.MOUNTER}")
        remote.copy(program("prepare", target), [(path, bundle), mounter])
    remote.run(program("assemble", bundle, source, made, [name for name in changes.same if name in modules]))
    there, wanted = remote.look().files.get(target, {}), application.digests()
    if there != wanted:
        name = _differing(wanted, there)[0]
        raise IntegrityError(f"{name} arrived damaged on {remote.port}; the old application stays: deploy again.")


def _switch(remote: Remote, holding: Holding, target: str) -> bool:
    """Set the clock, and the files that decide what starts, if they are not as wanted."""
    wanted = [(f"/{layout.POINTER}", target, holding.active), (f"/{layout.LOADER}", layout.LOADER_TEXT, holding.loader)]
    files = [(path, text) for path, text, present in wanted if text != present]
    remote.run(program("switch", files, utc_now()))
    return bool(files)
