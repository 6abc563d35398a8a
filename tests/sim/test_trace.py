"""A good trace is read as it is; each kind of bad one is refused in one sentence that names the place."""

import numpy as np
import pytest

from dermaroller.errors import TraceError
from dermaroller.sim.events import parse_event
from dermaroller.sim.trace import read_trace

GOOD = "t_s,position_mm,force_n,event\n0,0,0,\n0.5,-1.5,2,button\n1,3,1e1\n"


def write(tmp_path, content):
    path = tmp_path / "hand.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_rows_and_events_are_read(tmp_path):
    trace = read_trace(write(tmp_path, GOOD))
    np.testing.assert_array_equal(trace.t_s, [0, 0.5, 1])
    np.testing.assert_array_equal(trace.position_mm, [0, -1.5, 3])
    np.testing.assert_array_equal(trace.force_n, [0, 2, 10])
    assert trace.events == ((0.5, "button"),)


@pytest.mark.parametrize("change", [
    lambda text: "\ufeff" + text,
    lambda text: text.replace("\n", "\r\n"),
    lambda text: text.replace("\n", "\n\n") + "\n",
    lambda text: text.replace("t_s,", " t_s , ").replace("0.5,", " 0.5 , "),
])  # fmt: skip
def test_harmless_differences_do_not_matter(tmp_path, change):
    assert read_trace(write(tmp_path, change(GOOD))).events == ((0.5, "button"),)


@pytest.mark.parametrize(("written", "event"), [
    ("button_glitch", ("button_glitch", 0)),
    ("spike", ("spike", 1)),
    ("spike 1", ("spike", 1)),
    ("spike 10000", ("spike", 10_000)),
    (" spike  12 ", ("spike", 12)),
    ("clock 1800000000", ("clock", 1_800_000_000)),
    ("clock 946684800", ("clock", 946_684_800)),
    ("clock 2020426623", ("clock", 2_020_426_623)),
])  # fmt: skip
def test_some_events_take_a_number(tmp_path, written, event):
    trace = read_trace(write(tmp_path, GOOD.replace("button", written)))
    assert trace.events == ((0.5, written.strip()),)
    assert parse_event(written, "here") == event


def test_columns_may_stand_in_any_order(tmp_path):
    trace = read_trace(write(tmp_path, "force_n,t_s,position_mm\n1,0,5\n2,1,6\n"))
    assert (trace.force_n[1], trace.t_s[1], trace.position_mm[1]) == (2, 1, 6)


def told(event):
    return f"t_s,position_mm,force_n,event\n0,0,0,{event}\n"


BAD = {
    "empty": ("", r"hand\.csv is empty: the first line must be t_s,position_mm,force_n"),
    "only a header": ("t_s,position_mm,force_n\n", "has a header but no rows"),
    "a column is missing": ("t_s,position\n0,0\n", "line 1 lacks the column position_mm .it has t_s, position."),
    "no header": ("0,0,0\n1,1,1\n", "line 1 lacks the column t_s"),
    "an unknown column": ("t_s,position_mm,force_n,speed\n0,0,0,0\n", "line 1 has an unknown column 'speed'"),
    "a column twice": ("t_s,position_mm,force_n,t_s\n0,0,0,0\n", "line 1 names a column twice"),
    "a cell is missing": ("t_s,position_mm,force_n\n0,0,0\n1,1\n", "line 3 has 2 cells instead of 3"),
    "a cell too many": ("t_s,position_mm,force_n\n0,0,0,5\n", "line 2 has 4 cells instead of 3"),
    "an empty cell": ("t_s,position_mm,force_n\n0,,0\n", "line 2: position_mm is '', not a finite number"),
    "a word": ("t_s,position_mm,force_n\n0,0,0\n1,x,0\n", "line 3: position_mm is 'x', not a finite number"),
    "nan": ("t_s,position_mm,force_n\n0,0,nan\n", "line 2: force_n is 'nan', not a finite number"),
    "infinity": ("t_s,position_mm,force_n\n0,0,0\ninf,0,0\n", "line 3: t_s is 'inf', not a finite number"),
    "time stands still": ("t_s,position_mm,force_n\n0,0,0\n1,0,0\n1,0,0\n", "line 4: t_s is 1 after 1: times must"),
    "time goes back": ("t_s,position_mm,force_n\n0,0,0\n1,0,0\n0.9,0,0\n", "line 4: t_s is 0.9 after 1: times"),
    "a jump": ("t_s,position_mm,force_n\n0,0,0\n0.01,900,0\n", "line 3: position_mm jumps from 0 to 900 in 0.01 s"),
    "milliseconds": ("t_s,position_mm,force_n\n0,0,0\n90000000,0,0\n", "more than a day: check that t_s is in seconds"),
    "an unknown event": ("t_s,position_mm,force_n,event\n0,0,0,jump\n", "line 2 has an unknown event 'jump': use"),
    "a number of no event": (told("jump 5"), "line 2 has an unknown event 'jump 5': use one of button, "),
    "known events are named": (told("x"), r"'x': use .* spike \[READINGS\], .* phase_ok, .* clock UNIX_S, or leave"),
    "a number too many": (told("frozen 1"), "line 2 has the event 'frozen 1', but frozen takes no number"),
    "no time": (told("clock"), "line 2 has the event 'clock': write clock UNIX_S, with a whole number from 946"),
    "a time in words": (told("clock soon"), "line 2 has the event 'clock soon': write clock UNIX_S, with a wh"),
    "a time in parts": (told("clock 1.8e9"), "line 2 has the event 'clock 1.8e9': write clock UNIX_S"),
    "a time with a sign": (told("clock +1800000000"), r"line 2 has the event 'clock \+1800000000': write clock"),
    "two times": (told("clock 1800000000 7"), "line 2 has the event 'clock 1800000000 7': write clock UNIX_S"),
    "a time before 2000": (told("clock 946684799"), "whole number from 946684800 to 2020426623 for UNIX_S"),
    "a time too late": (told("clock 2020426624"), "whole number from 946684800 to 2020426623 for UNIX_S"),
    "no readings": (told("spike 0"), r"'spike 0': write spike \[READINGS\], with a whole number from 1 to 10000"),
    "too many readings": (told("spike 10001"), "whole number from 1 to 10000 for READINGS"),
    "other digits": (told("spike ٣"), "line 2 has the event 'spike ٣': write spike"),
    "an unclosed quote": ('t_s,position_mm,force_n\n0,0,"0\n', "is not CSV"),
    "not text": (b"\x89PNG\r\n\x1a\n\xff\xfe", "is not a text file"),
    "semicolons": ("t_s;position_mm;force_n\n0;0;0\n", "line 1 lacks the column t_s"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_trace_is_refused(tmp_path, name):
    content, message = BAD[name]
    with pytest.raises(TraceError, match=message) as refused:
        read_trace(write(tmp_path, content))
    assert refused.value.exit_code == 10
    assert "hand.csv" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(TraceError, match=r"nowhere\.csv cannot be read \(No such file or directory\): name a CSV file"):
        read_trace(tmp_path / "nowhere.csv")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(TraceError, match="cannot be read"):
        read_trace(tmp_path)
