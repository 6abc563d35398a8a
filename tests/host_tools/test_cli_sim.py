"""`sim run` and `sim serve` as a user types them, with the unmodified firmware on a real MicroPython."""

import json
import os
import socket
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("micropython")

HAND = Path(__file__).parents[1] / "data" / "hand_01.csv"
KEYS = ["sessions", "led", "files", "counters"]


def clean_strokes(path, n, length_mm=100.0, force_n=2.0, event=""):
    """A trace of n strokes to and fro, lifted in between, at 100 mm/s."""
    rows, t_s, here_mm = ["t_s,position_mm,force_n,event", "0,0,0,"], 1.0, 0.0
    for i in range(n):
        there_mm = length_mm if i % 2 == 0 else 0.0
        rows += [f"{t_s},{here_mm},0,", f"{t_s + 0.05},{here_mm},{force_n},"]
        rows += [f"{t_s + 1.05},{there_mm},{force_n},", f"{t_s + 1.1},{there_mm},0,"]
        t_s, here_mm = t_s + 1.6, there_mm
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.mark.slow
def test_the_recorded_hand(command):
    """5 passes and 1,196 punctures were counted on the trace itself."""
    code, out, err = command("sim", "run", HAND, "--json")
    assert (code, err) == (0, "")
    result = json.loads(out)
    assert list(result) == KEYS
    (session,) = result["sessions"]
    assert session["passes"] == 5
    assert session["punctures"] == pytest.approx(1196, rel=0.03)
    assert result["files"] == ["00001.drl"]
    assert {"rolling", "pass_counted", "ready"} <= {entry["state"] for entry in result["led"]}
    assert command("sim", "run", HAND, "--json")[1] == out
    assert command("sim", "run", HAND, "--json", "--seed", "3")[1] != out


@pytest.mark.slow
def test_fifteen_clean_strokes_reach_the_known_density(command, tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text('subject = "P-1"\n[[zone]]\nname = "a"\narea_cm2 = 20\ntarget_density_per_cm2 = 400\n')
    trace = clean_strokes(tmp_path / "strokes.csv", 15)
    out = command("sim", "run", trace, "--plan", plan, "--json", "--out", tmp_path / "logs")[1]
    (session,) = json.loads(out)["sessions"]
    assert session["passes"] == 15
    assert session["zones"][0]["density_per_cm2"] == pytest.approx(229.2, rel=0.02)
    (path,) = json.loads(out)["files"]
    assert json.loads(command("show", path, "--json")[1])["sessions"] == [session]


def test_spinning_in_the_air_counts_nothing(command, tmp_path):
    trace = clean_strokes(tmp_path / "air.csv", 6, force_n=0.0)
    sessions = json.loads(command("sim", "run", trace, "--json")[1])["sessions"]
    assert sum(session["passes"] + session["punctures"] for session in sessions) == 0


def test_text_for_people(command, tmp_path):
    code, out, _ = command("sim", "run", HAND, "--out", tmp_path)
    assert code == 0
    assert "Session 1" in out and "simulated" in out and "Counters:" in out
    assert (tmp_path / "00001.drl").exists()


@pytest.mark.slow
def test_a_flash_image_keeps_earlier_sessions(command, tmp_path):
    image = tmp_path / "flash.bin"
    for n in (1, 2):
        sessions = json.loads(command("sim", "run", HAND, "--flash", image, "--json")[1])["sessions"]
        assert [session["id"] for session in sessions] == list(range(1, n + 1))


BAD_TRACES = {
    "empty": b"",
    "a picture": b"\x89PNG\xff\xfe\x00",
    "wrong columns": b"time,x,f\n0,0,0\n",
    "time backwards": b"t_s,position_mm,force_n\n0,0,0\n2,0,0\n1,0,0\n",
    "not a number": b"t_s,position_mm,force_n\n0,0,0\n1,nan,0\n",
}


@pytest.mark.parametrize("content", BAD_TRACES.values(), ids=BAD_TRACES.keys())
def test_a_bad_trace_is_one_sentence_and_exit_code_10(command, tmp_path, content):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    code, out, err = command("sim", "run", path)
    assert (code, out) == (10, "")
    assert str(path) in err and err.count("\n") == 1


def test_a_missing_trace_and_a_bad_plan(command, tmp_path):
    assert command("sim", "run", tmp_path / "none.csv")[0] == 10
    plan = tmp_path / "plan.toml"
    plan.write_text("subject = 3\n")
    code, _, err = command("sim", "run", HAND, "--plan", plan)
    assert code == 11
    assert f"{plan}, line 1:" in err


@pytest.mark.skipif(os.name != "posix", reason="the virtual board is served on POSIX systems only")
def test_a_place_that_cannot_be_served_is_one_sentence(command, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        for options, exit_code, sentence in (
            (["--tcp", "foo"], 2, "dermaroller: --tcp foo: give PORT or HOST:PORT"),
            (["--tcp", "203.0.113.1:0"], 2, "dermaroller: --tcp 203.0.113.1:0: cannot listen there"),
            (["--tcp", taken], 4, f"dermaroller: --tcp {taken} is in use by another program."),
            (["--tcp", "0", "--link", tmp_path / "port"], 2, "dermaroller: --link names a pseudo-terminal"),
        ):
            code, out, err = command("sim", "serve", *options)
            assert (code, out, err.count("\n")) == (exit_code, "", 1), err
            assert err.startswith(sentence)
