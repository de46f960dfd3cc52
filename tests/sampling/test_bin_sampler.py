"""The law of BinSampler: each column's frequencies, all columns independent."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from sklearn_baylime.sampling import BinSampler

N_DRAWN = 20_000


def drawn(codes, seed=0, reference=None):
    """Rows drawn, without the instance."""
    reference = codes[0] if reference is None else reference
    sampler = BinSampler(n_samples=N_DRAWN + 1).fit(codes)
    return sampler.sample(reference, random_state=seed)[1:]


def counts_of(column, values):
    return (column[:, None] == values).sum(axis=0)


def test_frequencies_are_the_backgrounds(codes):
    """Values and shares, column by column."""
    sampler = BinSampler().fit(codes)
    for column, values, shares in zip(
        codes.T, sampler.values_, sampler.frequencies_, strict=True
    ):
        assert_array_equal(values, np.unique(column))
        assert_allclose(shares * len(codes), counts_of(column, values), rtol=1e-12)
        assert_allclose(shares.sum(), 1.0, rtol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_rows_have_the_backgrounds_frequencies(codes, seed, five_sigma):
    """Chi-square test of each column; a constant column must be constant."""
    for column, known in zip(drawn(codes, seed).T, codes.T, strict=True):
        values, counts = np.unique(known, return_counts=True)
        got = counts_of(column, values)
        assert got.sum() == N_DRAWN
        if len(values) > 1:
            expected = counts / counts.sum() * N_DRAWN
            assert stats.chisquare(got, expected).pvalue > five_sigma


@pytest.mark.parametrize("n_values", [2, 15, 16, 17, 18, 40])
def test_rare_and_common_codes_have_their_frequencies(n_values):
    """Binomial bounds at 5 sigma, where shares differ by a factor of up to 40."""
    codes = np.repeat(np.arange(n_values), np.arange(1, n_values + 1))[:, None]
    shares = np.arange(1, n_values + 1) / len(codes)
    got = counts_of(drawn(codes)[:, 0], np.arange(n_values))
    bound = 5 * np.sqrt(N_DRAWN * shares * (1 - shares))
    assert (np.abs(got - N_DRAWN * shares) < bound).all()


def test_first_and_last_codes_are_drawn(codes):
    """No code is lost at either end; the rarest has share 1/400 or more."""
    for column, known in zip(drawn(codes).T, codes.T, strict=True):
        values, counts = np.unique(known, return_counts=True)
        likely = values[counts / len(known) > 2e-3]
        assert {likely[0], likely[-1]} <= set(column)


@pytest.mark.parametrize("seed", range(3))
def test_columns_are_drawn_independently(codes, seed, five_sigma):
    """Also where they depend on each other in the background."""
    rows = drawn(codes, seed)
    for j in range(rows.shape[1] - 1):
        pair = rows[:, j : j + 2]
        if (np.ptp(pair, axis=0) > 0).all():
            assert chi_square_p(*pair.T) > five_sigma


def test_rows_are_drawn_independently(five_sigma):
    """A row says nothing about the next one."""
    column = drawn(np.random.default_rng(0).integers(0, 4, (400, 1)))[:, 0]
    assert chi_square_p(column[1:], column[:-1]) > five_sigma


def chi_square_p(first, second):
    """Test of independence in the table of two columns."""
    values, codes = zip(
        *(np.unique(c, return_inverse=True) for c in (first, second)), strict=True
    )
    table = np.zeros([len(v) for v in values])
    np.add.at(table, codes, 1)
    return stats.chi2_contingency(table)[1]


def test_rows_do_not_depend_on_the_instance(codes):
    """LIME's law for tables: only row 0 is the instance's."""
    assert_array_equal(
        drawn(codes, reference=codes[0]), drawn(codes, reference=codes[-1])
    )


def test_order_of_the_background_does_not_matter(codes):
    """Only the frequencies count."""
    assert_array_equal(drawn(codes[::-1], reference=codes[0]), drawn(codes))
