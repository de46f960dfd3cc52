"""The library reads no word on a stranger's part that the protocols do not name."""

import sys

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from sklearn_baylime import ExplainerPipeline
from sklearn_baylime.base import (
    BayesianRegressor,
    Kernel,
    LocalRegressor,
    Placed,
    Representation,
    Sampler,
)


def words_of(*protocols):
    """Return the names that protocols declare, inherited ones too."""
    names = set()
    for protocol in protocols:
        for parent in protocol.__mro__[:-1]:
            names |= {n for n in vars(parent) if not n.startswith("_")}
            names |= set(getattr(parent, "__annotations__", {}))
    return names


# What scikit-learn's own vocabulary says of any estimator, and the facts that a part
# may ask for by a parameter of that name.
COMMON = {
    *("fit", "transform", "inverse_transform", "predict", "get_params", "set_params"),
    *("get_feature_names_out", "get_support", "sample", "score_samples", "at"),
    *("n_features_in_", "feature_names_in_", "random_state", "classes_", "columns"),
    *("reference", "categorical_features", "best_estimator_", "estimator"),
    # Facts of a kernel that tells none itself.
    *("metric", "width", "width_"),
}


class Watched(BaseEstimator):
    """Notes each word that the library's own code reads on it."""

    read: set = set()

    def __getattribute__(self, name):
        reader = sys._getframe(1).f_globals.get("__name__", "")
        if reader.startswith("sklearn_baylime") and not name.startswith("_"):
            Watched.read.add((type(self).__name__, name))
        return super().__getattribute__(name)


class Masks(Watched):
    codes_before_at = False

    def fit(self, X=None, y=None):
        return self

    def at(self, x):
        here = Masks()
        here.reference_ = np.ones(len(x))
        here.x = np.asarray(x)
        return here

    def inverse_transform(self, X, start=0):
        return np.asarray(X) * object.__getattribute__(self, "x")


class Coins(Watched):
    def __init__(self, n_samples=80):
        self.n_samples = n_samples

    def fit(self, X=None, y=None):
        return self

    def sample(self, reference, n_samples=None, random_state=None):
        rng = np.random.RandomState(random_state)
        return rng.randint(0, 2, (n_samples, len(reference))).astype(float)


class Near(Watched):
    def fit(self, X):
        return self

    def score_samples(self, X):
        return -(1.0 - X).sum(axis=1)


class Line(Watched):
    def fit(self, X, y, sample_weight=None):
        design = np.column_stack([np.ones(len(X)), X])
        found = np.linalg.lstsq(design, y, rcond=None)[0]
        self.intercept_, self.coef_ = found[0], found[1:]
        return self

    def predict(self, X):
        return X @ self.coef_ + self.intercept_


PROTOCOLS = {
    "Masks": (Representation, Placed),
    "Coins": (Sampler,),
    "Near": (Kernel,),
    "Line": (LocalRegressor, BayesianRegressor),
}


@pytest.fixture(scope="module")
def read():
    steps = [("masks", Masks()), ("coins", Coins()), ("near", Near()), ("line", Line())]
    explainer = ExplainerPipeline(
        steps, black_box=lambda rows: rows.sum(axis=1), random_state=0
    )
    Watched.read.clear()
    x = np.array([1.0, 2.0, 3.0])
    explanation = explainer.explain_instance(x)
    np.testing.assert_allclose(explanation.coef, [x], atol=1e-9)
    explainer.explain([x, x + 1])
    explainer.score([x])
    explainer.set_params(coins__n_samples=90).explain_instance(x, targets=[0])
    with pytest.raises(TypeError, match="takes no prior"):
        explainer.explain_instance(x, prior=[1.0, 2.0, 3.0])
    explanation.to_html()
    return set(Watched.read)


@pytest.mark.parametrize("part", PROTOCOLS)
def test_no_word_is_read_that_no_protocol_names(read, part):
    found = {name for owner, name in read if owner == part}
    assert found, "the watch saw nothing"
    assert found <= words_of(*PROTOCOLS[part]) | COMMON
