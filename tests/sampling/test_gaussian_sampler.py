"""The law of GaussianSampler: normals, truncated normals, categories, sparse rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse, stats

from sklearn_baylime.sampling import GaussianSampler
from sklearn_baylime.sampling._truncated_normal import truncated_normal

N_DRAWN = 20_000
DESIGNS = ("random", "lhs", "sobol")

rng = np.random.default_rng(0)
X = rng.gamma(2.0, size=(300, 3)) * [1.0, 10.0, 0.1] + [0.0, -50.0, 7.0]
INSTANCE = X.mean(axis=0) + [0.5, -8.0, 0.3]


def drawn(X, reference, **params):
    """Rows drawn, without the instance, and the sampler."""
    sampler = GaussianSampler(N_DRAWN + 1, **params).fit(X)
    return sampler.sample(reference, random_state=0)[1:], sampler


@pytest.mark.parametrize("center", ["mean", "instance"])
@pytest.mark.parametrize("design", DESIGNS)
def test_columns_are_normal(center, design, five_sigma):
    """Kolmogorov's test against N(center, (scale * std) ** 2), and no correlation."""
    rows, sampler = drawn(X, INSTANCE, center=center, design=design, scale=0.7)
    expected = X.mean(axis=0) if center == "mean" else INSTANCE
    assert_allclose(sampler.center_of(INSTANCE), expected, rtol=1e-12)
    assert_allclose(sampler.scale_, X.std(axis=0), rtol=1e-12)
    for column, mean, std in zip(rows.T, expected, X.std(axis=0), strict=True):
        law = stats.norm(mean, 0.7 * std)
        assert stats.kstest(column, law.cdf).pvalue > five_sigma
    apart = np.corrcoef(rows.T)[np.triu_indices(3, 1)]
    assert (np.abs(apart) < 5 / np.sqrt(N_DRAWN)).all()


@pytest.mark.parametrize("center", ["mean", "instance"])
@pytest.mark.parametrize("design", DESIGNS)
def test_truncated_columns_are_truncated_normal(center, design, five_sigma):
    """Kolmogorov's test, with a scale that makes both borders matter."""
    rows, sampler = drawn(
        X, INSTANCE, center=center, design=design, scale=2.0, truncate=True
    )
    assert_array_equal(sampler.min_, X.min(axis=0))
    assert_array_equal(sampler.max_, X.max(axis=0))
    centers, scales = sampler.center_of(INSTANCE), 2 * sampler.scale_
    for column, x, c, s in zip(rows.T, X.T, centers, scales, strict=True):
        law = stats.truncnorm((x.min() - c) / s, (x.max() - c) / s, c, s)
        assert stats.kstest(column, law.cdf).pvalue > five_sigma


def test_far_tails_are_symmetric_and_inside():
    """Distribution functions round to 1 in the upper tail, values to outside."""
    tails = np.array([[2.0**-53], [1 - 2.0**-53]])
    # Half a normal on either side: center, scale, low, high of two columns.
    halves = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, -40.0], [40.0, 0.0]])
    z = truncated_normal(tails, *halves)
    assert_allclose([z[1, 0], -z[0, 1]], -stats.norm.ppf(2.0**-54), rtol=1e-12)
    low = rng.uniform(-2, -1, 500)
    wide = truncated_normal(tails, np.zeros(500), np.full(500, 1e9), low, -low)
    assert ((wide >= low) & (wide <= -low)).all()


@pytest.mark.parametrize("side", [-1, 1])
def test_the_interval_is_widened_to_hold_the_instance(side, five_sigma):
    """Far outside, half a normal is left, on the background's side."""
    far = X.mean(axis=0) + side * 40 * X.std(axis=0)
    rows, sampler = drawn(X, far, center="instance", truncate=True)
    assert (side * rows <= side * far).all()
    for z in ((rows - far) / sampler.scale_).T:
        assert stats.kstest(-side * z, stats.halfnorm.cdf).pvalue > five_sigma


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6),
    away=st.floats(-40, 40),
    scale=st.sampled_from([1e-300, 1e-9, 1.0, 1e9]),
    center=st.sampled_from(["mean", "instance"]),
    design=st.sampled_from(DESIGNS),
)
def test_truncated_rows_are_finite_and_inside(values, away, scale, center, design):
    """Whatever the background, the scale and the distance of the instance."""
    column = np.array(values)[:, None]
    reference = column.mean(axis=0) + away * column.std(axis=0)
    sampler = GaussianSampler(
        33, center=center, scale=scale, truncate=True, design=design
    )
    rows = sampler.fit(column).sample(reference, random_state=0)
    known = column if center == "mean" else np.r_[column, reference[None]]
    assert ((rows[1:] >= known.min()) & (rows[1:] <= known.max())).all()


@pytest.mark.parametrize("truncate", [False, True])
def test_constant_columns_stay_at_the_center(truncate):
    """The standard deviation of many 0.1 would not be 0 by itself."""
    flat = np.full((1000, 1), 0.1)
    for center, value in (("mean", 0.1), ("instance", 0.3)):
        rows, sampler = drawn(flat, [0.3], center=center, truncate=truncate)
        assert sampler.scale_ == 0
        assert (rows == value).all()


