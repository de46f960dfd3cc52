"""RQ1 of the paper: do repeated explanations agree?

Run it as ``python benchmarks/paper/consistency.py``; ``--quick`` takes a minute. It
writes ``doc/paper_consistency.csv`` and ``.png``. Numbers of rows that the file has
already are skipped.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import csv
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from modes import explain_by_all, load_problem, make_explainer, make_modes, prior_mean
from tqdm import tqdm

from sklearn_baylime.metrics import inconsistency, kendall_w

SIZES = (10, 20, 50, 100, 200, 500, 1000)


def measure(n_rows: int, n_repeats: int) -> dict[str, tuple[float, float]]:
    """Return Kendall's W and the inconsistency of each mode at a number of rows."""
    model, train, test = load_problem()
    modes = make_modes(prior_mean(model, train, test))
    explainer = make_explainer(model, n_samples=n_rows).fit(train)
    weights: dict[str, list[np.ndarray]] = {name: [] for name in modes}
    for seed in tqdm(range(n_repeats), f"{n_rows} rows"):
        explainer.set_params(random_state=seed)
        for name, coef in explain_by_all(explainer, test[0], modes).items():
            weights[name].append(coef)
    return {name: (kendall_w(w), inconsistency(w)) for name, w in weights.items()}


def main() -> None:
    """Measure what the file lacks, and draw it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--quick", action="store_true", help="20 repeats, 4 sizes")
    parser.add_argument("--out", type=Path, default=Path("doc/paper_consistency.csv"))
    given = parser.parse_args()
    sizes = SIZES[:4] if given.quick else SIZES
    known = _read(given.out)
    for n_rows in sizes:
        if n_rows not in {n for n, _ in known}:
            found = measure(n_rows, 20 if given.quick else given.repeats)
            known |= {(n_rows, name): numbers for name, numbers in found.items()}
            _write(given.out, known)
    _draw(known, given.out.with_suffix(".png"))


def _read(path: Path) -> dict[tuple[int, str], tuple[float, float]]:
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        return {
            (int(row["n_rows"]), row["mode"]): (
                float(row["kendall_w"]),
                float(row["inconsistency"]),
            )
            for row in csv.DictReader(file)
        }


def _write(path: Path, known: dict[tuple[int, str], tuple[float, float]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["n_rows", "mode", "kendall_w", "inconsistency"])
        for (n_rows, name), (w, index) in known.items():
            writer.writerow([n_rows, name, f"{w:.4f}", f"{index:.4f}"])


def _draw(known: dict[tuple[int, str], tuple[float, float]], path: Path) -> None:
    names = list(dict.fromkeys(name for _, name in known))
    figure, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    styles = ["-", "--", ":", "-."]
    for i, name in enumerate(names):
        points = sorted((n, numbers) for (n, m), numbers in known.items() if m == name)
        for k, axis in enumerate(axes):
            axis.plot(
                [n for n, _ in points],
                [numbers[k] for _, numbers in points],
                styles[i % 4],
                color=plt.get_cmap("viridis")(0.9 * i / len(names)),
                marker="o",
                markersize=3,
                label=name,
            )
    for axis, label in zip(axes, ("Kendall's W", "Inconsistency"), strict=True):
        axis.set(xscale="log", xlabel="rows", ylabel=label)
        axis.spines[["top", "right"]].set_visible(False)
    axes[1].set_yscale("log")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right center")
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
