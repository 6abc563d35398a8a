"""The flash chip: a host file that behaves as NOR flash does, with its stalls; power can fail at any operation.

The file holds the "vfs" partition and, behind it, the one that NVS uses. A program operation only clears bits; an erase
sets a block of 4096 bytes to ones.
"""

from micropython import const

from virtual import clock, host

BLOCK = const(4096)
VFS_BLOCKS = const(512)
NVS_BLOCKS = const(6)
_PAGE = const(256)
_CHUNK = const(64)  # handled at once: small, as the heap is the chip's
_READ_BYTES_PER_US = const(20)

read_us = 10  # of each read, besides its bytes
page_us = 700
erase_us = 45_000
operations = erases = programmed_bytes = reads = read_bytes = 0
cut_at = -1  # the operation at which the power fails
is_torn = False  # whether half of that operation still happens

_file = None
_ones = b"\xff" * _CHUNK
_old = bytearray(_CHUNK)


def open_file(path):
    global _file
    _file = open(path, "r+b")


def read(address, buffer):
    global reads, read_bytes
    reads += 1
    clock.in_flash = True
    _file.seek(address)
    _file.readinto(buffer)
    read_bytes += len(buffer)
    _stall(read_us + len(buffer) // _READ_BYTES_PER_US)


def program(address, data):
    """Clear bits. Data may cross pages; each page that is touched costs its time."""
    global programmed_bytes
    clock.in_flash = True
    size = len(data)
    if _is_last():
        size = size >> 1 if is_torn else 0
    view = memoryview(data)
    at = 0
    while at < size:
        n = min(_CHUNK, size - at)
        _clear_bits(address + at, view[at : at + n], n)
        at += n
    programmed_bytes += size
    _finish((((address + len(data) - 1) // _PAGE) - address // _PAGE + 1) * page_us)


def _clear_bits(address, data, n):
    old = memoryview(_old)[:n]
    _file.seek(address)
    _file.readinto(old)
    if old != memoryview(_ones)[:n]:
        for i in range(n):
            old[i] &= data[i]
        data = old
    _file.seek(address)
    _file.write(data)


def erase(address):
    global erases
    clock.in_flash = True
    chunks = BLOCK // _CHUNK
    if _is_last():
        chunks = chunks >> 1 if is_torn else 0
    _file.seek(address)
    for _ in range(chunks):
        _file.write(_ones)
    erases += 1
    _finish(erase_us)


def _is_last():
    global operations
    operations += 1
    return operations == cut_at


def _finish(us):
    if operations == cut_at:
        host.leave("power_cut")
    _stall(us)


def _stall(us):
    clock.stall(us)
    clock.in_flash = False
    clock.flash_done()