@pytest.mark.parametrize("categories", [[0, 2], [True, False, True]])
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("truncate", [False, True])
def test_categories_have_their_frequency(categories, design, truncate, five_sigma):
    """Independently of the instance and of each other; other columns are normal."""
    codes = np.c_[rng.choice([1, 5, 9], 300), X[:, 0], rng.integers(0, 4, 300)]
    rows, sampler = drawn(
        codes,
        [77, 1.0, 88],
        categorical_features=categories,
        design=design,
        truncate=truncate,
    )
    for j in (0, 2):
        values, counts = np.unique(codes[:, j], return_counts=True)
        got = (rows[:, j, None] == values).sum(axis=0)
        assert got.sum() == N_DRAWN
        assert stats.chisquare(got, counts / 300 * N_DRAWN).pvalue > five_sigma
        assert_allclose(sampler.frequencies_[j], counts / 300)
    apart = np.corrcoef(rows.T)[np.triu_indices(3, 1)]
    assert (np.abs(apart) < 5 / np.sqrt(N_DRAWN)).all()
    assert sampler.values_[1] is None
    assert_allclose(sampler.center_of([77, 1, 88]), [77, codes[:, 1].mean(), 88])


@pytest.mark.parametrize("kind", [sparse.csr_array, sparse.csr_matrix])
@pytest.mark.parametrize("params", [{}, {"truncate": True}, {"center": "instance"}])
def test_sparse_rows_are_the_dense_ones(kind, params):
    """Moments are the dense ones', and only the instance's non-zeros are drawn."""
    table = np.where(rng.random((200, 6)) < 0.4, rng.normal(size=(200, 6)), 0.0)
    table[:, 4] = rng.integers(0, 3, 200)
    sampler = GaussianSampler(500, categorical_features=[4], **params).fit(kind(table))
    dense = GaussianSampler(500, categorical_features=[4], **params).fit(table)
    for name in ("mean_", "scale_", "min_", "max_"):
        assert_allclose(getattr(sampler, name), getattr(dense, name), rtol=1e-12)
    assert_array_equal(sampler.values_[4], [0, 1, 2])
    reference = np.array([[0.0, 1.5, 0.0, -0.5, 2.0, 0.0]])
    rows = sampler.sample(kind(reference), random_state=0)
    assert type(rows) is kind and rows.shape == (500, 6) and rows.nnz <= 1500
    assert_array_equal(rows.toarray()[0], reference[0])
    narrow = GaussianSampler(500, categorical_features=[2], **params)
    narrow = narrow.fit(table[:, [1, 3, 4]])
    expected = narrow.sample([1.5, -0.5, 2.0], random_state=0)
    assert_allclose(rows.toarray()[:, [1, 3, 4]], expected, rtol=1e-9)
    assert (rows.toarray()[:, [0, 2, 5]] == 0).all()
    center = sampler.center_of(kind(reference)).toarray()[0]
    assert_allclose(center[[1, 3, 4]], narrow.center_of([1.5, -0.5, 2.0]))


def test_sparse_tables_are_never_dense():
    """A dense one of these would take 16 GB; duplicates are summed, X unchanged."""
    wide = 2_000_000
    X = sparse.csr_matrix(([1.0, 2.0, 3.0], [5, 5, 9], [0, 2, 3]), shape=(2, wide))
    sampler = GaussianSampler(1000).fit(X)
    assert X.nnz == 3
    for name in ("mean_", "scale_"):
        assert_allclose(getattr(sampler, name)[[5, 9]], 1.5)
    reference = sparse.csr_matrix(([1.0, 0.0], ([0, 0], [9, 11])), shape=(1, wide))
    rows = sampler.sample(reference, random_state=0)
    assert rows.nnz == 1000 and reference.nnz == 2


def test_references_must_be_finite_rows():
    sampler = GaussianSampler().fit(X)
    with pytest.raises(ValueError, match="reference contains NaN"):
        sampler.sample([0.0, np.nan, 1.0])
    with pytest.raises(ValueError, match=r"has shape \(2, 3\), expected one row"):
        sampler.sample(sparse.csr_matrix(X[:2]))


@pytest.mark.parametrize(
    "bad, message",
    [
        ([3], "categorical_features has 3, expected an index from 0 to 2"),
        ([-4], "categorical_features has -4, expected an index from 0 to 2"),
        ([0.0], r"categorical_features has 0\.0, expected an index from 0 to 2"),
        (["a"], "categorical_features has 'a', expected an index from 0 to 2"),
        ([True, False], "is a mask of 2 booleans, expected one for each of the 3"),
        ([[0]], r"categorical_features is \[\[0\]\], expected a list of columns"),
    ],
)
def test_categorical_features_must_be_columns(bad, message):
    with pytest.raises(ValueError, match=message):
        GaussianSampler(categorical_features=bad).fit(X)
