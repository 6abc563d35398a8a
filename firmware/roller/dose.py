"""Dose per zone, in encoder counts of path; the target and the limit are turned into counts once, so that the loop
only compares. The target goes by what was rolled with enough force, the limit by all of it.
"""

from array import array

NEVER = 0x3FFFFFFF


def counts_for_density(per_cm2_x10, area_mm2, head):
    """Path in counts at which `area_mm2` has the density: needles * counts / counts_per_rev / area, solved for
    counts, rounded up.
    """
    return -(-per_cm2_x10 * area_mm2 * head.counts_per_rev // (1000 * head.needles))


class Dose:
    def __init__(self, plan):
        """plan: a roller.plan.Plan."""
        n = len(plan.zones)
        self.passes = array("i", [0] * n)
        self.path_counts = array("i", [0] * n)
        self.effective_counts = array("i", [0] * n)
        self.target_counts = array("i", [0] * n)  # 0: none
        self.limit_counts = array("i", [0] * n)
        for i, zone in enumerate(plan.zones):
            if zone.area_mm2:
                if zone.target_per_cm2_x10:
                    self.target_counts[i] = counts_for_density(zone.target_per_cm2_x10, zone.area_mm2, plan.head)
                if plan.max_density_per_cm2_x10:
                    self.limit_counts[i] = counts_for_density(plan.max_density_per_cm2_x10, zone.area_mm2, plan.head)

    def roll(self, zone, counts, is_effective):
        """Add path to a zone."""
        if is_effective:
            self.effective_counts[zone] += counts
        self.path_counts[zone] += counts

    def progress_percent(self, zone):
        """Of the target, 100 at the most and where there is none."""
        target = self.target_counts[zone]
        return min(100, self.effective_counts[zone] * 100 // target) if target else 100

    def next_counts(self, zone):
        """The path at which the judgement of a zone changes next; NEVER if it does not."""
        limit = self.limit_counts[zone]
        return limit + 1 if 0 < limit and self.path_counts[zone] <= limit else NEVER

    def next_effective(self, zone):
        """The effective path at which its progress changes next; NEVER if it does not."""
        target = self.target_counts[zone]
        effective = self.effective_counts[zone]
        return -(-(effective * 100 // target + 1) * target // 100) if effective < target else NEVER

    def is_target_reached(self, zone):
        return 0 < self.target_counts[zone] <= self.effective_counts[zone]

    def is_over_limit(self, zone):
        return 0 < self.limit_counts[zone] < self.path_counts[zone]
