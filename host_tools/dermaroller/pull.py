"""Brings what is missing here from a device: clock evidence first, then each session, its proof and its receipt.

Each session is finished before the next begins, so whatever stops the pull, the next one goes on from there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from dermaroller import evidence, receipts
from dermaroller.device import Device, Listed
from dermaroller.errors import DeviceRefused, IntegrityError, UsageError
from dermaroller.files import sha256_of
from dermaroller.held import Held, Store
from dermaroller.output import plural


class Progress(Protocol):
    """Is told how a pull goes on."""

    def begin(self, missing: list[Listed]) -> None:
        """These sessions will be transferred."""

    def start(self, one: Listed) -> None:
        """Now this one."""

    def advance(self, n: int) -> None:
        """So many bytes have come in addition; negative if some turned out to be of no use."""


@dataclass
class Pulled:
    """What came of it.

    damaged: those of `new` whose log is not whole. failed: sentences on those that did not come. forgotten: those that
    are on the device, were forgotten here, and stay so.
    """

    new: list[Path] = field(default_factory=list)
    known: list[Path] = field(default_factory=list)
    damaged: list[Path] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)

    def add(self, other: "Pulled") -> None:
        self.new += other.new
        self.known += other.known
        self.damaged += other.damaged
        self.failed += other.failed
        self.forgotten += other.forgotten

    def __str__(self) -> str:
        text = f"{len(self.new)} new, {len(self.known)} known, {len(self.damaged) + len(self.failed)} damaged"
        return text + (f", {len(self.forgotten)} forgotten" if self.forgotten else "")


class Puller:
    """Pulls from one device into one place.

    ids: only these sessions. is_all: check those that are here against the device as well, and pull again what differs
    or was forgotten.
    """

    def __init__(
        self,
        device: Device,
        store: Store,
        say: Callable[[str], None],
        ids: list[int] | None = None,
        is_all: bool = False,
    ) -> None:
        self._device = device
        self._store = store
        self._say = say
        self._ids = ids
        self._is_all = is_all
        self._device_id = "device"
        self.pulled = Pulled()  # so far

    def run(self, progress: Progress) -> Pulled:
        """Pull what is missing. Raises what the device does, UsageError for a session that is not there."""
        self._device_id = self._device.info().device
        if found := evidence.measure(self._device):
            self._store.add_receipt(receipts.CLOCK, found.device, **evidence.details(found))
        missing = []
        wanted = self._wanted(self._device.list_sessions())
        held = self._store.look_up(self._device_id, wanted)
        for one in wanted:
            here = held.get(one.id, Held())
            if path := self._known(one, here):
                self.pulled.known.append(path)
            elif not self._is_forgotten(one, here):
                missing.append(one)
        progress.begin(missing)
        for one in missing:
            self._pull(one, progress)
        return self.pulled

    def _wanted(self, listed: list[Listed]) -> list[Listed]:
        for one in listed:
            if one.is_open:
                self._say(f"session {one.id} is still recording; end it with a long press of the button, then pull it.")
        unknown = sorted(set(self._ids or ()) - {one.id for one in listed})
        if unknown:
            have = ", ".join(str(one.id) for one in listed) or "none"
            raise UsageError(f"session {unknown[0]} is not on the device; it has {have}. See `dermaroller list`.")
        return [one for one in listed if not one.is_open and (not self._ids or one.id in self._ids)]

    def _known(self, one: Listed, held: Held) -> Path | None:
        """The file that is here already. One that the device does not know to be safe is proved to it."""
        path = held.path
        if path is None or (one.is_confirmed and not self._is_all):
            return path
        digest = sha256_of(path)
        if self._is_all and self._device.sha256(one.id) != digest:
            return None
        if not self._confirm(one, digest) and self._device.sha256(one.id) != digest:
            return None  # another session: a device that was wiped numbers anew
        return path

    def _is_forgotten(self, one: Listed, held: Held) -> bool:
        """Whether this very session was forgotten here, and is not to come back."""
        if self._is_all or not held.forgotten:
            return False
        at = dict(held.forgotten).get(self._device.sha256(one.id))
        if at is None:
            return False  # another one of the same number and size
        self.pulled.forgotten.append(one.id)
        self._say(f"session {one.id} was forgotten here ({at}) and stays so; --all would bring it back.")
        return True

    def _pull(self, one: Listed, progress: Progress) -> None:
        progress.start(one)
        try:
            path, is_new = self._store.pull(self._device, self._device_id, one, progress.advance)
        except IntegrityError as error:
            self.pulled.failed.append(str(error))
            return
        self._confirm(one, sha256_of(path))
        if not is_new:
            self.pulled.known.append(path)
            return
        self.pulled.new.append(path)
        if not is_whole(path):
            self.pulled.damaged.append(path)

    def _confirm(self, one: Listed, digest: str) -> bool:
        """Prove to the device that the session is safe here; False if it does not take the proof."""
        try:
            self._device.confirm(one.id, digest)
        except DeviceRefused:
            return False
        return True


def is_whole(path: Path) -> bool:
    """Whether the log in the file is as the device closed it."""
    from dermaroller.session import Session

    try:
        return Session.read(path).is_as_closed
    except IntegrityError:
        return False


def problems(pulled: Pulled) -> str:
    """One sentence on what is not as it should be; empty if all is well."""
    if pulled.failed:
        return pulled.failed[0]
    if pulled.damaged:
        names = ", ".join(path.name for path in pulled.damaged)
        count = plural(len(pulled.damaged), "session")
        return f"{count} came as the device has it, but with a damaged log: {names}. See `dermaroller show`."
    return ""
