"""What each function of the firmware is charged a call, as a committed table that shows how the code has changed."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from dermaroller.cpu import scenes

TABLE = Path(__file__).with_name("functions.json")
TOLERANCE = 0.25  # of a function's instructions a call
SLACK = 100  # instructions a call: less is a matter of taste

Profile = dict[str, dict[str, float]]  # scene: function: instructions a call


def of(sources: dict[str, Path]) -> Profile:
    """Instructions that a call of each function is charged, in each scene."""
    with tempfile.TemporaryDirectory(prefix="dermaroller-") as folder:
        program = scenes.charging(sources, Path(folder))
        return {scene: _of_scene(scenes.by_function(program, scene)) for scene in scenes.SCENES}


def _of_scene(functions: dict[str, tuple[int, int]]) -> dict[str, float]:
    return {name: round(charged / max(calls, 1)) for name, (calls, charged) in sorted(functions.items())}


def drift(kept: Profile, now: Profile) -> list[str]:
    """What has changed, in words; a function that is no longer there, or is new, has."""
    found = []
    for scene in scenes.SCENES:
        for name in sorted(kept[scene].keys() | now[scene].keys()):
            was, is_now = kept[scene].get(name), now[scene].get(name)
            if was is None or is_now is None:
                found.append(f"{scene}: {name} is {'new' if was is None else 'gone'}")
            elif abs(is_now - was) > TOLERANCE * was + SLACK:
                found.append(f"{scene}: {name} takes {is_now} instructions a call, in the table {was}")
    return found


def keep(profile: Profile) -> None:
    TABLE.write_text(json.dumps(profile, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def kept() -> Profile:
    profile: Profile = json.loads(TABLE.read_text(encoding="utf-8"))
    return profile
