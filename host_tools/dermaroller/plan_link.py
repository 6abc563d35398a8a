"""Pushes a plan to a device and reads back what it holds. The device takes a plan whole or keeps the old one."""

from dermaroller.device import Device
from dermaroller.errors import DeviceRefused, PlanError
from dermaroller.plan import Plan

PIECE_BYTES = 90  # as base64, and with the request around it, within a request line
ROUNDS = 3  # times that a whole plan is sent before giving up
_ASK_AGAIN = ("offset", "staged")  # the device lost what had come, as after a reset: send it all again


def push(device: Device, plan: Plan) -> bool:
    """Bring the plan to the device, and compare what it then holds; False if it held this plan before.

    DeviceRefused if it says no (a session is open, or it cannot use the plan), PlanError if it holds something else in
    the end.
    """
    if _holds(device, plan):
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
        if _holds(device, plan):
            return True
    raise PlanError(f"{device.name} does not hold {plan.name} after {ROUNDS} tries; push it again.{reason}")


def _holds(device: Device, plan: Plan) -> bool:
    """Whether the device holds this plan and nothing else, also no entry that only a newer version knows."""
    return bool(device.plan().raw["plan"] == plan.as_json())


def _send(device: Device, text: bytes) -> None:
    for at in range(0, len(text), PIECE_BYTES):
        device.put_plan(at, text[at : at + PIECE_BYTES])
    device.commit_plan(text)
