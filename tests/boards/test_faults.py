"""What a program sees of the world's faults at pins, counter, converter, button and clock of the virtual board."""

import json
import math
from pathlib import Path

import pytest

from dermaroller.sim import image

ENCODER = Path(__file__).parents[2] / "firmware" / "roller" / "encoder.py"
COUNTS_PER_MM = 32 / (math.pi * 20)

PCNT = """
import esp32, machine, time
a, b = (machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_UP) for pin in (25, 26))
PCNT = esp32.PCNT
counter = PCNT(0, min=-32000, max=32000)
counter.init(channel=0, pin=a, rising=PCNT.DECREMENT, falling=PCNT.INCREMENT, mode_pin=b, mode_low=PCNT.REVERSE)
counter.init(channel=1, pin=b, rising=PCNT.INCREMENT, falling=PCNT.DECREMENT, mode_pin=a, mode_low=PCNT.REVERSE)
counter.start()
"""
INTERRUPTS = """
import machine, time
from encoder import QuadratureDecoder
a, b = (machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_UP) for pin in (25, 26))
counter = QuadratureDecoder(b.value() << 1 | a.value())
def edge(pin):
    counter.edge(b.value() << 1 | a.value())
for pin in (a, b):
    pin.irq(edge, machine.Pin.IRQ_RISING | machine.Pin.IRQ_FALLING)
"""
# Levels and counts each millisecond: (changes of A, changes of B, least count, greatest count) of each second.
WATCH = """
last = a.value(), b.value()
for second in range(6):
    n = [0, 0]
    counts = []
    while time.ticks_ms() < 1000 * (second + 1):
        time.sleep_ms(1)
        levels = a.value(), b.value()
        for i in (0, 1):
            n[i] += levels[i] != last[i]
        last = levels
        counts.append(counter.value())
    print(n[0], n[1], min(counts), max(counts))
"""


@pytest.fixture(params=[PCNT, INTERRUPTS], ids=["pcnt", "interrupts"])
def watch(request, play, moving, tmp_path):
    """watch(events): the drum rolls 100 mm a second; what WATCH tells of each of six seconds, in a counter's kind."""

    def watched(*events):
        image.ensure_image(tmp_path / "flash.bin")
        image.put_file(tmp_path / "flash.bin", "/encoder.py", ENCODER.read_bytes())
        lines = play(request.param + WATCH, moving((0, 0, 2), (7, 700, 2), events=events)).lines
        return [tuple(map(int, line.split())) for line in lines]

    return watched


def test_a_dead_encoder_stands_still_while_the_drum_turns(watch):
    seconds = watch((1.99, "encoder_dead"), (4.01, "encoder_ok"))
    turned = round(100 * COUNTS_PER_MM)
    for i in (0, 1, 4, 5):
        a, b, least, greatest = seconds[i]
        assert (a, b, greatest - least) == pytest.approx((turned / 2, turned / 2, turned), abs=4), i
    for i in (2, 3):
        a, b, least, greatest = seconds[i]
        assert (a, b, greatest - least) == (0, 0, 0), i
    assert seconds[5][3] == pytest.approx(4 * turned, abs=8)


def test_with_a_dead_phase_the_count_goes_one_up_and_one_down(watch):
    seconds = watch((1.99, "phase_dead"), (4.01, "phase_ok"))
    turned = round(100 * COUNTS_PER_MM)
    for i in (2, 3):
        a, b, least, greatest = seconds[i]
        assert (a, b, greatest - least) == (pytest.approx(turned / 2, abs=2), 0, 1), i
    assert seconds[3][3] == pytest.approx(2 * turned, abs=4)
    assert seconds[5][3] == pytest.approx(4 * turned, abs=8)


READ_FORCE = """
import machine, time
adc = machine.ADC(34)
values = []
while time.ticks_ms() < 5000:
    values.append(adc.read_u16())
    time.sleep_ms(10)
"""


