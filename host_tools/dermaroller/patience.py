"""How long to wait for an answer, by what is asked for: a device that works is not one that is silent.

All times are multiples of what the line needs for a usual answer (Device's silence_s).
"""

TRIES = 5  # times that a request is asked before the device counts as silent

# The device answers in slices between its samples, a turn of 5 to 20 ms each. What takes many of them:
_WORK = {
    "sha": 10.0,  # reads the whole session, 2 KB a turn
    "confirm": 10.0,  # likewise, for the proof
    "erase": 10.0,
    "list": 2.0,  # an older firmware looks at every session for each page: 2.8 s with sixty
    "stop": 2.0,  # writes the rest of the session and its footer: 2.4 s there
    "plan commit": 2.0,  # reads up to 2 KB of JSON, and writes them to flash
    "cal": 2.0,  # may write to flash
}


def first_s(request: str, usual_s: float) -> float:
    """How long to wait before the request is asked for a second time."""
    words = request.split()
    return usual_s * max(_WORK.get(" ".join(words[:n]), 1.0) for n in (1, 2))


def grown_s(first_s: float, attempt: int) -> float:
    """How long to wait for an answer to try number `attempt`, from 0 on: who did not answer may have more to do."""
    return first_s * (1 + attempt / 4)
