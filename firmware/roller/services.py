"""What the link can be asked: each verb a small function of the app and the words behind it.

It returns what Link takes, or raises Refused; none may keep the loop for longer than 10 ms of a chip at 160 MHz, so
what takes longer is a generator. Verbs that are rarely asked for stand in modules of their own.
"""

import gc
import json

from roller import forget, store, wire
from roller.force import Survey
from roller.link import Range, Refused
from roller.version import VERSION

PAGE = 12  # sessions in one answer to `list`
UTC_MIN_S = 1704067200  # 2024
UTC_MAX_S = 4102444800  # 2100


def answer(app, words):
    """What a request, split into words, is answered."""
    if not words or words[0] not in VERBS:
        raise Refused("unknown", "unknown request; type help")
    return VERBS[words[0]](app, words[1:])


def whole(words, at, what, default=None):
    """The whole number words[at], called `what` if it is refused."""
    if at >= len(words) and default is not None:
        return default
    if at >= len(words) or not words[at].isdigit() or len(words[at]) > 10:
        raise Refused("usage", "%s must be a whole number" % what)
    return int(words[at])


def misused(verb):
    """Refuse a request that is written as none of the verb's forms, in turns of their own: loading these takes one."""
    from roller import verbs

    yield None
    form = verbs.usage(verb)
    forget("verbs")
    raise Refused("usage", "usage: " + form)


def load():
    """Load at boot what takes too long in a turn or may be asked for in a session."""
    from roller import planning, proof, provisioning, selftest  # noqa: F401

    unload()


def unload():
    """What only a new plan or calibration needs goes when a session opens: 5 KB. Neither is taken while one is open.

    So does the schema, where `help` was cut short.
    """
    for name in ("calibrating", "plan_reading", "sealed_slots", "verbs"):
        forget(name)


def info(app, words):
    hal = app.hal
    yield "fw", VERSION
    yield "format", wire.FORMAT
    yield "state", app.feedback.state
    yield "uptime_ms", app.now_ms
    yield from hal.identity().items()
    yield "session", app.session.recorder.session if app.session.is_open else None
    yield "sessions", app.store.count()
    yield "log_full", app.store.is_full
    yield None
    yield "flash_free", app.store.free_bytes()
    yield "flash_size", app.store.size_bytes()
    yield None
    if not app.session.is_open:
        gc.collect()  # so that what follows tells what is free, not how long ago that was done
        yield None
    yield "heap_free", gc.mem_free()  # which looks at all of the heap, as collecting does
    yield None
    yield "subject", app.plan.subject
    yield "plan_error", app.plan.error
    yield "stored_error", hal.stored_error
    yield "max_payload", app.link.max_payload()
    yield "max_speed_mm_s", max_speed_mm_s(hal.max_edges_per_s, app.plan.head)
    yield "counters", app.counters()


def max_speed_mm_s(max_edges_per_s, head):
    """Beyond which counts may be lost; None where they are counted in hardware."""
    return max_edges_per_s * (head.nm_per_count >> 4) // 62500 if max_edges_per_s else None


def listing(app, words):
    found = app.store.page(whole(words, 0, "FROM", 0), PAGE + 1)
    yield None
    page = []
    for session, size, state in found[:PAGE]:
        is_confirmed = state == store.CONFIRMED
        page.append({"id": session, "bytes": size, "open": state == store.OPEN, "confirmed": is_confirmed})
    yield None
    yield "sessions", page
    yield "next", found[PAGE][0] if len(found) > PAGE else None


def get(app, words):
    session, offset, length = [whole(words, i, name) for i, name in enumerate(("ID", "OFFSET", "LENGTH"))]
    app.guide.pulled(app.now_ms)
    return Range(open_session(app, session), offset, length)


def sha(app, words):
    from roller import proof

    return proof.sha(app, words)


def confirm(app, words):
    from roller import proof

    return proof.confirm(app, words)


def erase(app, words):
    from roller import proof

    return proof.erase(app, words)


