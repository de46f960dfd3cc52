"""What scikit-learn asks of a transformer."""

import pickle
from copy import copy

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_baylime.representation import (
    EntropyDiscretizer,
    FixedDiscretizer,
    QuantileDiscretizer,
    TableScaler,
)


class Uncut(FixedDiscretizer):
    """Fixed borders for tables of any width: none."""

    _parameter_constraints = {"borders": [tuple], "random_state": ["random_state"]}

    def __init__(self, borders=(), *, random_state=None):
        super().__init__(borders, random_state=random_state)

    def _find_all_borders(self, values, y):
        empty = {j: [] for j, known in enumerate(self.categories_) if known is None}
        filled = copy(self).set_params(borders=empty)
        return FixedDiscretizer._find_all_borders(filled, values, y)


SETTINGS = [
    QuantileDiscretizer(random_state=0),
    QuantileDiscretizer(10, random_state=0),
    EntropyDiscretizer(random_state=0),
    EntropyDiscretizer(joint=True, random_state=0),
    Uncut(random_state=0),
    TableScaler(),
]

# The checks that check_estimator leaves to the libraries' own test suites.
FURTHER_CHECKS = [
    "check_param_validation",
    "check_set_output_transform",
    "check_set_output_transform_pandas",
    "check_set_output_transform_polars",
    "check_global_output_transform_pandas",
    "check_transformer_get_feature_names_out",
    "check_transformer_get_feature_names_out_pandas",
    "check_get_feature_names_out_error",
    "check_dataframe_column_names_consistency",
    "check_inplace_ensure_writeable",
]

# Before 1.8 scikit-learn passes a generator, which pytest 9.1 warns of.
names, checks = parametrize_with_checks(SETTINGS).args
check_id = parametrize_with_checks(SETTINGS).kwargs["ids"]


@pytest.mark.parametrize(names, list(checks), ids=check_id)
def test_scikit_learn_check(estimator, check):
    """All that check_estimator runs."""
    check(estimator)


# The set_output checks fit on frames and transform arrays, and the reverse.
@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names")
@pytest.mark.parametrize("check", FURTHER_CHECKS)
@pytest.mark.parametrize("estimator", SETTINGS, ids=str)
def test_further_scikit_learn_check(estimator, check):
    """What check_estimator leaves out."""
    run = getattr(estimator_checks, check)
    run(type(estimator).__name__, clone(estimator))


def test_unfitted_discretizer_says_so():
    """Every method but fit raises NotFittedError."""
    discretizer, codes = QuantileDiscretizer(), np.zeros((1, 2), dtype=int)
    calls = [
        lambda: discretizer.transform(codes),
        lambda: discretizer.inverse_transform(codes),
        lambda: discretizer.at([0, 0]),
        lambda: discretizer.get_feature_names_out(),
    ]
    for call in calls:
        with pytest.raises(NotFittedError, match="not fitted"):
            call()


def test_pickle_keeps_the_fitted_discretizer(fitted, table, tools):
    """Codes, rows and names are the same after a pickle."""
    twin = pickle.loads(pickle.dumps(fitted))
    codes = fitted.transform(table)
    np.testing.assert_array_equal(twin.transform(table), codes)
    tools.assert_same_table(
        twin.inverse_transform(codes), fitted.inverse_transform(codes)
    )


@pytest.mark.parametrize("random_state", [0, None])
def test_pickle_keeps_the_discretizer_at_an_instance(table, tools, random_state):
    """Also the seed drawn by `at` is kept, so that the rows are the same."""
    fitted = QuantileDiscretizer(random_state=random_state).fit(table)
    here = fitted.at(tools.instance(table, 7))
    twin = pickle.loads(pickle.dumps(here))
    codes = fitted.transform(table)
    tools.assert_same_table(
        twin.inverse_transform(codes), here.inverse_transform(codes)
    )
    assert list(twin.get_feature_names_out()) == list(here.get_feature_names_out())
    np.testing.assert_array_equal(twin.reference_, here.reference_)


def test_clone_forgets_fit_and_instance(fitted, table, tools):
    """A clone has the parameters alone."""
    twin = clone(fitted.at(tools.instance(table, 0)))
    assert twin.get_params() == fitted.get_params()
    assert set(vars(twin)) == set(twin.get_params())
