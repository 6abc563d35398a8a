"""The verb that gives a handle its hardware revision and name, once: imported when it is asked for."""

from roller.link import Refused
from roller.services import misused

_KEY = "who"  # one blob of both, so that a power cut leaves both or none
MAX_HW = 16  # characters
MAX_NAME = 40


def provision(app, words):
    """`provision`: what is kept. `provision set HW NAME...` keeps it if nothing is; `replace` whatever is."""
    hal = app.hal
    kept = list(hal.who)
    if words:
        if len(words) < 3 or words[0] not in ("set", "replace"):
            return misused("provision")
        wanted = [words[1], " ".join(words[2:])]
        if len(wanted[0]) > MAX_HW or len(wanted[1]) > MAX_NAME:
            raise Refused("usage", "a revision has at most %d characters, a name %d" % (MAX_HW, MAX_NAME))
        if kept[0] and kept != wanted and words[0] == "set":
            raise Refused("provisioned", "this is %s, hardware %s, and not %s, hardware %s"
                          % (kept[1], kept[0], wanted[1], wanted[0]))  # fmt: skip
        if kept != wanted:
            from roller import sealed_slots

            sealed_slots.write(hal, _KEY, "\n".join(wanted).encode())
            hal.who = kept = wanted
    return {"hw": kept[0], "name": kept[1]}
