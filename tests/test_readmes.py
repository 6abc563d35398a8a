"""A folder's documentation is its README: it speaks of every module there, and its links lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
READMES = sorted(path for folder in ("", "boards", "boards/virtual", "firmware", "host_tools", "tests", "tests/data")
                 for path in (ROOT / folder).glob("README.md"))  # fmt: skip
LINK = re.compile(r"\]\(([^)#]+?)(?:#[^)]*)?\)")


@pytest.mark.parametrize("folder", ["firmware/roller", "boards/virtual"])
def test_every_module_is_spoken_of(folder):
    readme = ROOT / ("firmware" if folder == "firmware/roller" else folder) / "README.md"
    words = set(re.findall(r"`(\w+)`", readme.read_text(encoding="utf-8")))
    modules = {path.stem for path in (ROOT / folder).glob("*.py")} - {"__init__"}
    assert not modules - words


@pytest.mark.parametrize("readme", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(readme):
    links = [link for link in LINK.findall(readme.read_text(encoding="utf-8")) if "://" not in link]
    assert not [link for link in links if not (readme.parent / link).exists()]


def test_every_folder_of_tests_is_spoken_of():
    told = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert not {name for name in folders if f"`{name}/`" not in told and f"tests/{name}" not in told}
