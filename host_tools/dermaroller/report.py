"""A session's report: one page from one set of data, as self-contained HTML or as PDF/A-3."""

from pathlib import Path
from typing import Any

from markupsafe import Markup

from dermaroller import pages
from dermaroller.as_json import as_object
from dermaroller.report_content import content
from dermaroller.session import Session

_DRAWINGS = ("timeline", "histogram", "scale")


def write_report(session: Session, path: Path) -> Path:
    """Write the page, as PDF if the path ends in .pdf; return the path. UsageError if it cannot be written."""
    if path.suffix.lower() != ".pdf":
        return pages.write(path, render(session))
    from dermaroller import pdf

    return pages.write(path, pdf.render(session, printed(session), Path(session.name).read_bytes()))


def render(session: Session) -> str:
    """The HTML page as text; the same for the same session."""
    data = printed(session)
    data |= {name: Markup(data[name]) for name in _DRAWINGS}
    for zone in data["zones"]:
        zone["bar"] = Markup(zone["bar"])
    return pages.render("report.html.j2", data)


def printed(session: Session) -> dict[str, Any]:
    """The page's content as the templates take it: JSON values without control characters."""
    told: dict[str, Any] = pages.printable(as_object(content(session)))
    return told
