"""Explainers at equal numbers of queries, as attributions of the predicted class.

Each takes a problem, rows, a number of queries for each row and a seed, and returns
attributions (n_rows, n_columns). "Slopes" answer how the model changes near the row,
"removals" what columns change against zeros.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from sklearn_baylime import BlackBox, make_tabular_explainer


def _ours(problem: Any, X: np.ndarray, **params: Any) -> list[Any]:
    box = BlackBox(problem.answer, name=problem.name)
    explainer = make_tabular_explainer(box, **params).fit(problem.train)
    return explainer.explain(X)


def ours_default(problem: Any, rows: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Bins of quartiles: what being in this bin changes."""
    found = _ours(problem, rows, n_samples=n, random_state=seed)
    return np.array([e.coef[0] for e in found])


def ours_slopes(problem: Any, rows: np.ndarray, n: int, seed: int) -> np.ndarray:
    """The recipe for slopes: numbers, around the instance, draws that all share."""
    found = _ours(
        problem,
        rows,
        discretizer=None,
        sampler="around_instance",
        rows="shared",
        n_samples=n,
        random_state=seed,
    )
    return np.array([e.per_unit().coef[0] for e in found])


def ours_removals(problem: Any, rows: np.ndarray, n: int, seed: int) -> np.ndarray:
    """The recipe for removals: masks against a row of zeros."""
    zeros = np.zeros(rows.shape[1])
    with warnings.catch_warnings():
        # Rows that have a zero themselves: nothing changes there.
        warnings.simplefilter("ignore")
        found = _ours(problem, rows, baseline=zeros, n_samples=n, random_state=seed)
    return np.array([e.coef[0] for e in found])


def lime_slopes(problem: Any, rows: np.ndarray, n: int, seed: int) -> np.ndarray:
    """`lime` as OpenXAI calls it: numbers, around the instance."""
    from lime.lime_tabular import LimeTabularExplainer

    explainer = LimeTabularExplainer(
        problem.train,
        discretize_continuous=False,
        sample_around_instance=True,
        random_state=seed,
    )
    spread = problem.train.std(axis=0)
    return np.array([_lime(explainer, problem, row, n) for row in rows]) / spread


def lime_default(problem: Any, rows: np.ndarray, n: int, seed: int) -> np.ndarray:
    """`lime` by bins of quartiles."""
    from lime.lime_tabular import LimeTabularExplainer

    explainer = LimeTabularExplainer(problem.train, random_state=seed)
    return np.array([_lime(explainer, problem, row, n) for row in rows])


def _lime(explainer: Any, problem: Any, row: np.ndarray, n: int) -> np.ndarray:
    label = int(problem.answer(row[None]).argmax())
    found = explainer.explain_instance(
        row, problem.answer, labels=(label,), num_samples=n, num_features=len(row)
    )
    weights = np.zeros(len(row))
    for column, weight in found.local_exp[label]:
        weights[column] = weight
    return weights


def _captum(kind: str) -> Callable[..., np.ndarray]:
    def explain(problem: Any, rows: np.ndarray, n: int, seed: int) -> np.ndarray:
        """Captum's explainer of this kind, against zeros."""
        import captum.attr
        import torch

        def forward(inputs: Any) -> Any:
            return torch.tensor(problem.answer(inputs.numpy()))

        torch.manual_seed(seed)
        explainer = getattr(captum.attr, kind)(forward)
        labels = problem.answer(rows).argmax(axis=1)
        pairs = zip(torch.tensor(rows), labels.tolist(), strict=True)
        return np.array(
            [
                explainer.attribute(row[None], target=label, n_samples=n)[0].numpy()
                for row, label in pairs
            ]
        )

    return explain


def shap_removals(problem: Any, rows: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Shap's KernelExplainer, against zeros."""
    import shap

    labels = problem.answer(rows).argmax(axis=1)
    np.random.seed(seed)  # noqa: NPY002, it has no other
    explainer = shap.KernelExplainer(problem.answer, np.zeros((1, rows.shape[1])))
    values = explainer.shap_values(rows, nsamples=n, silent=True)
    return np.array([value[:, k] for value, k in zip(values, labels, strict=True)])


def random(problem: Any, rows: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Attributions that say nothing."""
    return np.random.default_rng(seed).normal(size=rows.shape)


def _with(package: str, methods: dict[str, Callable]) -> dict[str, Callable]:
    if find_spec(package) is None:
        print(f"without {package}: not installed")
        return {}
    return methods


SLOPES = {
    "ours, default": ours_default,
    "ours, recipe": ours_slopes,
    **_with("lime", {"lime": lime_slopes, "lime, default": lime_default}),
    "random": random,
}
REMOVALS = {
    "ours, default": ours_default,
    "ours, recipe": ours_removals,
    **_with("lime", {"lime, default": lime_default}),
    **_with(
        "captum",
        {"captum Lime": _captum("Lime"), "captum KernelShap": _captum("KernelShap")},
    ),
    **_with("shap", {"shap KernelExplainer": shap_removals}),
    "random": random,
}
