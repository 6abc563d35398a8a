"""Pushes a plan to a device and reads back what it holds. The device takes a plan whole or keeps the old one."""

import binascii
from typing import Any

from dermaroller.device import Device
from dermaroller.errors import DeviceRefused, PlanError
from dermaroller.plan import Plan

PIECE_BYTES = 90  # as base64, and with the request around it, within a request line
ROUNDS = 3  # times that a whole plan is sent before giving up
_ASK_AGAIN = ("offset", "staged")  # the device lost what had come, as after a reset: send it all again


def held(device: Device) -> dict[str, Any]:
    """What the device holds: {"plan": the plan's fields, None in free mode, "error": why one at rest was refused}."""
    return device.ask("plan")


def push(device: Device, plan: Plan) -> bool:
    """Bring the plan to the device, and compare what it then holds; False if it held this plan before.

    DeviceRefused if it says no (a session is open, or it cannot use the plan), PlanError if it holds something else in
    the end.
    """
    if held(device)["plan"] == plan.fields:
        return False
    reason = ""
    for _ in range(ROUNDS):
        try:
            _send(device, plan.device_json())
        except DeviceRefused as refused:
            if refused.reason not in _ASK_AGAIN:
                raise
            reason = f" It said last: {refused}"
        # Also after a refusal: when an answer is lost, the request is repeated, and refused because it was done.
        if held(device)["plan"] == plan.fields:
            return True
    raise PlanError(f"{device.name} does not hold {plan.name} after {ROUNDS} tries; push it again.{reason}")


def clear(device: Device) -> None:
    """Remove the plan, so that the device works freely."""
    device.ask("plan clear")


def _send(device: Device, text: bytes) -> None:
    for at in range(0, len(text), PIECE_BYTES):
        piece = binascii.b2a_base64(text[at : at + PIECE_BYTES], newline=False).decode()
        device.ask(f"plan put {at} {piece}")
    device.ask(f"plan commit {len(text)} {binascii.crc32(text):08x}")
