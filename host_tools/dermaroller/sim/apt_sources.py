"""Reads from the machine's own apt configuration where it gets Debian from: the mirror, and how it is trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

# Only these suites mark a Debian archive; vendors' lists and the security and backports archives have others.
DEBIAN_SUITES = {
    "oldoldstable", "oldstable", "stable", "testing", "unstable", "sid",
    "buster", "bullseye", "bookworm", "trixie", "forky", "duke",
}  # fmt: skip
# Of an entry's options, those that say how its signature is checked; the others select what we select ourselves.
TRUST_FIELDS = ("Signed-By", "Trusted", "Allow-Insecure", "Check-Valid-Until", "Check-Date")

ONE_LINE = re.compile(r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>.+)")


def find_debian(apt_folder: Path) -> dict[str, str] | None:
    """The first entry for Debian's main archive: its `URIs` and trust fields by their deb822 names.

    apt_folder: usually /etc/apt. None if the machine has no such entry.
    """
    for entry in read_entries(apt_folder):
        if _is_debian_main(entry):
            trust = {name: entry[name] for name in TRUST_FIELDS if name in entry}
            return {"URIs": entry["URIs"].split()[0], **trust}
    return None


def read_entries(apt_folder: Path) -> Iterator[dict[str, str]]:
    """All enabled entries, in apt's order of files, as deb822 fields. Files that apt ignores are ignored."""
    folder = apt_folder / "sources.list.d"
    for path in [apt_folder / "sources.list", *sorted(folder.glob("*.list")), *sorted(folder.glob("*.sources"))]:
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        yield from _read_deb822(text) if path.suffix == ".sources" else _read_one_line(text)


def write_entry(entry: dict[str, str], path: Path) -> None:
    """Write one entry as a `.sources` file."""
    path.write_text("".join(f"{name}: {value}\n" for name, value in entry.items()), encoding="utf-8")


def _is_debian_main(entry: dict[str, str]) -> bool:
    fields = {name: entry.get(name, "").split() for name in ("Types", "URIs", "Suites", "Components")}
    return (
        "deb" in fields["Types"]
        and "main" in fields["Components"]
        and not DEBIAN_SUITES.isdisjoint(fields["Suites"])
        and bool(fields["URIs"])
        and not fields["URIs"][0].startswith("cdrom:")
    )


def _read_deb822(text: str) -> Iterator[dict[str, str]]:
    uncommented = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", uncommented):
        # A line that starts with a space goes on with the field above it, as an embedded key does.
        fields = re.findall(r"^([\w-]+)[ \t]*:[ \t]*(.*(?:\n[ \t].*)*)", stanza, re.MULTILINE)
        entry = {name.title(): value.rstrip() for name, value in fields}
        if "Uris" in entry and entry.get("Enabled", "yes").lower() not in ("no", "false", "0", "off"):
            entry["URIs"] = entry.pop("Uris")
            yield entry


def _read_one_line(text: str) -> Iterator[dict[str, str]]:
    for line in text.splitlines():
        match = ONE_LINE.match(line.split("#")[0].strip())
        if match:
            options = re.findall(r"([\w-]+)\+?=(\S+)", match["options"] or "")
            entry = {"Types": "deb", "URIs": match["uri"], "Suites": match["suite"]}
            yield entry | {"Components": match["components"]} | {name.title(): value for name, value in options}
