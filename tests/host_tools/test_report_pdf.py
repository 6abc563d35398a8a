"""The report as PDF, read by another program: archival, tagged, with its sources, and saying what the page says."""

import json
import shutil
import sys
import xml.etree.ElementTree
from pathlib import Path

import pypdf
import pytest

from dermaroller import packages
from dermaroller.report import write_report
from dermaroller.session import Session
from dermaroller.sim.example import FACE
from dermaroller.summary import summary

from .logs import HEAD, ZONES, LogBuilder, whole_log

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
PLAN = GOLDEN / "format1-plan.drl"
XMP = {"pdfaid": "http://www.aiim.org/pdfa/ns/id/", "pdfuaid": "http://www.aiim.org/pdfua/ns/id/"}


@pytest.fixture
def pdf_of(tmp_path):
    """pdf_of(path of a session, or a LogBuilder) reads the PDF that is made of it."""

    def make(source):
        if isinstance(source, LogBuilder):
            (tmp_path / "built.drl").write_bytes(source.data())
            source = tmp_path / "built.drl"
        return pypdf.PdfReader(write_report(Session.read(source), tmp_path / "page.pdf"))

    return make


def text_of(reader):
    return "\n".join(page.extract_text() for page in reader.pages)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["plan", "free", "power_loss"])
def test_an_ordinary_session_fits_on_one_sheet(pdf_of, name):
    reader = pdf_of(GOLDEN / f"format1-{name}.drl")
    assert len(reader.pages) == 1
    assert [round(float(side) / 72 * 25.4) for side in reader.pages[0].mediabox[2:]] == [210, 297]


@pytest.mark.slow
def test_it_says_of_itself_that_it_is_archival_and_accessible(pdf_of):
    root = pdf_of(PLAN).trailer["/Root"]
    xmp = xml.etree.ElementTree.fromstring(root["/Metadata"].get_object().get_data())
    assert xmp.findtext(".//pdfaid:part", namespaces=XMP) == "3"
    assert xmp.findtext(".//pdfaid:conformance", namespaces=XMP) == "A"
    assert xmp.findtext(".//pdfuaid:part", namespaces=XMP) == "1"
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/OutputIntents"]


@pytest.mark.slow
def test_its_tags_tell_headings_tables_and_what_the_drawings_show(pdf_of):
    found = list(elements(pdf_of(PLAN).trailer["/Root"]["/StructTreeRoot"]))
    kinds = [element["/S"] for element in found]
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == 7
    assert {"/Table", "/TH", "/TD", "/P"} <= set(kinds)
    figures = [element for element in found if element["/S"] == "/Figure"]
    zones = summary(Session.read(PLAN)).zones
    assert len(figures) >= len(zones) + 3
    assert all(str(figure["/Alt"]) for figure in figures)


@pytest.mark.slow
def test_title_and_date_are_those_of_the_session(pdf_of):
    reader = pdf_of(whole_log(utc_s=1700000000))
    assert reader.metadata.title == "Session 7 · P-0042"
    assert f"{reader.metadata.creation_date:%Y-%m-%d %H:%M}" == "2023-11-14 22:13"


def test_the_log_and_its_summary_are_attached_byte_for_byte(pdf_of):
    reader = pdf_of(PLAN)
    session = Session.read(PLAN)
    stem = f"session-{session.id:05d}"
    assert {name: len(files) for name, files in reader.attachments.items()} == {f"{stem}.drl": 1, f"{stem}.json": 1}
    assert reader.attachments[f"{stem}.drl"] == [PLAN.read_bytes()]
    assert json.loads(reader.attachments[f"{stem}.json"][0]) == {"sessions": [summary(session).as_json()]}
    associated = [file.get_object() for file in reader.trailer["/Root"]["/AF"]]
    assert {file["/AFRelationship"] for file in associated} == {"/Source", "/Data"}


@pytest.mark.slow
def test_the_summary_attached_is_what_show_prints(pdf_of, command):
    reader = pdf_of(PLAN)
    (attached,) = next(files for name, files in reader.attachments.items() if name.endswith(".json"))
    assert command("show", PLAN, "--json")[1].encode() == attached


def test_every_font_is_embedded(pdf_of):
    reader = pdf_of(PLAN)
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert "/ToUnicode" in font


@pytest.mark.slow
def test_the_same_session_gives_the_same_bytes_wherever_it_lies(tmp_path):
    elsewhere = shutil.copy(PLAN, tmp_path / "other.drl")
    one = write_report(Session.read(PLAN), tmp_path / "1.pdf").read_bytes()
    other = write_report(Session.read(elsewhere), tmp_path / "2.pdf").read_bytes()
    assert one == other


