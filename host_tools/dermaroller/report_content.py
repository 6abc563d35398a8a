"""Says a session in the words and digits of its page."""

from dermaroller import bullets, care, figures, wording
from dermaroller.analysis.dose import PERHAPS_OVER, ZoneDose, dose, reached_text
from dermaroller.analysis.summary_parts import Covered, StrokeSummary, Verdict
from dermaroller.analysis.summary_types import Summary
from dermaroller.analysis.verdict import headline
from dermaroller.log.geometry import Geometry
from dermaroller.log.header import ForceWindow, Head
from dermaroller.output import plural
from dermaroller.pages import DASH, number
from dermaroller.report_types import BalanceRow, Content, CoveredText, ForceShare, Total, Warned, ZoneRow
from dermaroller.session import Session
from dermaroller.show import band, clock, quality_line
from dermaroller.summary import summary

_BASIS = {
    True: "Totals are those that the device closed the session with; the drawings show what could be read.",
    False: "Totals are sums over what could be read.",
}


def content(session: Session) -> Content:
    """All that the page says."""
    totals = summary(session)
    limit = session.header.limits.max_density_per_cm2
    end = bullets.scale_end(totals.zones, limit)
    has_areas = any(zone.area_cm2 for zone in totals.zones)
    return Content(
        title=f"Session {totals.id}" + (f" · {totals.subject}" if totals.subject else ""),
        is_simulated=totals.is_simulated,
        verdict=headline(totals.verdict),
        reasons=totals.verdict.reasons,
        warnings=tuple(_warnings(session, totals)),
        started=wording.started(session),
        lasted=wording.lasted(totals),
        totals=_totals(session, totals),
        facts=tuple(_facts(session, totals, limit)),
        zones=tuple(_zone(i, dose(zone, zone.name, limit), limit, end) for i, zone in enumerate(totals.zones, 1)),
        scale=bullets.scale(end) if has_areas else "",
        limit=f"{limit:g}" if limit else "",
        has_areas=has_areas,
        covered=_covered(totals.covered, session.geometry) if totals.is_free and totals.covered else None,
        timeline=figures.timeline_figure(session),
        histogram=figures.histogram_figure(session),
        force=_force(totals.verdict, session.header.force),
        balance=_balance(totals.strokes, session.geometry),
        strokes=_strokes(totals.strokes),
        alerts=tuple(wording.alerts(totals)),
        alerts_unit=wording.clock_unit(max((alert.t_s for alert in totals.alerts), default=0)),
        is_trusted=totals.trusted,
        quality=quality_line(totals),
        details=(*totals.doubts, *totals.notes, wording.quality(session, totals)),
        made=tuple(wording.made(session)),
        foot=f"Log of {totals.log_bytes:,} bytes, session {totals.id} of device {totals.device or 'not known'}.",
    )


def _warnings(session: Session, totals: Summary) -> list[Warned]:
    """What is missing, then that the numbers are in doubt."""
    found = []
    if lost := session.damage:
        what = f"at least {plural(lost.blocks, 'block')}, {plural(lost.bytes, 'byte')}"
        what += f", {plural(lost.records, 'unreadable record')}" if lost.records else ""
        text = f"Lost {lost.place}: {what}. {_BASIS[session.footer is not None]}"
        found.append(Warned("This log is incomplete.", text))
    elif session.footer is None:
        found.append(Warned("This log is incomplete.", f"Its end is missing. {_BASIS[False]}"))
    if totals.doubts:
        found.append(Warned("These numbers are not to be trusted as they stand.", "Why, is said under Quality."))
    return found


def _totals(session: Session, totals: Summary) -> tuple[Total, ...]:
    low_m = totals.path_mm / 1000
    high_m = low_m / session.geometry.tip_circle_ratio
    return (
        Total(number(totals.passes), "passes"),
        Total(number(totals.punctures), "punctures, by revolutions"),
        Total(number(totals.effective_punctures), f"of them at {session.header.force.low_n:g} N or more"),
        Total(f"{low_m:,.2f} to {high_m:,.2f} m" if low_m else "0 m", "path in contact"),
        Total(clock(totals.contact_s), f"in contact, {wording.clock_unit(totals.contact_s)}"),
    )


