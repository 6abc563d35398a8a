"""What the light shows: of all facts that hold, the one that stands first in the table."""

# Bits of `facts`; the lowest bit that is set wins.
FAULT = 1 << 0
TOO_HARD = 1 << 1
OVERDOSE = 1 << 2
PASS_COUNTED = 1 << 3
ZONE_DONE = 1 << 4
TOO_LIGHT = 1 << 5
ROLLING = 1 << 6
LOG_FULL = 1 << 7
SESSION_DONE = 1 << 8
READY = 1 << 9

# By bit: name, (red, green, blue) of 255, ms on, ms off (0: steady).
STATES = (
    ("fault", (255, 0, 0), 100, 100),
    ("too_hard", (255, 0, 0), 1000, 0),
    ("overdose", (255, 0, 160), 150, 150),
    ("pass_counted", (255, 255, 255), 1000, 0),
    ("zone_done", (0, 80, 255), 600, 200),
    ("too_light", (255, 140, 0), 300, 300),
    ("rolling", (0, 255, 0), 1000, 0),
    ("log_full", (255, 140, 0), 1500, 150),
    ("session_done", (0, 80, 255), 1000, 0),
    ("ready", (0, 40, 10), 200, 1800),
)

DARK = (0, 0, 0)
FLASH_MS = 120  # of a counted pass
DONE_MS = 3000  # of the end of a session


class Feedback:
    def __init__(self):
        self.state = "ready"
        self._row = STATES[-1]
        self._since_ms = 0
        self._flash_until_ms = 0
        self._done_until_ms = 0

    def flash_pass(self, t_ms):
        self._flash_until_ms = t_ms + FLASH_MS

    def show_done(self, t_ms):
        self._done_until_ms = t_ms + DONE_MS

    def step(self, t_ms, facts):
        """The colour to show at t_ms, as a tuple that is never changed."""
        if t_ms < self._flash_until_ms:
            facts |= PASS_COUNTED
        if t_ms < self._done_until_ms:
            facts |= SESSION_DONE
        facts |= READY
        at = 0
        while not facts >> at & 1:
            at += 1
        row = STATES[at]
        if row is not self._row:
            self._row = row
            self.state = row[0]
            self._since_ms = t_ms
        _, colour, on_ms, off_ms = row
        if off_ms and (t_ms - self._since_ms) % (on_ms + off_ms) >= on_ms:
            return DARK
        return colour
