"""Groups: the rows that were drawn together, one observation of the noise each."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from scipy.special import ndtr
from sklearn.exceptions import NotFittedError

from sklearn_baylime.sampling import (
    BallSampler,
    BinSampler,
    ConditionalSampler,
    GaussianSampler,
    MaskSampler,
    MixupSampler,
    SubsetSampler,
)

PAIRED = ["paired", "orthogonal"]
DESIGNED = [BallSampler, BinSampler, GaussianSampler]
SCRAMBLED = ["lhs", "sobol"]


def fit(Sampler, n_columns=3, **params):
    """A sampler, fitted on two rows: columns of mean 0 and standard deviation 1."""
    return Sampler(**params).fit([[-1.0] * n_columns, [1.0] * n_columns])


# ---------------------------------------------------------------- masks


@pytest.mark.parametrize("design", PAIRED)
@pytest.mark.parametrize("n_rows", [1, 2, 3, 4, 50, np.int64(51)])
def test_a_mask_and_its_complement_are_a_group(design, n_rows):
    """Row 0, the instance, is alone; so is the last one if their number is even."""
    sampler = MaskSampler(design=design)
    groups = sampler.groups(n_rows)
    masks = sampler.sample(np.ones(20), n_rows, random_state=0)
    assert groups.shape == (len(masks),) and groups.dtype.kind == "i"
    assert_array_equal(groups, np.sort(groups))
    sizes = np.bincount(groups)
    expected = [1] + [2] * ((n_rows - 1) // 2) + [1] * ((n_rows - 1) % 2)
    assert_array_equal(sizes, expected)
    for pair in np.flatnonzero(sizes == 2):
        first, second = masks[groups == pair]
        assert_array_equal(first, 1 - second)


def test_antithetic_pairs_are_groups_too():
    groups = MaskSampler(design="paired", p=0.2).groups(6)
    assert_array_equal(groups, [0, 1, 1, 2, 2, 3])


@pytest.mark.parametrize("design", [*PAIRED, "random"])
def test_all_masks_are_no_groups(design):
    """Two components have 4 masks; without the reference nobody can tell."""
    sampler = MaskSampler(4, design=design)
    for n_rows in (4, 5, 100):
        assert sampler.is_exhaustive([1, 1], n_rows)
        assert len(sampler.sample([1, 1], n_rows)) == 4
        assert sampler.groups(n_rows, [1, 1]) is None
    assert sampler.is_exhaustive([1, 1])
    assert not sampler.is_exhaustive([1, 1], 3)
    assert not sampler.is_exhaustive([1, 1, 1])
    assert not sampler.is_exhaustive(np.ones(1000), 10**9)
    assert (sampler.groups(3, [1, 1]) is None) == (design == "random")


def test_masks_of_unfair_coins_are_never_exhaustive():
    """They would need weights, and are drawn."""
    sampler = MaskSampler(100, design="paired", p=0.3)
    assert not sampler.is_exhaustive([1, 1])
    assert sampler.sample([1, 1]).shape == (100, 2)
    assert len(sampler.groups(100, [1, 1])) == 100


def test_what_pairs_do_to_slopes():
    """Even misfit cancels in a pair, odd misfit has twice the variance.

    The slope of component 0 is the mean of s_0 f, with signs s. Times the number of
    masks its variance is 1 for random masks, if f is a product of other signs.
    """
    odd, even = {}, {}
    for design in ("random", "paired"):
        sampler = MaskSampler(65, design=design)
        draws = [sampler.sample(np.ones(12), random_state=k)[1:] for k in range(400)]
        signs = 2.0 * np.array(draws) - 1
        even[design] = (signs[..., 0] * signs[..., [1, 2]].prod(-1)).mean(axis=1)
        odd[design] = (signs[..., 0] * signs[..., [1, 2, 3]].prod(-1)).mean(axis=1)
    # A variance of 400 values has the relative standard deviation (2 / 400) ** 0.5.
    bound = 5 * np.sqrt(2 / 400)
    assert (even["paired"] == 0).all()
    assert abs(64 * np.mean(even["random"] ** 2) - 1) < bound
    assert abs(64 * np.mean(odd["random"] ** 2) - 1) < bound
    assert abs(64 * np.mean(odd["paired"] ** 2) / 2 - 1) < bound


# ---------------------------------------------------------------- independent rows


@pytest.mark.parametrize("n_rows", [1, 2, 3, 200])
def test_independent_rows_have_no_groups(n_rows):
    samplers = [
        fit(Sampler) for Sampler in (*DESIGNED, MixupSampler, ConditionalSampler)
    ]
    samplers += [MaskSampler(design="random"), SubsetSampler()]
    for sampler in samplers:
        assert sampler.groups(n_rows) is None
        if not isinstance(sampler, MaskSampler):
            assert sampler.is_exhaustive(np.ones(3), n_rows) is False


@pytest.mark.parametrize("n_rows", [0, -1, 2.0, "5", None])
def test_number_of_rows_must_be_a_positive_integer(n_rows):
    samplers = [fit(Sampler, design="sobol") for Sampler in DESIGNED]
    for sampler in (*samplers, fit(MixupSampler), MaskSampler(), SubsetSampler()):
        with pytest.raises(ValueError, match=r"n_rows is .*, expected an integer >= 1"):
            sampler.groups(n_rows)


@pytest.mark.parametrize("Sampler", DESIGNED)
def test_groups_of_a_design_need_the_number_of_columns(Sampler):
    with pytest.raises(NotFittedError):
        Sampler(design="sobol").groups(100)


# ---------------------------------------------------------------- scrambles


@pytest.mark.parametrize("Sampler", DESIGNED)
@pytest.mark.parametrize("design", SCRAMBLED)
@pytest.mark.parametrize("n_rows", [1, 2, 3, 15, 16, 17, 100, 127, 128, 500, 999, 5000])
@pytest.mark.parametrize("n_columns", [1, 5, 40])
def test_scrambles_are_contiguous_and_balanced(Sampler, design, n_rows, n_columns):
    """Row 0 alone, then powers of two; the last one has a half more or less at most."""
    sampler = fit(Sampler, n_columns, design=design)
    groups = sampler.groups(n_rows)
    assert groups.shape == (n_rows,) and groups.dtype.kind == "i"
    assert_array_equal(groups, np.sort(groups))
    first, *sizes = np.bincount(groups)
    assert first == 1
    assert_array_equal(groups, sampler.groups(n_rows, np.ones(n_columns)))
    if n_rows < 16:
        assert sizes == [1] * (n_rows - 1)
        return
    assert 8 <= len(sizes) <= 23
    assert len({*sizes[:-1]}) == 1
    assert np.log2(sizes[0]) % 1 == 0
    assert sizes[0] <= 2 * sizes[-1] <= 3 * sizes[0]


@pytest.mark.parametrize(
    ("n_rows", "n_columns", "n_scrambles"),
    [(16, 3, 8), (64, 3, 8), (512, 2, 16), (512, 12, 8), (1000, 12, 16), (5000, 9, 20)],
)
def test_number_of_scrambles(n_rows, n_columns, n_scrambles):
    """Fewer, where the points of each would be few for their dimensions."""
    groups = fit(BinSampler, n_columns, design="sobol").groups(n_rows)
    assert groups.max() == n_scrambles


@pytest.mark.parametrize("design", SCRAMBLED)
@pytest.mark.parametrize("n_rows", [129, 900])
def test_each_scramble_is_a_design_of_its_own(design, n_rows):
    """One point in each interval of every column; for Sobol, powers of two alone."""
    sampler = fit(GaussianSampler, 5, design=design)
    points = ndtr(sampler.sample(np.zeros(5), n_rows, random_state=0))
    groups = sampler.groups(n_rows)
    seen = set()
    for scramble in range(1, groups.max() + 1):
        own = points[groups == scramble]
        seen.add(tuple(own[0]))
        if design == "lhs" or np.log2(len(own)) % 1 == 0:
            cells = np.sort(np.floor(own * len(own)), axis=0)
            assert (cells == np.arange(len(own))[:, None]).all()
    assert len(seen) == groups.max()


@pytest.mark.parametrize("Sampler", DESIGNED)
@pytest.mark.parametrize("design", [*SCRAMBLED, "auto"])
def test_scrambles_are_seeded(Sampler, design):
    sampler, x = fit(Sampler, design=design), np.zeros(3)
    first, again, other = (sampler.sample(x, 200, random_state=k) for k in (3, 3, 4))
    assert_array_equal(first, again)
    assert (first[1:] != other[1:]).any()


def sums_of(n_rows, n_repeats):
    """Sums over columns of Sobol's points in the cube, (n_repeats, n_rows - 1)."""
    sampler = fit(GaussianSampler, design="sobol")
    draws = (sampler.sample(np.zeros(3), n_rows, k)[1:] for k in range(n_repeats))
    return np.array([ndtr(rows).sum(axis=1) for rows in draws])


