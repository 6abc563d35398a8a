"""Builds the store's index from flash: one read of each block, and one look at the folder. Needed at boot only."""

from array import array

from roller import legacy, stream
from roller.blocks import LEFT

_FREE_HEAD = b"\xff" * stream.HEAD


def load(store, folder):
    """Fill the store's blocks and index; returns the highest session number that flash has seen."""
    blocks = store.blocks
    entries = legacy.entries(folder) if folder else []
    highest = _read_blocks(blocks, entries)
    entries.sort()
    if entries:
        highest = max(highest, entries[-1] >> 11)
    store.index = array("I", [0] * (blocks.area.size + len(entries)))
    for i in range(len(entries)):
        store.index[i] = entries[i]
    store.n = len(entries)
    _set_next(blocks)
    _leave_orphans(store)
    return highest


def _read_blocks(blocks, entries):
    """Learn each block's owner, and add an entry for each session's first block; returns the highest number."""
    area = blocks.area
    look = bytearray(stream.LOOK)
    highest = 0
    for block in range(area.size):
        area.read(block, 0, look)
        if not area.is_erased(look):
            area.erase(block)  # the power failed in an erase
        elif look[stream.OWNER : stream.OWNER + stream.HEAD] != _FREE_HEAD:
            owner = stream.owner(look)
            if owner:
                blocks.owners[block], blocks.places[block] = owner
                blocks.free -= 1
                highest = max(highest, owner[0])
                if not owner[1] and not stream.is_marked(look, stream.REMOVED_AT):
                    entries.append(owner[0] << 11 | block << 2 | stream.state(owner[0], look))
            else:
                blocks.owners[block] = LEFT  # the power failed when it was taken
                blocks.left += 1
    return highest


def _leave_orphans(store):
    """Blocks of sessions that were removed, but not yet erased."""
    blocks = store.blocks
    for block in range(blocks.area.size):
        owner = blocks.owners[block]
        if owner < LEFT and not store.has(owner):
            blocks.give_back(owner)


def _set_next(blocks):
    """Go on behind the block taken last, as far as that can be told."""
    newest = -1
    for block in range(blocks.area.size):
        if blocks.owners[block] < LEFT:
            taken = blocks.owners[block] << 9 | blocks.places[block]
            if taken > newest:
                newest = taken
                blocks.next = block + 1
