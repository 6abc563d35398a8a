"""Puts a device through its self-test: asks it for figures, has a person look and roll, and judges against limits.

The device only measures (roller.selftest); the limits stand here, each with its reason.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from dermaroller.device import Answer, Device
from dermaroller.link import figures
from dermaroller.link.answers import Calibration
from dermaroller.patience import TRIES
from dermaroller.ranges import MAX_CHUNK_BYTES
from roller import selftest as on_device
from roller import wire

COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}
FILE_BYTES = on_device.CHUNK * on_device.CHUNKS
PERIOD_US = 1000
BLOCK_BYTES = 4096
SURVEY_S = 1.0
TIMER_MS = 2000
COLOUR_MS = 1500
LOOK_S = 0.1
PATIENCE_S = 20.0  # for a test that takes its time; flash may be slow
LOW_RATE, BITS_A_BYTE = 0.4, 10

# Limits that need a reason.
NOISE_MN = 60  # a fifth of the force at which contact begins
ADC_READ_US = 150  # a one-shot conversion takes 50 to 80
COST_US = 500  # half of the period: the other half is the loop's
LONGEST_US = 8000  # the chip queues eight callbacks, a ninth is lost
NEAR_PERCENT = 90  # of the periods within 250 us of 1,000
ERASE_MS = 400  # the most that is expected; each is a gap in the samples
WRITE_MS, READ_MS = 5000, 1000  # of 32 KB: a session's file
# While the tests' own code is loaded: what answers and plans need. Sessions took theirs at boot; for those `make size`
# has the goals.
HEAP_FREE, HEAP_BLOCK = 16384, 4096
SERIAL_BYTES_S = 5000  # a treatment of ten minutes in half a minute
ROLL_COUNTS = 32  # each way: a turn of the usual drum
BATTERY_MV = (2800, 4400)  # one lithium cell


@dataclass(frozen=True)
class Result:
    """One figure and its limits. is_good: None where it was skipped, or is only told. note: what it means if bad."""

    item: str
    value: float | int | None
    unit: str
    low: float | None = None
    high: float | None = None
    note: str = ""
    is_skipped: bool = False

    @property
    def is_good(self) -> bool | None:
        if self.is_skipped or (self.low is None and self.high is None):
            return None
        if self.value is None:
            return False
        return (self.low is None or self.value >= self.low) and (self.high is None or self.value <= self.high)


@dataclass
class Person:
    """Who looks and rolls. look(colour): whether the light had it, None if nobody looked. roll_s: 0: nobody rolls."""

    look: Callable[[str], bool | None]
    tell: Callable[[str], None]
    roll_s: float = 20.0


class SelfTest:
    """One run on one device. baud: of the line, for what can be expected of it."""

    def __init__(
        self,
        device: Device,
        person: Person,
        baud: int,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._device = device
        self._person = person
        self._baud = baud
        self._clock = clock
        self._wait = wait

    def run(self) -> list[Result]:
        """All results, in the order of the tests. DeviceRefused if a session is open."""
        boot = self._device.time().boot
        try:
            results = [*self._sensors(), *self._adc(), *self._timer(), *self._heap(), *self._flash(), *self._serial()]
            results += [*self._lights(), *self._encoder()]
        finally:
            self._test(figures.TestsEnded, "end")
        resets = self._device.time().boot - boot
        return [*results, Result("resets during the test", resets, "", high=0, note="the device started anew")]

    def _test(self, kind: type[Answer], test: str) -> Answer:
        return self._device.test(kind, test, PATIENCE_S)

    def _sensors(self) -> list[Result]:
        cal = self._device.calibration()
        self._device.raw()
        self._wait(SURVEY_S)
        raw = self._device.raw()
        low, high = cal.raw_min, cal.raw_max
        wiring = "the force sensor is open, shorted or not connected"
        found = [
            Result("force sensor, lowest reading", raw.force_raw_min, "counts", low, high, wiring),
            Result("force sensor, highest reading", raw.force_raw_max, "counts", low, high, wiring),
        ]
        battery_mv = self._device.live().battery_mv
        if battery_mv is not None:
            found.append(Result("battery", battery_mv, "mV", *BATTERY_MV, "check the cell and its divider"))
        return found

    def _adc(self) -> list[Result]:
        cal = self._device.calibration()
        got = self._test(figures.AdcTest, "adc")
        noise = math.sqrt(got.squares / got.n)
        limit = round(NOISE_MN * _counts_per_mn(cal), 1)
        return [
            Result("force sensor, noise", round(noise, 1), "counts", high=limit, note="check supply and shielding"),
            Result("force sensor, one reading", round(got.us / got.n, 1), "us", high=ADC_READ_US),
        ]

    def _timer(self) -> list[Result]:
        got = self._test(figures.TimerTest, f"timer {TIMER_MS}")
        n = max(got.n, 1)
        delivered = 100 * got.n * PERIOD_US / max(got.us, 1)
        lost = "callbacks are lost"
        return [
            Result("timer, callbacks delivered", round(delivered, 1), "%", 98, 102, lost),
            Result("timer, shortest period", got.shortest_us, "us"),
            Result("timer, longest period", got.longest_us, "us", high=LONGEST_US, note=lost),
            Result("timer, periods within 250 us", round(100 * got.near / max(n - 1, 1), 1), "%", low=NEAR_PERCENT),
            Result("callback, cost", round(got.cost_us / n, 1), "us", high=COST_US, note="the loop gets no time"),
            Result("callback, most", got.most_us, "us"),
        ]

    def _heap(self) -> list[Result]:
        got = self._test(figures.HeapTest, "heap")
        return [
            Result("heap, free", got.free, "bytes", low=HEAP_FREE),
            Result("heap, largest block", got.largest, "bytes", low=HEAP_BLOCK),
        ]

    def _flash(self) -> list[Result]:
        got = self._test(figures.FlashTest, "flash")
        write_us = sorted(got.write_us)
        page_us = statistics.median(write_us)
        erases_ms = [(us - page_us) / 1000 for us in write_us[-FILE_BYTES // BLOCK_BYTES :]]
        return [
            Result("flash, pieces read as written", got.same, f"of {len(write_us)}", low=len(write_us)),
            Result("flash, 32 KB written", round((sum(write_us) + got.close_us) / 1000), "ms", high=WRITE_MS),
            Result("flash, 32 KB read", round(got.read_us / 1000), "ms", high=READ_MS),
            Result("flash, 512 bytes without an erase", round(page_us / 1000, 1), "ms"),
            Result("flash, erase of 4 KB, median", round(statistics.median(erases_ms), 1), "ms"),
            Result("flash, erase of 4 KB, longest", round(erases_ms[-1], 1), "ms", high=ERASE_MS, note="worn flash?"),
        ]

    def _serial(self) -> list[Result]:
        start_s = self._clock()
        content = b"".join(self._piece(at) for at in range(0, FILE_BYTES, MAX_CHUNK_BYTES))
        rate = FILE_BYTES / max(self._clock() - start_s, 1e-6)
        low = min(SERIAL_BYTES_S, LOW_RATE * self._baud / BITS_A_BYTE)
        same = sum(a == b for a, b in zip(content, _file(), strict=False))
        return [
            Result("serial, bytes as in flash", same, f"of {FILE_BYTES}", low=FILE_BYTES),
            Result("serial, throughput", round(rate), "bytes/s", low=low, note="cable, hub or driver is slow"),
        ]

    def _piece(self, offset: int) -> bytes:
        text = f"selftest bytes {offset} {MAX_CHUNK_BYTES}"
        tags = set()  # of all tries: a late answer is one, too
        for _ in range(TRIES):
            tags.add(self._device.send(text))
            for frame in self._device.listen():
                if frame.tag in tags and frame.kind == wire.BYTES and frame.offset == offset:
                    return frame.payload
                if frame.tag in tags and frame.kind == wire.ERROR:
                    self._device.answer(frame, text)
        raise self._device.silent(text, TRIES * self._device.silence_s)

    def _lights(self) -> list[Result]:
        found = []
        for name, (red, green, blue) in COLOURS.items():
            self._person.tell(f"Look at the light: it is to be {name}.")
            self._test(figures.LightTest, f"light {red} {green} {blue} {COLOUR_MS}")
            was_seen = self._person.look(name)
            note = "shown, nobody looked" if was_seen is None else "check the light's wires and their order"
            seen = None if was_seen is None else int(was_seen)
            found.append(Result(f"light, {name} seen", seen, "", low=1, note=note, is_skipped=was_seen is None))
        return found

    def _encoder(self) -> list[Result]:
        wires = "a hall sensor or the magnet is missing, or A and B are one"
        names = ("encoder, counts forwards", "encoder, counts backwards", "encoder, illegal transitions")
        if not self._person.roll_s:
            return [Result(name, None, "counts", note="nobody rolled", is_skipped=True) for name in names]
        before = self._illegal()
        self._person.tell("Turn the drum with a finger, in the air: a whole turn forwards, then one backwards.")
        forwards, backwards = self._turned()
        return [
            Result(names[0], forwards, "counts", low=ROLL_COUNTS, note=wires),
            Result(names[1], backwards, "counts", low=ROLL_COUNTS, note=wires),
            Result(names[2], self._illegal() - before, "counts", high=0, note="counts are lost"),
        ]

    def _illegal(self) -> int:
        return self._device.info().counters["illegal_transitions"]

    def _turned(self) -> tuple[int, int]:
        """Counts rolled each way, until both suffice or the time is over."""
        forwards = backwards = 0
        last = self._count()
        until_s = self._clock() + self._person.roll_s
        while min(forwards, backwards) < ROLL_COUNTS and self._clock() < until_s:
            self._wait(LOOK_S)
            count = self._count()
            forwards += max(count - last, 0)
            backwards += max(last - count, 0)
            last = count
        return forwards, backwards

    def _count(self) -> int:
        return self._device.raw().count


def _counts_per_mn(cal: Calibration) -> float:
    """How many counts of the ADC a millinewton is, near no force."""
    if cal.table:
        raw, mn = cal.table[0]
        return raw / mn
    return 1e6 / cal.nn_per_count


def _file() -> bytes:
    """What the device writes into its flash, made here."""
    chunk = bytearray(on_device.CHUNK)
    content = b""
    for i in range(on_device.CHUNKS):
        on_device.fill(chunk, i)
        content += chunk
    return content