def test_a_spike_is_the_next_reading_only(play, moving):
    spikes = ((1.001, "spike"), (2.001, "spike 3"), (3.001, "spike"), (3.002, "spike 2"))
    program = (
        READ_FORCE
        + """
print([i for i in range(len(values)) if values[i] == 65535])
print(max([value for value in values if value != 65535]))
"""
    )
    where, greatest = play(program, moving((0, 0, 2), (9, 0, 2), events=spikes)).lines
    one, *others = json.loads(where)
    assert [i - others[0] for i in others[:3]] == [0, 1, 2]
    assert [i - others[3] for i in others[3:]] == [0, 1, 2]
    assert one + 1 < others[0] < others[3] - 3
    assert int(greatest) < 3200 + 2000 * 6 + 1000


def test_spikes_and_an_open_sensor_do_not_end_each_other(play, moving):
    events = ((1, "sensor_open"), (1.001, "spike 2"), (3, "sensor_ok"), (3.5, "spike 60"), (3.8, "sensor_ok"))
    program = READ_FORCE + (
        "for part in (values[150:280], values[320:], values[-1:]):\n    print(sum([v == 65535 for v in part]))\n"
    )
    assert play(program, moving((0, 0, 2), (9, 0, 2), events=events)).lines == ["130", "60", "0"]


def test_a_frozen_sensor_shows_one_value_until_it_goes_on(play, moving):
    program = READ_FORCE + (
        "for part in (values[:190], values[210:390], values[410:]):\n    print(min(part), max(part), len(set(part)))\n"
    )
    events = ((2, "frozen"), (4, "frozen_ok"))
    lines = play(program, moving((0, 0, 0), (5, 0, 5), (9, 0, 5), events=events), noise_mn=60).lines
    before, frozen, after = (tuple(map(int, line.split())) for line in lines)
    assert frozen == (pytest.approx(3200 + 2000 * 6, abs=32), frozen[0], 1)
    assert before[2] > 100 and after[2] > 50
    assert after[1] > 3200 + 4700 * 6


BUTTON_EDGES = """
import machine, time
button = machine.Pin(27, machine.Pin.IN, machine.Pin.PULL_UP)
times = []
def edge(pin):
    times.append((button.value(), time.ticks_us()))
button.irq(edge)
while time.ticks_ms() < 4000:
    time.sleep_ms(1)
for level, t_us in times:
    print(level, t_us)
"""


def test_a_glitch_bounces_within_five_milliseconds(play, moving):
    lines = play(BUTTON_EDGES, moving((0, 0, 0), (9, 0, 0), events=((2, "button_glitch"),))).lines
    assert [line[0] for line in lines] == ["0", "1", "0", "1", "0", "1"]
    t_us = [int(line.split()[1]) for line in lines]
    assert 3000 < t_us[-1] - t_us[0] < 5000
    assert t_us[0] == pytest.approx(2_000_000, abs=100)


def test_a_stuck_button_is_down_until_it_is_free(play, moving):
    events = ((1, "button_stuck"), (1.5, "button"), (3, "button_free"))
    lines = play(BUTTON_EDGES, moving((0, 0, 0), (9, 0, 0), events=events)).lines
    assert [line[0] for line in lines] == ["0", "1"]
    assert [int(line.split()[1]) for line in lines] == pytest.approx([1_000_000, 3_000_000], abs=100)


def test_the_clock_is_set_and_survives_a_reset_but_no_power_cut(play, moving):
    program = """
import machine, time
for _ in range(2):
    time.sleep(2)
    print(time.time() + 946684800, machine.RTC().datetime()[:3])
machine.reset()
"""
    events = ((3.0, "clock 1800000000"), (7.5, "power_cut"))
    lines = play(program, moving((0, 0, 0), (12, 0, 0), events=events)).lines
    told = [int(line.split()[0]) for line in lines]
    assert told[0] == 946684802
    assert told[1:3] == pytest.approx([1_800_000_001, 1_800_000_003], abs=1)
    assert "(2027, 1, 15)" in lines[1]
    assert told[3] == 946684802
