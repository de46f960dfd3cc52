"""What the package takes from the private side of scikit-learn, in this one place.

A release of scikit-learn may move or rename these without a warning. Then this module
changes, and no other; the names it gives are ours. Each of them is where it is in every
version that is supported, from 1.7 on. What estimators inherit, as is
`_parameter_constraints`, is theirs to override, and stays with them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

# The one ancestor of its linear models, all of which have `coef_`. Since 0.17.
from sklearn.linear_model._base import LinearModel

# The one ancestor of all searches over parameters, those with halving too; the public
# classes have no other in common. Since 0.18.
from sklearn.model_selection._search import BaseSearchCV

# Developers of estimators are told to check parameters in `fit`, but what scikit-learn
# checks its own with is private. Since 1.2; error messages and the common tests of
# estimators rest on it.
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    Options,
    StrOptions,
)

# A box of the diagrams that notebooks show. Since 0.23, here since 1.7; estimators of
# estimators say of what their own consists by `_sk_visual_block_`.
from sklearn.utils._repr_html.estimator import _VisualBlock as VisualBlock

# An estimator whose parameter is a list of named steps, with `set_params(name__x=...)`
# and the check of names. Since 0.19; the common base of its pipelines.
from sklearn.utils.metaestimators import _BaseComposition as BaseComposition

# These say the same words as scikit-learn's own estimators about weights, rows and
# names. Since 0.22, 0.16 and 1.0; `validate_data` and `check_array`, which are public,
# take no weights, no lists of texts, and give no names.
from sklearn.utils.validation import _check_feature_names_in as check_feature_names_in
from sklearn.utils.validation import _check_sample_weight as check_sample_weight
from sklearn.utils.validation import _num_samples as num_samples

if TYPE_CHECKING:
    _Method = TypeVar("_Method", bound=Callable[..., Any])

    def fit_context(
        *, prefer_skip_nested_validation: bool
    ) -> Callable[[_Method], _Method]:
        """Decorate `fit`: it checks the parameters first, unless a caller has."""
else:
    # Since 1.3. Under type checkers the decorator above stands for it, which leaves
    # `fit` its type; scikit-learn's is not annotated.
    from sklearn.base import _fit_context as fit_context

__all__ = [
    "BaseComposition",
    "BaseSearchCV",
    "HasMethods",
    "Interval",
    "InvalidParameterError",
    "LinearModel",
    "Options",
    "StrOptions",
    "VisualBlock",
    "boosting_start",
    "check_feature_names_in",
    "check_sample_weight",
    "fit_context",
    "histogram_categories",
    "histogram_start",
    "histogram_trees",
    "num_samples",
]


def boosting_start(model: Any) -> np.ndarray:
    """Return what gradient boosting adds its trees to, (n_targets,): no row decides.

    Since 0.20. There is no public way to ask `init_` on the scale of the scores.
    """
    return model._raw_predict_init(np.zeros((1, model.n_features_in_)))[0]


def histogram_trees(model: Any) -> list[list[Any]]:
    """Return the trees of histogram gradient boosting: for each stage one a target.

    Since 0.21. The public `estimators_` of gradient boosting has no counterpart there.
    """
    return model._predictors


def histogram_start(model: Any) -> np.ndarray:
    """Return what histogram gradient boosting adds its trees to.

    Since 0.21.
    """
    return np.ravel(model._baseline_prediction)


def histogram_categories(model: Any) -> list[np.ndarray]:
    """Return the categories of the columns that histogram gradient boosting encodes.

    Since 1.4, when it began to take strings.
    """
    return model._preprocessor.named_transformers_["encoder"].categories_
