"""What the index keeps of a session: the numbers that lists, filters and trends need, and no samples.

The footer of a session that is as the device closed it says all of this, so only the others are decoded throughout.
What decodes is loaded when there is something to decode: most calls find the index as it should be.
"""

import contextlib
import hashlib
import itertools
import json
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dermaroller.analysis.summary_parts import ZoneSummary
from dermaroller.archive.index_row import IndexRow
from dermaroller.blocks import Block, scan
from dermaroller.errors import IntegrityError, NewerFormat
from dermaroller.log import header_schema
from roller import decoding, records, wire

if TYPE_CHECKING:
    from dermaroller.entries import Entries
    from dermaroller.session import Session

WHOLE, POWER_LOSS, NOT_CLOSED, DAMAGED = "whole", "power loss", "not closed", "damaged"
NEWER, UNREADABLE, ALTERED = "newer format", "unreadable", "altered"  # altered: not the bytes of its name

_SYNC = wire.BLOCK_SYNC.to_bytes(2, "little")
_SYNCS = 8  # that may stand by chance in a footer


@dataclass(frozen=True)
class Row:
    """One session, and its zones in the order of the plan."""

    values: IndexRow
    zones: tuple[ZoneSummary, ...] = ()


def row_of(digest: str, data: bytes) -> Row:
    """The row of a session file with this name; whatever the bytes are."""
    try:
        session, found = read(data)
    except (IntegrityError, NewerFormat) as error:
        is_altered = hashlib.sha256(data).hexdigest() != digest
        state = ALTERED if is_altered else NEWER if isinstance(error, NewerFormat) else UNREADABLE
        return Row(IndexRow(digest, len(data), state))
    from dermaroller.summary import own_start, summary

    header, start = session.header, own_start(session)
    told = summary(session, lambda _: start)
    values = IndexRow(  # numbers are bounded by the shapes of header and footer
        sha256=digest,
        bytes=len(data),
        state=ALTERED if found != digest else state_of(session),
        session=session.id,
        device=plain(told.device),
        device_name=plain(header.name),
        board=plain(told.board),
        firmware=plain(header.fw),
        boot=header.boot,
        uptime_ms=header.uptime_ms,
        subject=plain(told.subject),
        head=plain(told.head.id),
        duration_s=told.duration_s,
        contact_s=told.contact_s,
        passes=told.passes,
        path_mm=told.path_mm,
        punctures=told.punctures,
        effective_punctures=told.effective_punctures,
        start_s=start.at.timestamp() if start else None,
        start_uncertainty_s=told.start_uncertainty_s,
        start_source=told.start_source,
        is_simulated=told.is_simulated,
    )
    return Row(values, tuple([_plain_zone(zone) for zone in told.zones]))


def _plain_zone(zone: ZoneSummary) -> ZoneSummary:
    name = plain(zone.name)
    return zone if name == zone.name else replace(zone, name=name)


def plain(value: Any) -> Any:
    """A value as the index can hold it, text in one of the ways to write it in Unicode; None for what it cannot."""
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value.encode("utf-8", "replace").decode())
    is_held = isinstance(value, float) or (isinstance(value, int) and abs(value) < 1 << 62)
    return value if is_held else None


def state_of(session: "Session") -> str:
    """In one word, whether the session is all there."""
    if session.damage:
        return DAMAGED
    if session.footer is None:
        return NOT_CLOSED
    if not session.is_sha_right:
        return DAMAGED
    return POWER_LOSS if session.footer.end == "power_loss" else WHOLE


def read(data: bytes) -> "tuple[Session, str]":
    """(the session, the digest of all its bytes); without its samples and strokes if nothing is lost."""
    if (ends := _ends(data)) and (light := _light(data, ends)):
        return light
    blocks, holes = scan(data)
    if blocks and not holes and (light := _light(data, blocks)):
        return light
    from dermaroller.session import Session

    return Session.parse(data), hashlib.sha256(data).hexdigest()


def _ends(data: bytes) -> list[Block] | None:
    """The first and the last block; None if the file does not begin and end with one."""
    at = len(data)
    for _ in range(_SYNCS):
        at = data.rfind(_SYNC, 0, at)
        if at <= 0:
            return None
        with contextlib.suppress(wire.WireError):
            first, last = _block(data, 0), _block(data, at)
            return [first, last] if last.next_pos == len(data) else None
    return None


def _block(data: bytes, pos: int) -> Block:
    kind, session, seq, t_ms, start, end, next_pos = wire.parse_block(data, pos)
    return Block(kind, session, seq, t_ms, start, end, pos, next_pos)


def _light(data: bytes, blocks: list[Block]) -> "tuple[Session, str] | None":
    """The session by its header and footer alone, if they and all between are as the device closed them.

    Of two blocks, the footer's SHA-256 vouches for what is between; only the clock may be told there, and a power cut
    may have harmed it before the device closed it.
    """
    first, last = blocks[0], blocks[-1]
    if (first.kind, last.kind, last.session, first.seq) != (wire.HEADER, wire.FOOTER, first.session, 0):
        return None
    is_all = all(one.next_pos == other.pos for one, other in itertools.pairwise(blocks))
    if is_all and [block.seq for block in blocks] != list(range(len(blocks))):
        return None
    header, is_header_whole = header_schema.header(_json(data, first))
    footer, is_footer_whole = header_schema.footer(_json(data, last))
    if not (is_header_whole and is_footer_whole and header.zones and footer):
        return None
    if not is_all and (header.utc_s is None or footer.end == "power_loss"):
        return None
    digest = hashlib.sha256(data[: last.pos])
    if footer.sha256 != digest.hexdigest():
        return None
    digest.update(data[last.pos :])
    from dermaroller.entries import Entries
    from dermaroller.session import Damage, Session

    entries = Entries()
    if header.utc_s is None and not _add_clocks(data, blocks, entries):
        return None
    session = Session("", first.session, True, len(data), header, footer, entries, Damage(), last.t_ms / 1000)
    return session, digest.hexdigest()


def _json(data: bytes, block: Block) -> Any:
    try:
        return json.loads(data[block.start : block.end])
    except (ValueError, RecursionError):
        return None


def _add_clocks(data: bytes, blocks: list[Block], entries: "Entries") -> bool:
    """Read when the device was told the time; False if a record cannot be read."""
    for block in blocks[1:-1]:
        times = records.Times(block.t_ms)
        try:
            for tag, start, end in decoding.rows(data, block.start, block.end):
                if tag == records.CLOCK:
                    entries.add(tag, data, start, end, times)
        except ValueError:
            return False
    return True
