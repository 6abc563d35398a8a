"""The session files in flash: numbering, listing, reading, making room, and closing what a power cut left open.

A session's name says how far it has come: NNNNN.part while it is written, NNNNN.drl with its footer on, NNNNN.ok once a
host has proved that it holds it. Each step is one rename, which a power cut cannot halve. Numbers are never used twice.
"""

import os

from roller import forget

OPEN = ".part"
CLOSED = ".drl"
CONFIRMED = ".ok"

# Flash blocks. Sessions' data end where RESERVE begins: headers and footers go there, one block a session, and what
# littlefs needs to write beside what it replaces. Below FLOOR nothing is begun any more.
RESERVE = 16
FLOOR = 4
CHUNK = 8  # granted at a time


class SessionStore:
    """leftovers: (number, head id, subject, path counts) of each session that close_leftovers closed.

    is_full: no room for data, and no session that could go.
    """

    def __init__(self, folder, last_number, keep_number):
        """folder: made if missing. last_number: the last session number ever given; keep_number(n) makes n that, for
        good.
        """
        self._folder = folder
        self._keep_number = keep_number
        self._last = last_number
        self.leftovers = []
        try:
            os.mkdir(folder)
        except OSError:
            pass  # it is there already; if it cannot be made, the first write says so
        for session, _, _ in self.listing():
            self._last = max(self._last, session)
        if self._last > last_number:
            keep_number(self._last)  # that memory was wiped: or a number could come again once its session is erased
        self.is_full = False
        self.look()

    def path(self, session, suffix):
        return "%s/%05d%s" % (self._folder, session, suffix)

    def new_number(self):
        """The next session's number. It touches no flash: `create` makes it permanent."""
        self._last += 1
        return self._last

    def create(self, session):
        """The session's file, open for writing. OSError if not even a footer would find room."""
        self._keep_number(session)
        if self.free_blocks()[0] < FLOOR:
            raise OSError(28)  # ENOSPC
        return open(self.path(session, OPEN), "wb")

    def finish(self, session):
        """Give a file that has its footer its final name."""
        os.rename(self.path(session, OPEN), self.path(session, CLOSED))

    def confirm(self, session):
        """A host holds this session: it may go when room is needed."""
        os.rename(self.path(session, CLOSED), self.path(session, CONFIRMED))
        self.look()

    def remove(self, session):
        """Erase a session that is not open."""
        suffix = CONFIRMED if self.state(session) == CONFIRMED else CLOSED
        os.remove(self.path(session, suffix))
        self.look()

    def listing(self, first=0):
        """[(number, bytes, suffix)] of the sessions from number `first` on, in order."""
        found = []
        for name in os.listdir(self._folder):
            stem, dot, suffix = name.partition(".")
            suffix = dot + suffix
            if suffix not in (OPEN, CLOSED, CONFIRMED) or not stem.isdigit() or int(stem) < first:
                continue
            size = os.stat("%s/%s" % (self._folder, name))[6]
            found.append((int(stem), size, suffix))
        found.sort()
        return found

    def state(self, session):
        """The suffix of the session's file; KeyError if there is none."""
        for suffix in (CLOSED, CONFIRMED, OPEN):
            try:
                os.stat(self.path(session, suffix))
                return suffix
            except OSError:
                pass
        raise KeyError("no session %d" % session)

    def open_file(self, session):
        """The session's file for reading; KeyError if there is none."""
        return open(self.path(session, self.state(session)), "rb")

    def free_blocks(self):
        """(free blocks, bytes of one)"""
        stat = os.statvfs(self._folder)
        return stat[3], stat[0]

    def look(self):
        """See anew whether flash is full."""
        self.is_full = self.free_blocks()[0] <= RESERVE and not self._oldest_confirmed()

    def make_room(self):
        """Bytes of data that may be written now; confirmed sessions go for it, oldest first. 0 if flash is full."""
        free, size = self.free_blocks()
        while free < RESERVE + CHUNK:
            session = self._oldest_confirmed()
            if not session:
                break
            os.remove(self.path(session, CONFIRMED))
            free = self.free_blocks()[0]
        self.is_full = free <= RESERVE
        return 0 if self.is_full else min(free - RESERVE, CHUNK) * size

    def close_leftovers(self, entered):
        """Put footers on files that a power cut left open. To be called at boot, before any session.

        entered: the last session in the ledger; closed ones after it are told of again, because the power may have
        failed between closing and entering them.
        """
        left = [(n, size, suffix) for n, size, suffix in self.listing() if suffix == OPEN or n > entered]
        if left:
            self._close_all(left)
            for name in ("leftovers", "decoding"):
                forget(name)
        self.look()

    def _close_all(self, left):
        from roller import leftovers

        for session, size, suffix in left:
            path = self.path(session, suffix)
            if not size:
                os.remove(path)  # power went before anything was written
            elif suffix == OPEN:
                self.leftovers.append((session,) + leftovers.close(path, session))
                self.finish(session)
            else:
                self.leftovers.append((session,) + leftovers.tell(path))

    def _oldest_confirmed(self):
        """Its number, or None."""
        for session, _, suffix in self.listing():
            if suffix == CONFIRMED:
                return session
        return None
