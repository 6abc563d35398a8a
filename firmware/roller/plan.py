"""The treatment plan as the device keeps it: small JSON of integers, taken whole or refused whole."""

import json

from roller import wire
from roller.settings import Head

VERSION = 1
MAX_ZONES = 16
MAX_NAME = 40  # characters of any name or code
_HEAD_RANGES = {
    "needles": (1, 5000),
    "drum_diameter_um": (2000, 100000),
    "drum_width_um": (1000, 100000),
    "needle_length_um": (50, 5000),
    "counts_per_rev": (4, 65536),
    "max_sessions": (0, 10000),
    "max_revolutions": (0, 1000000),
}
HEAD_KEYS = (
    "needles",
    "drum_diameter_um",
    "drum_width_um",
    "needle_length_um",
    "counts_per_rev",
    "max_sessions",
    "max_revolutions",
)


class PlanError(ValueError):
    """A plan that cannot be used; the text names the key and the reason."""


class Zone:
    def __init__(self, name, area_mm2, target_per_cm2_x10):
        """area_mm2 and target_per_cm2_x10 are None in free mode."""
        self.name = name
        self.area_mm2 = area_mm2
        self.target_per_cm2_x10 = target_per_cm2_x10


class Plan:
    """Defaults are free mode: the reference head, one zone without an area, the default force window."""

    def __init__(self, counts_per_rev=32):
        """counts_per_rev: of the handle's encoder."""
        self.source = None  # the plan's own JSON object, or None in free mode
        self.subject = None
        self.head = Head(counts_per_rev=counts_per_rev)
        self.low_mn = 600
        self.high_mn = 6000
        self.max_density_per_cm2_x10 = None
        self.min_interval_days = None
        self.serum = None
        self.zones = [Zone("free", None, None)]
        self.error = None  # why the plan at rest was refused


def _number(table, key, low, high, is_optional=False):
    n = table.get(key)
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


def parse(text, counts_per_rev):
    """A Plan from its JSON text, for a handle whose encoder gives counts_per_rev; raises PlanError."""
    try:
        source = json.loads(text)
    except ValueError:
        raise PlanError("plan is not JSON")
    if not isinstance(source, dict) or source.get("v") != VERSION:
        raise PlanError("plan is not of version %d" % VERSION)
    plan = Plan()
    plan.source = source
    plan.subject = _text(source, "subject")
    head = {"max_revolutions": 0}
    head.update(_table(source, "head"))
    plan.head = Head(_text(head, "id"), *[_number(head, key, *_HEAD_RANGES[key]) for key in HEAD_KEYS])
    if plan.head.counts_per_rev != counts_per_rev:
        raise PlanError("plan is for %d counts per revolution, not %d" % (plan.head.counts_per_rev, counts_per_rev))
    force = _table(source, "force")
    plan.low_mn = _number(force, "low_mn", 0, 20000)
    plan.high_mn = _number(force, "high_mn", plan.low_mn + 1, 20000)
    limits = _table(source, "limits")
    plan.max_density_per_cm2_x10 = _number(limits, "max_density_per_cm2_x10", 1, 100000, True)
    plan.min_interval_days = _number(limits, "min_interval_days", 0, 3650, True)
    plan.serum = source.get("serum")
    if plan.serum is not None:
        _text(_table(source, "serum"), "name")
    zones = source.get("zones")
    if not isinstance(zones, list) or not 0 < len(zones) <= MAX_ZONES:
        raise PlanError("zones must be a list of 1 to %d zones" % MAX_ZONES)
    plan.zones = [
        Zone(_text(zone, "name"), _number(zone, "area_mm2", 1, 1000000), _number(zone, "target_per_cm2_x10", 1, 100000))
        for zone in zones
    ]
    return plan


def load(path, counts_per_rev):
    """The plan at rest in a PLAN block; free mode where there is none or a damaged one: `error` then says why."""
    try:
        with open(path, "rb") as f:
            block = f.read()
    except OSError:
        return Plan(counts_per_rev)
    try:
        kind, _, _, _, start, end, _ = wire.parse_block(block)
        if kind != wire.PLAN:
            raise PlanError("the file holds no plan")
        return parse(block[start:end], counts_per_rev)
    except (wire.WireError, PlanError) as error:
        plan = Plan(counts_per_rev)
        plan.error = str(error)
        return plan
