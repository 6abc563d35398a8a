"""Where each field of a block and of a frame lies, as PROTOCOL.md tells it; the bytes themselves are roller.wire's."""

from dataclasses import dataclass

from roller import wire


@dataclass(frozen=True)
class Field:
    """size: its bytes; None for the payload, whose length another field tells."""

    name: str
    size: int | None
    meaning: str


FRAME = (
    Field("sync", 2, f"{wire.FRAME_SYNC:#06x}: the bytes `{wire.FRAME_SYNC.to_bytes(2, 'little').hex(' ')}`"),
    Field("kind", 1, f"{wire.JSON} JSON, {wire.BYTES} BYTES, {wire.ERROR} ERROR"),
    Field("tag", 1, "that of the request"),
    Field("length", 2, f"of the payload, 0 to {wire.MAX_FRAME_PAYLOAD:,}"),
    Field("offset", 4, "BYTES: of the payload's first byte in what was asked for; else 0"),
    Field("payload", None, ""),
    Field("CRC32", 4, "of all from `kind` to the payload's end"),
)
BLOCK = (
    Field("sync", 2, f"{wire.BLOCK_SYNC:#06x}: the bytes `{wire.BLOCK_SYNC.to_bytes(2, 'little').hex(' ')}`"),
    Field("format and kind", 1, "format in the upper four bits, kind in the lower four"),
    Field("length", 2, f"of the payload, 0 to {wire.MAX_BLOCK_PAYLOAD:,}"),
    Field("session", 2, "the session's number"),
    Field("sequence", 2, "0 for the session's first block, then 1 more for each"),
    Field("time", 4, "ms since the session's start"),
    Field("payload", None, ""),
    Field("CRC32", 4, "of all before it"),
)


def offsets(fields: tuple[Field, ...]) -> list[int | None]:
    """Where each field begins; None behind the payload."""
    found: list[int | None] = []
    at: int | None = 0
    for field in fields:
        found.append(at)
        at = None if at is None or field.size is None else at + field.size
    return found
