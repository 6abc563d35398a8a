"""What an older state of the project made (tests/data/past), and how what is read of it today is held against it."""

import json
import lzma
import os
import shutil
import zipfile
from pathlib import Path

from dermaroller.archive import place

FOLDER = Path(__file__).parents[1] / "data" / "past"
DEVICE = "240ac4000001"


def told(name):
    """What the tools printed then, from one of the JSON files."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def unpack_archive(root):
    """A copy of the archive, its sessions read-only as they were."""
    with zipfile.ZipFile(FOLDER / "archive.zip") as packed:
        packed.extractall(root)
    for path in root.rglob(f"*{place.SUFFIX}"):
        path.chmod(0o444)


def copy_pulled(folder):
    """A copy of the folder that was pulled to."""
    shutil.copytree(FOLDER / "pulled", folder)


def unpack_flash(path):
    """A copy of the flash image."""
    path.write_bytes(lzma.decompress((FOLDER / "flash.bin.xz").read_bytes()))


def differences(now, then, besides=(), where=""):
    """What of `then` is not in `now`, each as a sentence. Keys may have been added; those of `besides` do not count.

    Lists must be of one length, and values equal: what was a truth value must not have become a number.
    """
    if isinstance(then, dict) and isinstance(now, dict):
        found = [f"{where}/{key} is missing" for key in then if key not in now and key not in besides]
        for key in then.keys() & now.keys() - set(besides):
            found += differences(now[key], then[key], besides, f"{where}/{key}")
        return found
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [
            one
            for i, (new, old) in enumerate(zip(now, then, strict=True))
            for one in differences(new, old, besides, f"{where}/{i}")
        ]
    if now != then or isinstance(now, bool) != isinstance(then, bool):
        return [f"{where}: {then!r} has become {now!r}"]
    return []


def placeless(value, root, name="ARCHIVE"):
    """The same JSON value with `name` for the folder in which it was made, and plain slashes behind it."""
    if isinstance(value, dict):
        return {key: placeless(one, root, name) for key, one in value.items()}
    if isinstance(value, list):
        return [placeless(one, root, name) for one in value]
    if isinstance(value, str) and value.startswith(str(root)):
        return name + value[len(str(root)) :].replace(os.sep, "/")
    return value
