"""Asks the real firmware on a virtual board everything that there is to ask, and in every way that it refuses."""

import binascii
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dermaroller.device import Device
from dermaroller.errors import DeviceRefused
from dermaroller.link.examples import PLAN
from dermaroller.sim import image
from dermaroller.sim.lockstep import LockStep
from roller import wire

from .rolled import write_strokes

NOBODY = "0" * 64
# A slope at which the sensor's noise is no touch.
TABLE = '{"kind":"table","table":[[4000,500],[14000,1400]],"nm_per_count":1960000,"utc_s":1800000000}'
TEXT = json.dumps(PLAN, separators=(",", ":")).encode()
WHILE_OPEN = (
    "info", "list 0", "live", "live 0", "plan", "raw", "help", "sha 1", "get 1 0 16", f"confirm 1 {NOBODY}",
    f"erase 1 {NOBODY}", "cal {}", "plan clear", "selftest heap", "time now", "stop",
)  # fmt: skip
AT_REST = (
    "stop", "nonsense", "info", "list", "list x", "get 1 0 16", "get 9 0 16", "get 1", "sha 1", "sha 9", "sha",
    "cal", 'cal {"nn_per_count":1}', f"cal {TABLE}", "live 9", "live x", "light", "light night", "light 0",
    "time", "time set 1800000000 250", "time set 5 0", "plan put 90 eA==", "plan put x eA==", "plan nonsense",
    *(f"plan put {at} {binascii.b2a_base64(TEXT[at : at + 90], newline=False).decode()}"
      for at in range(0, len(TEXT), 90)),
    "plan commit 10 00000000", f"plan commit {len(TEXT)} {binascii.crc32(TEXT):08x}", "plan",
    "plan put 0 eA==", "plan commit 1 8cdc1683", "plan clear",
    "provision", "provision set B2 left handle", "provision set C right handle", "provision B2",
    "provision replace C a",
    "selftest", "selftest bytes 0 16", "selftest adc", "selftest timer 50", "selftest flash", "selftest bytes 0 16",
    "selftest heap", "selftest light 1 2 3 20", "selftest end",
    f"confirm 1 {NOBODY}", f"confirm 9 {NOBODY}", "confirm 1", f"erase 1 {NOBODY}", f"erase 9 {NOBODY}", "erase 1",
    "confirm 1 SHA256", "list 0", "erase 1 SHA256", "list 0",
)  # fmt: skip


@dataclass
class Asked:
    """answers: (request, its JSON); refused: (verb, the word for it); bytes: the requests that bytes answered."""

    answers: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refused: set[tuple[str, str]] = field(default_factory=set)
    by_bytes: list[str] = field(default_factory=list)


def ask_everything(folder: Path) -> Asked:
    """A session is rolled for a second, asked through, ended; then the device is asked through at rest."""
    flash = folder / "flash.bin"
    image.make_image(flash)
    asked = Asked()
    with LockStep(flash, write_strokes(folder / "strokes.csv", 1)) as line:
        device = Device(line, "board", clock=line.now_s)
        line.wait(3.0)  # the stroke is over, its session in flash and still open
        for text in WHILE_OPEN:
            _ask(device, text, asked)
        for text in AT_REST:
            digest = device.sha256(1) if "SHA256" in text else ""
            _ask(device, text.replace("SHA256", digest), asked)
    return asked


def _ask(device: Device, text: str, asked: Asked) -> None:
    tag = device.send(text)
    frame = next(frame for frame in device.listen(20.0) if frame.tag == tag)
    if frame.kind == wire.BYTES:
        asked.by_bytes.append(text)
        return
    try:
        asked.answers.append((text, device.answer(frame, text)))
    except DeviceRefused as refused:
        asked.refused.add((text.split()[0], refused.reason))
