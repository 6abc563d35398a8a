"""The verbs by which a host proves that it holds a session, and what that allows. Imported at first use."""

import hashlib
from binascii import hexlify

from roller import store
from roller.link import Refused
from roller.services import misused, open_session, whole

_CHUNK = 512
_CHUNKS_A_TURN = 4  # of a file that is hashed, so that the loop goes on meanwhile


def sha(app, words):
    session = whole(words, 0, "ID")
    found = None
    for found in _hash(app, session):
        if not found:
            yield None
    yield {"id": session, "bytes": found[0], "sha256": found[1]}


def confirm(app, words):
    """The host holds this session: it may go when flash is full."""
    session, is_proved = whole(words, 0, "ID"), False
    for is_proved in _prove(app, session, words, "confirm"):
        if not is_proved:
            yield None
    if app.store.state(session) != store.CONFIRMED:
        app.store.confirm(session)
    yield {"confirmed": session}


def erase(app, words):
    """The host holds this session: away with it."""
    session, is_proved = whole(words, 0, "ID"), False
    for is_proved in _prove(app, session, words, "erase"):
        if not is_proved:
            yield None
    app.store.remove(session)
    yield {"erased": session}


def _prove(app, session, words, verb):
    """Yield False while at it, then True. Refused if the session is open, or its SHA-256 is not words[1]."""
    if len(words) != 2 or len(words[1]) != 64:
        yield from misused(verb)
    open_session(app, session).close()
    if app.store.state(session) == store.OPEN:
        raise Refused("open", "session %d is still being recorded" % session)
    for found in _hash(app, session):
        if not found:
            yield False
    if found[1] != words[1].lower():
        raise Refused("proof", "session %d has SHA-256 %s" % (session, found[1]))
    yield True


def _hash(app, session):
    """Yield None where the loop should turn once, then (bytes, SHA-256 in hex) of the session's file."""
    digest = hashlib.sha256()
    size = 0
    chunk = bytearray(_CHUNK)
    with open_session(app, session) as f:
        n = f.readinto(chunk)
        while n:
            digest.update(memoryview(chunk)[:n])
            size += n
            if size % (_CHUNKS_A_TURN * _CHUNK) == 0:
                yield None
            n = f.readinto(chunk)
    yield size, hexlify(digest.digest()).decode()
