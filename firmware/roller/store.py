"""The sessions in flash: numbering, listing, reading, making room, and closing what a power cut left open.

A session has whole blocks of the area to itself, taken one after the other as it grows (`stream` says what stands in
them), so that nothing is ever moved. What it comes to is programmed into its first block: closed, then confirmed once a
host has proved that it holds it, then removed. Each is one small operation, which a power cut leaves done or not done.

RAM holds each block's owner and, in one array of fixed size, each session's number, first block and state, built at
boot by one read of each block, however many sessions there are. The file system is asked nothing, but for sessions of
the old kind (`legacy`), which only ever become fewer.
"""

from roller import forget, stream
from roller.blocks import Blocks

OPEN, CLOSED, CONFIRMED = 0, 1, 2

# Blocks. Sessions' data end where RESERVE begins: headers and footers go there, one block a session. Below FLOOR
# nothing is begun any more.
RESERVE = 16
FLOOR = 2
CHUNK = 8  # granted at a time
AGAIN = 8  # closed sessions of which a ledger that lost them is told at boot

# An entry of the index: number << 11 | first block << 2 | state. Sorted by number, as numbers only grow.
_FILE = 511  # in the place of the first block: a session of the old kind


class SessionStore:
    """leftovers: what Ledger.enter takes of each session that close_leftovers closed.

    is_full: no room for data, and no session that could go. index, n: see above; the first n entries count.
    """

    def __init__(self, area, folder, last_number, keep_number):
        """folder: of sessions of the old kind, or None. last_number: the last session number ever given;
        keep_number(n) makes n that, for good.
        """
        self.blocks = Blocks(area)
        self.folder = folder
        self.index = None
        self.n = 0
        self.leftovers = []
        self._writer = None  # of the session written last
        self._keep_number = keep_number
        self._kept = last_number
        from roller import loading

        self._last = max(last_number, loading.load(self, folder))
        for name in ("loading", "legacy"):
            forget(name)
        self.keep_last()  # that memory was wiped: or a number could come again once its session is erased
        self.is_full = False
        self.look()

    # What is in flash.

    def count(self):
        return self.n

    def has(self, session):
        at = self._search(session)
        return at < self.n and self.index[at] >> 11 == session

    def page(self, first, most):
        """[(number, bytes, state)] of the sessions from number `first` on, in order, `most` at most."""
        at = self._search(first)
        found = []
        for i in range(at, min(at + most, self.n)):
            entry = self.index[i]
            found.append((entry >> 11, self._size(entry), entry & 3))
        return found

    def listing(self, first=0):
        """`page` with all of them."""
        return self.page(first, self.n)

    def state(self, session):
        """OPEN, CLOSED or CONFIRMED; KeyError if there is no such session."""
        return self.index[self._find(session)] & 3

    def open_file(self, session):
        """The session's bytes for reading, with read, readinto, seek and close; KeyError if there is none."""
        entry = self.index[self._find(session)]
        if entry >> 2 & _FILE == _FILE:
            from roller import legacy

            return legacy.open_file(self.folder, session, entry & 3)
        return stream.Reader(self.blocks, session, self._size(entry))

    def free_bytes(self):
        return self.blocks.free * stream.ROOM

    def size_bytes(self):
        return self.blocks.area.size * stream.ROOM

    # A session's life.

    def new_number(self):
        """The next session's number. It touches no flash: the session's first block makes it permanent."""
        self._last += 1
        return self._last

    def create(self, session):
        """What writes a new session. OSError if not even a footer would find room."""
        try:
            if self.blocks.free < FLOOR:
                raise OSError(28)  # ENOSPC
            block = self.blocks.take(session, 0)
        except OSError:
            self.keep_last()
            raise
        self.index[self.n] = session << 11 | block << 2 | OPEN
        self.n += 1
        self._writer = stream.Writer(self.blocks, session, block)
        return self._writer

    def finish(self, session):
        """A session has its footer: it is closed, for good."""
        at = self._find(session)
        entry = self.index[at]
        mark = stream.closed_mark(session, self._size(entry))
        self.blocks.area.program(entry >> 2 & _FILE, stream.CLOSED_AT, mark)
        self._writer = None
        self.index[at] = entry | CLOSED

    def set_closed(self, session):
        """A session of the old kind has its footer and its name."""
        self.index[self._find(session)] |= CLOSED

    def confirm(self, session):
        """A host holds this session: it may go when room is needed."""
        at = self._find(session)
        entry = self.index[at]
        if entry >> 2 & _FILE == _FILE:
            from roller import legacy

            legacy.change(self.folder, session, CLOSED, CONFIRMED)
        else:
            self.blocks.area.program(entry >> 2 & _FILE, stream.CONFIRMED_AT, stream.MARKED)
        self.index[at] = entry & ~3 | CONFIRMED
        self.look()

    def remove(self, session):
        """Erase a session that is not open."""
        self._remove(self._find(session))
        self.look()

    # Room.

    def look(self):
        """See anew whether flash is full."""
        self.is_full = self.blocks.free <= RESERVE and self._oldest_confirmed() < 0

    def make_room(self):
        """Bytes of data that may be written now; confirmed sessions go for it, oldest first. 0 if flash is full."""
        while self.blocks.free <= RESERVE:
            oldest = self._oldest_confirmed()
            if oldest < 0:
                break
            self._remove(oldest)
        free = self.blocks.free - RESERVE
        self.is_full = free <= 0
        return max(0, min(free, CHUNK)) * stream.ROOM

    def tidy(self):
        """Erase one block that a session has left. Whether there was one."""
        return self.blocks.tidy()

    # At boot.

    def close_leftovers(self, entered):
        """Put footers on sessions that a power cut left open. To be called at boot, before any session.

        entered: the last session in the ledger; closed ones after it are told of again, because the power may have
        failed between closing and keeping them, or NVS. That is one at most; where the ledger is lost, it learns of the
        newest AGAIN only, as each takes 80 ms, and nobody waits for hundreds of them before rolling.
        """
        left = [e for e in self.index[: self.n] if e & 3 == OPEN]
        left += [e for e in self.index[max(0, self.n - AGAIN) : self.n] if e & 3 != OPEN and e >> 11 > entered]
        left.sort()
        if left:
            from roller import leftovers

            for entry in left:
                leftovers.take(self, entry >> 11, entry & 3, entry >> 2 & _FILE == _FILE)
            for name in ("leftovers", "decoding", "legacy"):
                forget(name)
        self.look()

    def resume(self, session, size):
        """What writes on at the end of an open session that has this size."""
        place = self.blocks.last_place(session)
        self._writer = stream.Writer(self.blocks, session, self.blocks.find(session, place, 0), place, size)
        return self._writer

    def keep_last(self):
        """Make the highest number given last for good, also if nothing in flash has it any more."""
        if self._last > self._kept:
            self._keep_number(self._last)
            self._kept = self._last

    # The index.

    def _search(self, session):
        """The index's first entry of this number or a later one."""
        low, high = 0, self.n
        while low < high:
            middle = (low + high) >> 1
            if self.index[middle] >> 11 < session:
                low = middle + 1
            else:
                high = middle
        return low

    def _find(self, session):
        at = self._search(session)
        if at == self.n or self.index[at] >> 11 != session:
            raise KeyError("no session %d" % session)
        return at

    def _size(self, entry):
        session, block = entry >> 11, entry >> 2 & _FILE
        if block == _FILE:
            from roller import legacy

            return legacy.size(self.folder, session, entry & 3)
        if self._writer and self._writer.session == session:
            return self._writer.size
        look = bytearray(stream.LOOK)
        self.blocks.area.read(block, 0, look)
        size = stream.closed_size(session, look)
        return size if size >= 0 else stream.end(self.blocks, session)

    def _remove(self, at):
        """Its number stays used: that is kept first."""
        entry = self.index[at]
        session, block = entry >> 11, entry >> 2 & _FILE
        self.keep_last()
        if block == _FILE:
            from roller import legacy

            legacy.remove(self.folder, session, entry & 3)
        else:
            self.blocks.area.program(block, stream.REMOVED_AT, stream.MARKED)
            self.blocks.give_back(session)
        self.n -= 1
        for i in range(at, self.n):
            self.index[i] = self.index[i + 1]

    def _oldest_confirmed(self):
        """Where the index has the oldest that may go for room in the area; -1: there is none."""
        for i in range(self.n):
            entry = self.index[i]
            if entry & 3 == CONFIRMED and entry >> 2 & _FILE != _FILE:
                return i
        return -1
