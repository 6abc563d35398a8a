"""The page of a session: what it says, what it never says, and that it needs nothing from elsewhere."""

import re
import xml.etree.ElementTree

import pytest

from dermaroller.report import render
from dermaroller.session import Session
from dermaroller.sim.example import FACE

from .logs import ZONES, LogBuilder, whole_log


def page_of(log):
    return render(Session.parse(log.data(), "x.drl"))


FREE = [{"name": "free", "area_mm2": None, "target_per_cm2_x10": None}]
SESSIONS = {
    "usual": whole_log(plan=FACE.plan.fields, utc_s=1700000000),
    "without plan": LogBuilder(zones=FREE, plan=None, head={}).stroke().footer(),
    "without contact": LogBuilder().footer("idle", duration_ms=300_000),
    "without footer": LogBuilder().stroke(),
    "without time": LogBuilder().footer(duration_ms=0),
    "of three hours": LogBuilder().stroke().stroke(10_000_000, 400, duration_ms=60_000).footer(),
    "ended in a way of the future": LogBuilder().stroke().footer("boredom"),
    "in another script": LogBuilder(zones=[{**ZONES[0], "name": "額 <b>$x^2$"}]).stroke().footer(),
}


@pytest.mark.parametrize("log", SESSIONS.values(), ids=SESSIONS.keys())
def test_every_session_gets_a_page_that_stands_alone(log):
    page = page_of(log)
    outside = [url for url in re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)""", page) if url[0] != "#"]
    assert outside == []
    assert "<script" not in page
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.S).lower()
    assert "Not a medical device" in page
    for svg in re.findall(r"<svg.*?</svg>", page, flags=re.S):
        xml.etree.ElementTree.fromstring(svg)


def test_who_what_and_how_much():
    page = page_of(SESSIONS["usual"])
    for text in (
        "P-0042",
        "2023-11-14 22:13 UTC",
        "ended by the button",
        "hyaluronic acid 1 %, lot H-2291",
        "A1: 192 needles of 1.5 mm",
        "300 punctures per cm²",
        "27 to 31",
        "13 to 15 %",
        "too hard",
        "3 of 4 strokes count as passes",
        "Captured 99.47 %",
        "writing to flash 1 × (0.04 s in all)",
    ):
        assert text in page, text


def test_a_simulated_session_says_so_and_a_real_one_does_not():
    assert ">simulated<" in page_of(whole_log(board="virtual"))
    assert "simulated" not in page_of(whole_log(board="esp32_devkitc"))


def test_a_damaged_log_is_marked_on_top():
    log = whole_log()
    del log.blocks[2]
    page = page_of(log)
    assert page.index("This log is incomplete") < page.index("<h1>")
    assert "Lost between its blocks: at least 1 block, 0 bytes" in page
    assert "incomplete" not in page_of(whole_log())


def test_names_are_text_not_markup():
    page = page_of(SESSIONS["in another script"])
    assert "額 &lt;b&gt;$x^2$" in page
    assert "<b>$x^2$" not in page


def test_no_depth_is_claimed():
    text = re.sub(r"<[^>]+>", " ", page_of(SESSIONS["usual"]))
    assert "how deep the needles went is not known" in text
    assert not re.search(r"depth of \d|\d (mm|µm) deep", text)


def test_the_same_session_gives_the_same_page():
    assert page_of(SESSIONS["usual"]) == page_of(SESSIONS["usual"])
