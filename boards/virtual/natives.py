"""What the interpreter's own functions cost by the size of what they are given; loaded on a board that charges.

In such a function no callback runs. Programs say what their own bytecode costs by `__work__` and `__branch__`, which
dermaroller.cpu puts into them when they are compiled.
"""

import binascii
import builtins
import hashlib
import json
import sys

from virtual import clock, system
from virtual.clock import work

_crc32_byte = _sha256_byte = _json_byte = _parsed_byte = _text_byte = 0


def install(instructions_per_us, costs):
    """costs: instructions by name, see dermaroller/cpu/costs.json."""
    global _crc32_byte, _sha256_byte, _json_byte, _parsed_byte, _text_byte
    clock.rate = instructions_per_us
    clock.has_branches = True
    _crc32_byte = costs["crc32_byte"]
    _sha256_byte = costs["sha256_byte"]
    _json_byte = costs["json_byte"]
    _parsed_byte = costs["parsed_byte"]
    _text_byte = costs["text_byte"]
    system.gc_us = costs["collect"] // instructions_per_us
    builtins.__work__ = work
    builtins.__branch__ = clock.branch
    modules = sys.modules
    texts = {"crc32": crc32, "hexlify": hexlify, "unhexlify": unhexlify, "a2b_base64": a2b_base64}
    modules["binascii"] = system.Instead(binascii, texts)
    modules["hashlib"] = system.Instead(hashlib, {"sha256": Sha256})
    modules["json"] = system.Instead(json, {"dumps": dumps, "loads": loads})


def crc32(data, value=0):
    work(_crc32_byte * len(data))
    return binascii.crc32(data, value)


def hexlify(data):
    work(_text_byte * len(data))
    return binascii.hexlify(data)


def unhexlify(text):
    work(_text_byte * len(text))
    return binascii.unhexlify(text)


def a2b_base64(text):
    work(_text_byte * len(text))
    return binascii.a2b_base64(text)


class Sha256:
    def __init__(self, data=b""):
        self._hash = hashlib.sha256()
        self.update(data)

    def update(self, data):
        work(_sha256_byte * len(data))
        self._hash.update(data)

    def digest(self):
        work(_sha256_byte * 64)
        return self._hash.digest()


def dumps(value, **options):
    text = json.dumps(value, **options)
    work(_json_byte * len(text))
    return text


def loads(text):
    work(_parsed_byte * len(text))
    return json.loads(text)
