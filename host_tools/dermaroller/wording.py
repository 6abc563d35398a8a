"""What a report says in words: alerts, gaps, calibration, the start, and how its numbers are made, with the sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import groupby

from dermaroller import care, counters
from dermaroller.analysis.summary_parts import AlertSummary
from dermaroller.analysis.summary_types import Summary
from dermaroller.output import plural
from dermaroller.session import Session
from dermaroller.show import clock
from dermaroller.summary import start_of

MAX_MOMENTS = 6  # of one kind of alert; the log holds all
_ENDS = {
    "button": "by the button",
    "idle": "after five minutes without contact",
    "power_loss": "by loss of power",
    "full": "because the flash was full",
    "restart": "by a restart",
    "stopped": "because the application was stopped",
    "ask": "by the host",
}
_SOURCES = {
    "device": "by the device's clock",
    "clock set": "by the clock as it was set during the session",
    "pull": "by the clock of the computer that pulled it",
}
_ALERTS = {
    "fault": "The force sensor was out of range",
    "fault_over": "The force sensor was in range again",
    "too_hard": "Pressed too hard",
    "zone_done": "Target reached",
    "overdose": "Density limit of the plan exceeded",
    "log_full": "No room for the log",
    "head_used_up": "The head had reached its limit before this session",
    "interval_override": "Begun before the plan's interval was over, by a long press",
    "interval_over": "The plan's interval was over",
    "interval_unknown": "Not known whether the plan's interval was over",
    "interval_ignored": "Begun before the plan's interval was over, without a long press",
    "low_battery": "Battery low",
    "edge_rate": "Turned faster than can be counted for sure",
    "strip_overdose": "One strip rolled over too often",
    "tare_drift": "The force sensor's zero drifted to its bound",
    "head_confirmed": "Head confirmed as sterile",
    "head_unconfirmed": "Head not confirmed as sterile",
    **{kind: f"The handle's ledger was {what}" for kind, what in care.FORGOTTEN.items()},
}
_GOOD_NEWS = ("head_confirmed", "interval_over")  # told under the facts
_OF_A_ZONE = {"zone_done", "overdose"}
_GAPS = {
    "late": "late sampling",
    "flash": "writing to flash",
    "ring_overflow": "samples lost",
    "sensor": "sensor out of range",
    "power": "no power",
    "unknown": "unknown reasons",
    "serial": "answering the host",
    "damaged": "damage of the log",
}
_COUNTED_THROUGH = {"late", "flash", "serial"}


def started(session: Session) -> str:
    """When the session began, how surely, and who says so."""
    start = start_of(session)
    if not start:
        return "Start not known: the clock was never set"
    uncertainty_s = max(start.uncertainty_s, 0.001)
    return f"Started {start.at:%Y-%m-%d %H:%M} UTC, ± {uncertainty_s:.2g} s {_SOURCES[start.source]}"


def lasted(totals: Summary) -> str:
    """How long it was and how it ended."""
    end = totals.end
    return f"Lasted {_spoken(totals.duration_s)}, " + (f"ended {_ENDS.get(end, end)}" if end else "not closed")


def clock_unit(longest_s: float) -> str:
    """The unit of what show.clock() makes of times up to this one."""
    return "h:min:s" if round(longest_s) >= 3600 else "min:s"


def _spoken(seconds: float) -> str:
    """75.2 as "1 min 15 s", 3725 as "1 h 2 min 5 s"."""
    parts = zip(reversed(clock(seconds).split(":")), ("s", "min", "h"), strict=False)
    return " ".join(reversed([f"{int(part)} {unit}" for part, unit in parts])).removeprefix("0 min ")


@dataclass(frozen=True)
class Told:
    """Alerts of one kind, for people."""

    when: str
    what: str


def alerts(totals: Summary) -> list[Told]:
    """One for each kind of alert, in the order in which they first came; good news is left out."""
    order: dict[str, int] = {}
    told = [alert for alert in totals.alerts if alert.kind not in _GOOD_NEWS]
    for alert in told:
        order.setdefault(alert.kind, len(order))
    grouped = groupby(sorted(told, key=lambda alert: order[alert.kind]), lambda alert: alert.kind)
    return [_alert(kind, list(group), len(totals.zones)) for kind, group in grouped]


def _alert(kind: str, group: Sequence[AlertSummary], zones: int) -> Told:
    what = _ALERTS.get(kind, kind.replace("_", " "))
    moments = [clock(alert.t_s) for alert in group]
    greatest = max(alert.value for alert in group)
    if kind in _OF_A_ZONE and zones > 1:
        moments = [f"{when} (zone {alert.value + 1})" for when, alert in zip(moments, group, strict=True)]
    elif kind == "too_hard":
        what += f", up to {greatest / 1000:.2f} N"
    elif kind == "low_battery":
        what += f": {min(alert.value for alert in group) / 1000:.2f} V"
    elif kind == "edge_rate":
        what += f": {greatest:,} counts per s"
    elif kind == "strip_overdose":
        what += f": {plural(greatest, 'time')}"
    elif kind == "head_forgotten":
        what += f": it had done {plural(greatest, 'session')}"
    elif kind == "subject_forgotten":
        what += f": the last treatment was {plural(greatest, 'day')} before"
    more = len(moments) - MAX_MOMENTS
    when = ", ".join(moments[:MAX_MOMENTS]) + (f" and {more} more" if more > 0 else "")
    return Told("before contact" if kind.startswith(("head_", "interval_")) else when, what)


def quality(session: Session, totals: Summary) -> str:
    """Gaps, counters, calibration and clock in one line."""
    told = (_gaps(totals), _counters(totals), _calibration(session), _clock(session))
    return " ".join(sentence for sentence in told if sentence)


def _gaps(totals: Summary) -> str:
    """The gaps by reason; empty if there were none."""
    by_reason: dict[str, list[float]] = {}
    for gap in totals.gaps:
        by_reason.setdefault(gap.reason, []).append(gap.end_s - gap.start_s)
    told = [
        f"{_GAPS.get(reason, reason.replace('_', ' '))} {plural(len(spans), 'time')} ({sum(spans):.2f} s in all)"
        for reason, spans in sorted(by_reason.items(), key=lambda item: -sum(item[1]))
    ]
    counts_on = " The hardware counts on through them." if set(by_reason) <= _COUNTED_THROUGH else ""
    return f"Gaps: {', '.join(told)}.{counts_on}" if told else ""


def _counters(totals: Summary) -> str:
    """The device's counters of losses that are not zero."""
    told = counters.in_words(totals.counters)
    return f"Counters: {', '.join(told)}." if told else "Counters: nothing lost."