def _facts(session: Session, totals: Summary, limit: float | None) -> list[care.Line]:
    """Who and what, and whether the plan's rules were kept."""
    header = session.header
    facts = [
        care.Line("Subject", totals.subject or DASH),
        care.Line("Device", " · ".join(filter(None, (header.name, header.device))) or DASH),
        care.Line("Firmware", " on ".join(filter(None, (header.fw, header.board))) or DASH),
        care.Line("Head", _head(header.head)),
        *(line for line in care.lines(totals) if line.label != "Head"),
    ]
    if not totals.serum:
        facts.append(care.Line("Serum", DASH))
    facts.append(care.Line("Plan", _plan(session, len(totals.zones), limit)))
    return facts


def _plan(session: Session, zones: int, limit: float | None) -> str:
    if not session.header.plan:
        return "not known" if session.header.is_lost else "none: free rolling"
    listed = plural(zones, "zone")
    return f"{listed}, limit {limit:g} punctures per cm²" if limit else f"{listed}, no limit"


def _head(head: Head | None) -> str:
    if not head:
        return "not known; the reference head is assumed"
    used = head.geometry
    return (
        f"{head.id or 'no id'}: {used.needles} needles of {used.needle_length_mm:g} mm, drum "
        f"{used.drum_diameter_mm:g} × {used.drum_width_mm:g} mm"
    )


def _zone(i: int, zone: ZoneDose, limit: float | None, end: float) -> ZoneRow:
    return ZoneRow(
        number=str(i),
        name=str(zone.name),
        area=number(zone.area_cm2, 1),
        passes=number(zone.passes),
        punctures=number(zone.punctures),
        density=number(zone.density_per_cm2, 1),
        band=band(zone),
        target=number(zone.target_density_per_cm2),
        share=reached_text(zone) or DASH,
        over=("perhaps over the limit" if zone.limit_state == PERHAPS_OVER else "over the limit") * zone.is_over,
        bar=bullets.bar(zone, limit, end) if zone.area_cm2 else "",
    )


def _covered(covered: Covered, geometry: Geometry) -> CoveredText:
    """The strips under the contacts, with the band from the drum's surface to the needles' tips."""
    ratio = geometry.tip_circle_ratio
    area_cm2, density, most = covered.area_cm2, covered.density_per_cm2 or 0.0, covered.max_density_per_cm2
    return CoveredText(
        f"At most {area_cm2:,.1f} to {area_cm2 / ratio:,.1f} cm² covered, at {density * ratio:.1f} to {density:.1f} "
        f"punctures per cm² or more on average; where one strip was rolled most, {plural(covered.max_visits, 'time')}, "
        f"{most * ratio:.1f} to {most:.1f} per cm².",
        covered.assumption,
    )


def _strokes(strokes: tuple[StrokeSummary, ...]) -> str:
    """Of the strokes that could be read; the totals may know of more."""
    return f"{sum(stroke.counted for stroke in strokes)} of {plural(len(strokes), 'stroke')} count as passes."


def _force(shares: Verdict, window: ForceWindow) -> tuple[ForceShare, ...]:
    """The shares of the time in contact below, within and above the window."""
    low_n, high_n = window.low_n, window.high_n
    told = (
        ("too light", f"below {low_n:g} N", shares.light_fraction),
        ("in the window", f"{low_n:g} to {high_n:g} N", shares.in_window_fraction),
        ("too hard", f"above {high_n:g} N", shares.hard_fraction),
    )
    return tuple(ForceShare(name, where, f"{100 * share:.1f} %") for name, where, share in told if share is not None)


def _balance(strokes: tuple[StrokeSummary, ...], geometry: Geometry) -> tuple[BalanceRow, ...]:
    """How much was rolled each way."""
    return tuple(_direction(way, strokes, geometry) for way in ("forward", "backward")) if strokes else ()


def _direction(direction: str, strokes: tuple[StrokeSummary, ...], geometry: Geometry) -> BalanceRow:
    whole_mm = sum(stroke.distance_mm for stroke in strokes)
    own = [stroke for stroke in strokes if stroke.direction == direction]
    distance_mm = sum(stroke.distance_mm for stroke in own)
    force_ns = sum(stroke.force_mean_n * (stroke.end_s - stroke.start_s) for stroke in own)
    time_s = sum(stroke.end_s - stroke.start_s for stroke in own)
    return BalanceRow(
        direction=direction,
        strokes=number(len(own)),
        path=f"{distance_mm / 1000:.2f} to {distance_mm / 1000 / geometry.tip_circle_ratio:.2f}",
        share=f"{100 * distance_mm / whole_mm:.0f} %" if whole_mm else DASH,
        force=number(force_ns / time_s if time_s else None, 2),
    )
