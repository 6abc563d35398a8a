"""Absolute magnetic angle sensors over I2C as an encoder: AS5600 (12 bits) and MT6701 (14 bits).

The angle is reduced to COUNTS_PER_REV and restarts each revolution, so the sampler unwraps it as it does a counter:
at 1 kHz that is unambiguous up to 500 revolutions a second. One register read takes about 0.1 ms at 400 kHz.
"""

COUNTS_PER_REV = 256

_AS5600 = (
    0x36,
    0x0C,
    0x0FFF,
    4,
)  # address, register of the angle's high byte, mask of the angle, shift to COUNTS_PER_REV
_MT6701 = (0x06, 0x03, 0xFFFF, 8)  # 14 bits, left aligned in two bytes
SENSORS = {"as5600": _AS5600, "mt6701": _MT6701}

_AS5600_STATUS = 0x0B
_MAGNET_FOUND = 0x20
_MAGNET_WEAK = 0x10
_MAGNET_STRONG = 0x08


class AngleSensor:
    """Reads the angle; OSError from the bus goes up to the sampler, which counts it."""

    def __init__(self, i2c, kind):
        """i2c: a bus with readfrom_mem_into. kind: a key of SENSORS."""
        self._i2c = i2c
        self._address, self._register, self._mask, self._shift = SENSORS[kind]
        self._kind = kind
        self._buf = bytearray(2)

    def read_count(self):
        """Angle in counts, 0 to COUNTS_PER_REV - 1. Allocates nothing."""
        buf = self._buf
        self._i2c.readfrom_mem_into(self._address, self._register, buf)
        return ((buf[0] << 8 | buf[1]) & self._mask) >> self._shift

    def trouble(self):
        """What is wrong with the magnet, as a sentence, or None. Only the AS5600 tells."""
        if self._kind != "as5600":
            return None
        status = self._i2c.readfrom_mem(self._address, _AS5600_STATUS, 1)[0]
        if not status & _MAGNET_FOUND:
            return "the angle sensor sees no magnet"
        if status & _MAGNET_WEAK:
            return "the magnet is too far from the angle sensor"
        if status & _MAGNET_STRONG:
            return "the magnet is too near to the angle sensor"
        return None
