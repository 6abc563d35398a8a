"""sys.stdin, sys.stdout, their buffer, select and input() take what MicroPython's own streams take, and answer as they.

What that is stands in MicroPython's py/stream.c, shared/runtime/sys_stdio_mphal.c and extmod/modselect.c.
"""

import subprocess

# An expression, what is typed when it waits, and how its value is shown.
READ = [
    ("sys.stdin.read(1)", b"\x06", "'\\x06'"),
    ("sys.stdin.read(3)", b"a\rb", "'a\\nb'"),
    ("sys.stdin.read(2)", "é€".encode(), "'\\xe9\\u20ac'"),
    ("sys.stdin.buffer.read(3)", b"a\rb", "b'a\\rb'"),
    ("sys.stdin.read(0), sys.stdin.buffer.read(0)", b"", "('', b'')"),
    ("sys.stdin.readline()", b"one\r", "'one\\n'"),
    ("sys.stdin.readline(2)", b"on", "'on'"),
    ("sys.stdin.buffer.readline()", b"one\r\n", "b'one\\r\\n'"),
    ("next(iter(sys.stdin))", b"one\r", "'one\\n'"),
    ("next(iter(sys.stdin.buffer))", b"one\n", "b'one\\n'"),
    ("sys.stdin.readinto(buf), buf", b"a\rcd", "(4, bytearray(b'a\\ncd'))"),
    ("sys.stdin.readinto(buf, 2), buf", b"ab", "(2, bytearray(b'ab..'))"),
    ("sys.stdin.buffer.readinto(buf, 2), buf", b"a\r", "(2, bytearray(b'a\\r..'))"),
    ("sys.stdin.buffer.readinto(buf, 9), buf", b"abcd", "(4, bytearray(b'abcd'))"),
    ("sys.stdin.buffer.readinto(memoryview(buf)[1:], 2), buf", b"ab", "(2, bytearray(b'.ab.'))"),
    ("sys.stdin.buffer is sys.stdout.buffer", b"", "True"),
    ("sys.stdin.close() is sys.stdin", b"", "True"),
    ("hasattr(sys.stdin, 'readlines'), hasattr(sys.stdin, 'fileno')", b"", "(True, False)"),
    ("sys.stdin.write('a')", b"", "OSError 1"),
    ("sys.stdout.read(1)", b"", "OSError 1"),
]

WRITE = [
    ("sys.stdout.write('a\\nb')", b"a\r\nb", "3"),
    ("sys.stdout.write(b'a\\nb')", b"a\r\nb", "3"),
    ("sys.stdout.write('\\xe9\\n')", b"\xc3\xa9\r\n", "3"),
    ("sys.stdout.write('abcdef', 2)", b"ab", "2"),
    ("sys.stdout.write('abcdef', 2, 3)", b"cde", "3"),
    ("sys.stdout.buffer.write(b'a\\nb')", b"a\nb", "3"),
    ("sys.stdout.buffer.write('\\xe9')", b"\xc3\xa9", "2"),
    ("sys.stdout.buffer.write(buf, 2)", b"..", "2"),
    ("sys.stdout.buffer.write(b'abcdef', 9)", b"abcdef", "6"),
    ("sys.stdout.buffer.write(b'abcdef', -1)", b"abcdef", "6"),
    ("sys.stdout.buffer.write(b'abcdef', 4, 9)", b"ef", "2"),
    ("sys.stdout.buffer.write(b'abcdef', 9, 1)", b"", "0"),
    ("sys.stdout.buffer.write(memoryview(b'abcdef')[2:])", b"cdef", "4"),
    ("sys.stdout.buffer.write(memoryview(b'abcdef'), 1, 2)", b"bc", "2"),
    ("sys.stdout.buffer.write(array.array('H', [0x4241, 0x4443]))", b"ABCD", "4"),
    ("sys.stdin.buffer.write(b'x')", b"x", "1"),
    ("sys.stderr.write('x')", b"x", "1"),
    ("sys.stdout.write(5)", b"", "TypeError "),
    ("sys.stdout.write([65])", b"", "TypeError "),
    ("sys.stdout.buffer.write(None)", b"", "TypeError "),
]

