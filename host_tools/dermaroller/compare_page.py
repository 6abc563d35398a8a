"""A comparison as one self-contained HTML page."""

from dataclasses import dataclass

from markupsafe import Markup

from dermaroller import compare_text as texts
from dermaroller import pages, trend_figures
from dermaroller.analysis.compare_types import Compared, Fact, ZonePair
from dermaroller.analysis.overview_types import Overview
from dermaroller.compare import WITHIN
from dermaroller.compare_facts import DASH


@dataclass(frozen=True)
class Heading:
    """One of the two sessions."""

    letter: str
    title: str
    when: str
    file: str
    is_simulated: bool


@dataclass(frozen=True)
class ZoneRows:
    """A zone in both sessions, and what it differs in."""

    number: int
    name: str
    sides: tuple[tuple[str, texts.ZoneSide], ...]
    difference: texts.ZoneDifference
    area_differs: bool
    target_differs: bool
    is_apart: bool


def render(compared: Compared) -> str:
    """The page as text; the same for the same two sessions. compared: as made by dermaroller.compare."""
    a, b = compared.sessions
    limits = (a.limit_density_per_cm2, b.limit_density_per_cm2)
    context = {
        "sessions": [_heading(letter, one) for letter, one in (("A", a), ("B", b))],
        "apart": texts.apart(a, b),
        "cautions": compared.cautions,
        "facts": [fact for fact in compared.facts if fact.what != "Started" and _is_known(fact)],
        "zones": [_zone(i, pair) for i, pair in enumerate(compared.zones, 1)],
        "figure": Markup(trend_figures.pair_figure(compared.zones, limits)),
        "has_limit": any(limits),
        "habits": texts.measure_rows(compared),
        "quality": texts.quality_rows(compared),
        "doubts": [(letter, doubt) for letter, one in (("A", a), ("B", b)) for doubt in one.doubts],
    }
    return pages.render("compare.html.j2", context)


def _heading(letter: str, one: Overview) -> Heading:
    return Heading(
        letter=letter,
        title=f"Session {one.id}" + (f" · {one.subject}" if one.subject else ""),
        when=texts.when(one),
        file=texts.short_name(one.file),
        is_simulated=one.is_simulated,
    )


def _is_known(fact: Fact) -> bool:
    return not fact.a == fact.b == DASH


def _zone(number: int, pair: ZonePair) -> ZoneRows:
    return ZoneRows(
        number=number,
        name=pair.name,
        sides=(("A", texts.zone_side(pair.a)), ("B", texts.zone_side(pair.b))),
        difference=texts.zone_difference(pair),
        area_differs=pair.area_differs,
        target_differs=pair.target_differs,
        is_apart=pair.verdict not in (None, WITHIN),
    )
