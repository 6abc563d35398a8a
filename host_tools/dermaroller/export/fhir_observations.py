"""The Observations of a session: its totals, and the dose of each zone with its band."""

from collections.abc import Iterator

from dermaroller import strips
from dermaroller.analysis.summary_types import Summary
from dermaroller.export import fhir_values as fhir
from dermaroller.export.fhir_values import NOT_APPLICABLE, Object, component
from dermaroller.session import Session

METHOD = (
    "Punctures = needles x revolutions in contact; density = punctures / area of the zone. Its band reaches from only "
    "the needles' tips touching (low) to the drum seated on the skin (high)."
)
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"


def session_observation(session: Session, told: Summary) -> Object:
    """Of the whole session; told: its summary."""
    peaks_n = [stroke.force_peak_n for stroke in told.strokes]
    force_n = session.samples.force_n
    parts = [
        component("duration", "Duration", told.duration_s, "s"),
        component("contact-time", "Time in contact", told.contact_s, "s"),
        component("captured-fraction", "Share of the session that was captured", told.captured_fraction, "1"),
        component("path", "Way rolled in contact", told.path_mm, "mm"),
        *_counted(told.passes, told.punctures, told.effective_punctures),
        component(
            "force-mean", "Mean force in contact", round(float(force_n.mean()), 3) if len(force_n) else None, "N",
            absent=NOT_APPLICABLE,
        ),
        component("force-peak", "Greatest force", max(peaks_n, default=None), "N", absent=NOT_APPLICABLE),
    ]  # fmt: skip
    notes = []
    covered = told.covered
    if told.is_free and covered:
        parts += [
            component("covered-area", "Skin covered, at most", covered.area_cm2, "cm2"),
            component("covered-density", "Density over it, at least", covered.density_per_cm2, "/cm2"),
        ]
        notes = [strips.ASSUMPTION]
    text = f"{told.passes} passes, {told.punctures:g} punctures, {told.path_mm:g} mm"
    return _observation(session, "session-totals", "Totals of a dermaroller session", text, parts, notes)


def zone_observations(session: Session, told: Summary) -> Iterator[Object]:
    """One of each zone, in the order of the plan."""
    for i, zone in enumerate(told.zones):
        parts = [
            *_counted(zone.passes, zone.punctures, zone.effective_punctures),
            component("area", "Area of the zone, by the plan", zone.area_cm2, "cm2"),
            component("density", "Puncture density, drum seated", zone.density_per_cm2, "/cm2"),
            component("density-low", "Puncture density, lower end", zone.density_low_per_cm2, "/cm2"),
            component("density-high", "Puncture density, upper end", zone.density_high_per_cm2, "/cm2"),
            component("effective-density", "Density of effective punctures, drum seated; the target goes by it",
                      zone.effective_density_per_cm2, "/cm2"),
            component("density-target", "Density wanted by the plan", zone.target_density_per_cm2, "/cm2",
                      absent=NOT_APPLICABLE),
        ]  # fmt: skip
        name = fhir.clean(zone.name)
        text = f"{name or 'Zone without a name'}: {zone.passes} passes, {zone.punctures:g} punctures"
        if zone.density_per_cm2 is not None:
            text += f", {zone.density_low_per_cm2:g} to {zone.density_high_per_cm2:g} per cm²"
        made = _observation(session, f"zone-{i}", "Dose of a zone", text, parts, [])
        yield made | {"code": fhir.concept("zone-dose", "Punctures of a zone"), "bodySite": name and fhir.words(name)}


def _observation(session: Session, what: str, title: str, text: str, parts: list[Object], notes: list[str]) -> Object:
    category = {"system": _CATEGORY, "code": "procedure", "display": "Procedure"}
    return {
        "resourceType": "Observation",
        "id": fhir.resource_id(session.sha256, what),
        "text": fhir.narrative(text),
        "category": [{"coding": [category]}],
        "code": fhir.concept(what, title),
        "method": fhir.words(METHOD),
        "component": parts,
        "note": [{"text": note} for note in notes],
    }


def _counted(passes: int, punctures: float, effective: float) -> list[Object]:
    return [
        component("passes", "Passes", passes, "{passes}", "passes"),
        component("punctures", "Punctures, drum seated", punctures, "{punctures}", "punctures"),
        component(
            "effective-punctures", "Punctures at or above the wanted force", effective, "{punctures}", "punctures"
        ),
    ]
