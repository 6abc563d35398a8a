"""The thresholds of the instrument, in one place, with their defaults; a session's header records those it used."""

# pi as a ratio of small integers, good to 3e-7.
_PI_NUM = 355
_PI_DEN = 113

# The force window where no plan sets one. With the drum seated some 32 needles are in, at 20 to 167 mN each ex vivo
# (Roemgens 2014): 0.63 to 5.3 N in all. The high end is rounded up, and unverified.
FORCE_LOW_MN = 600
FORCE_HIGH_MN = 6000


class Head:
    """The needle drum. Lengths in micrometres."""

    def __init__(
        self,
        id="",
        needles=192,
        drum_diameter_um=20000,
        drum_width_um=20000,
        needle_length_um=1500,
        counts_per_rev=32,
        max_sessions=0,
        max_revolutions=0,
    ):
        """max_sessions, max_revolutions: 0 where no limit is known.

        The defaults are the reference head (Schwarz & Laaff 2011).
        """
        self.id = id
        self.needles = needles
        self.drum_diameter_um = drum_diameter_um
        self.drum_width_um = drum_width_um
        self.needle_length_um = needle_length_um
        self.counts_per_rev = counts_per_rev
        self.max_sessions = max_sessions
        self.max_revolutions = max_revolutions

    @property
    def nm_per_count(self):
        """Travel of the drum's surface per count, in nanometres: pi * D / counts per revolution."""
        return self.drum_diameter_um * 1000 * _PI_NUM // (_PI_DEN * self.counts_per_rev)


class Settings:
    """Thresholds for one head and one force window."""

    contact_on_mn = 300
    contact_off_mn = 150
    lift_ms = 60
    reversal_um = 4000  # rolling back by more than this ends a pass
    pass_min_um = 10000  # a shorter stroke is no pass
    treatment_min_passes = 1  # with fewer, a session is no treatment: no head is used, and no interval begins
    confirmed_ms = 900000  # what was confirmed, as a sterile head, holds for so long if no session begins
    idle_ms = 300000  # without contact for this long, the session ends
    gap_ms = 20  # samples further apart than this are a recorded gap
    strip_max_passes = (
        20  # over one strip in a contact, without a plan; unverified: 15 to 20 passes are custom, not evidence
    )
    flush_ms = 4500  # after which the log is flushed without waiting for a lift; with the flush itself 5 s at most

    def __init__(self, head, low_mn=FORCE_LOW_MN, high_mn=FORCE_HIGH_MN, nm_per_count=0):
        """nm_per_count: measured travel per count; 0 takes the head's geometry."""
        self.low_mn = low_mn
        self.high_mn = high_mn
        nm = nm_per_count or head.nm_per_count
        self.nm_per_count = nm
        self.reversal_counts = self.reversal_um * 1000 // nm + 1
        self.pass_min_counts = -(-self.pass_min_um * 1000 // nm)
