"""The serial port of the virtual board: its line rate, its ring, Ctrl-C, and the prompt behind it."""

import pytest

ECHO = """
import select, sys, time
poll = select.poll()
poll.register(sys.stdin, select.POLLIN)
got = bytearray()
while time.ticks_ms() < 3000:
    if poll.poll(100):
        got += sys.stdin.buffer.read(1)
print(len(got), bytes(got[:20]))
"""


def test_bytes_arrive_at_the_line_rate(play):
    program = """
import select, sys, time
poll = select.poll()
poll.register(sys.stdin, select.POLLIN)
times = []
while len(times) < 231:
    for _ in poll.ipoll(5000):
        sys.stdin.buffer.read(1)
        times.append(time.ticks_us())
print(time.ticks_diff(times[-1], times[0]))
"""
    for baud in (115200, 921600):
        duration_us = int(play(program, 3.0, requests=[(1.0, b"x" * 231)], baud=baud).lines[0])
        assert duration_us == pytest.approx(230 * 10e6 / baud, rel=0.02)


def test_what_nobody_reads_overflows_the_ring(play):
    program = ECHO.replace("got = bytearray()", "got = bytearray()\ntime.sleep(2)")
    result = play(program, 4.0, requests=[(1.0, bytes(range(65, 91)) * 12)])
    assert result.lines == ["259 b'ABCDEFGHIJKLMNOPQRST'"]
    assert result.board["received_dropped"] == 26 * 12 - 259


def test_a_quick_reader_loses_nothing(play):
    result = play(ECHO, 4.0, requests=[(1.0, b"abc" * 500)], baud=921600)
    assert result.lines == ["1500 b'abcabcabcabcabcabcab'"]


def test_writing_blocks_until_the_rest_fits_the_fifo(play):
    program = """
import sys, time
from machine import Timer
calls = 0
def tick(timer):
    global calls
    calls += 1
timer = Timer(0)
timer.init(period=1, callback=tick)
for size in (100, 28, 4096):
    time.sleep_ms(50)
    calls = 0
    start = time.ticks_us()
    sys.stdout.buffer.write(b"." * size)
    end = time.ticks_us()
    timer.deinit()
    print("\\n%d us" % time.ticks_diff(end, start), calls)
    timer.init(period=1, callback=tick)
"""
    result = play(program, 3.0)
    took = [line.split() for line in result.lines if line.endswith(("0", "8")) and " us " in line]
    short, shorter, long = (int(words[0]) for words in took)
    assert short < 50 and shorter < 50
    assert long == pytest.approx((4096 - 128) * 10e6 / 115200, rel=0.01)
    assert took[2][2] == "8"


def test_print_ends_lines_as_the_chip_does_and_the_buffer_is_raw(play):
    result = play('import sys\nprint("a", 1, sep="-")\nsys.stdout.write("b\\n")\nsys.stdout.buffer.write(b"c\\n")\n')
    assert result.console.startswith(b"a-1\r\nb\r\nc\n")


def test_ctrl_c_ends_the_program(play):
    result = play("import time\nwhile True:\n    time.sleep(1)\n", 3.0, requests=[(1.5, b"\x03"), (2.0, b"1 + 1\r")])
    assert result.lines[0:3] == [
        "Traceback (most recent call last):",
        '  File "main.py", line 3, in <module>',
        "KeyboardInterrupt: ",
    ]
    assert b">>> 1 + 1\r\n2\r\n>>> " in result.console


def test_ctrl_c_in_a_callback_is_swallowed(play):
    program = """
import time
from machine import Timer
def tick(timer):
    time.sleep_ms(90)
timer = Timer(0)
timer.init(period=100, callback=tick)
time.sleep(2)
timer.deinit()
print("alive")
"""
    result = play(program, 4.0, requests=[(1.15, b"\x03")])
    assert result.lines[-2:] == ["KeyboardInterrupt: ", "alive"]


def test_ctrl_c_can_be_switched_off(play):
    program = "import micropython\nmicropython.kbd_intr(-1)\n" + ECHO
    assert play(program, 4.0, requests=[(1.0, b"a\x03b")]).lines == ["3 b'a\\x03b'"]


TYPED = [
    (b"x = 6 * 7\rx\r", b">>> x = 6 * 7\r\n>>> x\r\n42\r\n>>> "),
    (b"for i in range(2):\rprint(i)\r\r", b"...     print(i)\r\n...     \r\n0\r\n1\r\n>>> "),
    (b"(1,\r2)\r", b"... 2)\r\n(1, 2)\r\n>>> "),
    (b"'\\'('\r", b"\"'(\"\r\n>>> "),
    (b"abd\x7fc\x031/0\r", b"ZeroDivisionError: divide by zero\r\n>>> "),
    (b"\x05def f():\r  return 5\r\x04f()\r", b">>> f()\r\n5\r\n>>> "),
    (b"\x01print('raw')\x04", b"raw REPL; CTRL-B to exit\r\n>OKraw\r\n\x04\x04>"),
    (b"\x011/0\x04", b'OK\x04Traceback (most recent call last):\r\n  File "<stdin>", line 1, in <module>\r\nZero'),
    (b"\x01\x05A\x01print(1)\x04", b">R\x01\x80\x00\x01\x041\r\n\x04\x04>"),
    (b"\x01\x05B\x01", b">R\x00>"),
    (b"\x01junk\x03\x02", b">\r\nMicroPython "),
    (b"\x01import sys\nsys.exit()\x04", b"MPY: soft reboot\r\n"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "answer"), TYPED)
def test_the_prompt_answers(play, typed, answer):
    result = play("", 4.0, requests=[(1.0, typed)])
    assert answer in result.console


def test_a_soft_reset_runs_main_again_but_not_from_the_raw_prompt(play):
    result = play("print('main')\n", 6.0, requests=[(1.0, b"\x04"), (2.0, b"\x01\x04"), (3.0, b"\x02"), (4.0, b"\x04")])
    assert result.exits == ["soft_reset", "soft_reset", "soft_reset", "end"]
    assert result.console.count(b"main\r\n") == 3
    assert b"OK\r\nMPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>" in result.console


def test_the_prompt_knows_what_main_left(play):
    assert b">>> answer\r\n42\r\n" in play("answer = 42\n", 3.0, requests=[(1.0, b"answer\r")]).console


def test_the_stand_ins_are_out_of_sight(play):
    lines = play("import os\nprint(os.listdir('/'), [e[0] for e in os.ilistdir()], os.getcwd())\n").lines
    assert lines == ["['log', 'main.py'] ['log', 'main.py'] /"]