@pytest.mark.slow
def test_it_says_what_the_page_says(pdf_of):
    text = text_of(pdf_of(whole_log(plan=FACE.plan.as_json(), utc_s=1700000000)))
    left, right = summary(Session.parse(whole_log(plan=FACE.plan.as_json()).data())).zones
    assert f"{right.density_low_per_cm2:.1f} to {right.density_high_per_cm2:.1f}" in text
    assert f"{left.density_low_per_cm2:.0f} to {left.density_high_per_cm2:.0f}" in text
    for zone in (left, right):
        assert f"{zone.density_per_cm2:,.1f}" in text
    for words in ("SIMULATED", "hyaluronic acid 1 %, lot H-2291", "Captured 99.47 %", "Not a medical device"):
        assert words in text, words


@pytest.mark.slow
def test_a_damaged_log_is_marked_on_its_first_line(pdf_of):
    log = whole_log()
    del log.blocks[2]
    assert text_of(pdf_of(log)).startswith("This log is incomplete.")


@pytest.mark.slow
def test_names_in_many_scripts_can_be_read_and_copied(pdf_of):
    names = ["Левая щека", "μέτωπο", "čelo", "a_b*c #d $e [f] \\g", "<b>&"]
    zones = [{**ZONES[0], "name": name} for name in names]
    text = text_of(pdf_of(LogBuilder(zones=zones).stroke().footer()))
    for name in names:
        assert name in text, name


@pytest.mark.slow
def test_arabic_is_shaped_and_keeps_its_letters(pdf_of):
    text = text_of(pdf_of(LogBuilder(zones=[{**ZONES[0], "name": "الخد"}]).stroke().footer()))
    assert set("الخد") <= set(text)


def test_a_character_without_a_glyph_is_written_as_its_code_point_and_the_page_says_so(pdf_of):
    noncharacter = "\U000e1234"  # assigned to nothing, so no font has it
    reader = pdf_of(LogBuilder(zones=[{**ZONES[0], "name": f"left {noncharacter}{noncharacter}"}]).stroke().footer())
    text = text_of(reader)
    assert "left [U+E1234 U+E1234]" in text
    assert "stands for a character that no font on this computer can show" in text
    (attached,) = next(files for name, files in reader.attachments.items() if name.endswith(".json"))
    assert json.loads(attached)["sessions"][0]["zones"][0]["name"] == f"left {noncharacter}{noncharacter}"


@pytest.mark.slow
def test_a_name_of_many_unknown_characters_ends(pdf_of):
    name = "".join(chr(0x50000 + i) for i in range(60))
    assert "U+5003B" in text_of(pdf_of(LogBuilder(zones=[{**ZONES[0], "name": name}]).stroke().footer()))


def test_control_characters_in_a_name_do_no_harm(pdf_of):
    assert "left\ufffdcheek" in text_of(pdf_of(LogBuilder(zones=[{**ZONES[0], "name": "left\x01cheek"}]).footer()))


@pytest.mark.slow
def test_the_command_goes_by_the_name_or_by_pdf(tmp_path, command):
    session = Path(shutil.copy(PLAN, tmp_path / "1.drl"))
    for arguments, page in (((), "1.html"), (("--pdf",), "1.pdf"), (("-o", tmp_path / "x.PDF"), "x.PDF")):
        assert command("report", session, *arguments) == (0, f"{tmp_path / page}\n", "")
        assert (tmp_path / page).read_bytes().startswith(b"<!doctype" if page == "1.html" else b"%PDF")


def test_pdf_under_another_name_is_refused(tmp_path, command):
    exit_code, _, told = command("report", PLAN, "--pdf", "-o", tmp_path / "x.html")
    assert exit_code == 2
    assert "must end in .pdf" in " ".join(told.split())
    assert list(tmp_path.iterdir()) == []


def test_without_typst_one_sentence_says_how_to_get_it(tmp_path, command, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    exit_code, _, told = command("report", PLAN, "-o", tmp_path / "x.pdf")
    assert exit_code == 12
    assert told == f"dermaroller: {packages.missing('typst', 'pdf')}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_damaged_log_gets_its_pdf_and_the_exit_code_for_it(tmp_path, command):
    log = whole_log(head=HEAD)
    del log.blocks[2]
    (tmp_path / "1.drl").write_bytes(log.data())
    exit_code, printed, _ = command("report", tmp_path / "1.drl", "--pdf")
    assert (exit_code, printed) == (6, f"{tmp_path / '1.pdf'}\n")


def elements(node):
    """Every structure element below a node of the tags' tree."""
    children = node.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        child = child.get_object() if hasattr(child, "get_object") else child
        if isinstance(child, dict) and "/S" in child:
            yield child
            yield from elements(child)
