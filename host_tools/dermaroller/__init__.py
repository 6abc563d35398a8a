"""Host tools of the smart dermaroller: pull, check, show and report what the device recorded.

As a library: `from dermaroller import Session`. What is named here is loaded only when it is asked for, because the
decoder needs numpy and most commands do not.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dermaroller.entries import Alert, ClockSet, Contact, Gap, Press, Samples, Strip, Stroke, ZoneChange
    from dermaroller.errors import DermarollerError
    from dermaroller.session import Damage, Session

_HOMES = {
    "dermaroller.session": ("Session", "Damage"),
    "dermaroller.entries": (
        "Samples", "Contact", "Stroke", "ZoneChange", "Alert", "Gap", "Press", "ClockSet", "Strip",
    ),
    "dermaroller.errors": ("DermarollerError",),
}  # fmt: skip

__all__ = [
    "Alert",
    "ClockSet",
    "Contact",
    "Damage",
    "DermarollerError",
    "Gap",
    "Press",
    "Samples",
    "Session",
    "Strip",
    "Stroke",
    "ZoneChange",
]


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            import importlib

            return getattr(importlib.import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
