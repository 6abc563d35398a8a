"""EDF+ files, read by edfio, give the numbers of `show --json`; what 16 bits hold is what the log held."""

import datetime
from urllib.parse import unquote

import edfio
import numpy as np
import pytest

from dermaroller.errors import UsageError
from dermaroller.export import edf_signals, tables
from dermaroller.export.edf_signals import header_code, sample_slots
from dermaroller.session import Session
from roller import records, series

from ..golden import CASES
from ..logs import LogBuilder
from . import sessions


def read(session):
    (made,) = edf_signals.exports(session, "s")
    assert made.name == "s.edf"
    assert made.content[:8] == b"0       "
    return edfio.read_edf(made.content)


def signals(edf):
    return {signal.label: signal for signal in edf.signals}


def check(session):
    """Hold the file against the log, and against what `show --json` prints."""
    edf, samples = read(session), session.samples
    found = signals(edf)
    in_contact = found["Contact"].digital == 1
    assert in_contact.sum() == len(samples.t_s)
    assert found["Force"].data[in_contact] == pytest.approx(samples.force_n, abs=1e-9)
    assert found["Counts"].data[in_contact].tolist() == samples.counts.tolist()
    assert found["Speed"].data[in_contact] == pytest.approx(tables.speeds_mm_s(session), abs=0.051)
    assert [(signal.physical_dimension, signal.sampling_frequency) for signal in edf.signals] == [
        ("N", 100), ("mm/s", 100), ("", 100), ("", 100),
    ]  # fmt: skip
    for signal in edf.signals:
        assert not signal.digital[~in_contact].any()
    check_annotations(session, edf)


def check_annotations(session, edf):
    told = session.summary().as_json()
    rows = [(note.onset, note.duration, note.text) for note in edf.annotations]
    strokes = [row for row in rows if row[2].startswith(("pass ", "stroke "))]
    assert [(row[0], row[0] + row[1]) for row in strokes] == [
        (stroke["start_s"], pytest.approx(stroke["end_s"]))
        for stroke in sorted(told["strokes"], key=lambda s: s["start_s"])
    ]
    if session.footer is None or not session.damage:
        assert sum(row[2].startswith("pass ") for row in rows) == told["passes"]
    for alert in told["alerts"]:
        assert (alert["t_s"], None, f"alert: {alert['kind']} {alert['value']}") in rows
    for gap in told["gaps"]:
        length = pytest.approx(gap["end_s"] - gap["start_s"])
        assert (gap["start_s"], length, f"gap: {gap['reason']}") in rows
    for doubt in told["doubts"]:
        assert (0.0, None, f"doubt: {doubt}") in rows
    assert (told["duration_s"], None, f"end of session: {told['end'] or 'not closed'}") in rows
    assert ((0.0, None, "simulated") in rows) == (told["board"] == "virtual")


@pytest.mark.parametrize("name", sessions.ALL)
def test_edf_gives_the_numbers_of_show(name):
    check(Session.parse(sessions.ALL[name]))


@pytest.mark.slow
def test_edf_of_a_session_from_the_virtual_board(micropython):
    session = Session.parse(CASES["plan"]().files["00001.drl"])
    check(session)
    edf = read(session)
    assert edf.duration == np.ceil(session.duration_s)
    assert edf.startdatetime == datetime.datetime(2025, 12, 31, 23, 59, 55)


def test_no_force_and_no_count_that_a_log_can_hold_is_changed():
    limit = series.FORCE_LIMIT
    steps = np.arange(-limit, limit + 1)
    file = edfio.Edf(
        [edf_signals._signal("Force", "N", steps.astype(np.int16), limit, limit * records.FORCE_STEP_MN / 1000)],
        data_record_duration=len(steps) / 100,
    )
    assert file.signals[0].data == pytest.approx(steps * 0.01, abs=1e-9)
    assert np.rint(file.signals[0].data * 100).astype(int).tolist() == steps.tolist()


def test_a_speed_beyond_any_hand_is_told_more_coarsely_but_told():
    session = Session.parse(LogBuilder().stroke(counts=9000, duration_ms=500).footer().data())
    fastest = np.abs(tables.speeds_mm_s(session)).max()
    assert fastest > 3276.7
    assert signals(read(session))["Speed"].data.max() == pytest.approx(fastest, rel=0.001)


