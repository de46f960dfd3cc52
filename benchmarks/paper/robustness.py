"""RQ2 of the paper: how far does the kernel's width decide the weights?

Run it as ``python benchmarks/paper/robustness.py``; ``--quick`` takes a minute. It
writes ``doc/paper_robustness.csv``.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import csv
from pathlib import Path

import numpy as np
from modes import explain_by_all, load_problem, make_explainer, make_modes, prior_mean
from tqdm import tqdm

from sklearn_baylime.metrics import kernel_robustness

# The paper begins at 0.01, where no row has a weight and LIME's fit is the instance
# alone; there is nothing to be explained, and this package refuses.
WIDTHS = (0.5, 5.0)


def draw_pairs(n_pairs: int, seed: int = 0) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return pairs of widths, and the weights at them by each mode.

    Each explanation has rows of its own, as in the paper.
    """
    model, train, test = load_problem()
    modes = make_modes(prior_mean(model, train, test))
    explainer = make_explainer(model, n_samples=1000).fit(train)
    widths = np.random.default_rng(seed).uniform(*WIDTHS, size=(n_pairs, 2))
    found: dict[str, list[np.ndarray]] = {name: [] for name in modes}
    for i, width in enumerate(tqdm(widths.ravel(), "widths")):
        explainer.set_params(kernel__width=float(width), random_state=i)
        for name, coef in explain_by_all(explainer, test[0], modes).items():
            found[name].append(coef)
    shape = (n_pairs, 2, -1)
    return widths, {name: np.reshape(coef, shape) for name, coef in found.items()}


def quantiles_of(widths: np.ndarray, coef: np.ndarray, seed: int = 0) -> list[float]:
    """Return the quartiles of the ratios, and the median's bootstrap error."""
    step = np.abs(np.diff(widths, axis=1)[:, 0])
    ratio = np.linalg.norm(coef[:, 0] - coef[:, 1], axis=1) / step
    again = np.random.default_rng(seed).choice(ratio, size=(500, len(ratio)))
    low, high = np.quantile(ratio, [0.25, 0.75])
    middle = kernel_robustness(widths, coef)
    return [low, middle, high, np.median(again, axis=1).std()]


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5000)
    parser.add_argument("--quick", action="store_true", help="100 pairs")
    parser.add_argument("--out", type=Path, default=Path("doc/paper_robustness.csv"))
    given = parser.parse_args()
    widths, weights = draw_pairs(100 if given.quick else given.pairs)
    with given.out.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["mode", "quarter", "median", "three quarters", "error"])
        for name, coef in weights.items():
            numbers = [f"{value:.4f}" for value in quantiles_of(widths, coef)]
            writer.writerow([name, *numbers])
            print(f"{name:24}", *numbers)


if __name__ == "__main__":
    main()