# The poll object is a new one for each.
IN, OUT = "poll.register(sys.stdin, select.POLLIN)", "poll.register(sys.stdin)"
POLLED = [
    (f"{IN}, poll.poll(0)", b"", "(None, [])"),
    (f"{IN}, poll.poll(10)", b"", "(None, [])"),
    (f"{IN}, [events for _, events in poll.poll(None)], get()", b"k", "(None, [1], b'k')"),
    (f"{IN}, [events for _, events in poll.poll(-1)], get()", b"k", "(None, [1], b'k')"),
    (f"{IN}, [events for _, events in poll.poll()], get()", b"k", "(None, [1], b'k')"),
    (f"{IN}, [each[0] is sys.stdin for each in poll.ipoll(900)], get()", b"k", "(None, [True], b'k')"),
    (f"{OUT}, [events for _, events in poll.poll()]", b"", "(None, [4])"),
    (f"{OUT}, poll.modify(sys.stdin, 1), poll.poll(10)", b"", "(None, None, [])"),
    (f"{OUT}, poll.unregister(sys.stdin), poll.poll(0)", b"", "(None, None, [])"),
    ("poll.modify(sys.stdin, 1)", b"", "OSError 2"),
    ("poll.unregister(sys.stdin)", b"", "None"),
    ("select.select([sys.stdin], [], [], 0)", b"", "([], [], [])"),
    ("select.select([sys.stdin], [], [], 0.25)", b"", "([], [], [])"),
    ("select.select([], [sys.stdout], [])[1] == [sys.stdout]", b"", "True"),
    ("select.select([sys.stdin], [], [], None)[0] == [sys.stdin], get()", b"k", "(True, b'k')"),
    ("[len(each) for each in select.select([sys.stdin], [sys.stdin], [sys.stdin], 2)]", b"", "[0, 1, 0]"),
    ("hasattr(select, 'epoll')", b"", "False"),
]

# Each expression has a second of its own, in the middle of which its keys are typed.
EACH = """
import array, select, sys, time
buf = bytearray(4)
get = lambda: sys.stdin.buffer.read(1)
for second, expression in enumerate({expressions}, 1):
    time.sleep_ms(second * 1000 - time.ticks_ms())
    buf[:] = b"...."
    poll = select.poll()
    sys.stdout.buffer.write(b"<")
    try:
        value = repr(eval(expression))
    except (AttributeError, OSError, TypeError) as error:
        value = type(error).__name__ + " " + str(error.args[0] if isinstance(error, OSError) else "")
    sys.stdout.buffer.write(b">" + value + b"|")
"""


def answers(play, expressions, typed=()):
    """[(what was written, its value)] of each expression."""
    requests = [(second + 0.5, keys) for second, keys in enumerate(typed, 1) if keys]
    result = play(EACH.replace("{expressions}", repr(expressions)), len(expressions) + 2.0, requests=requests)
    parts = [part.partition(b"<")[2].partition(b">") for part in result.console.split(b"|")[:-1]]
    return [(written, value.decode()) for written, _, value in parts]


def test_reading(play):
    expressions, typed, values = zip(*READ, strict=True)
    assert answers(play, expressions, typed) == [(b"", value) for value in values]


def test_writing(play):
    expressions, written, values = zip(*WRITE, strict=True)
    assert answers(play, expressions) == [*zip(written, values, strict=True)]


def test_the_runtime_s_own_streams_write_the_same(micropython):
    """Where a line feed plays no part: that is the chip's affair. It has no buffer, so a file stands in for that."""
    written, program = b"", EACH.partition("for second")[0] + "raw = open('/dev/stdout', 'wb')\nbuf[:] = b'....'\n"
    for expression, text, value in WRITE:
        if value.isdigit() and b"\n" not in text and "stdout" in expression:
            written += text + value.encode() + b"|"
            program += f"raw.write(str({expression.replace('sys.stdout.buffer', 'raw')}) + '|')\n"
    done = subprocess.run([*micropython.command, "-c", program], capture_output=True, timeout=60)
    assert done.stdout == written and written.count(b"|") > 9


def test_polling(play):
    expressions, typed, values = zip(*POLLED, strict=True)
    assert answers(play, expressions, typed) == [(b"", value) for value in values]


def test_reading_goes_on_where_it_stopped(play):
    program = """
import sys
with sys.stdin as stdin:
    for line in stdin:
        print(repr(line + stdin.read(2)), sys.stdin.buffer.readline())
        break
"""
    assert play(program, 2.0, requests=[(1.0, b"one\rtwo\n")]).lines == ["'one\\ntw' b'o\\n'"]


def test_a_port_has_no_end(play):
    for call in ("read()", "read(-1)", "readlines()"):
        program = f"import sys\ntry:\n    sys.stdin.{call}\nexcept KeyboardInterrupt:\n    print('never')\n"
        assert play(program, 4.0, requests=[(1.0, b"a\rb\n"), (2.0, b"\x03")]).lines == ["never"]


def test_input_takes_a_line_that_was_corrected(play):
    result = play("print(repr(input('name? ')))\n", 3.0, requests=[(1.0, b"Ab\x7fda\r")])
    assert result.lines == ["name? Ab\b\x1b[Kda", "'Ada'"]


def test_input_ends_with_the_keys_that_end_it(play):
    program = "try:\n    input()\nexcept (EOFError, KeyboardInterrupt) as error:\n    print(type(error).__name__)\n"
    for key, name in ((b"\x04", "EOFError"), (b"a\x03", "KeyboardInterrupt")):
        assert name in play(program, 3.0, requests=[(1.0, key)]).lines[-1]
