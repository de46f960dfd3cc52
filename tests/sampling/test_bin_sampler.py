"""The law of BinSampler: each column's frequencies, all columns independent."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse, stats

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


def test_seeds_give_the_rows_they_always_gave(codes):
    """One uniform number a code, row by row, through the frequencies' inverse."""
    seed = np.random.RandomState(7).randint(np.iinfo(np.int32).max)
    uniform = np.random.default_rng(seed).random((N_DRAWN + 1, codes.shape[1]))
    for j, column in enumerate(codes.T):
        values, counts = np.unique(column, return_counts=True)
        at = np.searchsorted(
            np.cumsum(counts / len(codes))[:-1], uniform[:, j], "right"
        )
        assert_array_equal(drawn(codes, 7)[:, j], values[at][1:])


@pytest.mark.parametrize("design", ["lhs", "sobol"])
def test_designs_keep_close_to_the_frequencies(codes, design):
    """LHS misses a share by less than 1 row at each end of its interval; so does Sobol
    where it has 2 ** k points: scrambles of 64 here."""
    sampler = BinSampler(n_samples=2**10 + 1, design=design).fit(codes)
    rows, groups = sampler.sample(codes[0], random_state=0), sampler.groups(2**10 + 1)
    assert rows.dtype == codes.dtype
    assert groups.max() == 16
    for scramble in range(1, 17):
        for column, values, shares in zip(
            rows[groups == scramble].T,
            sampler.values_,
            sampler.frequencies_,
            strict=True,
        ):
            assert (np.abs(counts_of(column, values) - 64 * shares) < 2).all()


def test_given_frequencies_replace_the_background():
    """Counts or shares, also 0; a code without share is not drawn."""
    given = [[1, 3], np.array([0.1, 0.3, 0.6, 0.0]), (0, 5), np.full(20, 0.1)]
    sampler = BinSampler(n_samples=N_DRAWN + 1, frequencies=given).fit()
    assert sampler.n_features_in_ == 4
    assert_array_equal(sampler.frequencies_[0], [0.25, 0.75])
    rows = sampler.sample([0, 0, 0, 0], random_state=0)[1:]
    for column, values, shares in zip(
        rows.T, sampler.values_, sampler.frequencies_, strict=True
    ):
        assert_array_equal(values, np.arange(len(shares)))
        bound = 5 * np.sqrt(N_DRAWN * shares * (1 - shares))
        assert (np.abs(counts_of(column, values) - N_DRAWN * shares) <= bound).all()


def test_given_frequencies_equal_counted_ones():
    """Row for row, also if X is given too."""
    codes = np.array([[0, 2], [1, 1], [1, 0], [1, 2]])
    given = BinSampler(frequencies=[[0.25, 0.75], [0.25, 0.25, 0.5]])
    rows = BinSampler().fit(codes).sample(codes[0], random_state=0)
    for X in (None, codes):
        assert_array_equal(given.fit(X).sample(codes[0], random_state=0), rows)


@pytest.mark.parametrize(
    "bad", [[0.5, -0.1], [np.nan, 1], [np.inf, 1], [0, 0], [], [[1, 2]], 3, "ab"]
)
def test_frequencies_must_be_shares(bad):
    with pytest.raises(ValueError, match=r"frequencies\[1\] is .*, expected .*; give"):
        BinSampler(frequencies=[[1, 2], bad]).fit()


def test_frequencies_must_fit_the_background():
    with pytest.raises(ValueError, match=r"has 1 columns, expected 2 as X has; give"):
        BinSampler(frequencies=[[1, 2]]).fit([[0, 1], [1, 0]])
    with pytest.raises(ValueError, match="has 0 columns, expected at least 1"):
        BinSampler(frequencies=[]).fit()
    with pytest.raises(ValueError, match="X and frequencies are None, expected one"):
        BinSampler().fit()
    sparse_row = sparse.csr_matrix([[0, 1]])
    with pytest.raises(ValueError, match=r"sparse csr_matrix.*reference\.toarray"):
        BinSampler().fit([[0, 1]]).sample(sparse_row)
