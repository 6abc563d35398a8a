"""The port that answered last, so that `auto` knows which of several is meant."""

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from dermaroller.files import write_whole

ENVIRONMENT = "DERMAROLLER_STATE"


@dataclass(frozen=True)
class Remembered:
    """A port's name, and its USB serial number where it has one: the name may change, the number does not."""

    port: str
    serial_number: str | None = None


def _file() -> Path:
    if given := os.environ.get(ENVIRONMENT):
        return Path(given) / "port.json"
    import platformdirs

    return platformdirs.user_state_path("dermaroller") / "port.json"


def recall() -> Remembered | None:
    """What was kept; None if nothing was, or if it cannot be read."""
    try:
        kept = json.loads(_file().read_text(encoding="utf-8"))
        return Remembered(str(kept["port"]), kept.get("serial_number"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def keep(remembered: Remembered) -> None:
    """Keep it for later calls. A folder that cannot be written is no reason to stop."""
    if remembered == recall():
        return
    path = _file()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(asdict(remembered)).encode())
