"""Places within bins: one coordinate of a design gives the bin and the value in it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression

from sklearn_baylime import make_tabular_explainer
from sklearn_baylime.representation import QuantileDiscretizer
from sklearn_baylime.sampling import BinSampler

X = np.random.default_rng(0).normal(size=(400, 3))


@pytest.fixture(scope="module")
def discretizer():
    return QuantileDiscretizer(random_state=0).fit(X)


def fit(design, n_samples=1001, **settings):
    codes = QuantileDiscretizer().fit(X).transform(X)
    return BinSampler(n_samples, design=design, **settings).fit(codes)


@pytest.mark.parametrize("design", ["sobol", "lhs"])
@pytest.mark.parametrize("local", [False, 0.7])
def test_code_and_place_are_one_uniform_number(design, local, five_sigma):
    """Shares before a code, and the place times its own: points of the design."""
    sampler, reference = fit(design, local=local), np.array([0, 1, 2])
    rows, places = sampler.sample_places(reference, random_state=3)
    assert_array_equal(rows, sampler.sample(reference, random_state=3))
    assert places.shape == rows.shape
    assert (places >= 0).all() and (places <= 1).all()
    for column, place in zip(rows[1:].T, places[1:].T, strict=True):
        if not local:
            cells = np.sort((column + place) / 4 * 1000)
            # Scrambles of 64 rows: each has one point in each of 64 intervals.
            assert np.abs(cells - np.arange(1000)).max() < 1000 / 64 + 1
        for code in np.unique(column):
            if np.sum(column == code) > 30:
                law = stats.kstest(place[column == code], "uniform")
                assert law.pvalue > five_sigma


def test_independent_rows_need_no_places():
    rows, places = fit("random").sample_places([0, 1, 2], random_state=3)
    assert places is None
    assert_array_equal(rows, fit("random").sample([0, 1, 2], random_state=3))


def test_values_lie_where_they_are_told(discretizer):
    """The share of the bin's own law below the value is the place."""
    rng = np.random.default_rng(1)
    codes, places = rng.integers(0, 4, (3000, 3)), rng.random((3000, 3))
    here = discretizer.at(X[0]).with_places(places.astype(np.float32))
    values = here.inverse_transform(codes)
    assert_array_equal(values[0], X[0])
    for j in range(3):
        below = discretizer.bin_cdf(j, values[1:, j])
        own = below[codes[1:, j], np.arange(2999)]
        assert_allclose(own, places[1:, j], atol=1e-5)


@pytest.mark.parametrize("n_placed", [0, 1, 1500, 3000])
def test_parts_of_rows_get_the_same_values(discretizer, n_placed):
    """In batches of any size; rows behind those with places are drawn as before."""
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 4, (3000, 3))
    plain = discretizer.at(X[0])
    here = plain.with_places(rng.random((n_placed, 3), dtype=np.float32))
    whole = here.inverse_transform(codes)
    for step in (7, 1000, 1024, 2999):
        parts = [
            here.inverse_transform(codes[first : first + step], start=first)
            for first in range(0, 3000, step)
        ]
        assert_array_equal(np.concatenate(parts), whole)
    drawn = plain.inverse_transform(codes)
    assert_array_equal(whole[n_placed:], drawn[n_placed:])
    if n_placed > 1:
        assert (whole[1:n_placed] != drawn[1:n_placed]).any(axis=1).all()


def asked_rows(rows="own", batch_size=None, **settings):
    """The rows the model is asked about, and the explainer."""
    asked = []

    def model(table):
        asked.append(np.array(table))
        return table[:, 0]

    explainer = make_tabular_explainer(
        model,
        n_samples=513,
        rows=rows,
        batch_size=batch_size,
        random_state=0,
        **settings,
    ).fit(X)
    return asked, explainer


@pytest.mark.parametrize("rows", ["own", "shared"])
@pytest.mark.parametrize("batch_size", [None, 50])
def test_the_model_is_asked_about_even_values(rows, batch_size):
    """In each interval of a column's law about as many rows as in any other."""
    asked, explainer = asked_rows(rows, batch_size, design="sobol")
    hood = explainer.sample(X[0])
    table = np.concatenate(asked)[-512:]
    discretizer = explainer.representation_[0]
    for j in range(3):
        shares = discretizer.frequencies_[j]
        cdf = shares @ discretizer.bin_cdf(j, table[:, j])
        assert np.abs(np.sort(cdf) - (np.arange(512) + 0.5) / 512).max() < 1.5 / 32
    # What a neighbourhood gives back is what was asked.
    assert_array_equal(hood.inputs()[1:], table)
    assert_array_equal(hood.alone().inputs(slice(5, 9))[:], hood.inputs()[5:9])
    more = hood.extend(hood.codes[1:9])
    assert_array_equal(more.inputs(slice(0, 513)), hood.inputs())


def test_shared_rows_are_the_same_for_every_instance():
    asked, explainer = asked_rows("shared", design="sobol")
    first, second = (explainer.sample(x) for x in X[:2])
    assert_array_equal(first.inputs()[1:], second.inputs()[1:])
    assert sum(map(len, asked)) == 512 + 2


def test_additive_models_have_much_less_error():
    """Slopes of a linear model: errors of random rows come from values within bins."""
    table, y = load_iris(return_X_y=True)
    model = LinearRegression().fit(table, y)
    errors = {}
    for design in ("random", "sobol"):
        found = []
        for seed in range(12):
            explainer = make_tabular_explainer(
                model.predict, design=design, n_samples=1025, random_state=seed
            ).fit(table)
            found.append(explainer.explain_instance(table[0]).coef[0])
        errors[design] = np.var(found, axis=0).sum()
    assert errors["sobol"] < 0.25 * errors["random"]
