"""Pins, counter and converter on the virtual board sense what the trace says."""

import math
from pathlib import Path

import pytest

COUNTER = """
import esp32, machine, time
a = machine.Pin(25, machine.Pin.IN, machine.Pin.PULL_UP)
b = machine.Pin(26, machine.Pin.IN, machine.Pin.PULL_UP)
PCNT = esp32.PCNT
counter = PCNT(0, min=-32000, max=32000)
counter.init(channel=0, pin=a, rising=PCNT.DECREMENT, falling=PCNT.INCREMENT, mode_pin=b, mode_low=PCNT.REVERSE)
counter.init(channel=1, pin=b, rising=PCNT.INCREMENT, falling=PCNT.DECREMENT, mode_pin=a, mode_low=PCNT.REVERSE)
"""
MM_PER_REV = math.pi * 20


def test_pcnt_counts_every_edge_while_the_flash_is_busy(play, moving):
    program = (
        COUNTER
        + """
from esp32 import Partition
p = Partition("vfs")
counter.start()
while time.time() < 10:
    p.ioctl(6, 500)
print(counter.value())
"""
    )
    trace = moving((0, 0, 2), (1, 0, 2), (5, 1000, 2), (11, 1000, 2))
    assert int(play(program, trace).lines[0]) == pytest.approx(1000 / MM_PER_REV * 32, abs=1)


def test_rolling_back_counts_down_again(play, moving):
    program = (
        COUNTER + "counter.start()\ntime.sleep(2)\nprint(counter.value())\ntime.sleep(2)\nprint(counter.value())\n"
    )
    trace = moving((0, 0, 2), (1, 0, 2), (1.9, 300, 2), (2.1, 300, 2), (3.5, -100, 2), (5, -100, 2))
    first, second = map(int, play(program, trace).lines)
    assert first == pytest.approx(300 / MM_PER_REV * 32, abs=1)
    assert second == pytest.approx(-100 / MM_PER_REV * 32, abs=1)


def test_pcnt_starts_again_from_zero_at_its_limits(play, moving):
    program = (
        COUNTER
        + """
counter.init(min=-10, max=100)
counter.start()
last, total = 0, 0
while time.time() < 12:
    now = counter.value()
    step = now - last
    if step < -50:
        step += 100
    total += step
    last = now
    assert -10 < now < 100
    time.sleep_ms(2)
print(total)
"""
    )
    trace = moving((0, 0, 2), (1, 0, 2), (11, 2000, 2), (13, 2000, 2))
    assert int(play(program, trace).lines[0]) == pytest.approx(2000 / MM_PER_REV * 32, abs=1)


def test_pcnt_counts_only_between_start_and_stop(play, moving):
    program = (
        COUNTER
        + """
time.sleep(2)
print(counter.value())
counter.start()
time.sleep(2)
counter.stop()
n = counter.value()
time.sleep(2)
print(n > 0, counter.value() == n, counter.value(0) == n, counter.value())
"""
    )
    assert play(program, moving((0, 0, 2), (7, 700, 2))).lines == ["0", "True True True 0"]


@pytest.mark.slow
def test_a_board_without_pcnt_lacks_the_name(play, tmp_path):
    program = """
import esp32
print(hasattr(esp32, "PCNT"))
try:
    from esp32 import PCNT
except ImportError as error:
    print(type(error).__name__)
"""
    from dermaroller.sim import mpy

    board = tmp_path / "no_pcnt.py"
    board.write_text(mpy.board_file("virtual").read_text() + "HAS_PCNT = False\n")
    assert play(program, board=str(board)).lines == ["False", "ImportError"]


def test_pin_interrupts_see_the_edges_and_lose_some_in_a_stall(play, moving):
    program = """
import machine, time
from esp32 import Partition
edges = 0
def edge(pin):
    global edges
    edges += 1
a = machine.Pin(25, machine.Pin.IN)
a.irq(edge, machine.Pin.IRQ_RISING | machine.Pin.IRQ_FALLING)
time.sleep(6)
print(edges)
edges = 0
for _ in range(4):
    Partition("vfs").ioctl(6, 500)
time.sleep(6)
print(edges)
"""
    trace = moving((0, 0, 2), (1, 0, 2), (5, 1000, 2), (6, 1000, 2), (8, 2000, 2), (14, 2000, 2))
    result = play(program, trace, flash_erase_us=400_000)
    all_of_a, with_stalls = map(int, result.lines)
    assert all_of_a == pytest.approx(1000 / MM_PER_REV * 16, abs=1)
    assert with_stalls < all_of_a
    assert with_stalls + result.board["callbacks_dropped"] == pytest.approx(all_of_a, abs=1)


def test_the_force_is_read_with_the_sensors_own_scale(play, moving):
    program = """
import machine, time
adc = machine.ADC(34, atten=machine.ADC.ATTN_11DB)
for _ in range(3):
    time.sleep(1)
    print(adc.read_u16())
"""
    trace = moving((0, 0, 0), (1.5, 0, 0), (1.6, 0, 4), (2.5, 0, 4), (3.5, 0, 8))
    still, held, ramp = map(int, play(program, trace, noise_mn=0).lines)
    assert (still, held) == pytest.approx((3200, 3200 + 4000 * 6), abs=16)
    assert ramp == pytest.approx(3200 + 6000 * 6, abs=30)


