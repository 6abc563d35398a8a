"""The one definition of the log and serial formats, imported by the device and by the host.

A log file (`*.drl`) is a row of blocks; a reply on the serial line is a row of frames; a request is one printable line.
Blocks and frames stand alone: each has a sync word, its length and a CRC32, so a reader can skip what is damaged and
say how much is missing. All integers are little endian. `records.py` defines what stands inside a DATA block.

Block                                     Frame
0   u16  BLOCK_SYNC                       0   u16  FRAME_SYNC
2   u8   format << 4 | kind               2   u8   kind
3   u16  payload length                   3   u8   tag, echoed from the request
5   u16  session number                   4   u16  payload length
7   u16  sequence in the session          6   u32  offset of the payload in what was asked for
9   u32  ms since the session's start     10  ...  payload
13  ...  payload                          ..  u32  CRC32 of bytes 2 up to here
..  u32  CRC32 of bytes 0 up to here
"""

import struct
from binascii import crc32

FORMAT = 1

BLOCK_SYNC = 0x52D7
BLOCK_HEAD = 13
BLOCK_OVERHEAD = BLOCK_HEAD + 4
MAX_BLOCK_PAYLOAD = 4096

# Kinds of block. HEADER and FOOTER payloads are JSON objects, DATA holds records, PLAN is a JSON plan at rest.
HEADER = 1
DATA = 2
FOOTER = 3
PLAN = 4
CALIBRATION = 5  # at rest, JSON as well
LEDGER = 6  # likewise, as older firmware kept it
LEDGER_ROWS = 7  # at rest, in rows: see ledger.py

FRAME_SYNC = 0x5DA9
FRAME_HEAD = 10
FRAME_OVERHEAD = FRAME_HEAD + 4
MAX_FRAME_PAYLOAD = 4096

# Kinds of frame. JSON is a whole answer, BYTES a range of a session file, ERROR a JSON object {"error", "text"}.
JSON = 1
BYTES = 2
ERROR = 3

MAX_REQUEST = 200  # bytes of one request line
RING_BYTES = 260  # that the chip keeps of what comes while it is at work


class WireError(Exception):
    """Bytes that do not hold what the format promises: `reason` is one of the words below."""

    def __init__(self, reason, text):
        super().__init__(text)
        self.reason = reason


SHORT = "short"  # more bytes are needed before this can be judged
DAMAGED = "damaged"  # sync, length or CRC are wrong
NEWER = "newer"  # intact, of a format that this code does not know


def seal_block(buf, kind, session, seq, t_ms, length):
    """Write head and CRC around the `length` payload bytes that already stand at buf[BLOCK_HEAD:]; return the
    block's size.
    """
    struct.pack_into("<HBHHHI", buf, 0, BLOCK_SYNC, FORMAT << 4 | kind, length, session, seq, t_ms)
    end = BLOCK_HEAD + length
    struct.pack_into("<I", buf, end, crc32(memoryview(buf)[:end]))
    return end + 4


def pack_block(kind, session, seq, t_ms, payload):
    """One whole block as a bytearray, for short and rare ones such as header and footer."""
    if len(payload) > MAX_BLOCK_PAYLOAD:
        raise ValueError("block payload of %d bytes; the limit is %d" % (len(payload), MAX_BLOCK_PAYLOAD))
    buf = bytearray(BLOCK_OVERHEAD + len(payload))
    buf[BLOCK_HEAD : BLOCK_HEAD + len(payload)] = payload
    seal_block(buf, kind, session, seq, t_ms, len(payload))
    return buf


def write_block(write, kind, session, seq, t_ms, pieces):
    """Write one whole block by write(bytes), its payload in pieces, so that no room for all of it at once is needed.

    pieces(): gives the payload's pieces one after the other; it is asked twice, and must give the same.
    """
    length = 0
    for piece in pieces():
        length += len(piece)
    if length > MAX_BLOCK_PAYLOAD:
        raise ValueError("block payload of %d bytes; the limit is %d" % (length, MAX_BLOCK_PAYLOAD))
    head = struct.pack("<HBHHHI", BLOCK_SYNC, FORMAT << 4 | kind, length, session, seq, t_ms)
    crc = crc32(head)
    write(head)
    for piece in pieces():
        crc = crc32(piece, crc)
        write(piece)
    write(struct.pack("<I", crc))


