"""The session files in flash: numbering, listing, reading, and closing what a power cut left open.

A session being written is `NNNNN.part`; with its footer on, it is renamed to `NNNNN.drl`. Numbers are never used twice.
"""

import os

from roller import forget

OPEN = ".part"
CLOSED = ".drl"


class SessionStore:
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

    def path(self, session, suffix):
        return "%s/%05d%s" % (self._folder, session, suffix)

    def new_number(self):
        """The next session's number. It touches no flash: `create` makes it permanent."""
        self._last += 1
        return self._last

    def create(self, session):
        """The session's file, open for writing."""
        self._keep_number(session)
        return open(self.path(session, OPEN), "wb")

    def finish(self, session):
        """Give a file that has its footer its final name."""
        os.rename(self.path(session, OPEN), self.path(session, CLOSED))

    def listing(self, first=0):
        """[(number, bytes, is_open)] of the sessions from number `first` on, in order."""
        found = []
        for name in os.listdir(self._folder):
            stem, dot, suffix = name.partition(".")
            suffix = dot + suffix
            if suffix not in (OPEN, CLOSED) or not stem.isdigit() or int(stem) < first:
                continue
            size = os.stat("%s/%s" % (self._folder, name))[6]
            found.append((int(stem), size, suffix == OPEN))
        found.sort()
        return found

    def open_file(self, session):
        """The session's file for reading; KeyError if there is none."""
        for suffix in (CLOSED, OPEN):
            try:
                return open(self.path(session, suffix), "rb")
            except OSError:
                pass
        raise KeyError("no session %d" % session)

    def close_leftovers(self):
        """Put footers on files that a power cut left open. To be called at boot, before any session.

        `leftovers` then tells of each (number, head id, subject, path counts).
        """
        for session, size, is_open in self.listing():
            if is_open and not size:
                os.remove(self.path(session, OPEN))  # power went before anything was written
            elif is_open:
                from roller import leftovers

                told = leftovers.close_leftover(self.path(session, OPEN), session)
                forget("leftovers")
                forget("formats")
                self.finish(session)
                self.leftovers.append((session,) + told)
