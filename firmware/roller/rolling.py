"""What a turn of the drum in contact adds to stroke, dose and strip: at 500 mm/s, for every count of 250 a second."""

from roller.force import MN
from roller.judge import (
    COUNT,
    DUE_COUNTS,
    DUE_EFFECTIVE,
    EFFECTIVE_MN,
    FELT_COUNT,
    IS_CHANGED,
    NOW_MS,
    STRIP_LIMIT,
    ZONE,
)
from roller.native import micropython, ptr32
from roller.passes import advance
from roller.strip import visit


@micropython.viper
def roll(parts) -> int:
    """PassCounter.move, Dose.roll and Strip.roll at the moment judged; 1 where Python has to go on, else 0.

    parts: words of a meter, a force filter and a pass counter; path and effective path of each zone; words and visits
    of a strip. Python goes on where the drum has rolled back, for which FELT_COUNT stays as it was and nothing is
    added; and where the strip is over its limit.
    """
    meter = ptr32(parts[0])
    force = ptr32(parts[1])
    count = meter[COUNT]
    zone = meter[ZONE]
    is_effective = 1 if force[MN] >= meter[EFFECTIVE_MN] else 0
    added = int(advance(parts[2], meter[NOW_MS], count, is_effective))
    if added < 0:
        return 1
    meter[FELT_COUNT] = count
    if added == 0:
        return 0
    path = ptr32(parts[3])
    path[zone] += added
    if path[zone] >= meter[DUE_COUNTS]:
        meter[IS_CHANGED] = 1
    if is_effective:
        effective = ptr32(parts[4])
        effective[zone] += added
        if effective[zone] >= meter[DUE_EFFECTIVE]:
            meter[IS_CHANGED] = 1
    return 1 if int(visit(parts[5], parts[6], count)) > meter[STRIP_LIMIT] else 0
