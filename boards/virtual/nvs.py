"""esp32.NVS: named values that survive resets, and power cuts once committed.

Kept as a log in one half of the "nvs" partition; when that is full, what is valid moves to the other half, whose header
is written last. A record: u16 length of what follows, "namespace/key" and a zero, "i" or "b", the value; then its
CRC32.
"""

import struct
from binascii import crc32

from micropython import const

from virtual import flash

_HALF_BYTES = const(12288)
_HEADER_BYTES = const(12)
_NOT_FOUND = const(-0x1102)
_INVALID_LENGTH = const(-0x110C)
_KEY_TOO_LONG = const(-0x1109)
_START = flash.VFS_BLOCKS * flash.BLOCK

_values = None  # "namespace/key" -> kind and value; None until the first use
_pending = {}  # what commit() will write; an empty value removes the key
_half = _sequence = _end = 0


class NVS:
    """One namespace."""

    def __init__(self, namespace):
        if _values is None:
            _load()
        self._namespace = namespace

    def set_i32(self, key, value):
        self._set(key, b"i" + struct.pack("<i", value))

    def get_i32(self, key):
        return struct.unpack("<i", self._get(key, 105))[0]

    def set_blob(self, key, value):
        self._set(key, b"b" + bytes(value))

    def get_blob(self, key, buffer):
        value = self._get(key, 98)
        if len(value) > len(buffer):
            raise OSError(_INVALID_LENGTH, "ESP_ERR_NVS_INVALID_LENGTH")
        buffer[: len(value)] = value
        return len(value)

    def erase_key(self, key):
        name = self._name(key)
        if not _pending.get(name, _values.get(name)):
            raise OSError(_NOT_FOUND, "ESP_ERR_NVS_NOT_FOUND")
        _pending[name] = b""

    def commit(self):
        for name in list(_pending):
            _append(name, _pending[name])
            del _pending[name]

    def _name(self, key):
        if len(key) > 15:
            raise OSError(_KEY_TOO_LONG, "ESP_ERR_NVS_KEY_TOO_LONG")
        return self._namespace + "/" + key

    def _set(self, key, value):
        _pending[self._name(key)] = value

    def _get(self, key, kind):
        name = self._name(key)
        value = _pending.get(name, _values.get(name))
        if not value or value[0] != kind:
            raise OSError(_NOT_FOUND, "ESP_ERR_NVS_NOT_FOUND")
        return value[1:]


def _record(name, value):
    body = name.encode() + b"\0" + value
    return struct.pack("<H", len(body)) + body + struct.pack("<I", crc32(body))


def _append(name, value):
    global _end
    if _values.get(name) == value:
        return
    record = _record(name, value)
    _take(name, value)
    if _end + len(record) > _HALF_BYTES:
        _move()
    else:
        flash.program(_START + _half * _HALF_BYTES + _end, record)
        _end += len(record)


def _take(name, value):
    if value:
        _values[name] = value
    else:
        _values.pop(name, None)


def _move():
    """Write all values into the other half, erased, and make it the valid one."""
    global _half, _sequence, _end
    start = _START + (1 - _half) * _HALF_BYTES
    for block in range(start, start + _HALF_BYTES, flash.BLOCK):
        flash.erase(block)
    end = _HEADER_BYTES
    for name in _values:
        record = _record(name, _values[name])
        flash.program(start + end, record)
        end += len(record)
    header = struct.pack("<II", 0x3153564E, _sequence + 1)
    flash.program(start, header + struct.pack("<I", crc32(header)))
    _half, _sequence, _end = 1 - _half, _sequence + 1, end


def _load():
    global _values, _half, _sequence, _end
    _values = {}
    header = bytearray(_HEADER_BYTES)
    _end = _HALF_BYTES  # nothing valid: the first commit starts a half
    for half in (0, 1):
        flash.read(_START + half * _HALF_BYTES, header)
        magic, sequence, check = struct.unpack("<III", header)
        if magic == 0x3153564E and check == crc32(header[:8]) and sequence > _sequence:
            _half, _sequence, _end = half, sequence, _HEADER_BYTES
    while _end < _HALF_BYTES and _read_record():
        pass


def _read_record():
    """Take over the record at the end of what was read; false if there is none."""
    global _end
    address = _START + _half * _HALF_BYTES + _end
    size = bytearray(2)
    flash.read(address, size)
    size = size[0] | size[1] << 8
    if size == 0xFFFF:
        return False
    if _end + size + 6 > _HALF_BYTES:
        _end = _HALF_BYTES  # torn: what follows cannot be written again before an erase
        return False
    body = bytearray(size + 4)
    flash.read(address + 2, body)
    if struct.unpack("<I", body[size:])[0] != crc32(body[:size]):
        _end = _HALF_BYTES
        return False
    cut = bytes(body).find(b"\0")
    _take(body[:cut].decode(), bytes(body[cut + 1 : size]))
    _end += size + 6
    return True