def time(app, words):
    if words:
        if words[0] != "set":
            return misused("time")
        utc_s, utc_ms = whole(words, 1, "UTC_S"), whole(words, 2, "UTC_MS")
        if not UTC_MIN_S <= utc_s <= UTC_MAX_S or utc_ms > 999:
            raise Refused("usage", "that is no time of this century")
        is_first = app.hal.utc_s() is None
        app.hal.set_utc(utc_s)
        t_ms = app.clock.step(app.hal.ticks_us())
        app.session.clock_set(t_ms, utc_s, utc_ms)
        if is_first:
            app.dated(t_ms)
    identity = app.hal.identity()
    told = {"device": identity["device"], "boot": identity["boot"], "utc_s": app.hal.utc_s()}
    told["uptime_ms"] = app.clock.step(app.hal.ticks_us())
    return told


def raw(app, words):
    survey = app.meter.survey or Survey()
    app.meter.survey = Survey()
    return {
        "n": survey.n,
        "force_raw": survey.sum_raw // survey.n if survey.n else None,
        "force_raw_min": survey.min_raw,
        "force_raw_max": survey.max_raw,
        "force_mn": app.meter.force.mn,
        "is_faulty": app.meter.force.is_faulty,
        "count": app.sampler.count,
        "speed_mm_s": app.meter.speed_mm_s,
    }


def calibrate(app, words):
    if words:
        return _take_calibration(app, " ".join(words))
    return app.calibration.as_dict()


def _take_calibration(app, text):
    """All of it, in use and kept, or nothing."""
    refuse_in_session(app, "calibrating")
    was = {"table": [], "nm_per_count": 0}
    was.update(app.calibration.as_dict())
    try:
        kept = json.loads(text)
        yield None
        from roller import calibrating

        yield None
        kept = app.calibration.checked(kept)
        yield None
        refuse_in_session(app, "calibrating")  # which may have begun meanwhile
        app.calibration.adopt(kept)
        calibrating.keep(app.calibration, app.hal)
    except OSError as error:
        app.calibration.take(was)
        raise Refused("failed", "the calibration cannot be kept: %s" % error)
    except (ValueError, TypeError, KeyError) as error:
        raise Refused("calibration", str(error) or "calibration is not JSON")
    app.use_plan(app.plan)  # travel per count is part of its settings
    yield app.calibration.as_dict()


def live(app, words):
    # Short enough that the answer fits the UART's FIFO and delays no sample: one zone at a time.
    meter = app.meter
    zone = whole(words, 0, "ZONE", meter.zone)
    if zone >= len(app.plan.zones):
        raise Refused("missing", "no zone %d" % zone)
    return {
        "s": app.feedback.state,
        "c": app.feedback.colour,
        "f": meter.force.mn if meter.contact.state else 0,
        "v": meter.speed_mm_s,
        "a": meter.zone,
        "z": zone,
        "p": meter.dose.passes[zone],
        "q": meter.dose.path_counts[zone],
        "e": meter.dose.effective_counts[zone],
        "b": app.power.battery_mv,
        "o": app.session.is_open,
    }


def plan(app, words):
    from roller import planning

    return planning.plan(app, words)


def light(app, words):
    from roller import planning

    return planning.light(app, words)


def provision(app, words):
    from roller import provisioning

    return provisioning.provision(app, words)


def selftest(app, words):
    from roller import selftest as tests

    return tests.selftest(app, words)


def stop(app, words):
    if not app.session.is_open:
        raise Refused("idle", "no session is open")
    session = app.session.recorder.session
    app.end_session("ask")
    while app.session.is_closing:
        yield None
    yield {"stopped": session}


def helps(app, words):
    from roller import verbs

    yield None
    yield from verbs.helps()
    forget("verbs")


def refuse_in_session(app, what):
    if app.session.is_open:
        raise Refused("busy", "a session is open; end it before " + what)


def open_session(app, session):
    """The session's file for reading."""
    try:
        return app.store.open_file(session)
    except KeyError:
        raise Refused("missing", "no session %d" % session)


VERBS = {
    "info": info,
    "list": listing,
    "get": get,
    "sha": sha,
    "confirm": confirm,
    "erase": erase,
    "raw": raw,
    "cal": calibrate,
    "live": live,
    "plan": plan,
    "light": light,
    "time": time,
    "provision": provision,
    "selftest": selftest,
    "stop": stop,
    "help": helps,
}
