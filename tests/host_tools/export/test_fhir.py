"""FHIR bundles are valid by fhir.resources in their release, and give the numbers of `show --json`."""

import json
import re

import pytest
from fhir.resources.bundle import Bundle as BundleR5
from fhir.resources.R4B.bundle import Bundle as BundleR4B
from pydantic import ValidationError

from dermaroller.export import fhir_r4b, fhir_r5
from dermaroller.session import Session

from ..golden import CASES
from ..logs import LogBuilder
from . import sessions

RELEASES = {"r4b": (fhir_r4b, BundleR4B), "r5": (fhir_r5, BundleR5)}
UCUM = {"s", "1", "mm", "N", "cm2", "/cm2", "{passes}", "{punctures}", "{needles}"}
SYSTEMS = {
    "http://terminology.hl7.org/CodeSystem/data-absent-reason",
    "http://terminology.hl7.org/CodeSystem/observation-category",
    "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    "http://unitsofmeasure.org",
}


@pytest.fixture(params=RELEASES)
def release(request):
    return request.param


def exported(session, release):
    module, _ = RELEASES[release]
    (made,) = module.exports(session, "s")
    assert made.name == f"s.fhir-{release}.json"
    return json.loads(made.content)


def read(session, release):
    """The resources, as fhir.resources reads them, by type."""
    _, model = RELEASES[release]
    found = {}
    for entry in model.model_validate(exported(session, release)).entry:
        found.setdefault(entry.resource.get_resource_type(), []).append(entry.resource)
    return found


def numbers(observation):
    """{code: value, or why there is none}, and the units that were used."""
    found = {}
    for part in observation.component:
        (coding,) = part.code.coding
        if part.valueQuantity is None:
            (absent,) = part.dataAbsentReason.coding
            found[coding.code] = absent.code
        else:
            assert part.valueQuantity.code in UCUM
            found[coding.code] = float(part.valueQuantity.value)
    return found


def check(session, release):
    told = session.summary().as_json()
    found = read(session, release)
    (procedure,) = found["Procedure"]
    totals, *zones = found["Observation"]
    values = numbers(totals)
    names = {"duration": "duration_s", "contact-time": "contact_s", "path": "path_mm", "passes": "passes"}
    names |= {"captured-fraction": "captured_fraction", "punctures": "punctures"}
    names |= {"effective-punctures": "effective_punctures"}
    assert {name: values[name] for name in names} == {name: told[key] for name, key in names.items()}
    peaks_n = [stroke["force_peak_n"] for stroke in told["strokes"]]
    assert values["force-peak"] == (max(peaks_n) if peaks_n else "not-applicable")
    assert len(zones) == len(told["zones"])
    for observation, zone in zip(zones, told["zones"], strict=True):
        check_zone(numbers(observation), zone)
        assert (observation.bodySite.text if observation.bodySite else "") == (zone["name"] or "")
    assert sum(numbers(zone)["effective-punctures"] for zone in zones) == pytest.approx(told["effective_punctures"])
    check_time(procedure.performedPeriod if release == "r4b" else procedure.occurrencePeriod, told)
    code = procedure.subject.identifier.value if procedure.subject.identifier else None
    assert code == told["subject"]
    assert {note.text for note in procedure.note or []} >= {*told["doubts"], *told["notes"]}


def check_zone(values, zone):
    assert (values["passes"], values["punctures"]) == (zone["passes"], zone["punctures"])
    for name, key in (("area", "area_cm2"), ("density", "density_per_cm2"), ("density-low", "density_low_per_cm2")):
        assert values[name] == (zone[key] if zone[key] is not None else "unknown")
    assert values["density-high"] == values["density"]
    target = zone["target_density_per_cm2"]
    assert values["density-target"] == (target if target is not None else "not-applicable")


def check_time(period, told):
    if told["started_at"] is None:
        assert period.start is None and period.extension[0].valueCode == "unknown"
        return
    assert period.start.isoformat().startswith(told["started_at"].rstrip("Z"))
    if period.end:
        assert (period.end - period.start).total_seconds() == pytest.approx(told["duration_s"], abs=0.002)


@pytest.mark.parametrize("name", sessions.ALL)
def test_fhir_gives_the_numbers_of_show(name, release):
    check(Session.parse(sessions.ALL[name]), release)


@pytest.mark.slow
def test_fhir_of_a_session_from_the_virtual_board(micropython, release):
    session = Session.parse(CASES["plan"]().files["00001.drl"])
    check(session, release)
    (procedure,) = read(session, release)["Procedure"]
    assert procedure.status == "completed"
    assert [tag.code for tag in procedure.meta.tag] == ["simulated"]