def test_scrambles_keep_the_gain_and_tell_the_variance():
    """Of the mean of a sum over columns, which is known.

    In each of the 64 intervals of a column, a scramble has one point, uniform in it:
    the mean over 16 scrambles has a variance of 3 / (12 * 64 ** 3 * 16). That of random
    rows is 3 / (12 * 64 * 16), which is 4096 times as much.
    """
    n_repeats, n_scrambles, size = 200, 16, 64
    sums = sums_of(1 + n_scrambles * size, n_repeats) - 1.5
    variance = 3 / (12 * size**3 * n_scrambles)
    found = np.mean(sums.mean(axis=1) ** 2) / variance
    # Chi-square of 200 degrees of freedom: its relative standard deviation.
    assert abs(found - 1) < 5 * np.sqrt(2 / n_repeats)
    means = sums.reshape(n_repeats, n_scrambles, size).mean(axis=2)
    stated = means.var(axis=1, ddof=1) / n_scrambles
    n_free = n_repeats * (n_scrambles - 1)
    assert abs(stated.mean() / variance - 1) < 5 * np.sqrt(2 / n_free)
    # Taken for independent, the rows would state what random ones have.
    as_rows = sums.var(axis=1, ddof=1) / sums.shape[1]
    assert as_rows.mean() / variance > 4000


