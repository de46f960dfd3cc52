"""Explanations of several instances: a list that shows itself."""

from __future__ import annotations

from typing import Any

from sklearn_baylime.views._list_page import render_list


class ExplanationList(list):
    """A list of explanations, which a notebook shows as a table.

    It is a list in every other way: of `Explanation`, in the order of the instances.

    Parameters
    ----------
    iterable : iterable of Explanation, default=()
        What the list holds.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn_baylime import make_tabular_explainer
    >>> X, y = load_iris(return_X_y=True)
    >>> model = LogisticRegression(max_iter=500).fit(X, y)
    >>> explainer = make_tabular_explainer(model, n_samples=1000, random_state=0)
    >>> explanations = explainer.fit(X).explain(X[:3])
    >>> len(explanations), type(explanations[:2]).__name__
    (3, 'ExplanationList')
    """

    def __getitem__(self, which: Any) -> Any:
        """Return an explanation, or a list of the same kind for a slice."""
        found = super().__getitem__(which)
        return type(self)(found) if isinstance(which, slice) else found

    def _repr_html_(self) -> str:
        return render_list(self)
