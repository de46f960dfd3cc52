"""What every sampler must do: the instance first, seeds, counts, errors."""

import pickle
from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_param_validation

from sklearn_baylime.sampling import BallSampler, BinSampler


@pytest.mark.parametrize("n_samples", [1, 2, 50])
def test_first_row_is_the_instance(fitted, codes, n_samples):
    """Also where there is no other row."""
    for reference in codes[:3]:
        rows = fitted.sample(reference, n_samples, random_state=0)
        assert_array_equal(rows[0], reference)


def test_first_row_is_an_instance_never_seen(fitted, codes):
    """The instance need not lie in the background."""
    reference = codes.max(axis=0) + 1000
    rows = fitted.sample(reference, random_state=0)
    assert_array_equal(rows[0], reference)
    # A ball moves only the columns that vary.
    moving = np.ptp(codes, axis=0) > 0 if isinstance(fitted, BallSampler) else ...
    assert not (rows[1:] == reference)[:, moving].any()


def test_number_of_rows_is_the_samplers_own(Sampler, codes):
    """The instance is counted."""
    for n_samples in (1, 7, np.int64(300)):
        rows = Sampler(n_samples=n_samples).fit(codes).sample(codes[0])
        assert rows.shape == (n_samples, codes.shape[1])


@pytest.mark.parametrize("n_samples", [1, 7, np.int64(300)])
def test_number_of_rows_can_be_given(fitted, codes, n_samples):
    """For this once: the next call has the sampler's own number again."""
    rows = fitted.sample(codes[0], n_samples=n_samples, random_state=0)
    assert rows.shape == (n_samples, codes.shape[1])
    assert len(fitted.sample(codes[0], random_state=0)) == 50


def test_same_seed_gives_the_same_rows(fitted, codes):
    """An int, or a RandomState in the same state."""
    sample = partial(fitted.sample, codes[0])
    assert_array_equal(sample(random_state=3), sample(random_state=3))
    first, second = (np.random.RandomState(3) for _ in range(2))
    assert_array_equal(sample(random_state=first), sample(random_state=second))


@pytest.mark.parametrize(
    "make_state", [lambda k: k, lambda k: None, lambda k: np.random.RandomState(k)]
)
def test_other_seeds_give_other_rows(Sampler, make_state):
    """Chance of two equal samples: 4 ** -600."""
    codes = np.random.default_rng(0).integers(0, 4, (400, 3))
    sampler = Sampler(n_samples=201).fit(codes)
    first = sampler.sample(codes[0], random_state=make_state(1))
    second = sampler.sample(codes[0], random_state=make_state(2))
    assert (first != second).any()


def test_state_moves_on(Sampler):
    """One RandomState gives another sample at each call."""
    codes = np.random.default_rng(0).integers(0, 4, (400, 3))
    sampler, state = Sampler(n_samples=201).fit(codes), np.random.RandomState(0)
    first, second = (sampler.sample(codes[0], random_state=state) for _ in range(2))
    assert (first != second).any()


def test_rows_hold_known_codes_only(fitted, codes):
    """Those of the background in each column, and the instance's in row 0."""
    rows = fitted.sample(codes[0], n_samples=2000, random_state=0)
    if not isinstance(fitted, BinSampler):
        assert np.isfinite(rows).all()
        return
    for drawn, known in zip(rows.T, codes.T, strict=True):
        assert set(drawn) <= set(known)


def test_codes_keep_their_type(fitted, codes):
    """What is sampled is what was learned; samplers of numbers give floats."""
    expected = codes.dtype if isinstance(fitted, BinSampler) else np.float64
    assert fitted.sample(codes[0], random_state=0).dtype == expected


def test_reference_is_not_changed(fitted, codes):
    """And neither it nor the background is kept by reference."""
    reference = codes[0].copy()
    before = reference.copy()
    first = fitted.sample(reference, random_state=0)
    first[:] = -1
    assert_array_equal(reference, before)
    assert_array_equal(fitted.sample(reference, random_state=0)[0], before)


