"""What other projects' own code says of attributions; none of it is copied here.

Each harness yields, for a problem and a method, pairs of a metric's name and its value;
`BETTER` has which way is better. Those that are not installed are left out.
"""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

# 1 where more is better, -1 where less is.
BETTER = {
    "FA": 1,
    "SA": 1,
    "RC": 1,
    "PRA": 1,
    "PGI": 1,
    "PGU": -1,
    "log RIS": -1,
    "FaithCorr": 1,
    "Infidelity": -1,
    "Comprehensiveness": 1,
    "Sufficiency": -1,
    "Monotonicity": 1,
    # Of the error, as is its default, which should rise as the first columns leave.
    "AUC_TP": 1,
    "FaithfulnessCorrelation": 1,
    "PixelFlipping": -1,
}
Method = Callable[..., np.ndarray]
# Rows whose stability OpenXAI measures, and neighbors of each: all rows and 100 by its
# own settings.
N_STABLE, N_NEAR = 6, 20


class OpenXAI:
    """OpenXAI's metrics, from a checkout of its repository."""

    name, scaled, budgets, family = "OpenXAI", "range", (1000,), "slopes"

    def __init__(self, checkout: Path) -> None:
        # Its package imports explainers with many requirements; the metrics need none.
        for package in ("openxai", "openxai.explainers"):
            module = types.ModuleType(package)
            module.__path__ = [str(checkout / package.replace(".", "/"))]
            sys.modules[package] = module
        import pandas as pd

        if not hasattr(pd.DataFrame, "applymap"):
            pd.DataFrame.applymap = pd.DataFrame.map
        self.metrics = import_module("openxai.metrics")
        self.noise = import_module("openxai.explainers.perturbation_methods")

    def scores(
        self, problem: Any, method: Method, n: int, seed: int
    ) -> Iterator[tuple[str, float]]:
        """Yield agreement with a linear model's coefficients; PGI, PGU and RIS."""
        found = method(problem, problem.test, n, seed)
        own = {"k": 0.25, "AUC": True}
        if problem.name.endswith("linear"):
            true, predicted = problem.model.coef_[0], problem.predicted
            for name, way in (("FA", "overlap"), ("SA", "sign")):
                args = (found, true, predicted)
                yield (
                    name,
                    self.metrics.eval_ground_truth_faithfulness(
                        *args, metric=way, **own
                    )[1],
                )
            yield "RC", self.metrics.rankcorr(found, true)[1]
            yield "PRA", self.metrics.pairwise_comp(found, true)[1]
        model, rows = self._model(problem), np.float32(problem.test)
        noise = self.noise.get_perturb_method(0.1, problem.name)
        for name, invert in (("PGI", False), ("PGU", True)):
            yield (
                name,
                self.metrics.eval_pred_faithfulness(
                    np.float32(found),
                    rows,
                    model,
                    perturb_method=noise,
                    feature_metadata=problem.types,
                    invert=invert,
                    **own,
                )[1],
            )
        yield "log RIS", self._stability(problem, method, model, n, seed)

    def _stability(
        self, problem: Any, method: Method, model: Any, n: int, seed: int
    ) -> float:
        import torch

        def explain(rows: Any, label: Any = None) -> Any:
            return torch.tensor(method(problem, np.float64(rows), n, seed))

        values = self.metrics.eval_relative_stability(
            types.SimpleNamespace(get_explanations=explain),
            np.float32(problem.test[: min(N_STABLE, len(problem.test) // 2)]),
            model,
            perturb_method=self.noise.get_perturb_method(1e-5, problem.name),
            feature_metadata=problem.types,
            metric="RIS",
            n_samples=10 * N_NEAR,
            n_perturbations=N_NEAR,
        )[0]
        return float(np.log(np.mean(values)))

    def _model(self, problem: Any) -> Any:
        import torch

        class Model:
            abbrv, name = "ann", problem.name

            def __call__(self, rows: Any) -> Any:
                return torch.tensor(problem.answer(rows.numpy()))

        return Model()


class BEExAI:
    """BEExAI's metrics: columns are removed by setting them to 0."""

    name, scaled, budgets, family = "BEExAI", "deviation", (25, 200), "removals"

    def __init__(self) -> None:
        self.get = import_module("beexai.evaluate.metrics.get_results").get_all_metrics
        explaining = import_module("beexai.explanation.explaining")
        self.Explainer = explaining.GeneralExplainer

    def scores(
        self, problem: Any, method: Method, n: int, seed: int
    ) -> Iterator[tuple[str, float]]:
        """Yield its metrics of attributions scaled to norm 1, as its own are."""
        import torch

        found = method(problem, problem.test, n, seed)
        found = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)

        class Model:
            def predict_proba(self, rows: Any) -> Any:
                return torch.tensor(problem.answer(rows.numpy()), dtype=torch.float32)

            def predict(self, rows: Any) -> Any:
                return self.predict_proba(rows).argmax(dim=1)

        class Explainer(self.Explainer):
            def init_explainer(self) -> None:
                """Attributions are there already."""

            def explain(self) -> None:
                """Attributions are there already."""

        names = ["FaithCorr", "Infidelity", "Comprehensiveness", "Sufficiency"]
        torch.manual_seed(seed)
        np.random.seed(seed)  # noqa: NPY002, it has no other
        # It tells how long each metric takes.
        with contextlib.redirect_stdout(None):
            table = self.get(
                np.float32(problem.test),
                problem.predicted,
                Model(),
                Explainer(Model(), "classification"),
                metrics_to_get=[*names, "Monotonicity", "AUC_TP"],
                attributions=torch.tensor(np.float32(found)),
            )
        for name, values in table.items():
            yield name, float(values.iloc[0])


class Quantus:
    """Two of Quantus' metrics of faithfulness: columns are set to 0."""

    name, scaled, budgets, family = "Quantus", "deviation", (25, 200), "removals"

    def __init__(self) -> None:
        if not hasattr(np, "trapz"):
            np.trapz = np.trapezoid  # noqa: NPY201, what it asks for
        self.quantus = import_module("quantus")

    def scores(
        self, problem: Any, method: Method, n: int, seed: int
    ) -> Iterator[tuple[str, float]]:
        """Yield means over rows, which are scored one by one."""
        import torch

        class Model(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.spare = torch.nn.Parameter(torch.zeros(1))

            def forward(self, rows: Any) -> Any:
                return torch.tensor(problem.answer(rows.detach().numpy()[:, 0]))

        # A table is a series of one channel to it.
        found = method(problem, problem.test, n, seed)
        args = {
            "model": Model().eval(),
            "x_batch": np.float32(problem.test)[:, None],
            "y_batch": problem.predicted,
            "a_batch": found[:, None],
            "softmax": False,
            "channel_first": True,
        }
        usual = {"disable_warnings": True, "normalise": False, "abs": False}
        size = max(1, problem.test.shape[1] // 3)
        np.random.seed(seed)  # noqa: NPY002, it has no other
        metric = self.quantus.FaithfulnessCorrelation(
            subset_size=size, perturb_baseline="black", nr_runs=50, **usual
        )
        yield "FaithfulnessCorrelation", float(np.nanmean(metric(**args)))
        metric = self.quantus.PixelFlipping(
            perturb_baseline="black", return_auc_per_sample=True, **usual
        )
        areas = np.array(metric(**args)) / (problem.test.shape[1] - 1)
        yield "PixelFlipping", float(np.mean(areas))


def load_harnesses(checkout: Path | None) -> list[Any]:
    """Return those harnesses that can be had."""
    found: list[Any] = []
    makers: list[Callable[[], Any]] = [BEExAI, Quantus]
    if checkout is not None:
        makers.insert(0, lambda: OpenXAI(checkout))
    for make in makers:
        try:
            found.append(make())
        except ImportError as error:
            print(f"left out: {error}")
    return found
