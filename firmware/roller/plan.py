"""The treatment plan that a session follows. How its text is read: see plan_reading."""

from roller import wire
from roller.settings import FORCE_HIGH_MN, FORCE_LOW_MN, Head

VERSION = 1
MAX_PLAN = 2000  # bytes of JSON: the session's header repeats the plan and its zones in one block
MAX_ZONES = 16
MAX_NAME = 40  # characters of any name or code
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
        self.low_mn = FORCE_LOW_MN
        self.high_mn = FORCE_HIGH_MN
        self.max_density_per_cm2_x10 = None
        self.min_interval_days = None
        self.serum = None
        self.zones = [Zone("free", None, None)]
        self.error = None  # why the plan at rest was refused


def parse(text, counts_per_rev):
    """A Plan from its JSON text, for a handle whose encoder gives counts_per_rev; raises PlanError."""
    return list(steps(text, counts_per_rev))[-1]


def steps(text, counts_per_rev):
    """As parse, in steps that the loop has time for: yields None, at last the Plan."""
    from roller import plan_reading

    return plan_reading.steps(text, counts_per_rev)


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
