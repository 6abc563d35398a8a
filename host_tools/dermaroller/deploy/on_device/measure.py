"""Runs on the virtual board in the place of the loader: starts the application and reports the heap that it leaves.

Between two turns of the application's loop, from time to time: a line "heap FREE LARGEST", both in bytes.
"""

import gc
import sys

EVERY = 400  # turns of the loop


def largest_block():
    """The bytes of the largest block that can be had, to 64 bytes."""
    low, high = 0, gc.mem_free()
    while high - low > 64:
        middle = (low + high) // 2
        try:
            bytearray(middle)
            low = middle
        except MemoryError:
            high = middle
        gc.collect()
    return low


def report():
    gc.collect()
    free = gc.mem_free()
    print("heap", free, largest_block())


def watch(hal):
    wait = hal.Hal.wait
    turns = [0]

    def watched(self, wait_ms):
        turns[0] += 1
        if turns[0] % EVERY == 1:
            report()
        return wait(self, wait_ms)

    hal.Hal.wait = watched


report()
with open("/app.txt") as file:
    sys.path.insert(0, "/" + file.read())
sys.modules.pop("main", None)
if "hal.mpy" in __import__("os").listdir(sys.path[0]):
    watch(__import__("hal"))
    __import__("boot")
    __import__("main")
