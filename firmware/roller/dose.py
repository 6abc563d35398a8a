"""Dose per zone, in encoder counts of path; the target and the limit are turned into counts once, so that the loop
only compares.
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
        """Add path to a zone; returns its path."""
        if is_effective:
            self.effective_counts[zone] += counts
        path = self.path_counts[zone] + counts
        self.path_counts[zone] = path
        return path

    def progress_percent(self, zone):
        """Of the target, 100 at the most and where there is none."""
        target = self.target_counts[zone]
        return min(100, self.path_counts[zone] * 100 // target) if target else 100

    def next_counts(self, zone):
        """The path at which progress or judgement of a zone changes next; NEVER if they do not."""
        target = self.target_counts[zone]
        limit = self.limit_counts[zone]
        path = self.path_counts[zone]
        found = limit + 1 if 0 < limit and path <= limit else NEVER
        if path < target:
            found = min(found, -(-(path * 100 // target + 1) * target // 100))
        return found

    def is_target_reached(self, zone):
        return 0 < self.target_counts[zone] <= self.path_counts[zone]

    def is_over_limit(self, zone):
        return 0 < self.limit_counts[zone] < self.path_counts[zone]
