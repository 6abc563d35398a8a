"""The page of a session: what it says, what it never says, and that it needs nothing from elsewhere."""

import re
import xml.etree.ElementTree
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dermaroller import bullets, pages
from dermaroller.analysis.summary_parts import ZoneSummary
from dermaroller.errors import UsageError
from dermaroller.report import printed, render
from dermaroller.session import Session
from dermaroller.sim.example import FACE
from dermaroller.summary import summary
from roller import records

from .logs import ZONES, LogBuilder, whole_log

PLAN = Path(__file__).parents[1] / "data" / "golden" / "format1-plan.drl"


def page_of(log):
    return render(Session.parse(log.data(), "x.drl"))


FREE = [{"name": "free", "area_mm2": None, "target_per_cm2_x10": None}]
SESSIONS = {
    "usual": whole_log(plan=FACE.plan.as_json(), utc_s=1700000000),
    "without plan": LogBuilder(zones=FREE, plan=None, head={}).stroke().footer(),
    "without contact": LogBuilder().footer("idle", duration_ms=300_000),
    "without footer": LogBuilder().stroke(),
    "without time": LogBuilder().footer(duration_ms=0),
    "of three hours": LogBuilder().stroke().stroke(10_000_000, 400, duration_ms=60_000).footer(),
    "ended in a way of the future": LogBuilder().stroke().footer("boredom"),
    "in another script": LogBuilder(zones=[{**ZONES[0], "name": "額 <b>$x^2$"}]).stroke().footer(),
}


@pytest.mark.slow
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
        "11 to 14 %",  # of the target, by those made with enough force
        "too hard",
        "3 of 4 strokes count as passes",
        "Captured 99.47 %",
        "writing to flash 1 time (0.04 s in all)",
    ):
        assert text in page, text


@pytest.mark.slow
def test_a_simulated_session_says_so_and_a_real_one_does_not():
    assert ">simulated<" in page_of(whole_log(board="virtual"))
    assert "simulated" not in page_of(whole_log(board="esp32_devkitc"))


@pytest.mark.slow
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


@pytest.mark.slow
def test_the_same_session_gives_the_same_page():
    assert page_of(SESSIONS["usual"]) == page_of(SESSIONS["usual"])


VOID = {"meta", "br", "link"}