def _calibration(session: Session) -> str:
    """Since when the force is calibrated."""
    held = session.header.calibration
    if held is None:
        return "Force calibration: not in the log."
    if not held.sequence:
        return "Force calibration: none; the board's nominal values are used."
    return f"Force calibration: number {held.sequence}, {_day(held.utc_s)}."


def _day(utc_s: float | None) -> str:
    try:
        return f"{datetime.fromtimestamp(utc_s, timezone.utc):%Y-%m-%d}" if utc_s else "date not known"
    except (ValueError, OverflowError, OSError):
        return "date not known"


def _clock(session: Session) -> str:
    """How well the time of day is known; within the session, times are those of the device's crystal."""
    start = start_of(session)
    return f"Clock: ± {max(start.uncertainty_s, 0.001):.2g} s." if start else "Clock: never set."


def made(session: Session) -> list[str]:
    """How the numbers are made: the model, what it assumes, and published sources by name."""
    geometry, thresholds = session.geometry, session.header.thresholds
    diameter, tips = geometry.drum_diameter_mm, geometry.tip_circle_mm
    return [
        f"Punctures = needles × revolutions rolled in contact, each needle taken to enter once per revolution. Contact "
        f"lasts from {thresholds.contact_on_mn / 1000:.2f} N until {thresholds.contact_off_mn / 1000:.2f} N. A pass is "
        f"one traverse in one direction of at least {thresholds.pass_min_um / 1000:g} mm.",
        f"Density = punctures ÷ the zone's area as entered. Band: at its high end the drum is seated on the skin and "
        f"rolls on its diameter D of {diameter:g} mm; at its low end only the tips touch and it rolls on D + 2 L = "
        f"{tips:g} mm, so the low end is {diameter / tips:.3f} of the high one. It covers this alone, not an "
        "error of the area. A path has its band the other way round.",
        f"One pass of this head makes {geometry.per_visit_cm2:.2f} punctures per cm². For a check: 15 passes of "
        "a 192-needle head are published as about 250 holes per cm² (Doddaballapur 2009); this model gives 229 for "
        "that head (geometry: Schwarz and Laaff 2011), and is not tuned to the 250.",
        "Force is that of the whole drum, not of one needle; the window is a setting of the plan. Ex vivo, 20 to 167 "
        "mN per needle were measured (Roemgens 2014). Targets, limits and intervals are the plan's, as entered.",
        "Needle length is not depth (Kalluri 2011): how deep the needles went is not known, and nothing here tells an "
        "effect.",
    ]
