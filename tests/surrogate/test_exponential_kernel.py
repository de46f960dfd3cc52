"""ExponentialKernel: LIME's weights, as logarithms."""

import re

import numpy as np
import pytest
from lime.lime_tabular import LimeTabularExplainer
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.metrics import pairwise_distances

from sklearn_baylime.surrogate import ExponentialKernel

ROWS = np.random.default_rng(0).normal(size=(40, 5))
MASKS = (np.random.default_rng(0).random((40, 5)) < 0.6).astype(float)


def largest_gap(a, b):
    return np.abs(a - b).max()


METRICS = ["euclidean", "cosine", "manhattan", largest_gap]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("width", [0.1, 0.25, 1.0, 7.5])
def test_weights_are_limes(metric, width):
    """``sqrt(exp(-d^2 / width^2))`` from the row of ones, where that is not 0."""
    d = pairwise_distances(ROWS, np.ones((1, 5)), metric=metric)[:, 0]
    kernel = ExponentialKernel(width, metric=metric).fit(ROWS)
    assert_allclose(kernel.distances(ROWS), d, rtol=1e-12)
    assert_allclose(kernel.score_samples(ROWS), -(d**2) / width**2 / 2, rtol=1e-12)
    lime = np.sqrt(np.exp(-(d**2) / width**2))
    assert_allclose(np.exp(kernel.score_samples(ROWS)), lime, rtol=1e-9, atol=1e-160)


def test_default_weights_are_those_of_limes_tabular_explainer():
    """Its kernel, built for five columns, on its own distances."""
    explainer = LimeTabularExplainer(ROWS, discretize_continuous=False)
    distances = pairwise_distances(MASKS, np.ones((1, 5)))[:, 0]
    expected = explainer.base.kernel_fn(distances)
    got = np.exp(ExponentialKernel().fit(MASKS).score_samples(MASKS))
    assert_allclose(got, expected, rtol=1e-12)


def test_default_cosine_weights_are_those_of_limes_text_explainer():
    """Which takes 100 times the distance and width 25."""
    d = 100 * pairwise_distances(MASKS, np.ones((1, 5)), metric="cosine")[:, 0]
    got = np.exp(ExponentialKernel(metric="cosine").fit(MASKS).score_samples(MASKS))
    assert_allclose(got, np.sqrt(np.exp(-(d**2) / 25**2)), rtol=1e-10)


@pytest.mark.parametrize(
    "metric", ["l1", "l2", "cityblock", "hamming", "chebyshev", "sqeuclidean"]
)
def test_metrics_that_pairwise_distances_knows(metric):
    """As the docstring promises; Hamming's is the natural one for codes."""
    kernel = ExponentialKernel(metric=metric).fit(MASKS)
    expected = pairwise_distances(MASKS, np.ones((1, 5)), metric=metric)[:, 0]
    assert_allclose(kernel.distances(MASKS), expected, rtol=1e-12)


@pytest.mark.parametrize("n_features", [1, 2, 16, 100])
@pytest.mark.parametrize("metric", METRICS)
def test_default_width(metric, n_features):
    """0.25 for the cosine, else 0.75 times the root of the number of columns."""
    kernel = ExponentialKernel(metric=metric).fit(np.ones((2, n_features)))
    expected = 0.25 if metric == "cosine" else 0.75 * np.sqrt(n_features)
    assert kernel.width_ == pytest.approx(expected, rel=1e-15)
    assert isinstance(kernel.width_, float)


@pytest.mark.parametrize("width", [0.5, 3, np.float32(2.0), np.int64(4)])
def test_width_given(width):
    """Any positive number, kept as it is and settled as a float."""
    kernel = ExponentialKernel(width).fit(ROWS)
    assert kernel.width_ == float(width)
    assert kernel.width is width


def test_zero_row_has_cosine_distance_one():
    """The mask of nothing has no direction; scikit-learn says 1."""
    kernel = ExponentialKernel(metric="cosine").fit(MASKS)
    for zeros in (np.zeros((1, 5)), sparse.csr_matrix((1, 5))):
        assert_array_equal(kernel.distances(zeros), [1.0])
        assert_allclose(kernel.score_samples(zeros), [-8.0], rtol=1e-15)


