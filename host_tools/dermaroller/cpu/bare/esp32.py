"""The chip's `esp32`, as far as the firmware asks for it, answering at once."""

import scene


class NVS:
    def __init__(self, _):
        self._kept = {}

    def _get(self, key):
        if key not in self._kept:
            raise OSError(-4354)
        return self._kept[key]

    get_i32 = _get

    def set_i32(self, key, n):
        self._kept[key] = n

    set_blob = set_i32

    def get_blob(self, key, room):
        blob = self._get(key)
        room[: len(blob)] = blob
        return len(blob)

    def erase_key(self, key):
        self._get(key)
        del self._kept[key]

    def commit(self):
        pass


class Partition:
    """The flash, in a piece of memory outside of the heap, where collecting garbage does not look through it."""

    TYPE_DATA = 1

    def __init__(self):
        self.readblocks = scene.read_flash
        self.writeblocks = scene.program_flash
        self.ioctl = scene.ask_flash

    @staticmethod
    def find(*_, **__):
        return [Partition()]


class PCNT:
    INCREMENT, DECREMENT, REVERSE = 1, 2, 1

    def __init__(self, *_, **__):
        self.value = scene.read_count

    def init(self, **_):
        pass

    def start(self):
        pass
