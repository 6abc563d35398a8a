"""Each reason not to trust a session's numbers has its sentence, in show, in its JSON and in the report."""

import json
import re

import pytest
from rich.console import Console

from dermaroller import report
from dermaroller.session import Session
from dermaroller.show import session_view
from dermaroller.summary import summary
from roller import records

from .logs import LogBuilder, whole_log


def counted(**counters):
    return LogBuilder().stroke().footer(counters={"late_callbacks": 12, "gaps": 3, **counters})


def alerted(kind):
    return LogBuilder().stroke().record(records.ALERT, 100, records.number_of(records.ALERT_KINDS, kind), 1200).footer()


def damaged():
    log = whole_log()
    log.blocks[2] = bytes(len(log.blocks[2]))
    return log


def headless():
    log = whole_log()
    del log.blocks[0]
    return log


def recovered():
    """A log without a footer, whose counters were recorded on the way."""
    return LogBuilder().stroke().record(records.COUNTERS, 900, 2, 0, 0, 0, 0, 0)


def long_gap():
    return LogBuilder().record(records.GAP, 1000, 600, 0).stroke(2000).footer(duration_ms=10000)


DOUBTS = {
    "illegal transitions": (counted(illegal_transitions=3), "The encoder made an impossible step 3 times: counts may"),
    "edge rate, counted": (counted(edge_rate_warnings=1), "The drum turned faster than its counter .*, 1 time: counts"),
    "edge rate, alerted": (alerted("edge_rate"), "The drum turned faster than its counter .*, 1 time: counts may"),
    "ring overflow": (counted(ring_overflow=40), "Samples were lost before they were judged, 40 times: forces and"),
    "ring overflow on the way": (recovered(), "Samples were lost before they were judged, 2 times"),
    "callback errors": (counted(callback_errors=1), "Sampling failed 1 time: samples are missing"),
    "sensor faults": (counted(sensor_faults=2), "The force sensor was out of range 2 times: what was rolled meanwhile"),
    "a fault, alerted": (alerted("fault"), "The force sensor was out of range 1 time"),
    "lost bytes": (counted(log_lost_bytes=500), "Flash had no room for 500 bytes or refused them"),
    "tare at its bound": (alerted("tare_drift"), "The force sensor's zero drifted to the bound"),
    "gaps": (long_gap(), "Only 94.0 % of the session was captured"),
    "damage": (damaged(), "The log is damaged: at least 1 block and 1?[0-9]{2} bytes are lost"),
    "no header": (headless(), "The log's beginning is lost: its head is taken for the reference head"),
    "not closed": (LogBuilder().stroke(), "The session was not closed: its end is missing"),
    "power loss": (LogBuilder().stroke().footer(end="power_loss"), "The power failed: up to five seconds before it"),
    "a footer that disagrees": (LogBuilder().stroke().footer(passes=7), "The log's totals do not agree with what it"),
    "a wrong digest": (LogBuilder().stroke().footer(sha256="0"), "The log's totals do not agree"),
}


def shown(totals):
    console = Console(width=200, record=True, file=open("/dev/null", "w"))
    console.print(session_view(totals))
    return console.export_text()


@pytest.mark.slow
@pytest.mark.parametrize("name", DOUBTS)
def test_each_doubt_is_told_everywhere(name):
    log, sentence = DOUBTS[name]
    session = Session.parse(log.data())
    totals = summary(session)
    assert totals.trusted is False
    (told,) = [doubt for doubt in totals.doubts if re.match(sentence, doubt)]
    assert f"• {told}" in shown(totals)
    page = report.render(session)
    warning, quality = page.index("These numbers are not to be trusted as they stand."), page.index("Captured ")
    assert warning < page.index("passes") < quality < page.index(told.replace("'", "&#39;"))
    assert "These numbers are not to be trusted as they stand. Captured" in shown(totals)


def test_a_whole_session_is_trusted_though_flash_stalls_made_callbacks_late():
    log = counted()
    totals = summary(Session.parse(log.data()))
    assert (totals.trusted, totals.doubts) == (True, ())
    assert totals.counters == {"late_callbacks": 12, "gaps": 3}
    text = shown(totals)
    assert "Captured 100.00 %" in text and "not to be trusted" not in text
    assert "Counted: gaps 3, late callbacks 12." in text
    assert "late callbacks 12" in report.render(Session.parse(log.data()))


def test_show_json_has_the_keys(command, tmp_path):
    path = tmp_path / "1.drl"
    path.write_bytes(counted(illegal_transitions=3).data())
    (session,) = json.loads(command("show", path, "--json")[1])["sessions"]
    assert session["trusted"] is False and len(session["doubts"]) == 1
