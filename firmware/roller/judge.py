"""What every sample goes through: from the ring to the next thing that matters, of which `tell` is then told.

A sample is stamped in ms, its force averaged, and with DELAY samples in between it becomes the moment that the average
belongs to. In contact, that moment's force is added up for the log's period and, every fourth sample, for the stroke.
All else is for Python, and rare: samples that come late or cannot be a force, the force at a threshold, a count that
moved in contact, the end of a period of the log, of a window for speed and tare.
"""

from roller.clock import LAST, MS, TICKS_MASK, US
from roller.contact import AIR, TOUCH
from roller.force import DELAY, IS_FAULTY, LEFT, MN
from roller.native import micropython, ptr32
from roller.ring import HEAD, SIZE, SLOTS, TAIL, WORDS

LATE_MS = 2  # samples further apart than two periods are counted as late
WINDOW_MS = 100  # over which speed and edge rate are judged
MOST = 32  # samples in one go: callbacks wait meanwhile

# What is told, before the sample is gone on with.
LATE = 0  # SEEN_MS is still the time of the sample before
FAULTY = 1
CHANGE = 2  # the force may change the contact: set STATE
ROLL = 3
PERIOD = 4  # the log's, to which the moment does not belong any more
WINDOW = 5

# Words of a meter.
T_MS = 0  # the sample last received, and what was counted by then
T_COUNT = 1
SEEN_MS = 2
NOW_MS = 3  # the moment judged
COUNT = 4
STATE = 5  # of the contact
ON_MN = 6
OFF_MN = 7
FELT_COUNT = 8  # at which the last ROLL was told
WINDOW_MS_AT = 9  # when the window began
LOG_END_MS = 10  # of the period; 0: begin one; -1: there is no log
LOG_SUM_MN = 11
LOG_SAMPLES = 12
LOG_COUNT = 13
WAS_FAULTY = 14  # what the force filter said at the last sample
IS_CHANGED = 15  # contact, zone, dose or fault, since whoever shows them has looked: see guide.is_settled
DUE_MS = 16  # when that must look again, whatever changes
LOW_MN = 17  # between these the force is right; LOW_MN above all forces where it is not known to be
HIGH_MN = 18
ABOVE_MS = 19  # when it last was
EFFECTIVE_MN = 20  # at which path counts as effective
ZONE = 21
DUE_COUNTS = 22  # path in the zone that matters to whoever shows it
STRIP_LIMIT = 23  # visits of a bin beyond which `rolling.roll` asks for ROLL
DUE_EFFECTIVE = 24  # effective path likewise
AT = 25  # the oldest of the samples between, which follow: their times, then their counts
PAST_MS = 26
PAST_COUNT = PAST_MS + DELAY
SIZE_OF_METER = PAST_COUNT + DELAY


@micropython.viper
def judge(ring: ptr32, meter: ptr32, force_words, calibration, parts, tell) -> int:
    """Take what waits, at most MOST samples; returns how many it took.

    ring, meter, force_words, calibration: words of a Ring, Meter, ForceFilter, Calibration. parts: those of its clock,
    the average, those of stroke and survey and the functions on them, rolling.roll and what it takes. tell(LATE and
    the like).
    """
    force = ptr32(force_words)
    clock = ptr32(parts[0])
    average = parts[1]
    stroke = parts[2]
    feel = parts[3]
    surveyed = parts[4]
    survey = parts[5]
    roll = parts[6]
    rolled = parts[7]
    left = ptr32(surveyed)
    n = 0
    while n < MOST and ring[TAIL] != ring[HEAD]:
        n += 1
        slot = SLOTS + WORDS * ring[TAIL]
        us = clock[US] + (ring[slot] - clock[LAST] & TICKS_MASK)  # as clock.widen, a thousand times a second
        clock[LAST] = ring[slot]
        if us >= 1000:
            t_ms = us // 1000
            clock[MS] += t_ms
            us -= 1000 * t_ms
        clock[US] = us
        t_ms = clock[MS]
        meter[T_MS] = t_ms
        meter[T_COUNT] = ring[slot + 1]
        raw = ring[slot + 2]
        if t_ms - meter[SEEN_MS] > LATE_MS:
            tell(LATE)
        meter[SEEN_MS] = t_ms
        if left[LEFT]:
            survey(surveyed, raw)
        if int(average(force_words, calibration, raw)):
            at = meter[AT]
            meter[NOW_MS] = meter[PAST_MS + at]
            meter[COUNT] = meter[PAST_COUNT + at]
            meter[PAST_MS + at] = t_ms
            meter[PAST_COUNT + at] = meter[T_COUNT]
            meter[AT] = at + 1 & DELAY - 1
            mn = force[MN]
            if meter[STATE] != AIR or mn >= meter[ON_MN]:
                if meter[STATE] != TOUCH or mn < meter[OFF_MN]:
                    tell(CHANGE)
                if meter[STATE] != AIR:
                    if meter[STATE] == TOUCH and meter[COUNT] != meter[FELT_COUNT]:
                        if int(roll(rolled)):
                            tell(ROLL)
                    if meter[LOG_END_MS] >= 0:
                        if meter[NOW_MS] >= meter[LOG_END_MS]:
                            tell(PERIOD)
                        meter[LOG_SUM_MN] += mn
                        meter[LOG_SAMPLES] += 1
                        meter[LOG_COUNT] = meter[COUNT]
            if not at:
                if meter[STATE] == TOUCH:
                    feel(stroke, mn)
                if t_ms - meter[WINDOW_MS_AT] >= WINDOW_MS:
                    tell(WINDOW)
        elif force[IS_FAULTY]:
            tell(FAULTY)
        if force[IS_FAULTY] != meter[WAS_FAULTY]:
            meter[WAS_FAULTY] = force[IS_FAULTY]
            meter[IS_CHANGED] = 1
        ring[TAIL] = ring[TAIL] + 1 & SIZE - 1
    return n
