"""Finds frames in whatever a serial line carries: boot messages, prints and damaged bytes are stepped over."""

from dataclasses import dataclass

from roller import wire

_SYNC = wire.FRAME_SYNC.to_bytes(2, "little")
_TAIL_BYTES = 64  # of the text around frames, kept to recognise a prompt


@dataclass(frozen=True)
class Frame:
    kind: int
    tag: int
    offset: int
    payload: bytes


class FrameReader:
    """Fed bytes in pieces of any size, gives whole frames. `skipped`: bytes so far that were no part of a frame."""

    def __init__(self) -> None:
        self._buf = bytearray()
        self.skipped = 0
        self.text_tail = b""  # the last bytes that were no part of a frame

    def feed(self, data: bytes) -> list[Frame]:
        self._buf += data
        return self._frames(is_final=False)

    def give_up(self) -> list[Frame]:
        """The line fell silent: what looked like the start of a frame is none. Returns frames that hid behind it."""
        return self._frames(is_final=True)

    def _frames(self, is_final: bool) -> list[Frame]:
        frames: list[Frame] = []
        while self._buf:
            at = self._buf.find(_SYNC)
            if at != 0:
                self._skip(at if at > 0 else self._not_sync())
                if at < 0:
                    break
                continue
            try:
                kind, tag, offset, start, end, next_pos = wire.parse_frame(self._buf)
            except wire.WireError as error:
                if error.reason == wire.SHORT and not is_final:
                    break
                self._skip(1)
                continue
            frames.append(Frame(kind, tag, offset, bytes(self._buf[start:end])))
            del self._buf[:next_pos]
            self.text_tail = b""
        return frames

    def _not_sync(self) -> int:
        """How many of the buffered bytes cannot be the first byte of a sync word that is still to come."""
        return len(self._buf) - (self._buf[-1] == _SYNC[0])

    def _skip(self, n: int) -> None:
        self.skipped += n
        self.text_tail = (self.text_tail + bytes(self._buf[:n]))[-_TAIL_BYTES:]
        del self._buf[:n]
