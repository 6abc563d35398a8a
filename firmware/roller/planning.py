"""The verbs that only a preparing host uses: the plan at rest, and the light's brightness."""

import json
import os
from binascii import a2b_base64, crc32

from roller import plan as plans
from roller import wire
from roller.feedback import NIGHT_PERCENT
from roller.link import Refused
from roller.services import misused, refuse_in_session

_CHANGING = "changing the plan"


def plan(app, words):
    """`plan`: the plan in use. `plan put OFFSET BASE64` ..., then `plan commit LENGTH CRC32`. `plan clear`."""
    if not words:
        return _told(app.plan)
    refuse_in_session(app, _CHANGING)
    if words[0] == "put" and len(words) == 3:
        return _put(app, words[1], words[2])
    if words[0] == "commit" and len(words) == 3:
        return _commit(app, words[1], words[2])
    if words[0] == "clear":
        _remove(app.plan_path)
        app.use_plan(plans.Plan(app.hal.counts_per_rev))
        return {"plan": None, "error": None}
    return misused("plan")


def _put(app, offset, text):
    """Add a piece to the plan in the making; asking again for the same piece is harmless."""
    try:
        piece = a2b_base64(text)
        at = int(offset)
    except ValueError:
        raise Refused("usage", "a piece of a plan is an offset and base64")
    if at < 0 or at > len(app.staged) or at + len(piece) > plans.MAX_PLAN:
        raise Refused(
            "offset", "the next piece starts at %d, and a plan has at most %d bytes" % (len(app.staged), plans.MAX_PLAN)
        )
    app.staged = app.staged[:at] + piece
    return {"staged": len(app.staged)}


def _commit(app, length, crc):
    """Take the plan in the making whole, or refuse it whole."""
    staged = app.staged
    if str(len(staged)) != length or "%08x" % crc32(staged) != crc:
        raise Refused("staged", "the plan did not arrive whole; send it again")
    yield None
    steps = plans.steps(staged, app.hal.counts_per_rev)  # which loads what reads them
    yield None
    try:
        for step in steps:
            plan = step  # None but for the last
            yield None
    except plans.PlanError as error:
        raise Refused("plan", str(error))
    fresh = write(app.plan_path, staged)
    yield None
    refuse_in_session(app, _CHANGING)  # which may have begun meanwhile
    os.rename(fresh, app.plan_path)
    app.staged = b""
    app.use_plan(plan)
    yield None
    yield from _told(plan)


def _told(plan):
    """Yield the answer that tells a plan; the object of a long one is told in pieces."""
    if plan.source is None:
        yield "plan", None
    else:
        before = '{"plan": {'
        for key in plan.source:
            yield from _entry('%s"%s": ' % (before, key), plan.source[key])
            before = ", "
        yield "}"
    yield "error", plan.error


def _entry(text, value):
    if not isinstance(value, list):
        yield text + json.dumps(value)
        return
    text += "["
    for each in value:
        yield text + json.dumps(each)
        text = ", "
    yield "]"


def write(path, text):
    """Write a plan beside the one at rest; one rename then switches: a power cut leaves the old one or the new one."""
    fresh = path + ".new"
    with open(fresh, "wb") as f:
        f.write(wire.pack_block(wire.PLAN, 0, 0, 0, text))
    return fresh


def _remove(path):
    try:
        os.remove(path)
    except OSError:
        pass  # there was none


def light(app, words):
    """`light`: brightness in percent. `light PERCENT`, `light night` or `light day` set it, for good."""
    if words:
        percent = {"night": NIGHT_PERCENT, "day": 100}.get(words[0])
        if percent is None:
            if not words[0].isdigit() or not 1 <= int(words[0]) <= 100:
                raise Refused("usage", "brightness is 1 to 100, night or day")
            percent = int(words[0])
        app.hal.keep_number("light", percent)
        app.set_brightness(percent)
    return {"light_percent": app.light_percent}