def errors_of_pairs(n_rows, n_columns, n_repeats):
    """Sums over Sobol's scrambles of products of columns, (n_repeats, n_scrambles)."""
    sampler = fit(GaussianSampler, n_columns, design="sobol")
    groups, found = sampler.groups(n_rows)[1:] - 1, []
    for k in range(n_repeats):
        points = ndtr(sampler.sample(np.zeros(n_columns), n_rows, k)[1:]) - 0.5
        products = points[:, :-1] * points[:, 1:]
        found.append(np.bincount(groups, products.mean(axis=1)))
    return np.array(found)


def test_small_scrambles_are_parts_of_one_net():
    """257 rows of 30 columns: 16 points each, which alone are no better than chance.

    Together they are far better, and what is stated by their variance is never less.
    """
    sums = errors_of_pairs(257, 30, 200)
    found = np.mean(sums.sum(axis=1) ** 2)
    stated = np.mean(sums.var(axis=1, ddof=1)) * sums.shape[1]
    # Products of columns have the variance 1 / 144, and those of neighbors no more.
    by_chance = 256 / 144 / 29
    assert found < 0.3 * by_chance
    assert stated > 2 * found


def test_large_scrambles_are_independent():
    """1025 rows of 3 columns: what is stated is the variance."""
    sums = errors_of_pairs(1025, 3, 300)
    found = np.mean(sums.sum(axis=1) ** 2)
    stated = np.mean(sums.var(axis=1, ddof=1)) * sums.shape[1]
    # Relative standard deviations of variances of 300 and of 300 x 15 values, which
    # have longer tails than normal ones.
    assert abs(stated / found - 1) < 5 * 2 * np.sqrt(2 / 300)


# ---------------------------------------------------------------- auto


@pytest.mark.parametrize("Sampler", DESIGNED)
@pytest.mark.parametrize(
    ("n_rows", "n_columns", "design"),
    [
        (1, 3, "random"),
        (15, 3, "random"),
        (40, 3, "sobol"),
        (40, 12, "random"),
        (128, 12, "sobol"),
    ],
)
def test_auto_is_sobol_where_points_are_enough(Sampler, n_rows, n_columns, design):
    """At least 4 for each dimension, and 16; otherwise rows of "random"."""
    auto, named = (fit(Sampler, n_columns, design=name) for name in ("auto", design))
    x = np.zeros(n_columns)
    assert_array_equal(auto.sample(x, n_rows, 0), named.sample(x, n_rows, 0))
    groups = auto.groups(n_rows)
    assert (groups is None) == (design == "random")
    if groups is not None:
        assert_array_equal(groups, named.groups(n_rows))


def test_auto_is_a_latin_hypercube_beyond_sobols_dimensions(monkeypatch):
    """They are 21201: rows that many would take long to draw."""
    monkeypatch.setattr("scipy.stats.qmc.Sobol.MAXDIM", 2)
    auto, named = (fit(BinSampler, 3, design=name) for name in ("auto", "lhs"))
    x = np.zeros(3)
    assert_array_equal(auto.sample(x, 500, 0), named.sample(x, 500, 0))


def test_groups_of_sparse_rows_fit_them():
    """Sizes depend on all columns, not on those that an instance has."""
    background = sparse.csr_array(np.eye(10))
    sampler = GaussianSampler(design="sobol").fit(background)
    x = sparse.csr_array([[1.0, 2.0] + [0.0] * 8])
    rows, groups = sampler.sample(x, 512, random_state=0), sampler.groups(512)
    for scramble in range(1, groups.max()):
        own = rows[np.flatnonzero(groups == scramble)].toarray()[:, :2]
        cells = ndtr((own - sampler.mean_[:2]) / sampler.scale_[:2]) * len(own)
        assert_array_equal(np.sort(np.floor(cells[:, 0])), np.arange(len(own)))
