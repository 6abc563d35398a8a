"""The USB ports of the virtual board: quick, and without mercy for what the computer does not fetch."""

import pytest

from dermaroller import boards

# Half of each second, from 0.5 s on, nobody fetches. The program starts within the first half.
AWAY = (1000, 500)
WRITES = """
import sys, time
while time.ticks_ms() % 1000 < 600:
    time.sleep_ms(1)
told = []
for _ in range(3):
    start = time.ticks_us()
    told.append((sys.stdout.buffer.write(b"#" * 100), time.ticks_diff(time.ticks_us(), start) // 1000))
while time.ticks_ms() % 1000 > 100:
    time.sleep_ms(1)
told.append(sys.stdout.buffer.write(b"!" * 100))
time.sleep_ms(1)
print()
print(told)
"""


def told(play, board):
    result = play(WRITES, 4.0, board=board, port_away_ms=AWAY)
    return eval(result.lines[1]), result


@pytest.mark.parametrize("board", ["esp32c3_devkitm", "esp32c6_devkitc"])
def test_usb_serial_jtag_waits_once_then_drops_and_tells_nobody(play, board):
    writes, result = told(play, board)
    assert writes == [(100, 200), (100, 0), (100, 0), 100]
    assert b"#" not in result.console and b"!" * 100 in result.console
    assert result.board["sent_lost"] == 300


def test_native_usb_waits_longer_and_tells_what_went_out(play):
    writes, result = told(play, "esp32s3_devkitc")
    assert writes[0][0] in (0, 100) and 300 <= writes[0][1] <= 500
    assert writes[-1] == 100 and b"!" * 100 in result.console


def test_while_the_computer_fetches_nothing_is_lost_and_little_time_passes(play):
    program = """
import sys, time
start = time.ticks_us()
sys.stdout.buffer.write(b"." * 4096)
print(time.ticks_diff(time.ticks_us(), start))
"""
    result = play(program, 2.0, board="esp32c6_devkitc")
    assert result.console.startswith(b"." * 4096)
    assert int(result.lines[0].strip(".")) < 6000


def test_the_board_tells_its_chip(play):
    for name in boards.names():
        result = play("import os\nprint(os.uname().sysname, os.uname()[4], sep=', ')\n", board=name)
        assert result.lines == [f"esp32, Virtual board with {boards.load(name).CHIP.upper()}"]


def test_there_is_a_board_with_each_kind_of_port():
    assert {boards.load(name).CONSOLE for name in boards.names()} == {"uart", "usb", "usb_serial_jtag"}
