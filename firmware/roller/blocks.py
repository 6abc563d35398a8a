"""Who has which block of the area: taken one after the other round the area, erased when nobody rolls.

Rolling needs a block that is erased already. Those that a session has left are erased by `tidy`, one in a turn, while
the drum is in the air; only where no other is left, `take` erases one itself.
"""

from array import array

from roller import stream

FREE = 0xFFFF  # owners that are no session
LEFT = 0xFFFE  # free, and to be erased


class Blocks:
    """owners: of each block the session, FREE or LEFT. places: of each block its place in the session.

    free: how many have no session.
    """

    def __init__(self, area):
        self.area = area
        self.owners = array("H", [FREE] * area.size)
        self.places = array("H", [0] * area.size)
        self.free = area.size
        self.left = 0
        self.next = 0  # from where on a free one is looked for

    def take(self, session, place):
        """A block for a session, erased, with its owner's name on it. OSError if there is none."""
        if not self.free:
            raise OSError(28)  # ENOSPC
        if self.free == self.left:
            self.tidy()
        block = self._find_owner(FREE)
        self.area.program(block, stream.OWNER, stream.pack_head(session, place))
        self.owners[block] = session
        self.places[block] = place
        self.free -= 1
        self.next = (block + 1) % self.area.size
        return block

    def find(self, session, place, before):
        """The block at this place of a session; it is looked for from `before` on, where it most often is."""
        owners, places, size = self.owners, self.places, self.area.size
        for i in range(size):
            block = (before + i) % size
            if owners[block] == session and places[block] == place:
                return block
        raise OSError(5)  # EIO

    def last_place(self, session):
        """The place of a session's last block."""
        owners, last = self.owners, 0
        for block in range(self.area.size):
            if owners[block] == session:
                last = max(last, self.places[block])
        return last

    def give_back(self, session):
        """All blocks of a session are free."""
        owners = self.owners
        for block in range(self.area.size):
            if owners[block] == session:
                owners[block] = LEFT
                self.left += 1
                self.free += 1

    def tidy(self):
        """Erase one block that a session has left. Whether there was one."""
        if not self.left:
            return False
        block = self._find_owner(LEFT)
        self.area.erase(block)
        self.owners[block] = FREE
        self.left -= 1
        return True

    def _find_owner(self, owner):
        """A block that has this for its owner; there is one."""
        owners, size = self.owners, self.area.size
        block = self.next % size
        while owners[block] != owner:
            block = (block + 1) % size
        return block
