"""The language of light: what each state looks like, and which one is shown when several hold.

The one table of it is STATES. A state has a colour and a rhythm, and no two share both, so that it reads without
colour. `facts` is a set of bits, one a row; of all that hold, the first row is shown.
"""

FAULT = 1 << 0
TOO_HARD = 1 << 1
OVERDOSE = 1 << 2
PASS_COUNTED = 1 << 3
NEXT_ZONE = 1 << 4
TOO_LIGHT = 1 << 5
ZONE_DONE = 1 << 6
ROLLING = 1 << 7
SESSION_DONE = 1 << 8
LOG_FULL = 1 << 9
LOW_BATTERY = 1 << 10
PULLING = 1 << 11
LOCKED = 1 << 12
CONFIRM_HEAD = 1 << 13
PROGRESS = 1 << 14
HOST_ATTACHED = 1 << 15
CHARGING = 1 << 16
ASLEEP = 1 << 17
READY = 1 << 18

STEADY = (1000,)
ONCE = (60, 60)  # one flash and a wink of dark, which shows on any colour; then the state is over

# By bit: name, (red, green, blue) of 255, rhythm (ms on, ms off, ms on, ...), buzzer with the light.
STATES = (
    ("fault", (255, 0, 0), (100, 100), True),
    ("too_hard", (255, 0, 0), (250, 100), True),
    ("overdose", (255, 0, 120), (80, 80, 80, 80, 80, 400), True),
    ("pass_counted", (255, 255, 255), ONCE, False),
    ("next_zone", (0, 120, 255), (150, 150, 150, 550), False),
    ("too_light", (255, 150, 0), (400, 400), False),
    ("zone_done", (0, 120, 255), (900, 300), True),
    ("rolling", (0, 255, 0), STEADY, False),
    ("session_done", (0, 120, 255), (2400, 100), True),
    ("log_full", (255, 150, 0), (1200, 200, 200, 200), False),
    ("low_battery", (255, 40, 0), (100, 1400), False),
    ("pulling", (160, 0, 255), (50, 150), False),
    ("locked", (255, 0, 0), (1500, 1500), False),
    ("confirm_head", (255, 255, 255), (700, 200, 200, 200), False),
    ("progress", (0, 200, 160), (120, 200), False),  # one to four flashes and a pause: see PROGRESS_RHYTHMS
    ("host_attached", (160, 0, 255), (50, 150, 50, 1750), False),
    ("charging", (0, 255, 0), (2000, 1000), False),
    ("asleep", (0, 0, 0), STEADY, False),
    ("ready", (0, 90, 40), (200, 2800), False),
)

# Flashes count the quarters of the zone's target: 1 for the first quarter, 4 for the last.
_FLASH = (120, 200)
PROGRESS_RHYTHMS = tuple(_FLASH * quarter + (120, 1200) for quarter in range(4))
_PROGRESS_AT = 14

DARK = (0, 0, 0)
PIXELS = 8  # of a ring
FLASH_MS = 120  # of a counted pass
NEXT_MS = 1500  # of a new zone
DONE_MS = 3000  # of the end of a session
NIGHT_PERCENT = 8  # of full brightness


class Feedback:
    """`state`, `colour`, `lit` and `is_buzzing` are what to show after each `step`."""

    def __init__(self):
        self.state = "ready"
        self.colour = DARK
        self.lit = PIXELS  # pixels of a ring that are on; the rest glow
        self.is_buzzing = False
        self._facts = 0
        self._at = -1  # row shown; none yet
        self._phase = 0  # place in the rhythm
        self._due_ms = 0  # when the next begins
        self.due_ms = 0  # until then, `step` with the same facts and progress would change nothing
        self._progress_percent = 100
        self._flash_until_ms = self._next_until_ms = self._done_until_ms = 0
        self.set_brightness(100)

    def set_brightness(self, percent):
        """1 to 100 percent of each colour; a colour that is not black never becomes it."""
        self._at = -1  # show it anew
        self._facts = 0
        self.due_ms = 0
        self._colours = [row[1] if percent == 100 else _dimmed(row[1], percent) for row in STATES]

    def flash_pass(self, t_ms):
        self._flash_until_ms = t_ms + FLASH_MS
        self.due_ms = 0

    def show_next_zone(self, t_ms):
        self._next_until_ms = t_ms + NEXT_MS
        self.due_ms = 0

    def show_done(self, t_ms):
        self._done_until_ms = t_ms + DONE_MS
        self.due_ms = 0

    def step(self, t_ms, facts, progress_percent=100):
        """Work out what to show at t_ms; True if colour, ring or buzzer changed."""
        if t_ms < self._flash_until_ms:
            facts |= PASS_COUNTED
        if t_ms < self._next_until_ms:
            facts |= NEXT_ZONE
        if t_ms < self._done_until_ms:
            facts |= SESSION_DONE
        facts |= READY
        at = self._at
        if facts != self._facts:  # hardly ever: this runs 200 times a second
            self._facts = facts
            at = 0
            while not facts >> at & 1:
                at += 1
        if at != self._at:
            self._at = at
            self.state = STATES[at][0]
            self.colour = None  # a new state is shown even where it looks like the one before
            self._phase = -1
            self._due_ms = t_ms
        elif t_ms < self._due_ms and progress_percent == self._progress_percent:
            self._rest(t_ms)
            return False
        self._progress_percent = progress_percent
        self._beat(t_ms)
        self._rest(t_ms)
        return self._show(STATES[at][3], 1 << at & (ROLLING | PROGRESS | PASS_COUNTED))

    def _beat(self, t_ms):
        """Go on to the part of the rhythm that t_ms is in; the even ones are bright."""
        if self._at == _PROGRESS_AT:
            rhythm = PROGRESS_RHYTHMS[min(self._progress_percent, 99) // 25]
        else:
            rhythm = STATES[self._at][2]
        while t_ms >= self._due_ms:
            self._phase = (self._phase + 1) % len(rhythm)
            self._due_ms += rhythm[self._phase]

    def _rest(self, t_ms):
        """Until the rhythm goes on, or what is shown for a moment is over."""
        due_ms = self._due_ms
        for until_ms in (self._flash_until_ms, self._next_until_ms, self._done_until_ms):
            if t_ms < until_ms < due_ms:
                due_ms = until_ms
        self.due_ms = due_ms

    def _show(self, can_buzz, is_filling):
        is_on = not self._phase & 1
        colour = self._colours[self._at] if is_on else DARK
        lit = min(self._progress_percent * PIXELS // 100, PIXELS) if is_filling else PIXELS
        is_buzzing = is_on and can_buzz
        if colour is self.colour and lit == self.lit and is_buzzing == self.is_buzzing:
            return False
        self.colour = colour
        self.lit = lit
        self.is_buzzing = is_buzzing
        return True


def _dimmed(colour, percent):
    return tuple([-(-part * percent // 100) for part in colour])
