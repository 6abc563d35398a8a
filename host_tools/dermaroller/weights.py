"""Known weights as people write them: 200g, 0.2 kg, 1.5N, 1500 mN."""

import re

from dermaroller.errors import UsageError

GRAVITY_M_S2 = 9.80665  # standard; the place on Earth changes it by 0.3 % at the most
_MN = {"g": GRAVITY_M_S2, "kg": GRAVITY_M_S2 * 1000, "n": 1000.0, "mn": 1.0}


def force_mn(text: str) -> float:
    """The force of one weight, in millinewtons. UsageError if it is none."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(g|kg|n|mn)\s*", text, re.IGNORECASE)
    if not match or float(match[1]) == 0:
        raise UsageError(f"{text.strip()!r} is no weight; write it with its unit, as 200g, 0.2kg, 1.5N or 1500mN.")
    return float(match[1]) * _MN[match[2].lower()]


def forces_mn(text: str) -> list[float]:
    """The forces of a row of weights, "100g,200g,500g", in the order given."""
    return [force_mn(part) for part in text.split(",")]
