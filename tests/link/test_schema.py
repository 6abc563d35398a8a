"""Both ends and the page keep to the one schema of verbs, and whatever does not is found."""

import ast
import copy
import re

import pytest

from dermaroller.errors import DeviceRefused, NewerFormat
from dermaroller.link import answers, reading
from dermaroller.link.examples import EXAMPLES
from dermaroller.link.protocol import page
from dermaroller.link.schema import ANSWERS, FORMS, OBJECTS, answer_to, entry
from dermaroller.sim import lean, mpy
from roller import answers as written
from roller import services
from roller import verbs as on_device

from . import schema_check as check
from .questions import ask_everything

UNPROVOKED = {("selftest", "full")}  # tests/flash fills a flash; selftest refuses one by a single comparison
ANSWERED = {name: EXAMPLES[name][1] for name in reading.ANSWER_TYPES}


@pytest.fixture(scope="module")
def asked(micropython, tmp_path_factory):
    pytest.importorskip("littlefs")
    return ask_everything(tmp_path_factory.mktemp("asked"))


def test_the_verbs_are_those_that_the_device_serves_and_the_page_tells():
    assert check.verbs(services.VERBS, page()) == []


def test_a_verb_without_a_place_in_schema_or_page_is_found():
    told = check.verbs([*services.VERBS, "dance"], page())
    assert told == [f"dance {what}" for what in ("has no form", "is not in the page", "has no note", "has no answer")]
    assert check.verbs([verb for verb in services.VERBS if verb != "raw"], page()) == ["raw is not served"]
    assert check.verbs(services.VERBS, page().replace("### raw", "### cooked")) == ["raw is not in the page"]


def test_what_the_firmware_answers_is_what_the_schema_says(asked):
    assert check.answers(asked.answers) == []
    assert {answer_to(request) for request, _ in asked.answers} == ANSWERS.keys()
    assert {request.rpartition(" 0 ")[0] for request in asked.by_bytes} == {"get 1", "selftest bytes"}
    assert next(answer for request, answer in asked.answers if request == "help").keys() == FORMS.keys()


def changed(found, name, change):
    """The answers with that to one request changed."""
    found = copy.deepcopy(found)
    change(next(answer for request, answer in found if answer_to(request) == name))
    return found


