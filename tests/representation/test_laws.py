"""The laws of what is drawn within bins, in numbers: `bin_cdf` and `bin_mean`."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import truncnorm

from sklearn_baylime.representation import FixedDiscretizer, QuantileDiscretizer

N_DRAWN = 20_000
RNG = np.random.default_rng(4)
COLUMNS = {
    "normal": RNG.normal(5, 2, 200),
    "float32": RNG.lognormal(0, 1, 200).astype(np.float32),
    "counts": RNG.poisson(9, 200).astype(float),
    "integers": RNG.integers(-9, 9, 200).astype(np.int8),
    "ties": RNG.choice([0.1, 0.2, 0.7], 200, p=[0.6, 0.3, 0.1]),
    "constant": np.full(9, 0.3),
    "gaps": np.where(RNG.random(200) < 0.2, np.nan, RNG.normal(size=200)),
    "categories": RNG.choice([-1.5, 0.0, 4.0], 200),
}


@pytest.fixture(params=[*COLUMNS, "beyond"])
def fitted(request):
    """Give a discretizer of one column, with and without bins of single values."""
    if request.param == "beyond":
        fixed = FixedDiscretizer([[-1, 3.3, 3.6, 50, 60]], random_state=0)
        return fixed.fit(COLUMNS["integers"][:, None])
    chosen = [0] if request.param == "categories" else None
    discretizer = QuantileDiscretizer(categorical_features=chosen, random_state=0)
    return discretizer.fit(COLUMNS[request.param][:, None])


def test_laws_are_those_of_the_rows_drawn(fitted):
    """Shares and means of many rows, to 5 standard deviations; cdfs rise to 1."""
    n_bins = fitted.n_bins_[0]
    codes = np.tile(np.arange(n_bins), N_DRAWN)[:, None]
    drawn = fitted.inverse_transform(codes).reshape(-1, n_bins).T.astype(float)
    values = np.unique(np.r_[np.linspace(-20, 20, 400), np.arange(-9.0, 20), 1e4])
    cdf, mean = fitted.bin_cdf(0, values), fitted.bin_mean(0)
    there = ~np.isnan(drawn[:, 0])
    assert_array_equal(np.isnan(mean), ~there)
    assert_array_equal(np.isnan(cdf).any(axis=1), ~there)
    cdf, mean, drawn = cdf[there], mean[there], drawn[there]
    assert (np.diff(cdf, axis=1) >= 0).all()
    assert (cdf[:, 0] == 0).all() and (cdf[:, -1] == 1).all()
    share = [np.searchsorted(np.sort(row), values, "right") / N_DRAWN for row in drawn]
    # Where hardly a row is expected, one is no surprise; where none can be, it is.
    error = np.where(cdf * (1 - cdf) > 0, 25 / N_DRAWN, 0)
    error += 5 * np.sqrt(cdf * (1 - cdf) / N_DRAWN)
    assert (np.abs(share - cdf) <= error).all()
    error = 5 * drawn.std(axis=1) / np.sqrt(N_DRAWN) + 1e-12
    assert (np.abs(drawn.mean(axis=1) - mean) <= error).all()


@pytest.mark.parametrize("kind", ["normal", "counts", "integers"])
def test_laws_are_truncated_normals(kind, tools):
    """A whole number has the probability of all that is rounded to it."""
    column = COLUMNS[kind].astype(float)
    fitted = QuantileDiscretizer().fit(column[:, None])
    values, (low, high) = np.arange(-12.0, 30), tools.bin_ends(column)
    if kind != "normal":
        low[1:], high = np.floor(low[1:]) + 1, np.floor(high)
    cdf, mean = fitted.bin_cdf(0, values), fitted.bin_mean(0)
    for b, (first, last) in enumerate(zip(low, high, strict=True)):
        inside = column[(column >= first) & (column <= last)]
        m, s = inside.mean(), inside.std()
        law = truncnorm((first - m) / s, (last - m) / s, m, s)
        if kind == "normal":
            expected, center = law.cdf(values), law.mean()
        else:
            expected = np.where(values < first, 0, law.cdf(values + 0.5))
            center = values @ np.diff(expected, prepend=0)
        assert_allclose(cdf[b], expected, atol=1e-10)
        assert_allclose(mean[b], center, atol=1e-10)


def test_words_have_no_law():
    words = QuantileDiscretizer().fit([["a"], ["b"]])
    for call in (lambda: words.bin_mean(0), lambda: words.bin_cdf(0, [1])):
        with pytest.raises(TypeError, match="no numbers, such as 'a'"):
            call()
