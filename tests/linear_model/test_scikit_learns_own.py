"""scikit-learn's own tests of BayesianRidge, run with our regressor in its place.

`DIFFERS` lists every test that does not pass, with the reason; all others must. Four
parameters are not ours, and are left out of the calls, so that the rest of those tests
is run: `compute_score` and `verbose`, since the one evidence that counts is
`log_evidence_`; `alpha_init` and `lambda_init`, since the best precisions are found on
a grid, wherever a search would begin.
"""

import inspect
from itertools import product

import pytest
from sklearn.linear_model import BayesianRidge
from sklearn.linear_model.tests import test_bayes

from sklearn_baylime.linear_model import InformativeBayesianRidge

NOT_OURS = ("compute_score", "verbose", "alpha_init", "lambda_init")

# The test, what is raised there, and why.
DIFFERS = {
    "test_bayesian_ridge_scores": (
        AttributeError,
        "scores_",
        "there is no list of scores of steps: the fitted evidence is log_evidence_",
    ),
    "test_bayesian_ridge_score_values": (
        AttributeError,
        "scores_",
        "the same; tests/linear_model/test_evidence.py checks log_evidence_",
    ),
    "test_dtype_match[float32]": (
        AssertionError,
        None,
        "all numbers are computed and kept in double precision",
    ),
}


def in_place(**params):
    """Make our regressor of the parameters of a BayesianRidge."""
    ours = {k: v for k, v in params.items() if k not in NOT_OURS}
    return InformativeBayesianRidge(**ours)


def cases():
    """Yield name, function and arguments of each case with a BayesianRidge."""
    for name, test in vars(test_bayes).items():
        if not name.startswith("test_"):
            continue
        given = []
        for mark in getattr(test, "pytestmark", []):
            if mark.name == "parametrize":
                names = mark.args[0]
                names = names.split(",") if isinstance(names, str) else names
                names = [n.strip() for n in names]
                values = [v if len(names) > 1 else [v] for v in mark.args[1]]
                given.append([dict(zip(names, v, strict=True)) for v in values])
        for parts in product(*given):
            kwargs = {k: v for part in parts for k, v in part.items()}
            meant = [v for v in kwargs.values() if inspect.isclass(v)]
            estimators = [v for v in meant if hasattr(v, "fit")]
            uses = "BayesianRidge(" in inspect.getsource(test)
            if uses if not estimators else BayesianRidge in estimators:
                told = [
                    v.__name__ if inspect.isclass(v) else str(v)
                    for v in kwargs.values()
                    if v is not BayesianRidge
                ]
                yield name + (f"[{'-'.join(told)}]" if told else ""), test, kwargs


CASES = list(cases())


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("name", "test", "kwargs"), CASES, ids=[name for name, _, _ in CASES]
)
def test_of_scikit_learn(name, test, kwargs, seed, monkeypatch):
    monkeypatch.setattr(test_bayes, "BayesianRidge", in_place)
    kwargs = {k: in_place if v is BayesianRidge else v for k, v in kwargs.items()}
    if "global_random_seed" in inspect.signature(test).parameters:
        kwargs["global_random_seed"] = seed
    elif seed:
        pytest.skip("needs no seed")
    if name not in DIFFERS:
        test(**kwargs)
        return
    error, words, _ = DIFFERS[name]
    with pytest.raises(error, match=words):
        test(**kwargs)


def test_the_list_of_differences_is_of_tests_that_are_run():
    assert len(CASES) >= 12
    assert set(DIFFERS) <= {name for name, _, _ in CASES}
