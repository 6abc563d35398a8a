"""The report as PDF/A-3a and PDF/UA-1: the same data as the page, typeset by typst, with log and summary attached.

No archival PDF may hold a character without a glyph. Characters that no font on this computer has are written as their
code points, and the page says so.
"""

import json
import re
import shutil
from datetime import datetime, timezone
from importlib import resources, util
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dermaroller import packages
from dermaroller.errors import DermarollerError
from dermaroller.output import json_text
from dermaroller.session import Session
from dermaroller.summary import started_at, summary

STANDARDS = ["a-3a", "ua-1"]
NO_TIME = datetime(2000, 1, 1, tzinfo=timezone.utc)  # of a session without wall time: where the device's clock begins
_FALLBACKS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")  # matplotlib brings them
_FACES = ("Regular", "Semibold", "Bold", "It")
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_NO_GLYPH = "U+… stands for a character that no font on this computer can show; the attached summary holds it."


def render(session: Session, content: dict[str, Any], log: bytes) -> bytes:
    """The file's bytes; the same for the same session and the same fonts.

    content: as made by dermaroller.report. log: the session file as it is. PackageMissing if typst is missing.
    """
    content = content | {"attached": _attachments(session)}
    with TemporaryDirectory(prefix="dermaroller-") as name:
        folder = Path(name)
        _lay_fonts(folder / "fonts")
        (folder / "report.typ").write_bytes(
            resources.files("dermaroller").joinpath("templates/report.typ").read_bytes()
        )
        (folder / content["attached"][0]["name"]).write_bytes(log)
        text = json_text({"sessions": [summary(session).as_json()]}) + "\n"
        (folder / content["attached"][1]["name"]).write_text(text, encoding="utf-8", newline="\n")
        return _typeset(folder, content, started_at(session) or NO_TIME)


def _attachments(session: Session) -> list[dict[str, str]]:
    stem = f"session-{session.id:05d}"
    return [
        {
            "name": f"{stem}.drl",
            "relationship": "source",
            "mime": "application/octet-stream",
            "description": "The session file as the device wrote it",
        },
        {
            "name": f"{stem}.json",
            "relationship": "data",
            "mime": "application/json",
            "description": "The summary, as of dermaroller show --json",
        },
    ]


def _typeset(folder: Path, content: dict[str, Any], when: datetime) -> bytes:
    """Compile; where glyphs are missing, again without them. Each turn finds at least one more."""
    typst = _typst()
    missing: set[str] = set()
    while True:
        (folder / "data.json").write_text(json.dumps(_without(content, missing)), encoding="utf-8")
        try:
            compiled: bytes = typst.compile(
                str(folder / "report.typ"),
                root=str(folder),
                font_paths=[str(folder / "fonts")],
                pdf_standards=STANDARDS,
                timestamp=when.replace(microsecond=0),
            )
            return compiled
        except typst.TypstError as error:
            found = {char for text in _MISSING.findall(error.diagnostic) for char in _unescaped(text)} - missing
            if not found:
                raise DermarollerError(f"typst could not make the PDF: {error.message}. Make the HTML page.") from error
            missing |= found


def _typst() -> Any:
    with packages.needing("pdf"):
        import typst
    return typst


def _lay_fonts(folder: Path) -> None:
    """Put the report's own fonts into a folder; fonts of the system are found besides them."""
    import matplotlib

    folder.mkdir()
    own = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    files = [own / name for name in _FALLBACKS]
    if found := util.find_spec("font_source_sans_pro"):
        files += [Path(str(found.origin)).parent / "files" / f"SourceSansPro-{face}.ttf" for face in _FACES]
    for file in files:
        if file.exists():
            shutil.copy(file, folder)


def _without(content: dict[str, Any], missing: set[str]) -> dict[str, Any]:
    """The content with runs of missing characters as code points, and a sentence on it."""
    if not missing:
        return content
    run = re.compile(f"[{re.escape(''.join(sorted(missing)))}]+")

    def plain(value: Any) -> Any:
        if isinstance(value, str):
            return run.sub(lambda m: "[" + " ".join(f"U+{ord(char):04X}" for char in m.group()) + "]", value)
        if isinstance(value, list):
            return [plain(each) for each in value]
        return {key: plain(each) for key, each in value.items()} if isinstance(value, dict) else value

    changed: dict[str, Any] = plain(content)
    return changed | {"details": [*changed["details"], _NO_GLYPH]}


def _unescaped(text: str) -> str:
    return re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda m: chr(int(m.group(1), 16)), text)
