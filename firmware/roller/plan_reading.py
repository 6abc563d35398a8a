"""The treatment plan as the device keeps it: small JSON of integers, taken whole or refused whole."""

import json

from roller.plan import HEAD_KEYS, MAX_NAME, MAX_ZONES, VERSION, Plan, PlanError, Zone
from roller.settings import Head

# Of every number in a plan: the lowest and the highest that is taken. The host's rules follow from these.
RANGES = {
    "needles": (1, 5000),
    "drum_diameter_um": (2000, 100000),
    "drum_width_um": (1000, 100000),
    "needle_length_um": (50, 5000),
    "counts_per_rev": (4, 65536),
    "max_sessions": (0, 10000),
    "max_revolutions": (0, 1000000),
    "low_mn": (0, 20000),
    "high_mn": (1, 20000),
    "max_density_per_cm2_x10": (1, 100000),
    "min_interval_days": (0, 3650),
    "area_mm2": (1, 1000000),
    "target_per_cm2_x10": (1, 100000),
}


def _number(table, key, is_optional=False, least=0):
    n = table.get(key)
    low, high = RANGES[key]
    low = max(low, least)
    if n is None and is_optional:
        return None
    if type(n) is not int or not low <= n <= high:
        raise PlanError("%s must be a whole number from %d to %d, not %r" % (key, low, high, n))
    return n


def _text(table, key):
    s = table.get(key)
    if not isinstance(s, str) or not s or len(s) > MAX_NAME:
        raise PlanError("%s must be a text of 1 to %d characters, not %r" % (key, MAX_NAME, s))
    return s


def _table(parent, key):
    t = parent.get(key)
    if not isinstance(t, dict):
        raise PlanError("%s must be a table" % key)
    return t


def steps(text, counts_per_rev):
    """See plan.steps."""
    try:
        source = json.loads(text)
    except ValueError:
        raise PlanError("plan is not JSON")
    if not isinstance(source, dict) or source.get("v") != VERSION:
        raise PlanError("plan is not of version %d" % VERSION)
    yield None
    plan = Plan()
    plan.source = source
    plan.subject = _text(source, "subject")
    _read_head(plan, _table(source, "head"), counts_per_rev)
    force = _table(source, "force")
    plan.low_mn = _number(force, "low_mn")
    plan.high_mn = _number(force, "high_mn", least=plan.low_mn + 1)
    limits = _table(source, "limits")
    plan.max_density_per_cm2_x10 = _number(limits, "max_density_per_cm2_x10", True)
    plan.min_interval_days = _number(limits, "min_interval_days", True)
    plan.serum = source.get("serum")
    if plan.serum is not None:
        _text(_table(source, "serum"), "name")
    yield None
    zones = source.get("zones")
    if not isinstance(zones, list) or not 0 < len(zones) <= MAX_ZONES:
        raise PlanError("zones must be a list of 1 to %d zones" % MAX_ZONES)
    plan.zones = [
        Zone(_text(zone, "name"), _number(zone, "area_mm2"), _number(zone, "target_per_cm2_x10")) for zone in zones
    ]
    yield plan


def _read_head(plan, table, counts_per_rev):
    head = {"max_revolutions": 0}
    head.update(table)
    plan.head = Head(_text(head, "id"), *[_number(head, key) for key in HEAD_KEYS])
    if plan.head.counts_per_rev != counts_per_rev:
        raise PlanError("plan is for %d counts per revolution, not %d" % (plan.head.counts_per_rev, counts_per_rev))
