"""What the link can be asked: each verb a small function that returns a dict (or a Range) or raises Refused."""

import gc
import hashlib
import json
import os
from binascii import hexlify

from roller import wire
from roller.force import Survey
from roller.link import Range, Refused
from roller.version import VERSION

_PAGE = 12  # sessions in one answer to `list`
_UTC_MIN_S = 1704067200  # 2024
_UTC_MAX_S = 4102444800  # 2100
_CHUNK = 512
_CHUNKS_A_TURN = 4  # of a file that is hashed, so that the loop goes on meanwhile


def _whole(words, at, what, default=None):
    if at >= len(words) and default is not None:
        return default
    if at >= len(words) or not words[at].isdigit() or len(words[at]) > 10:
        raise Refused("usage", "%s must be a whole number" % what)
    return int(words[at])


def verbs(app):
    """{name: (function(words), help text)}"""

    def info(words):
        hal = app.hal
        answer = {"fw": VERSION, "format": wire.FORMAT, "state": app.feedback.state, "uptime_ms": app.now_ms}
        answer.update(hal.identity())
        answer["session"] = app.session.recorder.session if app.session.is_open else None
        answer["sessions"] = len(app.store.listing())
        stat = os.statvfs("/")
        answer["flash_free"] = stat[0] * stat[3]
        answer["flash_size"] = stat[0] * stat[2]
        answer["heap_free"] = gc.mem_free()
        answer["subject"] = app.plan.subject
        answer["plan_error"] = app.plan.error
        answer["max_payload"] = app.link.max_payload()
        answer["counters"] = app.counters()
        return answer

    def listing(words):
        found = app.store.listing(_whole(words, 0, "FROM", 0))
        page = [{"id": session, "bytes": size, "open": is_open} for session, size, is_open in found[:_PAGE]]
        return {"sessions": page, "next": found[_PAGE][0] if len(found) > _PAGE else None}

    def get(words):
        session, offset, length = [_whole(words, i, name) for i, name in enumerate(("ID", "OFFSET", "LENGTH"))]
        return Range(_open(session), offset, length)

    def sha(words):
        session = _whole(words, 0, "ID")
        digest = hashlib.sha256()
        size = 0
        for chunk in _chunks(session):
            if chunk:
                digest.update(chunk)
                size += len(chunk)
            else:
                yield None
        yield {"id": session, "bytes": size, "sha256": hexlify(digest.digest()).decode()}

    def time(words):
        if words:
            if words[0] != "set":
                raise Refused("usage", "time, or time set UTC_S UTC_MS")
            utc_s, utc_ms = _whole(words, 1, "UTC_S"), _whole(words, 2, "UTC_MS")
            if not _UTC_MIN_S <= utc_s <= _UTC_MAX_S or utc_ms > 999:
                raise Refused("usage", "that is no time of this century")
            app.hal.set_utc(utc_s)
            app.session.clock_set(app.clock.step(app.hal.ticks_us()), utc_s, utc_ms)
        identity = app.hal.identity()
        answer = {"device": identity["device"], "boot": identity["boot"], "utc_s": app.hal.utc_s()}
        answer["uptime_ms"] = app.clock.step(app.hal.ticks_us())
        return answer

    def raw(words):
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

    def calibrate(words):
        if words:
            if app.session.is_open:
                raise Refused("busy", "a session is open; end it before calibrating")
            try:
                app.calibration.take(json.loads(" ".join(words)))
                app.hal.keep_calibration(app.calibration)
            except (ValueError, TypeError, KeyError) as error:
                raise Refused("calibration", str(error) or "calibration is not JSON")
        return app.calibration.as_dict()

    def live(words):
        # Short enough that the answer fits the UART's FIFO and delays no sample: one zone at a time.
        meter = app.meter
        zone = _whole(words, 0, "ZONE", meter.zone)
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
            "b": app.power.battery_mv,
            "o": app.session.is_open,
        }

    def plan(words):
        from roller import planning

        return planning.plan(app, words)

    def light(words):
        from roller import planning

        return planning.light(app, words)

    def stop(words):
        if not app.session.is_open:
            raise Refused("idle", "no session is open")
        session = app.session.recorder.session
        app.end_session("ask")
        return {"stopped": session}

    def helps(words):
        return {name: table[name][1] for name in sorted(table)}

    def _chunks(session):
        """The bytes of a session's file, piece by piece, and None where the loop should turn once."""
        chunk = bytearray(_CHUNK)
        with _open(session) as f:
            n = f.readinto(chunk)
            while n:
                yield memoryview(chunk)[:n]
                if f.tell() % (_CHUNKS_A_TURN * _CHUNK) == 0:
                    yield None
                n = f.readinto(chunk)

    def _open(session):
        try:
            return app.store.open_file(session)
        except KeyError:
            raise Refused("missing", "no session %d" % session)

    table = {
        "info": (info, "who I am, what I am doing, and what was lost"),
        "list": (listing, "sessions in flash: list [FROM]"),
        "get": (get, "bytes of a session: get ID OFFSET LENGTH"),
        "sha": (sha, "SHA-256 of a session: sha ID"),
        "raw": (raw, "readings since the last `raw`: mean, lowest and highest force, and the count"),
        "cal": (calibrate, "calibration, or keep a new one: cal [JSON]"),
        "live": (live, "what the hand does now: live [ZONE]"),
        "plan": (plan, "the plan, or a new one: plan [put OFFSET BASE64 | commit LENGTH CRC32 | clear]"),
        "light": (light, "the light's brightness: light [PERCENT | night | day]"),
        "time": (time, "boot, uptime and clock, or set the clock: time [set UTC_S UTC_MS]"),
        "stop": (stop, "end the open session"),
        "help": (helps, "this text"),
    }
    return table
