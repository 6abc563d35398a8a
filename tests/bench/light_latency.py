"""How late the light is over the half-hour treatment, and over one that crosses the limits often: flash stalls of 45 ms
and a pull go on all the while. Simulated: virtual time, so the figures do not depend on this machine.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PERCENTILES = (50, 90, 99, 100)


def table(title, found):
    print(f"\n{title}")
    print(
        f"{'ms from ... to the light':28}{'n':>7}"
        + "".join(f"{f'p{q}' if q < 100 else 'worst':>8}" for q in PERCENTILES)
    )
    rows = [*sorted(found.late_ms.items()), ("all", found.all_ms)]
    for name, late_ms in rows:
        print(f"{name:28}{len(late_ms):7}" + "".join(f"{np.percentile(late_ms, q):8.1f}" for q in PERCENTILES))
    missed = f"{len(found.missed)} missed {found.missed[:3]}"
    print(f"{found.masked} moments at which something more urgent was shown, {missed}")


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from tests.light.latency import LIMIT_MS, rolled
    from tests.light.test_latency import PLAN, a_hand, to_pull

    from dermaroller.sim.example import SCALP, write_trace
    from dermaroller.sim.trace import read_trace

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_trace(SCALP, folder / "scalp.csv")
        scalp = read_trace(folder / "scalp.csv")
        result, found = rolled(folder, scalp, SCALP.plan, to_pull())
        table(f"half an hour on the scalp, {result.board['flash_erases']} erases of 45 ms, "
              f"{len(result.console) / 1e6:.1f} MB pulled", found)  # fmt: skip
        table("four minutes across the limits", rolled(folder, a_hand(), PLAN, to_pull())[1])
    print(f"\nThe limit is {LIMIT_MS} ms at p99: {'met' if np.percentile(found.all_ms, 99) <= LIMIT_MS else 'MISSED'}.")


if __name__ == "__main__":
    main()
