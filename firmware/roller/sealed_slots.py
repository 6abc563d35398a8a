"""Values kept in NVS through any power cut: each sealed, in two slots that are written in turn.

A slot holds one block of wire.py: its length and CRC32 tell whether it is whole, its sequence which of the two is
newer. The older one is written over, so that a write which fails leaves the newer. What stands in a block is for its
owner to say: calibrating, ledger. What is there but cannot be read is told in `hal.stored_error`, never taken for
nothing.
"""

from roller import wire

MAX_BYTES = wire.BLOCK_OVERHEAD + wire.MAX_BLOCK_PAYLOAD  # of any value: a longer one is refused before it is written
NOT_FOUND = -0x1102  # ESP_ERR_NVS_NOT_FOUND


def load(hal, name, kinds):
    """(kind, payload, sequence) of the newer whole one of a value's slots; (0, None, 0) if there is none.

    kinds: of wire.py, those that the owner understands.
    """
    newest = 0, None, 0
    for key in (name + "_a", name + "_b"):
        block = read(hal, key)
        if block is None:
            continue
        try:
            kind, _, sequence, _, start, end, _ = wire.parse_block(block)
            if kind not in kinds:
                raise wire.WireError(wire.NEWER, "block of kind %d" % kind)
        except wire.WireError as error:
            tell(hal, key, error)
            continue
        if newest[1] is None or (sequence - newest[2]) & 0xFFFF < 0x8000:  # the number is one of 16 bits, and wraps
            newest = kind, block[start:end], sequence
    return newest


def keep(hal, name, kind, sequence, payload):
    """Write over the older slot. sequence: one more than that of the newer one.

    ValueError if the payload is too long, OSError if NVS has no room or fails: the newer one is then as it was.
    """
    block = wire.pack_block(kind, 0, sequence & 0xFFFF, 0, payload)
    write(hal, name + ("_b" if sequence & 1 else "_a"), block)


def read(hal, key):
    """Bytes kept in NVS; None if there are none, or if they cannot be read, which is told."""
    buf = bytearray(MAX_BYTES)
    try:
        return buf[: hal.nvs.get_blob(key, buf)]
    except OSError as error:
        if error.args[0] != NOT_FOUND:
            tell(hal, key, error)
        return None


def write(hal, key, data):
    """Keep bytes in NVS through power loss; OSError if it has no room or fails."""
    hal.nvs.set_blob(key, data)
    hal.nvs.commit()


def tell(hal, key, error):
    """Say in hal.stored_error that what is kept under a key is of no use, or cannot be kept, and why."""
    text = "%s: %s" % (key, error)
    told = hal.stored_error
    if not told:
        hal.stored_error = text
    elif text not in told:
        hal.stored_error = told + "; " + text
