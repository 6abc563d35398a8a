"""The hardware as the instrument sees it. Only this file, parts.py and lights.py import machine and esp32."""

import os
import select
import sys
import time
from binascii import hexlify

import esp32
import machine
from roller.calibration import Calibration
from roller.encoder import MAX_IRQ_EDGES_PER_S, SPAN, QuadratureDecoder

SAMPLE_HZ = 1000
_STUCK_MS = 180  # a slice takes 133 ms at 9,600 baud; USB waits 200 ms and more
_UNSET_YEAR = 2024  # an earlier clock was never set


class Hal:
    """This handle's hardware, built from the constants of a board module."""

    def __init__(self, board):
        self._board = board
        machine.freq(board.CPU_MHZ * 1_000_000)
        self.ticks_us = time.ticks_us
        self.nvs = esp32.NVS("roller")
        self.stored_error = None  # what is kept there but cannot be read, and why: see sealed_slots
        from roller import sealed_slots

        self._boot = self.load_number("boot") + 1
        self.keep_number("boot", self._boot)
        who = sealed_slots.read(self, "who")  # see provisioning
        self.who = str(who, "utf-8").split("\n") if who else (None, None)
        self._decoder = None
        self.max_edges_per_s = 0  # no bound worth a warning: counted in hardware
        self.counts_per_rev = board.COUNTS_PER_REV
        self.span = SPAN
        self._build(board)
        self._is_buzzing = False
        self.console = Console()
        self.wait = self.console.wait
        self.button_level = self._button.value  # 0 while it is pressed
        self._timer = machine.Timer(0)

    def _build(self, board):
        import parts  # and unload it again: it has nothing to do but this

        self.read_count = parts.hall_counter(board, self) if board.ENCODER == "hall" else parts.angle(board, self)
        self._bridge = parts.hx711(board) if board.FORCE_KIND == "hx711" else None
        self.read_force_raw = (self._bridge or parts.adc(board.FORCE_PIN)).read_u16
        self._button = parts.switch(board.BUTTON_PIN)
        self._show = parts.light(board)
        self._buzzer = parts.buzzer(board)
        self._battery = None if board.BATTERY_PIN is None else parts.adc(board.BATTERY_PIN)
        self._charger = None if board.CHARGER_PIN is None else parts.switch(board.CHARGER_PIN)
        del sys.modules["parts"]

    def start_sampling(self, callback):
        """Call callback(timer) SAMPLE_HZ times a second from a hardware timer, as a soft interrupt."""
        self._timer.init(freq=SAMPLE_HZ, mode=machine.Timer.PERIODIC, callback=callback)

    def stop_sampling(self):
        self._timer.deinit()

    def doze(self, doze_ms):
        """Sleep lightly; counts, button and force are looked at again afterwards, by whoever called."""
        machine.lightsleep(doze_ms)

    def show(self, colour, lit, is_buzzing):
        """The light in (red, green, blue) of 255; on a ring `lit` pixels of 8, the rest glowing; the buzzer on or
        off.
        """
        self._show(colour, lit)
        if is_buzzing != self._is_buzzing:
            self._is_buzzing = is_buzzing
            if self._buzzer:
                self._buzzer.duty_u16(32768 if is_buzzing else 0)

    def read_battery_mv(self):
        """Battery voltage in millivolts, or None where it cannot be measured."""
        if not self._battery:
            return None
        return self._battery.read_uv() // 1000 * self._board.BATTERY_DIVIDER_X1000 // 1000

    def is_charging(self):
        """Whether the charger pulls its status pin low."""
        return self._charger is not None and not self._charger.value()

    def pause(self, wait_ms):
        """Let interrupts work for wait_ms, whatever the host sends."""
        time.sleep_ms(wait_ms)

    def illegal_transitions(self):
        return self._decoder.illegal if self._decoder else 0

    def sensor_silences(self):
        """How often the force sensor stopped to give values; only one with a converter of its own can."""
        return self._bridge.silences if self._bridge else 0

    def calibration(self):
        """The one that is kept, or else the board's."""
        from roller import calibrating

        board = self._board
        kept = Calibration(board.FORCE_TARE_RAW, board.FORCE_NN_PER_COUNT, board.FORCE_RAW_MIN, board.FORCE_RAW_MAX)
        calibrating.load(kept, self)
        return kept

    def flash(self):
        """The flash that the file system is in, as a block device."""
        return esp32.Partition.find(esp32.Partition.TYPE_DATA, label="vfs")[0]

    def identity(self):
        """Who this handle is and when it is, for the log's header and for `info`."""
        return {
            "device": hexlify(machine.unique_id()).decode(),
            "name": self.who[1],
            "hw": self.who[0],
            "board": self._board.NAME,
            "chip": self._board.CHIP,
            "machine": os.uname().machine,  # as MicroPython names it; by it a simulated session is told from a real one
            "micropython": "%d.%d.%d" % tuple(sys.implementation.version[:3]),
            "boot": self._boot,
            "utc_s": self.utc_s(),
        }

    def utc_s(self):
        """Unix time in seconds, or None if the clock was not set since power came."""
        if time.gmtime()[0] < _UNSET_YEAR:
            return None
        return time.time() + _epoch_s()

    def set_utc(self, utc_s):
        """Set the clock to a Unix time."""
        year, month, day, hour, minute, second, weekday = time.gmtime(utc_s - _epoch_s())[:7]
        machine.RTC().datetime((year, month, day, weekday, hour, minute, second, 0))

    def load_number(self, key):
        """A number kept in NVS; 0 if there is none."""
        try:
            return self.nvs.get_i32(key)
        except OSError:
            return 0

    def keep_number(self, key, n):
        """Keep a number through power loss."""
        self.nvs.set_i32(key, n)
        self.nvs.commit()

    def keep_session(self, n):
        self.keep_number("session", n)

    def start_decoder(self, a, b):
        # B before A, so that forwards is the direction in which the hardware counter counts up.
        """Count in pin interrupts, on a chip without a counter of its own: the function that gives the count."""
        decoder = QuadratureDecoder(b.value() << 1 | a.value())

        def edge(_pin):
            decoder.edge(b.value() << 1 | a.value())

        for pin in (a, b):
            pin.irq(edge, machine.Pin.IRQ_RISING | machine.Pin.IRQ_FALLING)
        self._decoder = decoder
        self.max_edges_per_s = MAX_IRQ_EDGES_PER_S
        return decoder.value


def _epoch_s():
    """Unix time at which this port's clock is 0: most count from 2000, not from 1970."""
    return 946684800 if time.gmtime(0)[0] == 2000 else 0


class Console:
    """The serial port that the host sees, byte by byte in, buffers out."""

    def __init__(self):
        self._in = sys.stdin.buffer
        self._out = sys.stdout.buffer
        self._byte = bytearray(1)
        self._poll = select.poll()
        self._poll.register(sys.stdin, select.POLLIN)

    def read_byte(self):
        """The next byte, or -1 if none has come."""
        for _ in self._poll.ipoll(0):
            self._in.readinto(self._byte)
            return self._byte[0]
        return -1

    def wait(self, wait_ms):
        """Until a byte has come, wait_ms at the most; callbacks run meanwhile. Whether one has."""
        for _ in self._poll.ipoll(wait_ms):
            return True
        return False

    def write(self, buffer):
        """Send; False if it took so long that nobody can be reading: a USB port waits, then drops what it has."""
        start_ms = time.ticks_ms()
        self._out.write(buffer)
        return time.ticks_diff(time.ticks_ms(), start_ms) < _STUCK_MS
