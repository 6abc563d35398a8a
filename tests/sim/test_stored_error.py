"""What stands in NVS but cannot be read is told by `info`, and never taken for nothing."""

import json
import struct
from binascii import crc32

import numpy as np
import pytest

from dermaroller.frames import FrameReader
from dermaroller.sim import image
from dermaroller.sim.run import run
from dermaroller.sim.trace import Trace
from roller import wire
from roller.sealed_slots import MAX_BYTES

pytest.importorskip("littlefs")

AT_REST = Trace("at rest", np.array([0.0, 0.5]), np.zeros(2), np.zeros(2))
NVS_AT = image.VFS_BLOCKS * image.BLOCK_BYTES + 12  # behind the header of its first half: see boards/virtual/nvs.py
CALIBRATION = json.dumps({"kind": "linear", "tare_raw": 3300, "nn_per_count": 150_000, "utc_s": None}).encode()


def info_with(flash, blobs: dict[str, bytes]) -> dict:
    """What a handle answers whose NVS holds these."""
    image.make_image(flash)
    at = NVS_AT
    with flash.open("r+b") as file:
        for key, blob in blobs.items():
            body = f"roller/{key}".encode() + b"\0b" + blob
            file.seek(at)
            at += file.write(struct.pack("<H", len(body)) + body + struct.pack("<I", crc32(body)))
    result = run(AT_REST, flash=flash, requests=[(0.2, wire.pack_request(1, "info"))], extra_s=0.5)
    return json.loads(next(iter(FrameReader().feed(result.console))).payload)


def test_a_new_handle_has_nothing_to_tell(micropython, tmp_path):
    assert info_with(tmp_path / "flash.bin", {})["stored_error"] is None


def test_what_is_whole_is_read(micropython, tmp_path):
    blobs = {"cal_b": bytes(wire.pack_block(wire.CALIBRATION, 0, 1, 0, CALIBRATION)), "who": b"B2\nleft handle"}
    info = info_with(tmp_path / "flash.bin", blobs)
    assert (info["stored_error"], info["hw"], info["name"]) == (None, "B2", "left handle")


def test_what_is_damaged_or_too_long_is_told(micropython, tmp_path):
    damaged = bytes(wire.pack_block(wire.CALIBRATION, 0, 1, 0, CALIBRATION)).replace(b"3300", b"3301")
    info = info_with(tmp_path / "flash.bin", {"cal_b": damaged, "led_a": bytes(MAX_BYTES + 1), "who": bytes(5000)})
    found = dict(each.split(": ", 1) for each in info["stored_error"].split("; "))
    assert sorted(found) == ["cal_b", "led_a", "who"]
    assert found["cal_b"] == "checksum of the block at byte 0 is wrong"
    assert "ESP_ERR_NVS_INVALID_LENGTH" in found["led_a"]
    assert (info["hw"], info["name"]) == (None, None)