def parse_block(buf, pos=0):
    """(kind, session, seq, t_ms, payload start, payload end, next position) of the block at buf[pos].

    Raises WireError: SHORT if the buffer ends first, DAMAGED if sync, length or CRC are wrong, NEWER if the block is
    intact but of a later format.
    """
    if len(buf) - pos < BLOCK_HEAD:
        raise WireError(SHORT, "block head cut off at byte %d" % pos)
    sync, kind, length, session, seq, t_ms = struct.unpack_from("<HBHHHI", buf, pos)
    if sync != BLOCK_SYNC or length > MAX_BLOCK_PAYLOAD:
        raise WireError(DAMAGED, "no block at byte %d" % pos)
    start = pos + BLOCK_HEAD
    end = start + length
    if len(buf) < end + 4:
        raise WireError(SHORT, "block at byte %d is cut off" % pos)
    if struct.unpack_from("<I", buf, end)[0] != crc32(memoryview(buf)[pos:end]):
        raise WireError(DAMAGED, "checksum of the block at byte %d is wrong" % pos)
    if kind >> 4 != FORMAT:
        raise WireError(NEWER, "log is format %d; this code reads 1 to %d" % (kind >> 4, FORMAT))
    return kind & 15, session, seq, t_ms, start, end, end + 4


def seal_frame(buf, kind, tag, offset, length):
    """Write head and CRC around the `length` payload bytes that already stand at buf[FRAME_HEAD:]; return the
    frame's size.
    """
    struct.pack_into("<HBBHI", buf, 0, FRAME_SYNC, kind, tag, length, offset)
    end = FRAME_HEAD + length
    struct.pack_into("<I", buf, end, crc32(memoryview(buf)[2:end]))
    return end + 4


def parse_frame(buf, pos=0):
    """(kind, tag, offset, payload start, payload end, next position) of the frame at buf[pos]; raises as parse_block
    does.
    """
    if len(buf) - pos < FRAME_HEAD:
        raise WireError(SHORT, "frame head cut off")
    sync, kind, tag, length, offset = struct.unpack_from("<HBBHI", buf, pos)
    if sync != FRAME_SYNC or length > MAX_FRAME_PAYLOAD:
        raise WireError(DAMAGED, "no frame here")
    start = pos + FRAME_HEAD
    end = start + length
    if len(buf) < end + 4:
        raise WireError(SHORT, "frame is cut off")
    if struct.unpack_from("<I", buf, end)[0] != crc32(memoryview(buf)[pos + 2 : end]):
        raise WireError(DAMAGED, "checksum of the frame is wrong")
    return kind, tag, offset, start, end, end + 4


def pack_request(tag, text):
    """The line that asks `text` ("get 5 0 1024") and wants binary frames back: b"@07 get 5 0 1024 *89abcdef\\n".

    tag: 0 to 255. text: printable ASCII, no '*'. The CRC32 covers what stands between '@' and ' *'.
    """
    body = "%02x %s" % (tag, text)
    line = "@%s *%08x\n" % (body, crc32(body.encode()))
    if len(line) > MAX_REQUEST:
        raise ValueError("request of %d bytes; the limit is %d" % (len(line), MAX_REQUEST))
    return line.encode()


def parse_request(line):
    """(tag, text) of one request line without its newline; tag is None where a person typed plain text.

    What stands before a request in the same line is stepped over: the rest of one that was cut off, or noise. Raises
    WireError (DAMAGED) where neither a whole request nor plain text is found.
    """
    line = bytes(line)
    for at in (0, line.rfind(b"@")):
        body, star, crc = line[at + 1 :].partition(b" *")
        if star and len(crc) == 8 and line[at : at + 1] == b"@":
            try:
                if int(crc, 16) == crc32(body):
                    return int(body[:2], 16), body[3:].decode()
            except ValueError:
                pass
    if b"@" in line or b" *" in line or (line.strip() and (min(line) < 9 or max(line) > 126)):
        raise WireError(DAMAGED, "request is damaged")
    return None, line.decode().strip()
