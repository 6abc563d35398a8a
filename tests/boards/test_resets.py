"""What a reset, a power cut and a deep sleep leave behind."""


def test_a_power_cut_in_the_trace_ends_the_boot_at_once(play, moving):
    program = """
import machine, time
print("boot", machine.reset_cause())
while True:
    time.sleep_ms(100)
"""
    trace = moving((0, 0, 0), (5, 0, 0), events=((2.0, "power_cut"),))
    result = play(program, trace)
    assert result.lines == ["boot 1", "boot 1"]
    assert result.exits == ["power_cut", "end"]
    boots_s = [t_s for t_s, data in result.console_chunks if b"boot" in data]
    assert boots_s[0] < 0.1 and 3.0 <= boots_s[1] < 3.1


def test_the_hand_goes_on_while_the_board_is_dark(play, moving):
    program = """
import machine, time
time.sleep_ms(10)
print(machine.Pin(27, machine.Pin.IN, machine.Pin.PULL_UP).value(), machine.ADC(34).read_u16() > 20000)
time.sleep(10)
"""
    trace = moving((0, 0, 0), (1.9, 0, 0), (2.5, 0, 5), (9, 0, 5), events=((1.5, "power_cut"), (1.6, "button_long")))
    assert play(program, trace).lines == ["1 False", "0 True"]


def test_resets_keep_the_clock_and_the_rtc_memory_and_power_cuts_do_not(play, moving):
    program = """
import machine, time
rtc = machine.RTC()
cause = machine.reset_cause()
print(cause, rtc.memory(), time.time() >= 848_000_000)
if not rtc.memory():
    rtc.datetime((2026, 11, 22, 0, 12, 0, 0, 0))
    rtc.memory(b"kept")
    machine.reset()
if cause == machine.HARD_RESET:
    machine.soft_reset()
if cause == machine.SOFT_RESET:
    print(time.gmtime()[:5])
    rtc.memory(b"deep")
    machine.deepsleep(500)
time.sleep(60)
"""
    trace = moving((0, 0, 0), (9, 0, 0), events=((7.0, "power_cut"),))
    result = play(program, trace)
    assert result.lines == [
        "1 b'' False",
        "2 b'kept' True",
        "MPY: soft reboot",
        "5 b'kept' True",
        "(2026, 11, 22, 12, 0)",
        "4 b'deep' True",
        "1 b'' False",
        "2 b'kept' True",
        "MPY: soft reboot",
        "5 b'kept' True",
        "(2026, 11, 22, 12, 0)",
        "4 b'deep' True",
    ]
    assert result.exits == [
        "reset", "soft_reset", "deepsleep", "power_cut", "reset", "soft_reset", "deepsleep", "end",
    ]  # fmt: skip


def test_a_pin_wakes_from_sleep(play, moving):
    program = """
import esp32, machine, time
button = machine.Pin(27, machine.Pin.IN, machine.Pin.PULL_UP)
esp32.wake_on_ext0(button, esp32.WAKEUP_ALL_LOW)
start = time.ticks_ms()
machine.lightsleep(10_000)
print(time.ticks_diff(time.ticks_ms(), start) // 100, machine.wake_reason() == machine.EXT0_WAKE)
machine.lightsleep(100)
"""
    trace = moving((0, 0, 0), (5, 0, 0), events=((2.0, "button"),))
    assert play(program, trace).lines[0] in ("19 True", "20 True")


def test_the_end_of_main_leads_to_the_prompt(play):
    result = play("answer = 42\n")
    text = result.console.decode()
    assert text.startswith("MicroPython v") and text.endswith(">>> ")


def test_an_uncaught_exception_is_shown_as_the_chip_shows_it(play):
    result = play("def f():\n    return 1 // 0\n\nf()\n")
    assert result.lines[:4] == [
        "Traceback (most recent call last):",
        '  File "main.py", line 4, in <module>',
        '  File "main.py", line 2, in f',
        "ZeroDivisionError: divide by zero",
    ]


def test_an_application_in_the_flash_runs_alone(play):
    lines = play("""
import sys
print(sys.path, sys.platform)
for name in ("board", "hal", "roller"):
    try:
        __import__(name)
    except ImportError as error:
        print(error)
""").lines
    assert lines == ["['', '/lib'] esp32", *(f"no module named '{name}'" for name in ("board", "hal", "roller"))]


def test_boot_py_runs_before_main_py(play, tmp_path):
    from dermaroller.sim import image

    path = tmp_path / "flash.bin"
    image.make_image(path)
    image.put_file(path, "/boot.py", b"print('boot')\n")
    assert play("print('main', __name__)\n").lines == ["boot", "main __main__"]
