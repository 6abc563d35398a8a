"""What each head has done, and when each subject was last treated: kept through any power cut.

Kept as two sealed blocks, written in turn, as calibrations are. A session is entered once, by its number, however often
that is asked for.
"""

import json

from roller import wire

MAX_ENTRIES = 8  # heads and subjects remembered; the one unused for longest goes first
_SLOTS = ("led_a", "led_b")


class Ledger:
    """heads: [[id, sessions, counts], ...], subjects: [[code, utc_s of the last session], ...], newest last."""

    def __init__(self, load_blob, keep_blob):
        """load_blob(key) -> bytes or None; keep_blob(key, bytes) returns once it is safe."""
        self._keep_blob = keep_blob
        self.heads = []
        self.subjects = []
        self.last_session = 0
        self._sequence = 0
        for key in _SLOTS:
            block = load_blob(key)
            try:
                kind, _, sequence, _, start, end, _ = wire.parse_block(block or b"")
            except wire.WireError:
                continue
            if kind == wire.LEDGER and sequence > self._sequence:
                kept = json.loads(block[start:end])
                self._sequence = sequence
                self.heads = kept["heads"]
                self.subjects = kept["subjects"]
                self.last_session = kept["session"]

    def head(self, head_id):
        """(sessions, counts of path) of a head so far."""
        for entry in self.heads:
            if entry[0] == head_id:
                return entry[1], entry[2]
        return 0, 0

    def last_utc_s(self, subject):
        """Unix time of a subject's last session, or None if it is not known."""
        for entry in self.subjects:
            if entry[0] == subject:
                return entry[1]
        return None

    def enter(self, session, head_id, subject, path_counts, utc_s):
        """Enter a session that has ended, unless it was entered before. utc_s is None where the clock was not set."""
        if session <= self.last_session:
            return
        self.last_session = session
        if head_id:
            sessions, counts = self.head(head_id)
            _renew(self.heads, [head_id, sessions + 1, counts + path_counts])
        if subject and utc_s:
            _renew(self.subjects, [subject, utc_s])
        self._keep()

    def _keep(self):
        self._sequence += 1
        kept = {"session": self.last_session, "heads": self.heads, "subjects": self.subjects}
        block = wire.pack_block(wire.LEDGER, 0, self._sequence & 0xFFFF, 0, json.dumps(kept).encode())
        self._keep_blob(_SLOTS[self._sequence % 2], block)


def _renew(entries, entry):
    """Put an entry last, in the place of the one with the same name."""
    for i, old in enumerate(entries):
        if old[0] == entry[0]:
            del entries[i]
            break
    entries.append(entry)
    del entries[:-MAX_ENTRIES]
