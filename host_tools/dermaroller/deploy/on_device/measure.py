"""Runs on the virtual board behind the application's boot.py: reports the heap that is left, now and while it runs.

Every so many turns of the application's loop a line: FREE and LARGEST, in bytes. To disturb little, this brings next
to no name that the application has not, as names take heap.
"""

import gc


def main():
    """The largest block that can be had, to 64 bytes, by halving."""
    gc.collect()
    free = gc.mem_free()
    low, high = 0, free
    while high - low > 64:
        middle = (low + high) // 2
        try:
            bytearray(middle)
            low = middle
        except MemoryError:
            high = middle
        gc.collect()
    print(b"heap", free, low)


def run(wait):
    turns = 0

    def step(self, wait_ms):
        nonlocal turns
        turns += 1
        if turns % 400 == 1:
            main()
        return wait(self, wait_ms)

    return step


main()
import hal  # noqa: E402

hal.Console.wait = run(hal.Console.wait)  # of which the hal takes its own