class Nesting(HTMLParser):
    """Whether every element that is opened is closed, in turn."""

    def __init__(self, page):
        super().__init__()
        self.open, self.faults = [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append((tag, self.getpos()))


@pytest.mark.slow
@pytest.mark.parametrize("log", SESSIONS.values(), ids=SESSIONS.keys())
def test_every_page_is_well_formed(log):
    nesting = Nesting(page_of(log))
    assert nesting.faults == []
    assert nesting.open == []


@pytest.mark.slow
@pytest.mark.parametrize("data", [PLAN.read_bytes(), whole_log().data()], ids=["of a board", "built"])
def test_the_numbers_of_the_page_are_those_of_the_summary(data):
    session = Session.parse(data)
    totals = summary(session).as_json()
    told = printed(session)
    for row, zone in zip(told["zones"], totals["zones"], strict=True):
        assert number_of(row["density"]) == round(zone["density_per_cm2"], 1)
        assert number_of(row["punctures"]) == round(zone["punctures"])
        assert (row["passes"], row["target"]) == (f"{zone['passes']}", f"{zone['target_density_per_cm2']:.0f}")
        low, high = (number_of(text) for text in row["band"].split(" to "))
        assert low == pytest.approx(zone["density_low_per_cm2"], abs=0.5)
        assert high == pytest.approx(zone["density_high_per_cm2"], abs=0.5)
    passes, punctures, effective, path, _ = (total["value"] for total in told["totals"])
    assert (number_of(passes), number_of(punctures)) == (totals["passes"], round(totals["punctures"]))
    assert number_of(effective) == round(totals["effective_punctures"])
    assert number_of(path.split(" to ")[0]) == round(totals["path_mm"] / 1000, 2)
    page = render(session)
    for text in (passes, punctures, effective, path, *(row["band"] for row in told["zones"])):
        assert text in page


def test_shares_of_force_and_of_direction_are_of_all_there_is():
    told = printed(Session.read(PLAN))
    assert sum(number_of(part["share"].rstrip(" %")) for part in told["force"]) == pytest.approx(100, abs=0.11)
    assert sum(number_of(row["share"].rstrip(" %")) for row in told["balance"]) == pytest.approx(100, abs=1)
    assert sum(number_of(row["strokes"]) for row in told["balance"]) == len(summary(Session.read(PLAN)).strokes)


def test_a_bar_ends_where_its_band_does():
    zone = ZoneSummary("cheek", 10.0, 1, 1500.0, 150.0, 100.0, 150.0, 200.0, 1500.0, 150.0, 100.0)
    drawn = bullets.bar(zone, 300.0, 400.0)
    widths = [float(width) for width in re.findall(r'x="0.00" y="3" width="([\d.]+)"', drawn)]
    assert [width / bullets.WIDTH * 400 for width in widths] == [400, 150, 100]
    assert f'x="{bullets.WIDTH / 2 - 1.25:.2f}"' in drawn, "the target's line, at 200 of 400"
    assert f"M{bullets.WIDTH * 0.75:.1f} 0V" in drawn, "the limit's line, at 300 of 400"


@pytest.mark.parametrize("end", [0.3, 1.0, 15.28, 318.0, 999.0, 2470.0])
def test_the_scale_has_a_handful_of_marks_within_it(end):
    marks = [float(text) for text in re.findall(r">([\d.]+)</text>", bullets.scale(end))]
    assert 4 <= len(marks) <= 8
    assert marks[0] == 0
    assert marks[-1] <= end


@pytest.mark.slow
def test_what_goes_beyond_the_limit_is_said_in_words():
    zone = [{"name": "forehead", "area_mm2": 200, "target_per_cm2_x10": 2000}]
    for counts, words in ((98, ""), (110, "perhaps over the limit"), (200, "over the limit")):
        log = LogBuilder(zones=zone, plan=FACE.plan.as_json()).stroke(counts=counts).footer()
        (row,) = printed(parsed(log))["zones"]
        assert row["over"] == words


def test_a_band_goes_with_every_path_and_covered_area():
    log = LogBuilder(zones=FREE, plan=None).stroke(counts=96)
    log.record(records.STRIP, 2000, 96, 1, 96)
    told = printed(parsed(log.footer()))
    assert told["totals"][3]["value"] == "0.19 to 0.22 m"
    assert told["balance"][0]["path"] == "0.19 to 0.22"
    assert re.match(r"At most 37\.7 to 43\.4 cm² covered, at 13\.3 to 15\.3 punctures per cm²", told["covered"]["text"])


@pytest.mark.slow
def test_every_alert_and_gap_of_the_format_has_words():
    kinds, reasons = records.ALERT_KINDS.split(), records.GAP_REASONS.split()
    log = LogBuilder().stroke()
    for i in range(len(kinds)):
        log.record(records.ALERT, 2100 + i, i, 0)
    for i in range(len(reasons)):
        log.record(records.GAP, 2200 + 100 * i, 50, i)
    told = printed(parsed(log.footer()))
    assert len(told["alerts"]) == len(kinds) - 2, "a confirmed head and an interval that was over are no alerts"
    assert not any(alert["what"] in [kind.replace("_", " ") for kind in kinds] for alert in told["alerts"])
    assert told["details"][-1].count("(0.05 s in all)") == len(reasons)
    assert not re.search(r"ring_overflow|hardware counts on", told["details"][-1])


def test_alerts_say_when_and_how_much():
    log = LogBuilder().stroke()
    for i in range(9):
        log.record(records.ALERT, 60_000 * (i + 1), records.number_of(records.ALERT_KINDS, "too_hard"), 6100 + 100 * i)
    log.record(records.ALERT, 700_000, records.number_of(records.ALERT_KINDS, "zone_done"), 1)
    hard, done = printed(parsed(log.footer()))["alerts"]
    assert hard == {"what": "Pressed too hard, up to 6.90 N", "when": "1:00, 2:00, 3:00, 4:00, 5:00, 6:00 and 3 more"}
    assert done == {"what": "Target reached", "when": "11:40 (zone 2)"}


@pytest.mark.slow
def test_the_start_says_how_surely_it_is_known():
    known = printed(parsed(whole_log(utc_s=1700000000)))
    assert known["started"] == "Started 2023-11-14 22:13 UTC, ± 1 s by the device's clock"
    assert known["details"][-1].endswith("Clock: ± 1 s.")
    assert printed(parsed(whole_log()))["started"] == "Start not known: the clock was never set"


@pytest.mark.parametrize(
    "duration_ms, words", [(900, "1 s"), (75_200, "1 min 15 s"), (600_000, "10 min 0 s"), (10_925_000, "3 h 2 min 5 s")]
)
def test_a_duration_is_told_with_its_units(duration_ms, words):
    page = page_of(LogBuilder().footer(duration_ms=duration_ms))
    assert re.search(rf"Lasted {words}, ended by the button", page)


@pytest.mark.slow
def test_the_calibration_is_dated():
    held = {"sequence": 3, "utc_s": 1700000000}
    for calibration, words in (
        (held, "Force calibration: number 3, 2023-11-14."),
        ({**held, "utc_s": None}, "Force calibration: number 3, date not known."),
        ({"sequence": 0}, "Force calibration: none; the board's nominal values are used."),
        (None, "Force calibration: not in the log."),
    ):
        assert words in printed(parsed(whole_log(calibration=calibration)))["details"][-1]


def test_no_drawing_holds_a_name():
    told = printed(parsed(LogBuilder(zones=[{**ZONES[0], "name": "額頭"}, ZONES[1]]).stroke().stroke(3000, zone=1)))
    drawings = told["timeline"] + told["histogram"] + told["scale"] + told["zones"][0]["bar"]
    assert "額頭" not in drawings
    assert "cheek" not in drawings


def test_control_characters_do_not_reach_the_page():
    page = page_of(LogBuilder(zones=[{**ZONES[0], "name": "left\x01\x85cheek"}]).stroke().footer())
    assert "left\ufffd\ufffdcheek" in page


def test_a_page_is_whole_under_its_name_or_not_there(tmp_path):
    (tmp_path / "folder.html").mkdir()
    for path in (tmp_path / "folder.html", tmp_path / "none" / "page.html", tmp_path / "folder.html" / ".."):
        with pytest.raises(UsageError, match="Choose another place with --out"):
            pages.write(path, "page")
    assert pages.write(tmp_path / "page.html", "额").read_bytes() == "额".encode()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder.html", "page.html"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "header",
    [
        {"calibration": [1]},
        {"calibration": {"sequence": 1, "utc_s": 10**12}},
        {"settings": {"contact_on_mn": None, "pass_min_um": None}},
        {"force": {"low_mn": None, "high_mn": None}},
        {"head": {"id": "A1", "needles": 192, "needle_length_um": None}},
        {"plan": {"limits": {"max_density_per_cm2_x10": None}, "serum": None}},
    ],
    ids=str,
)
def test_a_header_with_holes_gets_its_page(header):
    assert "3 of 4 strokes count as passes" in page_of(whole_log(**header))


def parsed(log):
    return Session.parse(log.data(), "x.drl")


def number_of(text):
    return float(text.replace(",", ""))
