"""The command that erases sessions on a device, each only against the proof that it is held here."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from dermaroller import receipts
from dermaroller.cli_device import opened
from dermaroller.cli_pull import ToOption, store_of
from dermaroller.device import Device, Listed
from dermaroller.errors import NothingNew, UsageError
from dermaroller.files import sha256_of
from dermaroller.held import Held, Store
from dermaroller.options import ArchiveOption, BaudOption, JsonOption, PortOption, common
from dermaroller.output import plural, print_json, say

IdsArgument = Annotated[list[int] | None, typer.Argument(metavar="[ID]...", help="Sessions as `list` names them.")]
ConfirmedOption = Annotated[
    bool,
    typer.Option("--confirmed", "--all-confirmed", help="All that the device knows to be safe on a computer."),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would be erased.")]


@dataclass(frozen=True)
class Proof:
    """A session on the device, and the file here that holds the same bytes."""

    session: int
    bytes: int
    sha256: str
    file: str


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(erase)


def erase(
    context: typer.Context,
    ids: IdsArgument = None,
    is_confirmed: ConfirmedOption = False,
    is_dry_run: DryRunOption = False,
    to: ToOption = None,
    archive_folder: ArchiveOption = None,
    port: PortOption = None,
    baud: BaudOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase sessions on the device that are held here.

    The device compares their SHA-256 with its own first. --to names the folder they were pulled to, if it is not
    the archive. Each erasure leaves a receipt there.
    Examples: dermaroller erase 3 4; dermaroller erase --confirmed --dry-run
    """
    options = common(context, port, baud, as_json)
    if bool(ids) == is_confirmed:
        raise UsageError("erase wants either sessions or --confirmed. See `dermaroller list` for the sessions.")
    store = store_of(to, archive_folder)
    with opened(options) as device:
        device_id = device.info().device
        listed = _chosen(device.list_sessions(), ids)
        held = store.look_up(device_id, listed)
        found = (_proof(one, held.get(one.id, Held()), store.path, is_asked_for=bool(ids)) for one in listed)
        proofs = [proof for proof in found if proof]
        if not is_dry_run:
            _erase(device, device_id, proofs, store)
    total = sum(proof.bytes for proof in proofs)
    if options.as_json:
        print_json({"erased": [asdict(proof) for proof in proofs], "is_dry_run": is_dry_run, "bytes": total})
    else:
        for proof in proofs:
            print(f"session {proof.session}: {proof.bytes:,} bytes, held in {proof.file}")
        print(f"{plural(len(proofs), 'session')}, {total:,} bytes {'would be erased' if is_dry_run else 'erased'}")
    if not proofs:
        raise NothingNew(f"{device.name} has no confirmed session that is in {store.path}. See `dermaroller pull`.")


def _chosen(listed: list[Listed], ids: list[int] | None) -> list[Listed]:
    if not ids:
        return [one for one in listed if one.is_confirmed and not one.is_open]
    by_id = {one.id: one for one in listed}
    for session in ids:
        if session not in by_id:
            have = ", ".join(map(str, by_id)) or "none"
            raise UsageError(f"session {session} is not on the device; it has {have}. See `dermaroller list`.")
        if by_id[session].is_open:
            raise UsageError(f"session {session} is still recording. End it with a long press, and pull it first.")
    return [by_id[session] for session in dict.fromkeys(ids)]


def _proof(one: Listed, held: Held, folder: Path, is_asked_for: bool) -> Proof | None:
    if held.path:
        return Proof(one.id, one.size_bytes, sha256_of(held.path), str(held.path))
    if is_asked_for:
        raise UsageError(f"session {one.id} is not in {folder}. Pull it first; nothing was erased.")
    say(f"session {one.id} is held by another computer, not in {folder}; left on the device.")
    return None


def _erase(device: Device, device_id: str, proofs: list[Proof], store: Store) -> None:
    for proof in proofs:
        device.erase(proof.session, proof.sha256)
        store.add_receipt(
            receipts.ERASE, device_id, session=proof.session, bytes=proof.bytes, sha256=proof.sha256,
            file=Path(proof.file).name,
        )  # fmt: skip
