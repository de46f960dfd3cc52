"""Rows where the kernel looks, beside LIME's rows weighed by the kernel.

Run it as ``python benchmarks/local_rows.py``; it takes two minutes of processor's time.
Of 1000 rows it prints how many are effective at LIME's width, at half and at a fifth of
it, and the mean squared error of the weights as a share of that of weighed rows: tables
against exact weights (breast cancer, a forest of 100 trees, 5 instances x 6 seeds),
masks against those of 200,000 local masks (24 words, interactions of pairs,
`Ridge(1e-9)`).
"""

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge

from sklearn_baylime import make_tabular_explainer, make_text_explainer
from sklearn_baylime.base._widths import MASK_WIDTH, lime_width
from sklearn_baylime.pipeline import explain_exactly

N_ROWS, SEEDS, SCALES = 1000, range(6), (1.0, 0.5, 0.2)
WORDS = [f"w{k}" for k in range(24)]


def tables(scale):
    """Return effective rows and squared error of weighed and of local rows."""
    X, y = load_breast_cancer(return_X_y=True)
    forest = RandomForestClassifier(100, min_samples_leaf=5, random_state=0).fit(X, y)
    found = {"bins": [], "local": []}
    for sampler, results in found.items():
        for seed in SEEDS:
            explainer = make_tabular_explainer(
                forest,
                sampler=sampler,
                kernel_width=scale * lime_width(X.shape[1]),
                n_samples=N_ROWS,
                random_state=seed,
                rows="own",
            ).fit(X)
            for x in X[:250:50]:
                truth = explain_exactly(explainer, x, targets=1).coef[0]
                explanation = explainer.explain_instance(x, targets=1)
                error = np.mean((explanation.coef[0] - truth) ** 2)
                results.append((explanation.effective_sample_size, error))
    return [np.mean(results, axis=0) for results in found.values()]


def texts(scale):
    """Return the same for masks of words."""
    rng = np.random.default_rng(0)
    slopes, pairs = rng.normal(size=24), rng.normal(size=(24, 24)) / 5

    def model(texts):
        masks = np.array([[w in t.split() for w in WORDS] for t in texts], dtype=float)
        return masks @ slopes + np.einsum("ij,jk,ik->i", masks, pairs, masks)

    def explain(local, n_samples, seed):
        return make_text_explainer(
            model,
            design="orthogonal",
            local=local,
            kernel_width=scale * MASK_WIDTH,
            n_samples=n_samples,
            regressor=Ridge(alpha=1e-9),
            random_state=seed,
        ).explain_instance(" ".join(WORDS))

    truth = explain(True, 200_000, 99).coef[0]
    found = []
    for local in (False, True):
        results = [explain(local, N_ROWS, seed) for seed in SEEDS]
        errors = [np.mean((e.coef[0] - truth) ** 2) for e in results]
        rows = [e.effective_sample_size for e in results]
        found.append((np.mean(rows), np.mean(errors)))
    return found


def main():
    """Print a line for each kind of rows and each width."""
    print("kind   width  effective rows: weighed, local  error of local / weighed")
    for name, measure in (("table", tables), ("masks", texts)):
        for scale in SCALES:
            (n_weighed, error), (n_local, local_error) = measure(scale)
            print(
                f"{name}  {scale:.1f}    {n_weighed:6.1f}  {n_local:6.1f}          "
                f"{local_error / error:.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
