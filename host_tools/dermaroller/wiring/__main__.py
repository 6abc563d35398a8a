"""`python -m dermaroller.wiring`: draws boards/wiring/*.svg and renews the tables of boards/README.md."""

from pathlib import Path

from dermaroller import boards
from dermaroller.sim import runtime
from dermaroller.wiring import tables
from dermaroller.wiring.layout import sheet
from dermaroller.wiring.svg import draw


def drawings() -> dict[str, str]:
    """The SVG of each board by its file's name."""
    return {f"{name}.svg": draw(sheet(boards.load(name))) for name in boards.names()}


def main() -> None:
    folder = runtime.device_tree() / "boards"
    for name, text in drawings().items():
        (folder / "wiring" / name).write_text(text, encoding="utf-8")
        print(Path("boards/wiring") / name)
    readme = folder / "README.md"
    readme.write_text(tables.renewed(readme.read_text(encoding="utf-8")), encoding="utf-8")
    print(Path("boards/README.md"))


if __name__ == "__main__":
    main()
