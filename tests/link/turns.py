"""A program for MicroPython that answers each request as the loop would, a turn at a time, and looks up an environment
variable where a turn ends: at that call valgrind tells how many instructions went by. See instructions.py.

Its arguments: the folder of the compiled firmware, that of tests/roller. It prints the request to which each of the
looks belongs, or `-` where it only begins the count anew; and how often garbage was to be collected in that turn. It is
collected behind the turn, because this heap, in which the stand-ins lie, is not the chip's.
"""

import gc
import json
import os
import sys
from binascii import b2a_base64, crc32, hexlify
from hashlib import sha256


class Garbage:
    """In the place of gc."""

    def __init__(self):
        self.collections = 0
        self.mem_free, self.mem_alloc = gc.mem_free, gc.mem_alloc
        self.disable = self.enable = lambda: None  # none is collected unasked, either

    def collect(self):
        self.collections += 1


garbage = Garbage()
sys.modules["gc"] = garbage
sys.path[:] = [sys.argv[1], sys.argv[2], ".frozen"]

from story import Folder, Handle  # noqa: E402 - which is found there

from roller import wire  # noqa: E402

SESSIONS = 5
CONTENT = bytes(4000)
SHA256 = hexlify(sha256(CONTENT).digest()).decode()
MOST = 14  # turns that are counted one by one
TABLE = [[400 + 1000 * i, 500 + 900 * i] for i in range(8)]
CALIBRATION = {"kind": "table", "tare_raw": 3300, "nm_per_count": 1963000, "utc_s": 1800000000, "table": TABLE}
LARGEST = {
    "v": 1, "subject": "P-0042",
    "head": {
        "id": "A1", "needles": 192, "drum_diameter_um": 20000, "drum_width_um": 20000, "needle_length_um": 1500,
        "counts_per_rev": 32, "max_sessions": 1,
    },
    "force": {"low_mn": 600, "high_mn": 6000},
    "limits": {"max_density_per_cm2_x10": 3000, "min_interval_days": 28},
    "serum": {"name": "hyaluronic acid 1 %", "lot": "H-2291"},
    "zones": [
        {"name": "a zone with as long a name %02d" % i, "area_mm2": 3500 + i, "target_per_cm2_x10": 1500}
        for i in range(16)
    ],
}  # fmt: skip
looks = []


def look(request):
    os.getenv("TURN")
    looks.append("%s|%d" % (request, garbage.collections))
    if garbage.collections:
        garbage.collections = 0
        gc.collect()


def answer(handle, text, name=None):
    """Ask, and turn until the whole answer is out. The turns counted: the first ones, and those of the first bytes."""
    console, link = handle.hal.console, handle.app.link
    gc.collect()  # as the loop does, when it can
    console.sent = b""
    console.incoming = wire.pack_request(7, text)
    turn = sending = 0
    while console.incoming or link.is_at_work() or not console.sent:
        handle.hal.t_us += 10000
        is_counted = name != "-" and sending < 2 and (turn < MOST or sending == 1 or turn % MOST == 0)
        if is_counted:
            gc.collect()
            gc.disable()
            garbage.collections = 0  # of turns that were not counted
            look("-")
        link.step(handle.hal.t_us // 1000)
        if is_counted:
            look(name or text)
            gc.enable()
        turn += 1
        sending += len(console.sent) > 0
    return console.sent


def push(handle, plan):
    text = json.dumps(plan).encode().replace(b", ", b",").replace(b": ", b":")
    for at in range(0, len(text), 90):
        piece = b2a_base64(text[at : at + 90]).decode().strip()
        answer(handle, "plan put %d %s" % (at, piece), "-" if at else "plan put")
    return answer(handle, "plan commit %d %08x" % (len(text), crc32(text)), "plan commit")


IDLE = (
    "info", "time", "live", "raw", "list 0", "list 13", "get 1 0 2048", "sha 1", "confirm 1 " + SHA256,
    "erase 1 " + SHA256, "cal", "cal " + json.dumps(CALIBRATION).replace(" ", ""), "light", "light 40", "help",
    "provision", "provision set B2 the left handle", "time set 1800000000 5", "selftest", "selftest adc",
    "selftest heap", "selftest timer 20", "selftest flash", "selftest bytes 0 2048", "selftest light 1 2 3 20",
    "selftest end", "nonsense",
)  # fmt: skip
RECORDING = ("info", "live", "list 0", "get 1 0 2048", "plan", "help", "time set 1800000000 5", "time now")


def main():
    with Folder() as folder:
        handle = Handle(folder)  # first: one that starts with sessions that its ledger does not know reads them all
        for session in range(1, SESSIONS + 1):
            with open("%s/%05d.drl" % (folder, session), "wb") as f:
                f.write(CONTENT)
        handle.wait(50)
        os.getenv("TURN")
        looks.append("start|0")
        for text in IDLE:
            answer(handle, text, " ".join(text.split()[:2])[:24])
        taken = push(handle, LARGEST)
        assert b'{"plan": {' in taken, taken
        answer(handle, "plan")
        answer(handle, "info")
        handle.roll(51, 300)
        for text in RECORDING:
            answer(handle, text, "recording: " + text)
        answer(handle, "plan clear")
    for request in looks:
        print(request)


main()
