"""The virtual clock: ticks that wrap, callbacks that queue and drop, stalls in which nothing runs."""

import pytest


def test_ticks_wrap_as_on_the_chip_and_differences_do_not_care(play):
    program = """
import time
start = last = time.ticks_us()
wraps = 0
while time.time() < 4000:
    time.sleep(100)
    now = time.ticks_us()
    assert 0 <= now < 1 << 30
    wraps += now < last
    assert 100_000_000 <= time.ticks_diff(now, last) < 100_000_100
    last = now
print(wraps, time.time(), time.ticks_ms() // 1000)
"""
    assert play(program, 4001.0).lines == ["3 4000 4000"]


def test_a_sleep_lasts_as_long_as_it_says(play):
    program = """
import time
for sleep, n in ((time.sleep_us, 700), (time.sleep_ms, 25), (time.sleep, 2), (time.sleep, 0.5)):
    start = time.ticks_us()
    sleep(n)
    print(time.ticks_diff(time.ticks_us(), start))
"""
    durations_us = [int(line) for line in play(program, 5.0).lines]
    assert durations_us == pytest.approx([700, 25_000, 2_000_000, 500_000], abs=5)


def test_a_hardware_timer_calls_once_per_tick(play):
    program = """
import time
from machine import Timer
calls = 0
def tick(timer):
    global calls
    calls += 1
timer = Timer(0)
timer.init(freq=1000, callback=tick)
time.sleep(5)
timer.deinit()
time.sleep(1)
print(calls, Timer(0) is timer)
"""
    assert play(program, 7.0).lines == ["5000 True"]


def test_a_one_shot_timer_calls_once(play):
    program = """
import time
from machine import Timer
calls = []
Timer(1).init(mode=Timer.ONE_SHOT, period=30, callback=lambda t: calls.append(time.ticks_ms()))
start = time.ticks_ms()
time.sleep(1)
print(len(calls), time.ticks_diff(calls[0], start))
"""
    assert play(program, 2.0).lines == ["1 30"]


def test_hard_timers_and_unknown_ones_are_refused(play):
    program = """
from machine import Timer
for make in (lambda: Timer(0, hard=True), lambda: Timer(4), lambda: Timer(2, period=0)):
    try:
        make()
    except ValueError as error:
        print(error)
"""
    assert play(program).lines == [
        "hard Timers are not implemented",
        "Timer(4) doesn't exist, there are only 4 hardware timers",
        "Timer period is too short for this timer",
    ]


STALLED = """
import time
from machine import Timer
from esp32 import Partition
seen = []
timer = Timer(0)
partition = Partition("vfs")
time.sleep_us(100)
timer.init(freq=1000, callback=lambda t: seen.append(time.ticks_us()))
start = time.ticks_us()
partition.ioctl(6, 500)
for _ in range(20):
    pass
ran_at_the_next_branches = len(seen)
end = time.ticks_us()
timer.deinit()
print(ran_at_the_next_branches, len(seen), time.ticks_diff(end, start), time.ticks_diff(seen[0], start) >= 45_000)
"""


def test_in_a_flash_erase_ticks_queue_up_to_eight_and_run_late(play):
    result = play(STALLED)
    ran, seen, duration_us, is_late = result.lines[0].split()
    assert (ran, seen, is_late) == ("8", "8", "True")
    assert 45_000 <= int(duration_us) < 46_000
    assert result.board["callbacks_dropped"] == 45 - 8


def test_an_erase_may_take_longer(play):
    result = play(STALLED, flash_erase_us=400_000)
    assert 400_000 <= int(result.lines[0].split()[2]) < 401_000
    assert result.board["callbacks_dropped"] == 400 - 8


def test_a_page_costs_its_time_however_little_is_written(play):
    program = """
import time
from esp32 import Partition
p = Partition("vfs")
p.ioctl(6, 500)
for offset, size in ((0, 1), (256, 256), (1020, 8), (2048, 1024)):
    start = time.ticks_us()
    p.writeblocks(500, bytes(size), offset)
    print(time.ticks_diff(time.ticks_us(), start) // 100)
"""
    assert play(program).lines == ["7", "7", "14", "28"]


def test_an_exception_in_a_callback_is_printed_and_swallowed(play):
    program = """
import time
from machine import Timer
calls = 0
def tick(timer):
    global calls
    calls += 1
    if calls == 2:
        raise RuntimeError("oops")
timer = Timer(0)
timer.init(period=10, callback=tick)
time.sleep_ms(100)
timer.deinit()
print(calls)
"""
    assert play(program).lines == [
        "Traceback (most recent call last):",
        '  File "main.py", line 9, in tick',
        "RuntimeError: oops",
        "10",
    ]


def test_callbacks_never_run_inside_each_other(play):
    program = """
import time
from machine import Timer
depth = deepest = calls = 0
def tick(timer):
    global depth, deepest, calls
    depth += 1
    deepest = max(deepest, depth)
    time.sleep_ms(3)
    depth -= 1
    calls += 1
timer = Timer(0)
timer.init(period=1, callback=tick)
time.sleep_ms(50)
timer.deinit()
print(deepest, calls > 10)
"""
    result = play(program)
    assert result.lines == ["1 True"]
    assert result.board["callbacks_dropped"] > 0


def test_a_busy_loop_gets_somewhere_and_lets_callbacks_in(play):
    program = """
import time
from machine import Timer
calls = 0
def tick(timer):
    global calls
    calls += 1
Timer(0).init(period=1, callback=tick)
start = time.ticks_ms()
while time.ticks_diff(time.ticks_ms(), start) < 20:
    pass
print(calls)
"""
    assert int(play(program).lines[0]) in (19, 20)


def test_the_watchdog_resets_the_board_and_says_so(play):
    program = """
import machine, time
print(machine.reset_cause() == machine.WDT_RESET)
if machine.reset_cause() == machine.PWRON_RESET:
    dog = machine.WDT(timeout=1000)
    time.sleep_ms(900)
    dog.feed()
    time.sleep_ms(900)
    print("fed")
    time.sleep(2)
    print("never")
"""
    result = play(program, 5.0)
    assert result.lines == ["False", "fed", "True"]
    assert result.exits == ["wdt_reset", "end"]