def test_the_releases_are_not_the_same():
    session = Session.parse(sessions.ALL["two-zones"])
    with pytest.raises(ValidationError):
        BundleR5.model_validate(exported(session, "r4b"))
    with pytest.raises(ValidationError):
        BundleR4B.model_validate(exported(session, "r5"))


@pytest.mark.parametrize("name", ["named", "golden-free", "headless", "no-plan"])
def test_each_reference_is_to_a_resource_of_the_bundle(name, release):
    bundle = exported(Session.parse(sessions.ALL[name]), release)
    urls = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in bundle["entry"]}
    assert len(urls) == len(bundle["entry"])
    for entry in bundle["entry"]:
        assert entry["fullUrl"] == "urn:uuid:" + entry["resource"]["id"]
    references = [each for each in objects(bundle) if "reference" in each and isinstance(each["reference"], str)]
    assert len(references) > 4
    assert all(urls[each["reference"]] == each["type"] for each in references)


def objects(value):
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from objects(each)
    elif isinstance(value, list):
        for each in value:
            yield from objects(each)


@pytest.mark.parametrize("name", sessions.ALL)
def test_codes_are_our_own_or_those_of_fhir_and_ucum(name, release):
    bundle = exported(Session.parse(sessions.ALL[name]), release)
    systems = {each["system"] for each in objects(bundle) if "system" in each}
    assert {system for system in systems if not system.startswith("urn:dermaroller:")} <= SYSTEMS
    assert None not in (each for one in objects(bundle) for each in one.values())
    assert all(each != [] and each != "" for one in objects(bundle) for each in one.values())


def test_names_of_any_script_are_there_and_no_control_characters(release):
    session = Session.parse(sessions.ALL["named"])
    found = read(session, release)
    sites = [site.text for site in found["Procedure"][0].bodySite]
    assert sites[:3] == ["левая щека", "右頬", "خد أيمن"]
    assert found["Procedure"][0].subject.identifier.value == "=Пациент №7"
    used = exported(session, release)["entry"][0]["resource"]
    assert "Гиалуроновая кислота, lot +1" in json.dumps(used, ensure_ascii=False)
    log = LogBuilder(zones=[{"name": " a\x00b<&>\x1f", "area_mm2": 100}], plan={"subject": "\x07"}).stroke().footer()
    text = json.dumps(exported(Session.parse(log.data()), release))
    assert not re.search(r"\\u00[01]", text)
    assert "a b&lt;&amp;&gt;" in text
    read(Session.parse(log.data()), release)


def test_ids_follow_from_the_log(release):
    one, again = (exported(Session.parse(sessions.ALL["two-zones"]), release) for _ in range(2))
    other = exported(Session.parse(sessions.ALL["touching"]), release)
    assert one == again
    device = next(entry["fullUrl"] for entry in one["entry"] if entry["resource"]["resourceType"] == "Device")
    shared = {entry["fullUrl"] for entry in one["entry"]} & {entry["fullUrl"] for entry in other["entry"]}
    assert shared == {device}  # the same handle


@pytest.mark.parametrize("name", sessions.DAMAGED)
def test_what_is_not_whole_is_marked(name, release):
    bundle = exported(Session.parse(sessions.ALL[name]), release)
    assert "incomplete" in [tag["code"] for tag in bundle["meta"]["tag"]]
    states = {entry["resource"]["status"] for entry in bundle["entry"] if "status" in entry["resource"]}
    assert states == {"unknown"}


def test_a_real_board_is_not_marked(release):
    session = Session.parse(LogBuilder(board="esp32_devkitc").stroke().footer().data())
    bundle = exported(session, release)
    assert "meta" not in bundle
    assert "imulated" not in json.dumps(bundle)
    assert {entry["resource"].get("status") for entry in bundle["entry"]} == {"completed", "final", None}


def test_a_session_without_zones_tells_the_skin_covered(release):
    session = Session.parse(sessions.ALL["golden-free"])
    totals = read(session, release)["Observation"][0]
    covered = session.summary().as_json()["covered"]
    assert numbers(totals)["covered-area"] == covered["area_cm2"]
    assert numbers(totals)["covered-density"] == covered["density_per_cm2"]
    assert totals.note[0].text == covered["assumption"]


def test_nothing_claims_a_depth_or_an_effect(release):
    text = json.dumps(exported(Session.parse(sessions.ALL["two-zones"]), release)).lower()
    assert text.count("depth") == text.count("nothing here is a depth or an effect") == 1
