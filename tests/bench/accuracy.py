"""How right the number is: the instrument and two naive counters on the same simulated hands.

The firmware runs unmodified on the virtual board; the truth comes from the trace, by code that the firmware knows
nothing of. The naive counters see the same edges of the same magnets, and know no force: one counts rising edges of one
phase in a pin interrupt, the other takes revolutions for strokes of a usual length.

    python tests/bench/accuracy.py [HANDS]
"""

import importlib.util
import sys
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

FIRST_SEED = 1000  # other hands than those of the tests
HANDS = 300
QUANTITIES = ("passes", "path", "punctures", "effective", "contact")
TITLES = {"effective": "effective punctures", "contact": "contact time"}


def load_hands():
    """The package tests/accuracy, which this file's own name would hide."""
    folder = Path(__file__).parents[1] / "accuracy"
    spec = importlib.util.spec_from_file_location(
        "generated_hands", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules["generated_hands"] = package
    spec.loader.exec_module(package)
    return importlib.import_module("generated_hands.edges"), importlib.import_module("generated_hands.judge")


edges, judge = load_hands()


def errors_of_ours(verdict):
    shown = verdict.shown
    return {
        "passes": shown["passes"] / verdict.passes - 1,
        "path": verdict.path,
        "punctures": verdict.punctures,
        "effective": verdict.effective,
        "contact": verdict.contact,
    }


def errors_of_rising_edges(verdict, t_s, steps):
    start_s = verdict.truth.contacts[0][0]
    stalls = [(gap["start_s"] + start_s, gap["end_s"] + start_s) for gap in verdict.shown["gaps"]]
    path_mm = edges.rising_edge_path_mm(edges.rising_edges(t_s, steps), stalls)
    return by_path(verdict, path_mm)


def errors_of_revolutions(verdict, steps):
    path_mm = len(steps) // 32 * 32 * edges.MM_PER_COUNT
    return {"passes": edges.revolution_passes(steps) / verdict.passes - 1, **by_path(verdict, path_mm)}


def by_path(verdict, path_mm):
    """A counter without force takes every puncture for effective."""
    right = verdict.truth
    error = path_mm / right.path_mm - 1
    return {
        "path": error,
        "punctures": error,
        "effective": (1 + error) * right.punctures / right.effective_punctures - 1,
    }


def measure(hands):
    """{counter: [errors of each session]} and the verdicts."""
    found = {"this instrument": [], "rising edges of one phase": [], "revolutions / usual stroke": []}
    verdicts = []
    seeds = range(FIRST_SEED, FIRST_SEED + hands)
    for verdict in track(judge.judge_all(seeds), "rolling", total=hands, console=Console(stderr=True)):
        t_s, steps = edges.edges(judge.hand(verdict.seed), judge.Conditions.of(verdict.seed).sensors, verdict.seed)
        found["this instrument"].append(errors_of_ours(verdict))
        found["rising edges of one phase"].append(errors_of_rising_edges(verdict, t_s, steps))
        found["revolutions / usual stroke"].append(errors_of_revolutions(verdict, steps))
        verdicts.append(verdict)
    return found, verdicts


def table_of(found, hands):
    table = Table(title=f"Error per session of 3 m, {hands} simulated hands: median / 95 % / worst, in per cent")
    table.add_column("counter")
    for name in QUANTITIES:
        table.add_column(TITLES.get(name, name), justify="right")
    for counter, rows in found.items():
        table.add_row(counter, *(cell([row[name] for row in rows if name in row]) for name in QUANTITIES))
    return table


def cell(errors):
    if not errors:
        return "-"
    percent = 100 * np.abs(errors)
    return f"{np.median(percent):.2f} / {np.percentile(percent, 95):.2f} / {percent.max():.2f}"


def main():
    hands = int(sys.argv[1]) if len(sys.argv) > 1 else HANDS
    found, verdicts = measure(hands)
    console = Console(width=160)
    console.print(table_of(found, hands))
    passes = sum(verdict.passes for verdict in verdicts)
    wrong = sum(verdict.wrong_passes for verdict in verdicts)
    mean = 100 * np.mean([verdict.path for verdict in verdicts])
    console.print(f"Passes exact in {passes - wrong} of {passes} strokes ({100 * (1 - wrong / passes):.2f} %).")
    console.print(f"Path on average {mean:+.2f} %: the latches' hysteresis costs up to 0.15 mm at each turn.")
    console.print(f"Punctures told in the air: {sum(verdict.air_punctures for verdict in verdicts):.0f}.")


if __name__ == "__main__":
    main()