def test_reference_as_a_list(fitted, codes):
    """Any array-like is taken."""
    assert_array_equal(
        fitted.sample(codes[0].tolist(), random_state=0),
        fitted.sample(codes[0], random_state=0),
    )


def test_read_only_codes_are_taken(Sampler, codes):
    """Nothing is written to."""
    codes.flags.writeable = False
    rows = Sampler(n_samples=5).fit(codes).sample(codes[0], random_state=0)
    assert rows.flags.writeable


@pytest.mark.parametrize("n_samples", [0, -1, 2.0, 0.5, "5", [5]])
def test_number_of_rows_must_be_a_positive_integer(fitted, codes, n_samples):
    """The message says what was got."""
    with pytest.raises(ValueError, match=r"n_samples is .*, expected an integer >= 1"):
        fitted.sample(codes[0], n_samples=n_samples)


@pytest.mark.parametrize("n_samples", [0, -1, 2.5, "5", None])
def test_samplers_own_number_is_checked_by_fit(Sampler, n_samples):
    """As scikit-learn checks parameters."""
    with pytest.raises(ValueError, match="'n_samples' parameter of"):
        Sampler(n_samples=n_samples).fit([[0, 1], [1, 0]])


@pytest.mark.parametrize(
    "cut", [lambda x: x[:-1], lambda x: [*x, 0], lambda x: [x], lambda x: x[0]]
)
def test_reference_must_have_one_code_a_column(fitted, codes, cut):
    """The message says which shape was got and which was expected."""
    reference = cut(codes[0])
    shape = str(np.shape(reference)).replace("(", r"\(").replace(")", r"\)")
    expected = rf"expected one code a column, \({codes.shape[1]},\)"
    with pytest.raises(ValueError, match=f"reference has shape {shape}, {expected}"):
        fitted.sample(reference)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_background_must_be_finite(Sampler, bad):
    """As scikit-learn says it."""
    with pytest.raises(ValueError, match=r"contains (NaN|infinity)"):
        Sampler().fit([[0.0, bad], [1.0, 1.0]])


@pytest.mark.parametrize("bad", [[], [[]], [0, 1]])
def test_background_must_be_a_table_with_rows(Sampler, bad):
    """As scikit-learn says it."""
    with pytest.raises(ValueError, match=r"Expected 2D array|0 feature\(s\)"):
        Sampler().fit(bad)


def test_unfitted_sampler_says_so(Sampler):
    """With scikit-learn's error."""
    with pytest.raises(NotFittedError, match="not fitted"):
        Sampler().sample([0, 1])


def test_fit_returns_the_sampler_and_counts_columns(Sampler, codes):
    """As every estimator does."""
    sampler = Sampler()
    assert sampler.fit(codes) is sampler
    assert sampler.n_features_in_ == codes.shape[1]


def test_pickle_keeps_the_law(fitted, codes):
    """Equal seeds give equal rows after a pickle."""
    twin = pickle.loads(pickle.dumps(fitted))
    assert_array_equal(
        twin.sample(codes[0], random_state=3), fitted.sample(codes[0], random_state=3)
    )


def test_clone_forgets_the_background(fitted):
    """A clone has the parameters alone."""
    twin = clone(fitted)
    assert twin.get_params() == fitted.get_params()
    assert twin.n_samples == 50
    assert set(vars(twin)) == set(twin.get_params())


def test_fit_again_forgets_the_first_background(fitted, codes):
    """Also where the number of columns changes."""
    fitted.fit(np.full((4, 5), 9))
    assert_array_equal(fitted.sample([9] * 5, random_state=0), np.full((50, 5), 9))


def test_parameters_are_validated(Sampler):
    """By scikit-learn's own check."""
    check_param_validation(Sampler.__name__, Sampler())
