"""Cuts the power at 50 random moments of a deployment to the virtual board, and mends each by deploying again."""

import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
CUTS = 50


def main() -> None:
    sys.path.insert(0, str(TESTS.parent))
    from tests.deploy.conftest import own_board
    from tests.deploy.cuts import cut, seconds_to_deploy

    from dermaroller.deploy.build import build

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        flash = folder / "flash.bin"
        before = build(own_board(folder, "old"), optimise=0)
        after = build(own_board(folder, "new"))
        seconds_to_deploy(flash, after)
        whole_s = seconds_to_deploy(flash, before)
        left: Counter[str] = Counter()
        for _ in range(CUTS):
            starts = cut(flash, before, after, random.uniform(0.1, whole_s * 1.1))
            left["the new application" if starts == after.board.NAME else "the old one"] += 1
            before, after = after, before
    print(f"{CUTS} power cuts while deploying ({whole_s:.1f} s when nothing is cut): " + ", ".join(
        f"{n} left {what}" for what, n in left.items()
    ) + "; each mended by the next call, none a mixture")  # fmt: skip


if __name__ == "__main__":
    main()
