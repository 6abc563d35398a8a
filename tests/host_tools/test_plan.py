"""Plans: what is accepted, what the device is given, and every mistake with its line."""

import json
import re

import pytest

from dermaroller.errors import PlanError
from dermaroller.plan import Plan
from dermaroller.plan_rules import HEAD, LIMITS, ZONE, Number
from dermaroller.sim.example import FACE, SCALP
from dermaroller.toml_lines import line_of
from roller import plan as device_plan
from roller.plan_reading import RANGES

GOOD = """\
subject = "P-0042"
[head]
id = "A1"
needles = 192
drum_diameter_mm = 20.0
drum_width_mm = 20.0
needle_length_mm = 1.5
counts_per_rev = 32
max_sessions = 1
[force]
low_n = 0.6
high_n = 6.0
[limits]
max_density_per_cm2 = 300
min_interval_days = 28
[serum]
name = "hyaluronic acid 1 %"
lot = "H-2291"
[[zone]]
name = "left cheek"
area_cm2 = 35.0
target_density_per_cm2 = 150
[[zone]]
name = "Stirn über den Brauen"
area_cm2 = 60
target_density_per_cm2 = 180.5
"""


def test_the_device_gets_integers():
    assert Plan.parse(GOOD).as_json() == {
        "v": 1,
        "subject": "P-0042",
        "head": {
            "id": "A1",
            "needles": 192,
            "drum_diameter_um": 20000,
            "drum_width_um": 20000,
            "needle_length_um": 1500,
            "counts_per_rev": 32,
            "max_sessions": 1,
            "max_revolutions": 0,
        },
        "force": {"low_mn": 600, "high_mn": 6000},
        "limits": {"max_density_per_cm2_x10": 3000, "min_interval_days": 28},
        "serum": {"name": "hyaluronic acid 1 %", "lot": "H-2291"},
        "zones": [
            {"name": "left cheek", "area_mm2": 3500, "target_per_cm2_x10": 1500},
            {"name": "Stirn über den Brauen", "area_mm2": 6000, "target_per_cm2_x10": 1805},
        ],
    }


def test_the_device_s_file_is_one_block_of_json():
    block = Plan.parse(GOOD).device_bytes()
    assert block[:3] == bytes([0xD7, 0x52, 1 << 4 | 4])
    assert json.loads(block[13:-4]) == Plan.parse(GOOD).as_json()


SHORTEST = 'subject = "P-1"\n[[zone]]\nname = "a"\narea_cm2 = 1\ntarget_density_per_cm2 = 1\n'


@pytest.mark.parametrize("text", [GOOD, SHORTEST, FACE.plan_toml, SCALP.plan_toml])
def test_the_device_takes_what_the_host_accepts(text):
    parsed = device_plan.parse(Plan.parse(text).device_json(), 32)
    assert parsed.zones


NUMBERS = {
    key: (item, place)
    for place, spec in (("[head]", HEAD), ("[limits]", LIMITS), ("[[zone]]", ZONE))
    for key, item in spec.items()
    if isinstance(item, Number) and key != "counts_per_rev"  # which is the handle's
}


@pytest.mark.parametrize("key", NUMBERS)
def test_both_ends_take_the_same_range(key):
    item, place = NUMBERS[key]
    without = re.sub(rf"^{key} = .*\n", "", GOOD, flags=re.MULTILINE)
    for device_value in RANGES[item.device_key]:
        text = without.replace(place, f"{place}\n{key} = {device_value / item.per_unit:.10g}")
        if key == "target_density_per_cm2":
            text = re.sub("max_density_per_cm2 = .*", "", text)
        elif key == "max_density_per_cm2":
            text = re.sub("target_density_per_cm2 = .*", "target_density_per_cm2 = 0.1", text)
        plan = Plan.parse(text)
        assert f'"{item.device_key}":{device_value}' in plan.device_json().decode()
        assert device_plan.parse(plan.device_json(), 32).zones
    beyond = RANGES[item.device_key][1] + 1
    with pytest.raises(PlanError, match=f"{key} must be from"):
        Plan.parse(without.replace(place, f"{place}\n{key} = {beyond / item.per_unit:.10g}"))
    refused = json.loads(Plan.parse(GOOD).device_json())
    table = refused["zones"][0] if place == "[[zone]]" else refused[place.strip("[]")]
    table[item.device_key] = beyond
    with pytest.raises(device_plan.PlanError, match=item.device_key):
        device_plan.parse(json.dumps(refused), 32)


