"""The demonstration: one prediction on real data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

from sklearn_baylime.black_box import BlackBox
from sklearn_baylime.command._files import check_outputs
from sklearn_baylime.pipeline import make_tabular_explainer

_FILES = ("baylime_explanation.html", "baylime_explanation.png")


def run_demo(args: Any) -> None:
    """Train a forest, explain a held-out patient, print a table and write pictures."""
    paths = check_outputs(args.output, args.force)
    data = load_breast_cancer()
    X_train, X_test, y_train, y_test = train_test_split(
        data.data, data.target, test_size=0.2, random_state=0, stratify=data.target
    )
    forest = RandomForestClassifier(n_estimators=200, random_state=0)
    forest.fit(X_train, y_train)
    patient = X_test[np.argmax(forest.predict_proba(X_test)[:, 0])]
    print(
        "A random forest on scikit-learn's breast cancer data, right for "
        f"{100 * forest.score(X_test, y_test):.1f} % of {len(X_test)} held-out "
        "patients.\nOne of them it holds to be malignant with most certainty. Why?\n"
    )
    explainer = make_tabular_explainer(
        BlackBox(forest, batch_size=500, output_names=data.target_names),
        feature_names=data.feature_names,
        random_state=0,
        verbose=True,
    ).fit(X_train)
    explanation = explainer.explain_instance(patient)
    print(f"\n{explanation}\n")
    for path in paths or [Path.cwd() / name for name in _FILES]:
        _write(explanation, path, args.force)


def _write(explanation: Any, path: Path, force: bool) -> None:
    """Write a file where that can be done; what was printed counts without it."""
    if path.exists() and not force:
        again = "it is there already, and 'demo --force' writes over it"
        print(f"Did not write {path.name}: {again}.")
        return
    try:
        print(f"Wrote {explanation.save(path)}")
    except ImportError as error:
        print(f"Did not write {path.name}. {error}")
