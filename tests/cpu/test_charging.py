"""A board that charges for bytecode: how long code takes, and where callbacks come in."""

import re
from pathlib import Path

import pytest

from dermaroller.cpu import cachegrind, price, rate
from dermaroller.sim import image, mpy, viper
from dermaroller.sim.run import RunResult, run
from dermaroller.sim.trace import Trace

from .old_firmware import rolling

pytestmark = pytest.mark.slow

HEAP = "192k"  # of which an emulated ESP32 has 165 KB free at its prompt
STILL: Trace = rolling(100, 1.0, 2.0)


@pytest.fixture
def play(tmp_path: Path, micropython_32bit):
    """play(program, cpu_mhz): the numbers that it prints as the only program in the flash, charged at a rate."""

    def played(program: str, cpu_mhz: int | None = 160) -> list[int]:
        return [int(line) for line in console(program, cpu_mhz).console.decode().split("\r\n") if line.isdigit()]

    def console(program: str, cpu_mhz: int | None) -> RunResult:
        texts = {"main.py": program}
        mpy.compile_texts(price.charged(texts) if cpu_mhz else texts, tmp_path, arch=cachegrind.ARCH)
        flash = tmp_path / "flash.bin"
        image.make_image(flash)
        image.put_file(flash, "/main.mpy", (tmp_path / "main.mpy").read_bytes())
        return run(STILL, flash=flash, cpu_mhz=cpu_mhz).check()

    return played


LOOP = """
import time
def work(n):
    x = 0
    for i in range(n):
        x = x + i & 0xFFFF
start = time.ticks_us()
work(10000)
print(time.ticks_diff(time.ticks_us(), start))
"""


def test_a_loop_takes_what_its_steps_cost(play) -> None:
    steps = price.costs().bytecode
    a_turn = steps["range_item"] + 2 * steps["binary"] + 2 * steps["local"] + steps["store"] + 2 * steps["constant"]
    expected_us = 10_000 * a_turn / rate.instructions_per_us(160)
    assert play(LOOP)[0] == pytest.approx(expected_us, rel=0.02)


def test_a_faster_clock_takes_less(play) -> None:
    at_160, at_240 = (play(LOOP, mhz)[0] for mhz in (160, 240))
    assert at_160 / at_240 == pytest.approx(1.5, rel=0.01)


def test_without_a_clock_rate_bytecode_is_free(play) -> None:
    assert play(LOOP, None)[0] < 10


VIPER = """
import time
@micropython.viper
def work(n: int) -> int:
    x = 0
    for i in range(n):
        x += i & 7
        if i == 90000:
            return x
        while x > 100:
            x -= 100
    return 0
start = time.ticks_us()
work(100000)
print(time.ticks_diff(time.ticks_us(), start))
"""


def test_machine_code_takes_what_its_steps_cost_until_it_returns(play) -> None:
    steps = price.costs().viper
    a_turn = steps["range_item"] + 2 * steps["binary"] + 3 * steps["store"] + 2 * steps["compare"] + 2 * steps["branch"]
    least_us, most_us = (90_000 * each / rate.instructions_per_us(160) for each in (a_turn * 0.6, a_turn * 1.4))
    assert least_us < play(VIPER)[0] < most_us


def test_where_machine_code_cannot_run_its_twin_is_charged_as_machine_code() -> None:
    charged = price.charged({"main.py": VIPER})
    twin = viper.plain(charged)["main.py"]
    assert "viper" in charged["main.py"] and "viper" not in twin
    assert re.findall(r"__n \+= \d+", twin) == re.findall(r"__n \+= \d+", charged["main.py"]) != []


LATE = """
import time, hashlib
from machine import Timer
late_us = 0
last_us = 0
def tick(timer):
    global late_us, last_us
    now_us = time.ticks_us()
    late_us = max(late_us, time.ticks_diff(now_us, last_us) - 1000)
    last_us = now_us
def long_bytecode():
    x = 0
    for i in range(8000):
        x = x + i & 0xFFFF
def native():
    digest.update(data)
def told(function):
    global late_us, last_us
    timer = Timer(0)
    timer.init(freq=1000, callback=tick)
    time.sleep_ms(5)
    late_us = 0
    function()
    time.sleep_ms(5)
    timer.deinit()
    print(late_us)
digest = hashlib.sha256()
data = bytes(8192)
told(long_bytecode)
told(native)
"""


def test_callbacks_come_between_bytecodes_but_not_into_the_interpreters_own_functions(play) -> None:
    bytecode_us, native_us = play(LATE)
    hashing_us = 8192 * price.costs().natives["sha256_byte"] / rate.instructions_per_us(160)
    assert bytecode_us < 150
    assert hashing_us - 1000 < native_us < hashing_us + 500


COSTLY = """
import time, json, gc
from binascii import crc32
from esp32 import Partition
def json_of(n):
    return json.dumps([1] * n)
def timed(function, *given):
    start = time.ticks_us()
    function(*given)
    print(time.ticks_diff(time.ticks_us(), start))
timed(gc.collect)
timed(Partition("vfs").readblocks, 500, bytearray(32), 0)
timed(crc32, bytes(4096))
timed(json_of, 400)
timed(json_of, 800)
"""


def test_what_the_interpreter_does_costs_by_its_size(play) -> None:
    natives = price.costs().natives
    per_us = rate.instructions_per_us(160)
    collected, read, crc, text, longer_text = play(COSTLY)
    assert collected == pytest.approx(5000, rel=0.05)
    assert read == pytest.approx(150, abs=20)
    assert crc == pytest.approx(4096 * natives["crc32_byte"] / per_us, rel=0.1)
    assert longer_text - text == pytest.approx(1200 * natives["json_byte"] / per_us, rel=0.1)


def test_the_firmware_of_today_rolls_the_same_twice(micropython_32bit) -> None:
    first, second = (run(rolling(100, 4.0, 2.0), cpu_mhz=160, heap=HEAP).check() for _ in range(2))
    assert first.files == second.files and first.led == second.led
    assert first.board["callbacks"] > 3000


def test_a_cpu_rate_costs_the_firmware_time(micropython_32bit) -> None:
    free, charged = (run(rolling(100, 4.0, 2.0), cpu_mhz=mhz, heap=HEAP).check() for mhz in (None, 160))
    assert charged.led[0]["t_s"] > free.led[0]["t_s"] + 0.1  # its first light: it has loaded its modules by then
