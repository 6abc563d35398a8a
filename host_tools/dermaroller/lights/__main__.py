"""`python -m dermaroller.lights`: draws firmware/light/*.svg and renews the table of the light in README.md."""

from pathlib import Path

from dermaroller.lights import table
from dermaroller.lights.chart import chart
from dermaroller.lights.rings import rings
from dermaroller.sim import runtime


def drawings() -> dict[str, str]:
    """Each SVG by its file's name."""
    return {"rhythms.svg": chart(), "ring.svg": rings()}


def main() -> None:
    root = runtime.device_tree()
    folder = root / "firmware" / "light"
    folder.mkdir(exist_ok=True)
    for name, text in drawings().items():
        (folder / name).write_text(text, encoding="utf-8")
        print(Path("firmware/light") / name)
    readme = root / "README.md"
    if readme.exists():  # there is none beside an installed package
        readme.write_text(table.renewed(readme.read_text(encoding="utf-8")), encoding="utf-8")
        print("README.md")


if __name__ == "__main__":
    main()