@pytest.mark.parametrize("metric", METRICS)
def test_instance_has_the_largest_weight(metric):
    """Weight 1, log weight 0 to rounding; no row has more."""
    kernel = ExponentialKernel(metric=metric).fit(MASKS)
    assert_allclose(kernel.score_samples(np.ones((1, 5))), 0.0, atol=1e-15)
    assert (kernel.score_samples(ROWS) <= 0).all()


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("as_type", [list, tuple, np.asarray])
def test_distances_are_measured_from_the_reference(metric, as_type):
    """Given as any array-like."""
    reference = ROWS[7]
    kernel = ExponentialKernel(metric=metric, reference=as_type(reference)).fit(ROWS)
    expected = pairwise_distances(ROWS, reference[None], metric=metric)[:, 0]
    assert_allclose(kernel.distances(ROWS), expected, rtol=1e-12, atol=1e-15)
    assert_array_equal(kernel.reference_, reference)
    assert kernel.distances(ROWS)[7] == pytest.approx(0.0, abs=1e-15)


def test_reference_does_not_move_with_the_rows():
    """Cross-validation fits on some rows and scores others."""
    whole = ExponentialKernel(reference=ROWS[0]).fit(ROWS)
    part = ExponentialKernel(reference=ROWS[0]).fit(ROWS[20:])
    assert_array_equal(part.score_samples(ROWS), whole.score_samples(ROWS))


@pytest.mark.parametrize("reference", [[1.0] * 4, [1.0] * 6, [[1.0] * 5], []])
def test_reference_of_the_wrong_length(reference):
    """The message says which shape was got and which was expected."""
    shape = re.escape(str(np.shape(reference)))
    match = rf"reference has shape {shape}, expected one value a column, \(5,\)"
    with pytest.raises(ValueError, match=match):
        ExponentialKernel(reference=reference).fit(ROWS)


@pytest.mark.parametrize("make", [sparse.csr_matrix, sparse.csc_matrix])
@pytest.mark.parametrize("metric", ["euclidean", "cosine", "manhattan"])
def test_sparse_rows_are_weighed_like_dense_ones(metric, make):
    """In fit and in score_samples."""
    dense = ExponentialKernel(metric=metric).fit(MASKS)
    thin = ExponentialKernel(metric=metric).fit(make(MASKS))
    for kernel in (dense, thin):
        got = kernel.score_samples(make(MASKS))
        assert_allclose(got, dense.score_samples(MASKS), rtol=1e-9, atol=1e-12)
        assert_array_equal(kernel.score_samples(MASKS), dense.score_samples(MASKS))


@pytest.mark.parametrize("width", [0, 0.0, -1.0, "wide", np.nan])
def test_width_must_be_positive(width):
    """As scikit-learn says it."""
    with pytest.raises(ValueError, match="'width' parameter of ExponentialKernel"):
        ExponentialKernel(width).fit(ROWS)


@pytest.mark.parametrize("metric", ["precomputed", "euclid", None])
def test_metric_must_be_known(metric):
    """Precomputed distances have no instance."""
    with pytest.raises(ValueError, match="'metric' parameter of ExponentialKernel"):
        ExponentialKernel(metric=metric).fit(ROWS)


def test_logs_never_underflow():
    """Far rows can still be told apart, where weights would all be zero."""
    far = np.logspace(0, 100, 101)[:, None]
    kernel = ExponentialKernel(1e-3, reference=[0.0]).fit(far)
    logs = kernel.score_samples(far)
    assert np.isfinite(logs).all()
    assert (np.diff(logs) < 0).all()
    assert_allclose(logs, -0.5e6 * far[:, 0] ** 2, rtol=1e-12)
    assert not np.exp(logs).any()


def test_near_rows_keep_their_digits():
    """Distances are measured directly, not as a difference of squares."""
    rows = 1e6 + np.array([[0.0, 0.0], [1e-3, 0.0], [0.0, 2e-3]])
    kernel = ExponentialKernel(1.0, reference=[1e6, 1e6]).fit(rows)
    assert_allclose(kernel.distances(rows), [0, 1e-3, 2e-3], rtol=1e-6)


def test_score_is_the_sum_of_the_log_weights():
    """A total, as density estimators have it."""
    kernel = ExponentialKernel().fit(ROWS)
    assert kernel.score(ROWS) == pytest.approx(kernel.score_samples(ROWS).sum())


def test_float32_rows_are_measured_in_double_precision():
    """The type of the rows does not matter."""
    kernel = ExponentialKernel().fit(MASKS)
    got = kernel.score_samples(MASKS.astype(np.float32))
    assert got.dtype == np.float64
    assert_array_equal(got, kernel.score_samples(MASKS))


def test_wrong_number_of_columns():
    """As scikit-learn says it."""
    with pytest.raises(ValueError, match="X has 4 features, but ExponentialKernel"):
        ExponentialKernel().fit(ROWS).score_samples(ROWS[:, :4])
