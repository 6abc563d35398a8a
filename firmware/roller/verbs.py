"""The one schema of what the link can be asked: each verb's forms and refusals; `answers` has what it is answered.

Both ends import it. The device loads it for `help`, or when something was asked wrongly, and drops it again. Nothing
there asks for the tables of refusals and answers, so these are left out when they are compiled for one.
"""

# A line a verb: how it is written, and its help. As bytes, which are searched and cut without counting characters.
FORMS = b"""
info: who I am, what I am doing, and what was lost
list [FROM]: sessions in flash
get ID OFFSET LENGTH: bytes of a session
sha ID: SHA-256 of a session
confirm ID SHA256: a host holds a session, which may go when flash is full
erase ID SHA256: remove a session that a host holds
raw: readings since the last `raw`: mean, lowest and highest force, and the count
cal [JSON]: calibration, or keep a new one
live [ZONE]: what the hand does now
plan [put OFFSET BASE64 | commit LENGTH CRC32 | clear]: the plan, or a new one
light [PERCENT | night | day]: the light's brightness
time [set UTC_S UTC_MS]: boot, uptime and clock, or set the clock
provision [set HW NAME | replace HW NAME]: who this handle is, or say it once
selftest adc | timer MS | flash | bytes OFFSET LENGTH | heap | light R G B MS | end: one test of it
stop: end the open session
help: this text
"""


def helps():
    """Yield (verb, what `help` says of it) of each."""
    at = 1
    while at < len(FORMS):
        colon, end = FORMS.find(b":", at), FORMS.find(b"\n", at)
        form, line = FORMS[at:colon].decode(), FORMS[colon + 2 : end].decode()
        space = form.find(" ")
        yield (form, line) if space < 0 else (form[:space], line + ": " + form)
        at = end + 1


def usage(verb):
    """How a verb with arguments is written."""
    at = FORMS.find(("\n" + verb + " ").encode()) + 1
    return FORMS[at : FORMS.find(b":", at)].decode()


ERRORS = {
    "unknown": "there is no such verb",
    "failed": "flash, a sensor or the firmware failed; the text says which",
    "memory": "there is no memory for this answer just now; ask again later",
    "usage": "an argument is missing, none of the verb's, or out of its range",
    "missing": "there is no such session or zone",
    "open": "the session is still being recorded",
    "proof": "the session's SHA-256 is another one",
    "busy": "a session is open; end it first",
    "idle": "no session is open",
    "calibration": "the calibration makes no sense; the one before is still in use",
    "offset": "the piece does not follow what is there; send the plan anew",
    "staged": "what is there is not the plan that was to be committed; send it anew",
    "plan": "the plan cannot be used; the one before is still in use",
    "provisioned": "the handle is somebody else already",
    "full": "flash is too full to be tested",
}
ANY = ("unknown", "failed", "memory")  # which any request may meet
REFUSALS = {
    "list": ("usage",),
    "get": ("usage", "missing"),
    "sha": ("usage", "missing"),
    "confirm": ("usage", "missing", "open", "proof"),
    "erase": ("usage", "missing", "open", "proof"),
    "cal": ("busy", "calibration"),
    "live": ("usage", "missing"),
    "plan": ("usage", "busy", "offset", "staged", "plan"),
    "light": ("usage",),
    "time": ("usage",),
    "provision": ("usage", "provisioned"),
    "selftest": ("usage", "busy", "full"),
    "stop": ("idle",),
}
