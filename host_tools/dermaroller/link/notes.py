"""What PROTOCOL.md says of each verb besides its tables: what its arguments are, what it changes, how to repeat it.

Limits are those of the code, under their names. Where a line ends here means nothing.
"""

from collections.abc import Iterable

from dermaroller.counters import DOUBTS, HARMLESS
from roller import calibrating, feedback, link, plan, provisioning, selftest, services

_FLASH_BYTES = selftest.CHUNKS * selftest.CHUNK
_NN = f"{calibrating.MIN_NN_PER_COUNT:,} to {calibrating.MAX_NN_PER_COUNT:,}"

VERBS = {
    "info": """\
    While no session is open, the device collects garbage first, so that `heap_free` is what is free. The states are
    those of [the light](README.md#the-light).
    """,
    "list": f"""\
    FROM is the least number to be listed, by default 0. A page has up to {services.PAGE} sessions: ask `list 0`, then
    `list FROM` with the answer's `next`, until that is null.
    """,
    "get": f"""\
    Bytes [OFFSET, OFFSET + LENGTH) of a session's file, as a BYTES frame whose `offset` is OFFSET. It may bring fewer
    than LENGTH: never more than `max_payload` of `info` ({link.IDLE_PAYLOAD:,}; {link.BUSY_PAYLOAD} while a session is
    being recorded), and none at or behind the end of the file. Go on from where it ends.
    """,
    "sha": "The device reads the whole session for it: allow seconds for a long one.",
    "confirm": """\
    SHA256 is that of the bytes that the host holds, in 64 hex digits. The device compares it with that of its own, as
    for `sha`. A confirmed session may be given up when flash is full; others never are. Repeating it changes nothing.
    """,
    "erase": """\
    As `confirm`, and the session goes at once. Where an answer was lost, the next try is refused as `missing`: then it
    is done.
    """,
    "raw": """\
    The statistics begin anew with each answer, so a repeated request tells of the time since the one before. Without a
    reading in between, the lowest is 65535 and the highest 0.
    """,
    "cal": f"""\
    JSON is an object, without a `*`, with any of `kind`, `tare_raw`, `nn_per_count`, `table`, `nm_per_count` and
    `utc_s`. What it leaves out stays as it is, and so does what the board says. It is taken whole or refused whole:
    `nn_per_count` is {_NN}; a table has 2 to {calibrating.MAX_POINTS} points, up to 65,535 counts and
    {calibrating.MAX_MN:,} mN, or none; `tare_raw` is within the board's range; `nm_per_count` is at most
    {calibrating.MAX_NM_PER_COUNT:,}, and 0 has it computed from the drum. Not while a session is open.
    """,
    "live": """\
    Short, so that it can be asked ten times a second while a session is being recorded. The states are those of
    [the light](README.md#the-light).
    """,
    "plan": f"""\
    A new plan is the JSON text of a [plan](#plan-1), at most {plan.MAX_PLAN:,} bytes, in pieces that fit into a
    request: 90 bytes each do. `plan put` brings BASE64, with its padding, to OFFSET, counted in bytes of the text;
    whatever was there from OFFSET on goes. `plan commit` takes the whole, if its length in bytes and its CRC32 (8
    lower-case hex digits) are these, and answers as `plan` does. Until then, and where it is refused, the old plan
    stays in use. `plan clear` removes the plan. Where the answer to a commit was lost, the next try is refused as
    `staged`: ask `plan` which one the device holds. None of these while a session is open.
    """,
    "light": f"PERCENT is 1 to 100; `night` is {feedback.NIGHT_PERCENT}, `day` 100. It is kept for good.",
    "time": f"""\
    UTC_S is Unix time in seconds, {services.UTC_MIN_S} to {services.UTC_MAX_S}, and UTC_MS 0 to 999 on top of it. The
    answer was made somewhere between question and answer, so of several round trips the shortest tells the most.
    `set` takes effect when it is read: give each try the time of that try.
    """,
    "provision": f"""\
    HW is a word of at most {provisioning.MAX_HW} characters; NAME is the rest of the line, at most
    {provisioning.MAX_NAME}. `set` does it once, and may be repeated with the same words; `replace` does it whatever was
    said before.
    """,
    "selftest": f"""\
    Figures that the host judges; not while a session is open. `adc` reads the force sensor, `timer` watches the
    sampling for MS (at most {selftest.MAX_MS:,}), `flash` writes {_FLASH_BYTES:,} bytes and reads them again, `bytes`
    sends a stretch of them as `get` does, `heap` looks for the largest block, `light` shows a colour (0 to 255 each)
    for MS, and `end` removes what the tests left.
    """,
    "stop": "It answers once the session is closed. Where an answer was lost, the next try is refused as `idle`.",
    "help": "Typed in a terminal, it lists all verbs.",
}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


OBJECTS = {
    "counters": f"""
    Each of {_listed(DOUBTS)} casts doubt on the numbers of a session in which it grew; {_listed(HARMLESS)} do not. A
    log's footer has those that grew.
    """,
    "plan": f"Texts in it have 1 to {plan.MAX_NAME} characters, and there are 1 to {plan.MAX_ZONES} zones.",
}
