"""What each head has done, and when each subject was last treated: kept through any power cut.

A session is entered once, by its number, however often that is asked for. An entry is a row of fixed size: the first
bytes of its name's SHA-256, so that no name is too long and nobody reads a subject's code out of a handle, then two
numbers. The entry used last stands last; a new one pushes out the first, the one unused for longest.
"""

import hashlib
import json
import struct

from roller import forget, wire

MAX_ENTRIES = 8  # heads and subjects remembered
_NAME = "led"
_KEY = 8  # bytes of a name's hash: two of 16 names are taken for one in 1e17 ledgers
_ROW = _KEY + 8
_HEADS = 4  # behind the number of the last session; sessions and counts of path
_SUBJECTS = _HEADS + MAX_ENTRIES * _ROW  # Unix time of the last session, and 0
_SIZE = _SUBJECTS + MAX_ENTRIES * _ROW


class Ledger:
    """is_due: something was entered that is not yet in NVS; `keep` is called when writing there disturbs nobody."""

    def __init__(self, hal):
        self._hal = hal
        self.is_due = False
        self._rows = bytearray(_SIZE)
        from roller import sealed_slots

        kinds = wire.LEDGER, wire.LEDGER_ROWS
        kind, payload, self._sequence = sealed_slots.load(hal, _NAME, kinds)
        try:
            if kind == wire.LEDGER_ROWS and len(payload) == _SIZE:
                self._rows[:] = payload
            elif kind:
                self._take_names(json.loads(payload))
        except (ValueError, TypeError, KeyError) as error:  # not to start would be worse
            sealed_slots.tell(hal, _NAME, error)

    @property
    def last_session(self):
        return struct.unpack_from("<I", self._rows)[0]

    def head(self, head_id):
        """(sessions, counts of path) of a head so far."""
        return self._numbers(self._find(_HEADS, head_id))

    def last_utc_s(self, subject):
        """Unix time of a subject's last session, or None if it is not known."""
        return self._numbers(self._find(_SUBJECTS, subject))[0] or None

    def head_to_go(self, head_id):
        """How many sessions the head has done that this one would push out; 0 if it would push out none."""
        return self._numbers(self._to_go(_HEADS, head_id))[0]

    def subject_to_go(self, subject):
        """Unix time of the last session of the subject that this one would push out; 0 if it would push out none."""
        return self._numbers(self._to_go(_SUBJECTS, subject))[0]

    def enter(self, session, head_id, subject, path_counts, utc_s):
        """Enter a session that has ended, unless it was entered before. utc_s is None where the clock was not set."""
        if session <= self.last_session:
            return
        struct.pack_into("<I", self._rows, 0, session)
        if head_id:
            sessions, counts = self.head(head_id)
            self._renew(_HEADS, head_id, sessions + 1, counts + path_counts)
        if subject and utc_s:
            self._renew(_SUBJECTS, subject, utc_s, 0)
        self.is_due = True

    def keep(self):
        """Write what was entered. If that fails it is told, and the next boot enters the sessions once more."""
        from roller import sealed_slots

        self.is_due = False
        try:
            sealed_slots.keep(self._hal, _NAME, wire.LEDGER_ROWS, self._sequence + 1, self._rows)
            self._sequence += 1
        except OSError as error:
            sealed_slots.tell(self._hal, _NAME, error)
        forget("sealed_slots")

    def _take_names(self, kept):
        """The form of older firmware: lists of names and numbers, oldest first."""
        struct.pack_into("<I", self._rows, 0, kept["session"])
        for head_id, sessions, counts in kept["heads"]:
            self._renew(_HEADS, head_id, sessions, counts)
        for subject, utc_s in kept["subjects"]:
            self._renew(_SUBJECTS, subject, utc_s, 0)

    def _find(self, start, name):
        """Where the row of a name begins; -1 if there is none. start: of the heads or of the subjects."""
        if name:
            key = _key(name)
            for at in range(start, start + MAX_ENTRIES * _ROW, _ROW):
                if self._rows[at : at + _KEY] == key:
                    return at
        return -1

    def _to_go(self, start, name):
        """Where the row begins that this name would push out; -1 if its own is there. An unused row is of zeros."""
        return -1 if not name or self._find(start, name) >= 0 else start

    def _numbers(self, at):
        return struct.unpack_from("<II", self._rows, at + _KEY) if at >= 0 else (0, 0)

    def _renew(self, start, name, first, second):
        """Put a row last, in the place of the one with the same name, or else of the first."""
        rows = self._rows
        at = max(start, self._find(start, name))
        last = start + (MAX_ENTRIES - 1) * _ROW
        rows[at:last] = rows[at + _ROW : last + _ROW]
        rows[last : last + _KEY] = _key(name)
        struct.pack_into("<II", rows, last + _KEY, first, second)


def _key(name):
    return hashlib.sha256(name.encode()).digest()[:_KEY]
