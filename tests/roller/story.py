"""What the stories in this folder share: hands that roll, a handle without hardware, and a check for errors."""

import os

from flashchip import BLOCKS, forget_flash, logged, store_in

from roller.app import App
from roller.calibration import Calibration
from roller.plan import Plan

MM_PER_COUNT_X1000 = 1963  # of the reference head: pi * 20 mm / 32
TARE_RAW = 3200
RAW_PER_MN = 6
SKIN_MN = 2000
REST_STEP_MS = 18  # between two samples; a gap would begin above 20


def raises(error, function, *args):
    """The exception that the call raised; fails if there was none."""
    try:
        function(*args)
    except error as raised:
        return raised
    raise AssertionError("nothing was raised")


class FakeConsole:
    def __init__(self):
        self.incoming = b""
        self._at = 0
        self.sent = b""
        self.is_taken = True  # by a host that reads

    def read_byte(self):
        if not self.incoming:
            return -1
        byte = self.incoming[self._at]
        self._at += 1
        if self._at == len(self.incoming):
            self.incoming = b""
            self._at = 0
        return byte

    def write(self, buffer):
        self.sent += bytes(buffer)
        return self.is_taken


class FakeNvs:
    """NVS as MicroPython's `esp32` gives it: what was committed, read into a buffer that must have room for it."""

    def __init__(self):
        self.blobs = {}
        self.error = None  # an OSError, while writing fails
        self._pending = {}

    def set_blob(self, key, value):
        if self.error:
            raise self.error
        self._pending[key] = bytes(value)

    def commit(self):
        self.blobs.update(self._pending)
        self._pending.clear()

    def get_blob(self, key, buffer):
        if key not in self.blobs:
            raise OSError(-0x1102, "ESP_ERR_NVS_NOT_FOUND")
        blob = self.blobs[key]
        if len(blob) > len(buffer):
            raise OSError(-0x110C, "ESP_ERR_NVS_INVALID_LENGTH")
        buffer[: len(blob)] = blob
        return len(blob)


class FakeHal:
    """A handle whose drum, force and button the test sets by hand."""

    def __init__(self):
        self.t_us = 0
        self.count = 0
        self.force_mn = 0
        self.force_raw = None  # instead of force_mn, for a broken sensor
        self.is_pressed = False
        self.console = FakeConsole()
        self.colour = None
        self.max_edges_per_s = 0
        self.counts_per_rev = 32
        self.span = 32000
        self.nvs = FakeNvs()
        self.stored_error = None
        self.who = (None, None)
        self.numbers = {}
        self.battery_mv = 3900
        self.charging = False
        self.epoch_s = None  # Unix time at boot, where the clock was set
        self.lit = 0
        self.is_buzzing = False
        self.is_sampling = True

    def ticks_us(self):
        return self.t_us & (1 << 30) - 1

    def read_count(self):
        return self.count

    def read_force_raw(self):
        return TARE_RAW + RAW_PER_MN * self.force_mn if self.force_raw is None else self.force_raw

    def calibration(self):
        return Calibration(TARE_RAW, 1000000 // RAW_PER_MN, 200, 65000)

    def identity(self):
        return {"device": "fake", "boot": 1, "utc_s": None}

    def button_level(self):
        return 0 if self.is_pressed else 1

    def illegal_transitions(self):
        return 0

    def sensor_silences(self):
        return 0

    def show(self, colour, lit, is_buzzing):
        self.colour = colour
        self.lit = lit
        self.is_buzzing = is_buzzing

    def load_number(self, key):
        return self.numbers.get(key, 0)

    def keep_number(self, key, n):
        self.numbers[key] = n

    def read_battery_mv(self):
        return self.battery_mv

    def is_charging(self):
        return self.charging

    def set_utc(self, utc_s):
        self.epoch_s = utc_s - self.t_us // 1000000

    def utc_s(self):
        return None if self.epoch_s is None else self.epoch_s + self.t_us // 1000000

    def doze(self, ms):
        self.t_us += ms * 1000

    def wait(self, ms):
        self.t_us += ms * 1000

    def start_sampling(self, callback):
        self.is_sampling = True

    def stop_sampling(self):
        self.is_sampling = False


class Handle:
    """The whole instrument on a fake hal, turned by hand: 1 ms a sample, 5 ms a turn of the loop."""

    def __init__(self, folder, plan=None, blocks=BLOCKS, hal=None):
        """hal: of a handle before, whose power failed."""
        self.hal = hal or FakeHal()
        self.store = store_in(folder, blocks=blocks)
        self.app = App(self.hal, self.store, plan or Plan(), folder + "/plan.bin")
        self.lights = []  # (ms, state), as it changes

    def wait(self, ms):
        self._turn(ms, 0)

    def rest(self, ms):
        """Wait for minutes, with so few samples that a test need not."""
        self._turn(ms, 0, REST_STEP_MS)

    def press(self, ms):
        self.hal.is_pressed = True
        self._turn(ms, 0)
        self.hal.is_pressed = False
        self._turn(100, 0)

    def roll(self, counts, ms, force_mn=SKIN_MN):
        """A stroke: touch, roll, stand a moment; the drum stays on the skin."""
        self.hal.force_mn = force_mn
        self._turn(50, 0)
        self._turn(ms, counts)
        self._turn(50, 0)

    def lift(self, ms=500):
        self.hal.force_mn = 0
        self._turn(ms, 0)

    def spin(self, counts, ms):
        """Turn the drum without touching its force."""
        self._turn(ms, counts)

    def _turn(self, ms, counts, step_ms=1):
        start = self.hal.count
        for i in range(step_ms, ms + 1, step_ms):
            self.hal.t_us += 1000 * step_ms
            self.hal.count = start + counts * i // ms
            self.app.sampler.tick(None)
            if i % 5 == 0:
                self.app.step()
                if not self.lights or self.lights[-1][1] != self.app.feedback.state:
                    self.lights.append((self.hal.t_us // 1000, self.app.feedback.state))

    def states(self):
        return [state for _, state in self.lights]


class Folder:
    """`with Folder() as path`: an empty folder, gone afterwards."""

    count = 0

    def __enter__(self):
        Folder.count += 1
        base = os.getenv("TMPDIR") or "/tmp"
        while True:
            self.path = "%s/roller-test-%d" % (base, Folder.count)
            try:
                os.mkdir(self.path)
                return self.path
            except OSError:
                Folder.count += 1

    def __exit__(self, *_):
        forget_flash(self.path)
        for name in os.listdir(self.path):
            os.remove(self.path + "/" + name)
        os.rmdir(self.path)


def read(path):
    """A file's bytes, or those of a session that lies in the folder's flash, as if it were a file."""
    folder, _, name = path.rpartition("/")
    sessions = logged(folder)
    if name in sessions:
        return sessions[name]
    with open(path, "rb") as f:
        return f.read()
