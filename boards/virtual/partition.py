"""esp32.Partition: the "vfs" partition as a block device, with the chip's extended block protocol."""

from virtual import flash

_SECTIONS = {"vfs": (0, flash.VFS_BLOCKS, 0x200000), "nvs": (flash.VFS_BLOCKS, flash.NVS_BLOCKS, 0x9000)}


class Partition:
    """A part of the flash, in blocks of 4096 bytes."""

    BOOT, RUNNING = 0, 1
    TYPE_APP, TYPE_DATA = 0, 1

    def __init__(self, id, block_size=flash.BLOCK):
        if id not in _SECTIONS:
            raise OSError(2)
        self._label = id
        first, self._blocks, self._address = _SECTIONS[id]
        self._start = first * flash.BLOCK

    @staticmethod
    def find(type=TYPE_APP, subtype=255, label=None, block_size=flash.BLOCK):
        labels = _SECTIONS if type == Partition.TYPE_DATA else ()
        return [Partition(name) for name in labels if label in (None, name)]

    def info(self):
        subtype = 0x81 if self._label == "vfs" else 2
        return (Partition.TYPE_DATA, subtype, self._address, self._blocks * flash.BLOCK, self._label, False)

    def readblocks(self, block_num, buf, offset=0):
        flash.read(self._start + block_num * flash.BLOCK + offset, buf)

    def writeblocks(self, block_num, buf, offset=None):
        if offset is None:
            for block in range(block_num, block_num + len(buf) // flash.BLOCK):
                self.ioctl(6, block)
        flash.program(self._start + block_num * flash.BLOCK + (offset or 0), buf)

    def ioctl(self, cmd, arg):
        if cmd == 4:
            return self._blocks
        if cmd == 5:
            return flash.BLOCK
        if cmd == 6:
            flash.erase(self._start + arg * flash.BLOCK)
        return 0
