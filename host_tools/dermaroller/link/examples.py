"""An example of each request and its answer, for PROTOCOL.md; a test holds them to the schema."""

import binascii
import json
from typing import Any

from roller import wire

PLAN: dict[str, Any] = {
    "v": 1,
    "subject": "P-0042",
    "head": {
        "id": "A1", "needles": 192, "drum_diameter_um": 20000, "drum_width_um": 20000, "needle_length_um": 1500,
        "counts_per_rev": 32, "max_sessions": 1, "max_revolutions": 0,
    },
    "force": {"low_mn": 600, "high_mn": 6000},
    "limits": {"max_density_per_cm2_x10": 3000, "min_interval_days": 28},
    "serum": {"name": "hyaluronic acid 1 %", "lot": "H-2291"},
    "zones": [{"name": "left cheek", "area_mm2": 3500, "target_per_cm2_x10": 1500}],
}  # fmt: skip
_TEXT = json.dumps(PLAN, separators=(",", ":")).encode()
_SHA256 = "7bee0db8a2cf1bd2bf0b4f1a5c9c9e0a5c2f8f5d6f0e7a1d3b4c5d6e7f809102"
_CAL = {
    "kind": "linear", "tare_raw": 3301, "nn_per_count": 150012, "raw_min": 400, "raw_max": 64000, "utc_s": 1800000000,
    "sequence": 1,
}  # fmt: skip
BYTES = bytes(wire.pack_block(wire.HEADER, 5, 0, 0, b'{"format": 1}'))[:16]

# By the name of the answer, or that of the request which bytes answer: the request, and its answer.
EXAMPLES: dict[str, tuple[str, Any]] = {
    "info": ("info", {
        "fw": "0.1.0", "format": 1, "state": "host_attached", "uptime_ms": 73210, "device": "24dcc3a1b2c4",
        "name": "left handle", "hw": "B2", "board": "esp32_devkitc", "chip": "ESP32",
        "machine": "Generic ESP32 module with ESP32", "micropython": "1.25.0", "boot": 7, "utc_s": 1800000000,
        "session": None, "sessions": 2, "log_full": False, "flash_free": 1662976, "flash_size": 1769472,
        "heap_free": 61440, "subject": "P-0042", "plan_error": None, "stored_error": None,
        "max_payload": 2048, "max_speed_mm_s": None,
        "counters": {"ring_overflow": 0, "late_callbacks": 0, "gaps": 3, "bad_requests": 0},
    }),
    "list": ("list 0", {
        "sessions": [
            {"id": 4, "bytes": 48210, "open": False, "confirmed": True},
            {"id": 5, "bytes": 20733, "open": False, "confirmed": False},
        ],
        "next": None,
    }),
    "get": ("get 5 0 16", None),
    "sha": ("sha 5", {"id": 5, "bytes": 20733, "sha256": _SHA256}),
    "confirm": (f"confirm 5 {_SHA256}", {"confirmed": 5}),
    "erase": (f"erase 5 {_SHA256}", {"erased": 5}),
    "raw": ("raw", {
        "n": 250, "force_raw": 16633, "force_raw_min": 16510, "force_raw_max": 16741, "force_mn": 2000,
        "is_faulty": False, "count": 153, "speed_mm_s": 42,
    }),
    "cal": ('cal {"tare_raw":3301,"nn_per_count":150012,"utc_s":1800000000}', _CAL),
    "live": ("live", {
        "s": "rolling", "c": [0, 255, 0], "f": 2130, "v": 42, "a": 0, "z": 0, "p": 12, "q": 640, "e": 608,
        "b": 3871, "o": True,
    }),
    "plan": (f"plan commit {len(_TEXT)} {binascii.crc32(_TEXT):08x}", {"plan": PLAN, "error": None}),
    "plan put": (f"plan put 0 {binascii.b2a_base64(_TEXT[:90], newline=False).decode()}", {"staged": 90}),
    "light": ("light night", {"light_percent": 8}),
    "time": ("time set 1800000000 250", {
        "device": "24dcc3a1b2c4", "boot": 7, "utc_s": 1800000000, "uptime_ms": 73250,
    }),
    "provision": ("provision set B2 left handle", {"hw": "B2", "name": "left handle"}),
    "selftest adc": ("selftest adc", {
        "n": 256, "us": 15360, "mean_raw": 3301, "min_raw": 3270, "max_raw": 3334, "squares": 41216,
    }),
    "selftest timer": ("selftest timer 2000", {
        "us": 2000480, "n": 2000, "near": 1994, "shortest_us": 610, "longest_us": 1420, "cost_us": 180000,
        "most_us": 130,
    }),
    "selftest flash": ("selftest flash", {
        "write_us": [720, 715, 46120], "close_us": 46900, "read_us": 9800, "same": 64,
    }),
    "selftest bytes": ("selftest bytes 0 16", None),
    "selftest heap": ("selftest heap", {"free": 58112, "largest": 31744}),
    "selftest light": ("selftest light 255 0 0 1500", {"rgb": [255, 0, 0]}),
    "selftest end": ("selftest end", {}),
    "stop": ("stop", {"stopped": 6}),
    "help": ("help", {"info": "who I am, what I am doing, and what was lost", "help": "this text"}),
}  # fmt: skip
