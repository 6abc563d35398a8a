import json

from story import Folder, raises

from roller import plan as plans
from roller import wire
from roller.plan import PlanError

GOOD = {
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
    },
    "force": {"low_mn": 600, "high_mn": 6000},
    "limits": {"max_density_per_cm2_x10": 3000, "min_interval_days": 28},
    "serum": {"name": "hyaluronic acid 1 %", "lot": "H-2291"},
    "zones": [{"name": "left cheek", "area_mm2": 3500, "target_per_cm2_x10": 1500}],
}


def changed(path, value):
    """GOOD as JSON text with one entry changed."""
    plan = json.loads(json.dumps(GOOD))
    table = plan
    for key in path[:-1]:
        table = table[key]
    table[path[-1]] = value
    return json.dumps(plan)


MISTAKES = {
    "not a plan": (["v"], 2),
    "no subject": (["subject"], ""),
    "a subject that is a number": (["subject"], 42),
    "a name too long": (["subject"], "x" * 41),
    "a head that is no table": (["head"], 5),
    "no needles": (["head", "needles"], 0),
    "needles as text": (["head", "needles"], "192"),
    "a drum in fractions": (["head", "drum_diameter_um"], 20000.5),
    "a yes for a number": (["head", "counts_per_rev"], True),
    "a window upside down": (["force", "high_mn"], 600),
    "a negative area": (["zones", 0, "area_mm2"], -1),
    "no target": (["zones", 0, "target_per_cm2_x10"], None),
    "no zones": (["zones"], []),
    "too many zones": (["zones"], GOOD["zones"] * 17),
    "zones that are no list": (["zones"], {}),
    "a serum without a name": (["serum"], {"lot": "1"}),
    "limits that are no table": (["limits"], []),
}


def test_a_good_plan_is_taken():
    plan = plans.parse(json.dumps(GOOD), 32)
    assert plan.subject == "P-0042"
    assert plan.head.needles == 192
    assert (plan.zones[0].name, plan.zones[0].area_mm2, plan.zones[0].target_per_cm2_x10) == ("left cheek", 3500, 1500)
    assert plan.max_density_per_cm2_x10 == 3000


def test_every_mistake_is_refused():
    for name in MISTAKES:
        path, value = MISTAKES[name]
        error = raises(PlanError, plans.parse, changed(path, value), 32)
        assert str(error), name


def test_text_that_is_not_json_is_refused():
    raises(PlanError, plans.parse, "subject = 1", 32)
    raises(PlanError, plans.parse, "[]", 32)


def test_without_a_plan_the_device_is_in_free_mode():
    with Folder() as folder:
        plan = plans.load(folder + "/plan.bin", 32)
    assert plan.source is None
    assert plan.zones[0].area_mm2 is None


def test_a_plan_at_rest_is_one_block():
    with Folder() as folder:
        path = folder + "/plan.bin"
        block = wire.pack_block(wire.PLAN, 0, 0, 0, json.dumps(GOOD).encode())
        with open(path, "wb") as f:
            f.write(block)
        assert plans.load(path, 32).head.id == "A1"
        assert "256" in plans.load(path, 256).error
        block[20] ^= 1
        with open(path, "wb") as f:
            f.write(block)
        damaged = plans.load(path, 32)
    assert damaged.source is None
    assert "checksum" in damaged.error