def test_the_shortest_plan_has_the_reference_head_and_window():
    fields = Plan.parse(SHORTEST).as_json()
    assert (fields["head"]["needles"], fields["head"]["drum_diameter_um"]) == (192, 20000)
    assert fields["force"] == {"low_mn": 600, "high_mn": 6000}
    assert fields["serum"] is None


# name: (what to replace in GOOD, by what, line of the complaint, words of it)
MISTAKES = {
    "no TOML": ("[head]", "[head", 2, "not TOML: Expected"),
    "no quotes": ('"P-0042"', "P-0042", 1, "not TOML: Invalid value"),
    "unknown key at the top": ("[head]", "colour = 1\n[head]", 2, "unknown key 'colour'"),
    "unknown table": ("[limits]", "[limit]", 13, "unknown key 'limit'"),
    "unknown key in the head": ("needles =", "pins =", 4, "unknown key 'pins'"),
    "unknown key in the second zone": ("area_cm2 = 60", "area = 60", 25, "unknown key 'area'"),
    "no subject": ('subject = "P-0042"\n', "", 1, "subject is missing"),
    "empty subject": ('"P-0042"', '""', 1, "subject must have 1 to 40"),
    "a person's name as subject": ('"P-0042"', '"Jane Doe"', 1, "must be a code"),
    "subject of the wrong type": ('"P-0042"', "42", 1, "must be text in quotes, not 42"),
    "needles not whole": ("needles = 192", "needles = 192.5", 4, "whole number, not 192.5"),
    "needles zero": ("needles = 192", "needles = 0", 4, "must be from 1 to 5000"),
    "needles as text": ("needles = 192", 'needles = "192"', 4, "must be a number"),
    "drum too large": ("drum_diameter_mm = 20.0", "drum_diameter_mm = 2000", 5, "from 2 to 100, not 2000"),
    "needle length negative": ("needle_length_mm = 1.5", "needle_length_mm = -1.5", 7, "needle_length_mm must be"),
    "window upside down": ("low_n = 0.6", "low_n = 7", 11, "low_n 7 must be below high_n 6"),
    "force not a number": ("high_n = 6.0", "high_n = nan", 12, "must be from"),
    "force infinite": ("high_n = 6.0", "high_n = inf", 12, "must be from"),
    "truth as a number": ("high_n = 6.0", "high_n = true", 12, "must be a number, not True"),
    "limit negative": ("max_density_per_cm2 = 300", "max_density_per_cm2 = -1", 14, "must be from 0.1"),
    "interval not whole": ("min_interval_days = 28", "min_interval_days = 2.5", 15, "whole number"),
    "serum without name": ('name = "hyaluronic acid 1 %"\n', "", 16, "name is missing in [serum]"),
    "serum with a line break": ("hyaluronic acid 1 %", "a\\nb", 17, "printable"),
    "zone without name": ('name = "left cheek"\n', "", 19, "name is missing in zone 1"),
    "zone without area": ("area_cm2 = 60\n", "", 23, "area_cm2 is missing in zone 2"),
    "zone without target": ("target_density_per_cm2 = 150\n", "", 19, "target_density_per_cm2 is missing in zone 1"),
    "area negative": ("area_cm2 = 35.0", "area_cm2 = -35.0", 21, "not -35.0"),
    "area zero": ("area_cm2 = 60", "area_cm2 = 0", 25, "not 0"),
    "target above the limit": ("= 180.5", "= 301", 26, "301 is above the limit max_density_per_cm2 300"),
    "two zones of one name": ("Stirn über den Brauen", "left cheek", 24, "second zone is named 'left cheek'"),
    "zone as a plain table": ("[[zone]]", "[zone]", 23, "not TOML: Cannot"),
    "zone name too long": ("left cheek", "x" * 41, 20, "1 to 40 printable characters, not 41"),
    "decimal comma": ("35.0", "35,0", 21, "not TOML"),
    "a unit behind the number": ("35.0", "35.0 cm2", 21, "not TOML"),
    "the same key twice": ("needles = 192", "needles = 192\nneedles = 96", 5, "not TOML: Cannot overwrite"),
    "text without an end": ('"H-2291"', '"H-2291', 18, "not TOML"),
    "revolutions negative": ("max_sessions = 1", "max_revolutions = -1", 9, "max_revolutions must be from 0"),
    "counts of no encoder": ("counts_per_rev = 32", "counts_per_rev = 3", 8, "must be from 4 to 65536, not 3"),
    "needle length in micrometres": ("= 1.5\ncounts", "= 1500\ncounts", 7, "needle_length_mm must be from 0.05 to 5"),
    "force in grams": ("high_n = 6.0", "high_n = 600", 12, "high_n must be from 0.001 to 20"),
    "interval of years": ("= 28", "= 10000", 15, "min_interval_days must be from 0 to 3650"),
    "lot as a number": ('lot = "H-2291"', "lot = 2291", 18, "lot must be text in quotes"),
    "subject not filled in": ('"P-0042"', '"FILL IN"', 1, "subject is still to be filled in"),
    "area not filled in": ("= 35.0", '= "FILL IN"', 21, "area_cm2 is still to be filled in"),
    "a date": ("= 180.5", "= 2026-01-01", 26, "must be a number"),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named_with_its_line(mistake):
    old, new, line, words = mistake
    assert old in GOOD
    with pytest.raises(PlanError) as caught:
        Plan.parse(GOOD.replace(old, new), "face.toml")
    sentence = str(caught.value)
    assert words in sentence
    assert f"face.toml, line {line}: " in sentence


def test_there_are_more_than_thirty_named_mistakes():
    assert len(MISTAKES) >= 30


def test_no_zone_at_all():
    with pytest.raises(PlanError, match=r"has no zone: add a \[\[zone\]\]"):
        Plan.parse(GOOD[: GOOD.index("[[zone]]")], "face.toml")


def test_one_zone_written_as_a_plain_table():
    text = GOOD[: GOOD.rindex("[[zone]]")].replace("[[zone]]", "[zone]")
    with pytest.raises(PlanError, match=r"line 19: each zone must be a table: write it as \[\[zone\]\]"):
        Plan.parse(text)


def test_a_head_that_is_no_table():
    with pytest.raises(PlanError, match=r"line 1: head must be a table: write it as \[head\]"):
        Plan.parse('head = "A1"\n' + SHORTEST)


def test_too_many_zones():
    zone = '[[zone]]\nname = "{}"\narea_cm2 = 1\ntarget_density_per_cm2 = 1\n'
    with pytest.raises(PlanError, match="line 66: 17 zones; the device takes 16"):
        Plan.parse('subject = "P-1"\n' + "".join(zone.format(i) for i in range(17)))


def test_too_much_text_for_the_device():
    zone = '[[zone]]\nname = "{}"\narea_cm2 = 1\ntarget_density_per_cm2 = 1\n'
    names = [chr(0x4E00 + i) * 40 for i in range(16)]
    with pytest.raises(PlanError, match="bytes on the device, which has room for 2000; use shorter names"):
        Plan.parse('subject = "P-1"\n' + "".join(zone.format(name) for name in names))


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(PlanError, match=r"cannot read the plan .*none\.toml: No such file"):
        Plan.read(tmp_path / "none.toml")
    (tmp_path / "photo.toml").write_bytes(b"abc\xff\xd8")
    with pytest.raises(PlanError, match=r"photo\.toml is not a plan: byte 3 is not UTF-8 text"):
        Plan.read(tmp_path / "photo.toml")


def test_lines_are_found_by_place():
    assert line_of(GOOD, ("zone", 1, "area_cm2")) == 25
    assert line_of(GOOD, ("zone", 1, "not there")) == 23
    assert line_of(GOOD, ("zone", 5, "area_cm2")) == 19
    assert line_of(GOOD, ("nowhere",)) is None
    assert line_of("[ head ] # comment\n'needles' = 3", ("head", "needles")) == 2