HARMS = {
    "an entry more": ("info", lambda info: info.update(mood="good"), "info: mood is not in the schema"),
    "an entry more, further in": ("list", lambda page: page["sessions"][0].update(mood=1), "sessions: mood is not in"),
    "an entry less": ("time", lambda time: time.pop("boot"), "answered 'time' without boot: its firmware is older"),
    "a text for a number": ("raw", lambda raw: raw.update(n="5"), "'raw' with n = '5', not a whole number: its firm"),
    "a number for a flag": ("live", lambda live: live.update(o=1), "with o = 1, not true or false"),
    "null where none may be": ("light", lambda light: light.update(light_percent=None), "= None, not a whole number"),
    "a fraction": ("stop", lambda stop: stop.update(stopped=1.5), "with stopped = 1.5, not a whole number"),
    "a list of others": ("live", lambda live: live.update(c=[1, "2"]), r"with c\[1\] = '2', not a whole number"),
    "no list": ("list", lambda page: page.update(sessions={}), "with sessions = {}, not a list"),
    "no object": ("info", lambda info: info.update(counters=[]), r"with counters = \[\], not an object"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_an_answer_that_the_schema_does_not_know_is_found(harm, asked):
    name, change, words = HARMS[harm]
    told = check.answers(changed(asked.answers, name, change))
    assert len(told) == 1 and re.search(words, told[0]), told


def test_an_entry_that_the_firmware_never_gives_is_found(asked):
    without = [(request, {key: each for key, each in answer.items() if key != "log_full"})
               for request, answer in asked.answers]  # fmt: skip
    assert check.answers(without) == ["info never had log_full"]


def test_the_words_of_refusals_are_those_that_the_firmware_raises():
    words = check.words_raised()
    assert len(words) > 10
    assert check.refusals(words, on_device.ERRORS) == []
    assert check.refusals({*words, "mood"}, on_device.ERRORS) == ["mood is not in the schema"]
    assert check.refusals(words - {"idle"}, on_device.ERRORS) == ["nothing is refused as idle"]


def test_each_verb_is_refused_as_the_schema_says(asked):
    declared = {(form.verb, word) for form in FORMS.values() for word in form.refusals}
    provoked = {(verb, word) for verb, word in asked.refused if word not in on_device.ANY}
    assert provoked == declared - UNPROVOKED
    assert {word for _, word in asked.refused} & set(on_device.ANY) == {"unknown", "failed"}


def test_arguments_have_the_names_that_forms_give_them():
    named = check.arguments_named()
    assert {"FROM", "ID", "ZONE", "UTC_S"} <= named
    assert not {name for name in named if not any(name in form.arguments for form in FORMS.values())}


def test_the_host_s_types_have_the_schema_s_entries():
    assert check.types(reading.ANSWER_TYPES, {name: ANSWERS[name] for name in ANSWERS if name != "help"}) == []
    objects = {name: OBJECTS[name] for name in OBJECTS if name not in ("counters", "refusal")}
    assert check.types(reading.OBJECT_TYPES, objects) == []


def test_an_entry_without_its_field_and_a_field_without_its_entry_are_found():
    more = {"time": (*ANSWERS["time"], entry("mood", "text"))}
    assert check.types({"time": answers.Time}, more) == ["Time has no field of mood"]
    assert check.types({"time": answers.Time}, {"time": ANSWERS["time"][1:]}) == ["Time.device is no entry of time"]
    assert check.types({}, {"dance": ()}) == ["dance has no type"]


def test_every_kind_of_the_schema_is_one_that_is_read():
    scalars = {"text", "whole", "flag"}
    for entries in (*ANSWERS.values(), *OBJECTS.values()):
        for each in entries:
            assert each.kind.replace("list of ", "") in {*scalars, *OBJECTS}, each


@pytest.mark.parametrize("name", ANSWERED)
def test_an_answer_becomes_its_type_and_what_is_unknown_is_passed_over(name):
    request = EXAMPLES[name][0]
    kind = reading.ANSWER_TYPES[name]
    plain = reading.read(kind, request, ANSWERED[name])
    more = {**ANSWERED[name], "mood": "good"}
    assert reading.read(kind, request, more) == plain
    assert reading.read(kind, request, more).raw == more


def test_older_firmware_may_leave_out_what_was_added_later():
    added = {each.name for each in ANSWERS["info"] if each.is_optional}
    assert added == {"machine", "log_full", "plan_error", "stored_error", "max_speed_mm_s"}
    old = {key: value for key, value in ANSWERED["info"].items() if key not in added}
    info = reading.read(answers.Info, "info", old)
    assert (info.machine, info.log_full, info.max_speed_mm_s) == (None, False, None)
    assert (info.plan_error, info.stored_error) == (None, None)
    assert reading.read(answers.Page, "list 0", {"sessions": [{"id": 1, "bytes": 2, "open": True}], "next": None})


def test_what_is_too_old_and_what_is_too_new_is_said():
    with pytest.raises(DeviceRefused, match=r"^COM3 answered 'time' without device: .* older .* Deploy a new one\.$"):
        reading.read(answers.Time, "time", {}, "COM3")
    with pytest.raises(NewerFormat, match=r"^COM3 answered 'sha 1' with its answer = \[\], not an object: .* Update"):
        reading.read(answers.Hash, "sha 1", [], "COM3")


def test_a_plan_is_the_same_json_again():
    plan = EXAMPLES["plan"][1]["plan"]
    assert reading.plan_as_json(reading.plan_of(plan)) == plan
    short = {**plan, "serum": None, "limits": {}}
    again = reading.plan_as_json(reading.plan_of(short))
    assert again == {**short, "limits": {"max_density_per_cm2_x10": None, "min_interval_days": None}}


def test_a_type_that_does_not_belong_to_a_request_is_the_caller_s_mistake():
    with pytest.raises(ValueError, match="time is not answered by Info"):
        reading.read(answers.Info, "time", {})
    with pytest.raises(KeyError):
        answer_to("dance")


def test_help_and_usage_are_those_of_the_forms():
    for verb, told in on_device.helps():
        form = FORMS[verb]
        assert told == (f"{form.help}: {verb} {form.arguments}" if form.arguments else form.help)
        assert not form.arguments or on_device.usage(verb) == f"{verb} {form.arguments}"


def test_the_schema_is_no_more_than_it_needs():
    assert set(on_device.REFUSALS) <= FORMS.keys()
    assert {word for words in on_device.REFUSALS.values() for word in words} | set(on_device.ANY) == set(
        on_device.ERRORS
    )
    used = {each.kind.replace("list of ", "") for table in (*ANSWERS.values(), *OBJECTS.values()) for each in table}
    assert OBJECTS.keys() - used == {"refusal"}
    assert set(written.BINARY) <= EXAMPLES.keys()


def test_the_device_holds_no_more_of_it_than_its_help():
    texts = mpy.lean_texts(mpy.firmware_sources("virtual"), mpy.firmware_options())
    assert set(lean.bound_in(ast.parse(texts["roller/verbs.py"]))) == {"FORMS", "helps", "usage"}
    assert set(lean.bound_in(ast.parse(texts["roller/answers.py"]))) == set()