def test_contacts_stand_at_the_nearest_hundredth_and_keep_their_order():
    t_ms = np.concatenate([start + 10 * np.arange(3) for start in (4, 36, 69, 96, 1000)])
    slots = sample_slots(t_ms)
    assert np.abs(slots * 10 - t_ms).max() <= 10
    assert (np.diff(slots) >= 1).all()
    assert sample_slots(np.array([1004, 1014, 1024])).tolist() == [100, 101, 102]


def by_hand(content):
    """(records, seconds a record, {label: physical values}) as the format's specification has it, without edfio."""
    head, n = content[:256], int(content[252:256])
    fields, at = {}, 256
    for name, width in (
        ("label", 16),
        ("", 80),
        ("unit", 8),
        ("low", 8),
        ("high", 8),
        ("min", 8),
        ("max", 8),
        ("", 80),
    ):
        fields[name] = [content[at + i * width : at + (i + 1) * width].decode("ascii").strip() for i in range(n)]
        at += n * width
    sizes = [int(content[at + i * 8 : at + i * 8 + 8]) for i in range(n)]
    rows = np.frombuffer(content[int(head[184:192]) :], "<i2").reshape(int(head[236:244]), sum(sizes))
    values = {}
    for i, label in enumerate(fields["label"]):
        low, high, least, most = (float(fields[key][i]) for key in ("low", "high", "min", "max"))
        digital = rows[:, sum(sizes[:i]) : sum(sizes[: i + 1])].ravel()
        values[label] = (digital - least) / (most - least) * (high - low) + low
    return len(rows), float(head[244:252]), values


@pytest.mark.parametrize("name", ["golden-plan", "named", "touching", "nothing", "flipped"])
def test_a_reader_written_by_hand_finds_the_same(name):
    session = Session.parse(sessions.ALL[name])
    (made,) = edf_signals.exports(session, "s")
    n, seconds, values = by_hand(made.content)
    assert (n, seconds) == (max(1, np.ceil(session.duration_s)), 1)
    in_contact = values["Contact"] > 0.5
    assert values["Force"][in_contact] == pytest.approx(session.samples.force_n, abs=1e-6)
    assert np.rint(values["Counts"][in_contact]).tolist() == session.samples.counts.tolist()
    slots = np.flatnonzero(in_contact) / 100
    assert np.abs(slots - session.samples.t_s).max(initial=0) < 0.02


def test_an_unknown_start_is_told_as_edf_wants_it():
    (made,) = edf_signals.exports(Session.parse(sessions.ALL["golden-free"]), "s")
    assert made.content[168:184] == b"01.01.8500.00.00"
    assert made.content[88:].startswith(b"Startdate X 240ac4000001-00001-")
    assert made.content[192:197] == b"EDF+C"


def test_names_of_any_script_stand_in_annotations_and_break_no_header():
    session = Session.parse(sessions.ALL["named"])
    edf = read(session)
    texts = {note.text for note in edf.annotations}
    assert {
        "subject: =Пациент №7",
        "zone: 1 левая щека",
        "zone: 2 右頬",
        "zone: 3 خد أيمن",
        "zone: 5 two lines",
    } <= texts
    assert unquote(header_code("Ж 7%")) == "Ж 7%"
    assert header_code("P-0042") == "P-0042"
    assert header_code(None) == header_code("") == "X"
    assert header_code("a b\n") == "a%20b%0A"
    assert edf.patient.code == header_code("=Пациент №7")
    assert edf.startdatetime == datetime.datetime(2026, 1, 1)


def test_a_very_long_code_still_fits():
    log = LogBuilder(plan={"subject": "界" * 200}, device="x" * 300, zones=[{"name": "界" * 200, "area_mm2": 1}])
    edf = read(Session.parse(log.stroke().footer().data()))
    assert any("界" * 200 in note.text for note in edf.annotations)


def test_times_beyond_a_day_are_refused():
    session = Session.parse(LogBuilder().stroke().footer(duration_ms=90_000_000).data())
    with pytest.raises(UsageError, match="25 hours"):
        list(edf_signals.exports(session, "s"))
