"""Reads the bytes of a session file, block by block: what can be read of it, and what is missing, counted."""

import hashlib
import json

from dermaroller.blocks import Block, lost_times, scan
from dermaroller.entries import Entries
from dermaroller.errors import IntegrityError, NewerFormat
from dermaroller.log import header_schema
from dermaroller.log.header import Footer, Header
from dermaroller.log.totals import total_mismatches
from dermaroller.session import Damage, Session
from roller import decoding, records, wire


class Reader:
    """Turns the bytes of one file into a Session, block by block."""

    def __init__(self, data: bytes, name: str) -> None:
        self.data = data
        self.name = name
        self.entries = Entries()
        self.header = Header()
        self.footer: Footer | None = None
        self.notes: list[str] = []
        self.bad_records = 0

    def session(self) -> Session:
        try:
            blocks, holes = scan(self.data)
        except NewerFormat as error:
            raise NewerFormat(f"{self.name}: {error}") from error
        if not blocks:
            raise IntegrityError(
                f"{self.name}: not one intact block in {len(self.data)} bytes, so this is no session file "
                "or it is wholly damaged. Pull it again from the device."
            )
        blocks = self._of_one_session(blocks)
        spans = [self._take(block) for block in blocks]
        self.bad_records += self.entries.decode(self.data)
        lost, lost_blocks = lost_times(blocks, spans)
        if holes and lost_blocks == 0:
            lost_blocks = 1
        place = f"at byte {holes[0].start}" if holes else "between its blocks" if lost_blocks else "in a record"
        damage = Damage(sum(hole.end - hole.start for hole in holes), lost_blocks, self.bad_records, place)
        last_ms = max((last for _, last in spans), default=0)
        session = Session(
            name=self.name,
            id=blocks[0].session,
            is_sha_right=self._is_sha_right(blocks),
            size_bytes=len(self.data),
            header=self.header,
            footer=self.footer,
            entries=self.entries,
            damage=damage,
            last_s=last_ms / 1000,
            lost=lost,
            notes=self.notes,
            sha256=hashlib.sha256(self.data).hexdigest(),
        )
        self._check(session)
        return session

    def _of_one_session(self, blocks: list[Block]) -> list[Block]:
        """The blocks of the file's own session, each sequence number once."""
        kept: dict[int, Block] = {}
        for block in blocks:
            if block.session == blocks[0].session:
                kept.setdefault(block.seq, block)
        if len(kept) < len(blocks):
            self.notes.append(f"{len(blocks) - len(kept)} blocks are doubled or of another session; left out.")
        return list(kept.values())

    def _take(self, block: Block) -> tuple[int, int]:
        """Read one block; return the first and last ms that its content vouches for."""
        first_ms = last_ms = block.t_ms
        if block.kind in (wire.HEADER, wire.FOOTER):
            self._take_json(block)
        elif block.kind == wire.DATA:
            times = records.Times(block.t_ms)
            try:
                for tag, start, end in decoding.rows(self.data, block.start, block.end):
                    start_ms, end_ms = self.entries.add(tag, self.data, start, end, times)
                    last_ms = max(last_ms, end_ms)
                    if tag == records.SAMPLES:
                        first_ms = min(first_ms, start_ms)
            except ValueError:
                self.bad_records += 1
        return first_ms, last_ms

    def _take_json(self, block: Block) -> None:
        try:
            value = json.loads(self.data[block.start : block.end])
            json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair could be put out nowhere
        except (ValueError, RecursionError):
            value = None
        if block.kind == wire.HEADER:
            self.header, is_whole = header_schema.header(value)
        else:
            self.footer, is_whole = header_schema.footer(value)
        self.bad_records += not is_whole

    def _is_sha_right(self, blocks: list[Block]) -> bool:
        footers = [block.pos for block in blocks if block.kind == wire.FOOTER]
        if self.footer is None or not footers:
            return False
        return self.footer.sha256 == hashlib.sha256(self.data[: footers[-1]]).hexdigest()

    def _check(self, session: Session) -> None:
        """Hold the footer against what was read; say in words what does not fit."""
        notes = session.notes
        if session.header.is_lost:
            notes.append("The header is lost: the reference head and default settings are assumed.")
        if session.footer is None:
            notes.append("There is no footer: the session was not closed, or the file ends too soon.")
        elif not session.damage:
            if not session.is_sha_right:
                notes.append("The footer's SHA-256 is not that of the blocks before it.")
            notes.extend(total_mismatches(session))
