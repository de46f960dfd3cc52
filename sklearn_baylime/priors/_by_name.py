"""Priors that find the features of an instance by their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sklearn_baylime.priors._prior import Prior


@dataclass(frozen=True)
class NamedPrior:
    """Prior weights of features by name, whatever the instance has of them.

    An explainer calls it with the names of the instance's features.

    Parameters
    ----------
    weights : mapping of str to float
        Expected weights.
    precision : None, float or mapping of str to float
        Trust in them, and in 0 for features without one; None learns it. By name, the
        least of them is that of features without one.
    scale : float or "fit"
        Factor on the weights; "fit" learns it.
    casefold : bool
        Whether names are compared without case.
    odds : None, "open" or dict of str to float
        How far to believe in them; see `Prior`.
    drawn : str, tuple of str or None
        Name of the rows that they were made of; see `Prior`.

    Notes
    -----
    A number that was scaled is found by the name of its column as well: "age" is "age
    (per 11.2)" too.
    """

    weights: Mapping[str, float]
    precision: Any = None
    scale: Any = 1.0
    casefold: bool = False
    odds: Any = None
    drawn: str | tuple[str, ...] | None = None

    def __call__(self, names: Iterable[str]) -> Prior:
        """Return the prior of features with these names; 0 for those unknown.

        Raises
        ------
        ValueError
            If no name is known.
        """
        names = list(names)
        weights = {self._key(name): float(w) for name, w in self.weights.items()}
        keys = [self._key(name) for name in names]
        keys = [key if key in weights else _column_of(key) for key in keys]
        mean = np.array([weights.get(key, 0.0) for key in keys])
        if not any(key in weights for key in keys):
            raise ValueError(
                f"None of the {len(keys)} features, such as {names[:5]}, is one "
                f"of the {len(weights)} names of the prior, as {list(weights)[:5]}: "
                "match their spelling, or leave the prior out."
            )
        precision = self._precision_of(keys)
        return Prior(mean, precision, self.scale, self.odds, self.drawn)

    def _precision_of(self, keys: list[str]) -> Any:
        if not isinstance(self.precision, Mapping):
            return self.precision
        known = {self._key(name): float(p) for name, p in self.precision.items()}
        return np.array([known.get(key, min(known.values())) for key in keys])

    def _key(self, name: str) -> str:
        return str(name).casefold() if self.casefold else str(name)


def _column_of(name: str) -> str:
    """Return the column of a scaled number, whose name says the unit."""
    return name.partition(" (per ")[0]


def prior_from_lexicon(
    lexicon: Mapping[str, float],
    *,
    precision: float | None = None,
    scale: float | str = "fit",
    casefold: bool = True,
) -> NamedPrior:
    """Make a prior of words from a lexicon, such as one of sentiments.

    Parameters
    ----------
    lexicon : mapping of str to float
        Weights of words, in any unit; words that it does not have weigh 0.
    precision : None or float, default=None
        Trust in these weights; None learns it from the answers.
    scale : float or "fit", default="fit"
        Factor on the weights; "fit" learns it, since a lexicon has units of its own.
    casefold : bool, default=True
        Whether words are compared without case.

    Returns
    -------
    prior : NamedPrior
        For ``explainer.explain_instance(text, prior=prior)``.

    Examples
    --------
    >>> from sklearn_baylime.priors import prior_from_lexicon
    >>> prior = prior_from_lexicon({"good": 2.0, "bad": -2.5})
    >>> prior(["Good", "film"]).mean
    array([2., 0.])
    """
    return NamedPrior(dict(lexicon), precision, scale, casefold)


def prior_from_explanation(
    explanation: Any,
    *,
    target: Any = None,
    precision: float | None = None,
    scale: float | str = 1.0,
) -> NamedPrior:
    """Make a prior from an explanation of a similar instance, matched by name.

    Features that the other instance does not have are expected to weigh 0. How far two
    instances agree is learned from the answers unless `precision` says it; that the
    weights of one are well known does not. Where both have the same features in the
    same order, whatever their names, `Explanation.as_prior` does without names. Rows of
    the very same instance are put together by `Neighborhood.merge`, not by a prior.

    Parameters
    ----------
    explanation : Explanation
        Of another instance, such as a document on the same matter.
    target : int, str or None, default=None
        Which target's weights to take; the first if None.
    precision : None or float, default=None
        Trust in the weights; None learns it from the answers.
    scale : float or "fit", default=1.0
        Factor on the weights.

    Returns
    -------
    prior : NamedPrior
        For ``explainer.explain_instance(x, prior=prior)``.

    Examples
    --------
    >>> from sklearn_baylime import make_text_explainer
    >>> from sklearn_baylime.priors import prior_from_explanation
    >>> def count(texts):
    ...     return [text.split().count("good") for text in texts]
    >>> explainer = make_text_explainer(count, n_samples=100, random_state=0)
    >>> other = explainer.explain_instance("a good day")
    >>> prior = prior_from_explanation(other)
    >>> prior(["good", "night"]).mean.round(2)
    array([1., 0.])
    """
    t = explanation.position(target)
    pairs = zip(explanation.feature_names, explanation.coef[t], strict=True)
    weights = {name: float(weight) for name, weight in pairs}
    return NamedPrior(weights, precision, scale, drawn=explanation.drawn)