def test_noise_is_as_wide_as_asked_and_the_same_for_a_seed(play):
    program = """
import machine
adc = machine.ADC(34)
n = 2000
values = [adc.read_u16() for _ in range(n)]
mean = sum(values) // n
print(mean, sum([(v - mean) ** 2 for v in values]) // n)
"""
    quiet, loud, again, other = (
        play(program, noise_mn=noise, seed=seed).lines for noise, seed in ((20, 1), (120, 1), (120, 1), (120, 2))
    )
    for lines, sigma_mn in ((quiet, 20), (loud, 120)):
        mean, variance = map(int, lines[0].split())
        assert mean == pytest.approx(3200, abs=40)
        assert math.sqrt(variance) == pytest.approx(sigma_mn * 6, rel=0.1)
    assert loud == again != other


def test_an_open_sensor_reads_full_scale_until_it_is_sound(play, moving):
    program = """
import machine, time
adc = machine.ADC(34)
for _ in range(3):
    time.sleep(1)
    print(adc.read_u16() == 65535)
"""
    trace = moving((0, 0, 0), (5, 0, 0), events=((1.5, "sensor_open"), (2.5, "sensor_ok")))
    assert play(program, trace).lines == ["False", "True", "False"]


def test_button_presses_are_short_or_long(play, moving):
    program = """
import machine, time
button = machine.Pin(27, machine.Pin.IN, machine.Pin.PULL_UP)
last = button.value()
print(last)
while time.time() < 5:
    time.sleep_ms(1)
    if button.value() != last:
        last = button.value()
        print(last, time.ticks_ms())
"""
    trace = moving((0, 0, 0), (9, 0, 0), events=((1, "button"), (2, "button_long")))
    lines = play(program, trace).lines
    assert [line.split()[0] for line in lines] == ["1", "0", "1", "0", "1"]
    times_ms = [int(line.split()[1]) for line in lines[1:]]
    assert times_ms == pytest.approx([1000, 1150, 2000, 4200], abs=3)


def test_the_battery_is_behind_its_divider(play):
    program = "import machine\nprint(machine.ADC(35).read_uv() // 1000)\n"
    assert int(play(program).lines[0]) == pytest.approx(1950, abs=2)


@pytest.mark.slow
def test_sampling_needs_no_heap(play, moving):
    program = (
        COUNTER
        + """
from array import array
import micropython
adc = machine.ADC(34)
ring = array("i", [0] * 30)
at = calls = 0
def tick(timer):
    global at, calls
    micropython.heap_lock()
    ring[at] = time.ticks_us()
    ring[at + 1] = counter.value()
    ring[at + 2] = adc.read_u16() + a.value()
    at = at + 3 if at < 27 else 0
    calls += 1
    micropython.heap_unlock()
counter.start()
timer = machine.Timer(0)
timer.init(freq=1000, callback=tick)
while time.time() < 300:
    time.sleep_ms(10)
timer.deinit()
print(calls)
"""
    )
    # 300 s: the clock takes a turn, the force has ramps, the drum edges.
    rows = [(t / 2, 50 * (t % 4), (t % 3) * 2.0) for t in range(640)]
    result = play(program, moving(*rows))
    assert int(result.lines[0]) == pytest.approx(300_000, abs=1100)
    assert len(result.lines) == 1


def test_colours_of_the_light_are_seen_when_they_change(play):
    program = """
import machine, time
class App:
    class feedback:
        state = "dark"
    def counters(self):
        return {"answer": 42}
app = App()
channels = [machine.PWM(machine.Pin(pin), freq=1000, duty_u16=0) for pin in (18, 19, 21)]
time.sleep(1)
app.feedback.state = "red"
channels[0].duty_u16(65535)
time.sleep(1)
app.feedback.state = "violet"
channels[0].duty_u16(32768)
channels[2].duty_u16(65535)
time.sleep(1)
channels[2].duty_u16(65535)
"""
    result = play(program, 5.0)
    assert [(entry["state"], entry["rgb"]) for entry in result.led] == [
        ("dark", [0, 0, 0]),
        ("red", [255, 0, 0]),
        ("violet", [128, 0, 255]),
    ]
    assert [entry["t_s"] for entry in result.led] == pytest.approx([0, 1, 2], abs=0.05)
    assert result.counters == {"answer": 42}


@pytest.mark.slow
def test_pixels_are_seen_too(play, tmp_path):
    program = """
import machine, neopixel
pixels = neopixel.NeoPixel(machine.Pin(18, machine.Pin.OUT), 8)
pixels[3] = (10, 20, 30)
pixels.write()
print(len(pixels), pixels[3])
import time
time.sleep(1)
"""
    from dermaroller.sim import mpy

    board = tmp_path / "ring.py"
    board.write_text(mpy.board_file("virtual").read_text() + 'LED_KIND = "ring8"\nLED_PINS = (18,)\n')
    result = play(program, board=str(board))
    assert result.lines == ["8 (10, 20, 30)"]
    assert [entry["rgb"] for entry in result.led] == [[10, 20, 30]]


@pytest.mark.slow
def test_thirty_minutes_of_plain_sampling(play, moving, capsys):
    """The board's own speed, for the record: printed, as it says more about the machine than about the code."""
    import time

    program = (Path(__file__).parent / "programs" / "sampler.py").read_text()
    started_s = time.monotonic()
    result = play(program, moving(*[(t, 60 * (t % 2), 2 * (t % 2)) for t in range(120)]))
    spent_us = (time.monotonic() - started_s) * 1e6
    assert result.board["callbacks_dropped"] == 0
    with capsys.disabled():
        print(f"\n    {spent_us / result.counters['samples']:.1f} us per sample at 1 kHz, program included")
