"""Rows drawn by law times kernel: that law, equal weights, the kernel's averages."""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse, stats
from scipy.special import ndtr

from sklearn_baylime import (
    make_image_explainer,
    make_sequence_explainer,
    make_tabular_explainer,
    make_text_explainer,
)
from sklearn_baylime.base._tilt import log_normal_mass
from sklearn_baylime.base._widths import MASK_WIDTH, lime_width
from sklearn_baylime.representation import SuperpixelSegmenter
from sklearn_baylime.sampling import (
    BinSampler,
    GaussianSampler,
    MaskSampler,
    SubsetSampler,
)
from sklearn_baylime.sampling._truncated_normal import truncated_normal
from sklearn_baylime.surrogate import (
    ExponentialKernel,
    MatchBinarizer,
    effective_sample_size,
)

# Laws of three columns; the instance's second code is rare, its last one never seen.
SHARES = [[0.5, 0.5], [0.2, 0.79, 0.01], [0.1, 0.2, 0.3, 0.4, 0.0]]
INSTANCE = np.array([0, 2, 1])
MASK_SAMPLERS = {
    "orthogonal": lambda **k: MaskSampler(design="orthogonal", **k),
    "balanced": lambda **k: MaskSampler(design="balanced", **k),
    "paired": lambda **k: MaskSampler(design="paired", **k),
    "random": lambda **k: MaskSampler(design="random", **k),
    "subsets": SubsetSampler,
}


def log_kernel(rows, reference, width, metric="euclidean"):
    kernel = ExponentialKernel(width, metric=metric, reference=reference).fit(rows)
    return kernel.score_samples(rows)


def kernel_of_codes(codes, width):
    matches = MatchBinarizer(reference=INSTANCE).fit_transform(codes)
    return np.exp(log_kernel(matches, np.ones(3), width))


def all_codes(sampler):
    """Every row of codes there can be, and its probability by the law meant."""
    codes = np.array(list(product(*sampler.values_)))
    shares = sampler.frequencies_at(INSTANCE)
    law = [np.prod([f[c] for f, c in zip(shares, row, strict=True)]) for row in codes]
    return codes, np.array(law)


def fits(observed, expected, five_sigma):
    """Chi-square test of counts, rare cells together with the least of the others."""
    assert (observed[expected == 0] == 0).all()
    order = np.argsort(expected)
    n_rare = np.searchsorted(np.cumsum(expected[order]), 20) + 1
    cells = np.maximum(np.arange(len(order)) - n_rare, 0)
    observed = np.bincount(cells, observed[order])
    expected = np.bincount(cells, expected[order])
    return stats.chisquare(observed, expected).pvalue > five_sigma


# ---------------------------------------------------------------- bins


@pytest.mark.parametrize("width", [0.4, 0.9, True])
@pytest.mark.parametrize("design", ["random", "sobol", "lhs"])
@pytest.mark.parametrize("min_share", [0.0, 0.1])
def test_rows_of_bins_have_law_times_kernel(width, design, min_share, five_sigma):
    """Every combination of codes as often as enumeration says."""
    sampler = BinSampler(
        40_001, frequencies=SHARES, min_share=min_share, design=design, local=width
    ).fit()
    codes, law = all_codes(sampler)
    law = law * kernel_of_codes(codes, lime_width(3) if width is True else width)
    rows = sampler.sample(INSTANCE, random_state=0)[1:]
    counts = (rows[:, None] == codes).all(axis=2).sum(axis=0)
    if design == "random":
        assert fits(counts, 40_000 * law / law.sum(), five_sigma)
    else:
        # Closer than chance, so that a chi-square test would be no test.
        assert_allclose(counts / 40_000, law / law.sum(), atol=0.011)


@pytest.mark.parametrize("drawn", [0.4, 0.9, 5.0])
@pytest.mark.parametrize("asked", [0.2, 0.4, 1.3])
def test_averages_of_bins_are_the_kernels_at_any_width(drawn, asked):
    """Law drawn x importance x kernel is law x kernel, row by row."""
    sampler = BinSampler(frequencies=SHARES, local=drawn).fit()
    codes, law = all_codes(sampler)
    product_law = law * kernel_of_codes(codes, drawn)
    product_law /= product_law.sum()
    weight = np.exp(sampler.log_weights(codes, INSTANCE))
    weighted = product_law * weight * kernel_of_codes(codes, asked)
    assert_allclose(weighted, law * kernel_of_codes(codes, asked), rtol=1e-9)


def test_own_codes_that_never_occur_are_no_match():
    """The kernel is the same for all then: the law stays, the weights are right."""
    sampler = BinSampler(2001, frequencies=SHARES, local=0.5).fit()
    reference = np.array([0, 0, 4])
    rows = sampler.sample(reference, random_state=0)[1:]
    assert not (rows[:, 2] == 4).any()
    matches = (rows == reference).astype(float)
    logs = log_kernel(matches, np.ones(3), 0.5)
    logs += sampler.log_weights(rows, reference)
    own = np.array([s[r] for s, r in zip(SHARES, reference, strict=True)])
    mean = np.prod(own + (1 - own) * np.exp(-2))
    assert_allclose(logs, np.log(mean), rtol=1e-9)


def test_rows_where_the_kernel_looks_follow_the_instance():
    plain, local = (BinSampler(frequencies=SHARES, local=w).fit() for w in (False, 1.0))
    assert plain.has_one_law(INSTANCE) and not local.has_one_law(INSTANCE)
    assert plain.log_weights(np.zeros((2, 3)), INSTANCE) is None
    # Without a reference it is the first of the rows.
    rows = local.sample(INSTANCE, 50, random_state=0)
    assert_allclose(local.log_weights(rows), local.log_weights(rows, INSTANCE))


# ---------------------------------------------------------------- normals


@pytest.fixture(params=["mean", "instance"])
def center(request):
    return request.param


@pytest.mark.parametrize("truncate", [False, True])
@pytest.mark.parametrize("width", [0.3, 2.0])
@pytest.mark.parametrize("x", [0.5, 9.0])
def test_normals_times_the_kernel(center, truncate, width, x, five_sigma):
    """The distribution by quadrature; constant columns stay, categories as bins."""
    rng = np.random.default_rng(0)
    background = np.c_[
        rng.normal(1, 2, 300), np.full(300, 7.0), rng.integers(0, 3, 300)
    ]
    sampler = GaussianSampler(
        4001,
        center=center,
        truncate=truncate,
        categorical_features=[2],
        local=width,
    ).fit(background)
    reference = np.array([x, 7.0, 1.0])
    rows = sampler.sample(reference, random_state=1)[1:]
    assert (rows[:, 1] == 7.0).all()
    plain = GaussianSampler(center=center, truncate=truncate).fit(background[:, :1])
    c, s = plain.center_of(reference[:1])[0], plain.scale_[0]
    low, high = min(plain.min_[0], c), max(plain.max_[0], c)
    grid = np.linspace(
        *((low, high) if truncate else (c - 12 * s, c + 12 * s)), 200_001
    )
    density = np.exp(-0.5 * ((grid - c) / s) ** 2 - 0.5 * ((grid - x) / width) ** 2)
    cdf = np.cumsum(density) / density.sum()
    law = stats.kstest(rows[:, 0], lambda v: np.interp(v, grid, cdf))
    assert law.pvalue > five_sigma
    # The weights that are left are the kernel's mean, the same for every row.
    matched = np.where([False, False, True], rows == reference, rows)
    logs = log_kernel(matched, [x, 7.0, 1.0], width)
    logs += sampler.log_weights(rows, reference)
    step = grid[1] - grid[0]
    normal = density.sum() * step / np.sqrt(2 * np.pi) / s
    if truncate:
        normal /= ndtr((high - c) / s) - ndtr((low - c) / s)
    share = np.mean(background[:, 2] == 1)
    category = share + (1 - share) * np.exp(-0.5 / width**2)
    assert_allclose(logs, np.log(normal) + np.log(category), rtol=1e-4)


def test_sparse_rows_have_the_law_of_their_columns():
    background = sparse.csr_matrix([[1.0, 0, 2], [3.0, 4, 0], [0, 0, 5.0]])
    sampler = GaussianSampler(1001, center="instance", local=0.5).fit(background)
    reference = sparse.csr_matrix([[1.0, 0, 2.0]])
    rows = sampler.sample(reference, random_state=0)
    dense = rows.toarray()[:, [0, 2]]
    logs = log_kernel(dense, [1.0, 2.0], 0.5) + sampler.log_weights(rows, reference)
    assert_allclose(logs, logs[0], rtol=1e-9)
    scale = sampler.scale_[[0, 2]]
    expected = scale * 0.5 / np.sqrt(scale**2 + 0.25)
    assert_allclose(dense[1:].std(axis=0), expected, rtol=0.12)


def test_intervals_in_a_tail():
    """Centers far outside: the values pile up at the nearest end, as they should."""
    points = np.array([[0.01], [0.5], [0.99]])
    one, far = np.ones(1), np.full(1, 50.0)
    high = truncated_normal(points, 0 * one, one, far, far + 1)
    # Near 50 standard deviations a tail is exponential of rate 50.
    assert_allclose(high - 50, -np.log1p(-points) / 50, rtol=0.01, atol=1e-5)
    assert_allclose(truncated_normal(1 - points, 0 * one, one, -far - 1, -far), -high)
    assert_allclose(
        log_normal_mass(0 * one, one, far, far + 1), stats.norm.logsf(50), rtol=1e-9
    )
    assert_allclose(
        log_normal_mass(0 * one, one, -one, 2 * one),
        np.log(ndtr(2) - ndtr(-1)),
        rtol=1e-9,
    )


# ---------------------------------------------------------------- masks


def mask_laws(design, n_components, width):
    """All masks, the law meant and its product with the kernel."""
    masks = np.array(list(product([0, 1], repeat=n_components)), dtype=np.int8)
    kept = masks.sum(axis=1)
    if design == "subsets":
        sizes = np.bincount(kept)
        law = np.where(kept < n_components, 1 / sizes[kept] / n_components, 0.0)
    else:
        law = np.full(len(masks), 0.5**n_components)
    kernel = np.exp(log_kernel(masks.astype(float), None, width, "cosine"))
    return masks, law, kernel


@pytest.mark.parametrize("design", MASK_SAMPLERS)
@pytest.mark.parametrize("width", [0.1, 0.25])
def test_every_mask_has_law_times_kernel(design, width, five_sigma):
    """Row by row of a sample, over seeds: rows of one sample depend on each other."""
    _, law, kernel = mask_laws(design, 4, width)
    sampler, powers = MASK_SAMPLERS[design](local=width), 2 ** np.arange(4)[::-1]
    drawn = np.array(
        [sampler.sample(np.ones(4), 10, random_state=k)[1:] for k in range(600)]
    )
    expected = 600 * law * kernel / (law @ kernel)
    for row in (0, 1, 5, 8):
        counts = np.bincount(drawn[:, row] @ powers, minlength=16)
        assert fits(counts, expected, five_sigma)


@pytest.mark.parametrize("design", MASK_SAMPLERS)
@pytest.mark.parametrize("asked", [0.05, 0.25, 1.0])
def test_averages_of_masks_are_the_kernels_at_any_width(design, asked):
    masks, law, kernel = mask_laws(design, 6, 0.15)
    weights = np.exp(MASK_SAMPLERS[design](local=0.15).log_weights(masks[1:]))
    weighted = (law * kernel)[1:] / (law @ kernel) * weights
    other = mask_laws(design, 6, asked)[2]
    assert_allclose(weighted * other[1:], (law * other)[1:], rtol=1e-9)


def test_all_masks_once_are_weighed_by_the_kernel_alone():
    sampler = MaskSampler(64, local=0.1)
    masks = sampler.sample(np.ones(5), random_state=0)
    assert len(masks) == 32
    assert sampler.log_weights(masks) is None


@pytest.mark.parametrize("design", ["orthogonal", "balanced"])
@pytest.mark.parametrize("width", [0.05, 0.25])
def test_components_are_removed_equally_often(design, width):
    """In blocks their numbers differ by less than chance: 6 of some hundred."""
    for seed in range(5):
        sampler = MaskSampler(513, design=design, local=width)
        masks = sampler.sample(np.ones(30), random_state=seed)[1:]
        assert np.ptp((masks == 0).sum(axis=0)) <= 6


def test_wide_kernels_leave_designs_as_they_are():
    """Then the law times the kernel is the law: complements are complements."""
    sampler = MaskSampler(129, local=1e6)
    masks = sampler.sample(np.ones(30), random_state=0)[1:]
    assert (masks[::2] + masks[1::2] == 1).all()
    plain = MaskSampler(129).sample(np.ones(30), random_state=0)[1:]
    assert (plain == masks).all()


def test_pairs_stay_antithetic():
    """Where many are kept, partners remove other components, and more where less."""
    sampler = MaskSampler(1001, design="paired", local=0.1)
    masks = sampler.sample(np.ones(30), random_state=0)[1:]
    first, second = masks[::2], masks[1::2]
    removed = (first == 0).sum(axis=1), (second == 0).sum(axis=1)
    assert np.corrcoef(*removed)[0, 1] < -0.9
    both = ((first == 0) & (second == 0)).sum(axis=1)
    by_chance = removed[0] * removed[1] / 30
    assert both.mean() < 0.5 * by_chance.mean()


def test_unfair_coins_are_refused_beside_local():
    with pytest.raises(ValueError, match=r"p is 0\.3 beside local=True, expected 0\.5"):
        MaskSampler(design="random", p=0.3, local=True).sample(np.ones(3))
    for bad in (0, -1.0, "yes"):
        with pytest.raises(ValueError, match="'local' parameter of"):
            MaskSampler(local=bad).fit()


# ---------------------------------------------------------------- explainers


def table_explainer(width, **settings):
    rng = np.random.default_rng(0)
    X = np.c_[rng.normal(size=(300, 9)), rng.integers(0, 3, 300)]
    explainer = make_tabular_explainer(
        lambda rows: np.tanh(np.asarray(rows, dtype=float)).sum(axis=1),
        sampler="local",
        kernel_width=width,
        random_state=0,
        n_samples=400,
        categorical_features=None if "sparse" in settings else [9],
        **settings,
    )
    return explainer, X


def explain_table(scale, **settings):
    explainer, X = table_explainer(scale * lime_width(10), **settings)
    return explainer.fit(X).explain_instance(X[0])


def explain_with_baseline(scale):
    explainer, X = table_explainer(scale * MASK_WIDTH, baseline="median")
    return explainer.fit(X).explain_instance(X[0])


def explain_sparse(scale):
    X = sparse.random(200, 50, 0.3, random_state=0, format="csr")
    explainer = make_tabular_explainer(
        lambda rows: np.asarray(rows.sum(axis=1)).ravel(),
        sparse=True,
        sampler="local",
        kernel_width=scale * lime_width(X[0].nnz),
        n_samples=400,
        random_state=0,
    )
    return explainer.fit(X).explain_instance(X[0])


def explain_from_statistics(scale):
    explainer, X = table_explainer(1.0)
    discretizer = explainer.fit(X).representation_[0]
    again = make_tabular_explainer(
        lambda rows: np.asarray(rows, dtype=float)[:, 0],
        statistics=discretizer.to_statistics(),
        sampler="local",
        kernel_width=scale * lime_width(10),
        n_samples=400,
        random_state=0,
    )
    return again.fit().explain_instance(X[0])


def explain_text(scale, design="paired"):
    words = " ".join(f"word{k}" for k in range(25))
    explainer = make_text_explainer(
        lambda texts: [len(t) for t in texts],
        design=design,
        local=True,
        kernel_width=scale * MASK_WIDTH,
        n_samples=400,
        random_state=0,
    )
    return explainer.explain_instance(words)


def explain_image(scale, **settings):
    explainer = make_image_explainer(
        lambda images: images.mean(axis=(1, 2)),
        segmenter=SuperpixelSegmenter("grid", n_segments=16, fill=0),
        local=True,
        kernel=ExponentialKernel(scale * MASK_WIDTH, metric="cosine"),
        n_samples=400,
        random_state=0,
    )
    image = np.random.default_rng(0).integers(0, 255, (16, 16), dtype=np.uint8)
    return explainer.explain_instance(image)


def explain_sequence(scale, **settings):
    X = np.random.default_rng(0).normal(size=(100, 8, 1))
    explainer = make_sequence_explainer(
        lambda sequences: sequences[..., 0].mean(axis=1),
        local=True,
        kernel_width=scale * lime_width(8),
        n_samples=400,
        random_state=0,
        **settings,
    )
    return explainer.fit(X).explain_instance(X[0])


EXPLAINERS = {
    "bins": explain_table,
    "bins, sobol": lambda s: explain_table(s, design="sobol"),
    "numbers": lambda s: explain_table(s, discretizer=None),
    "baseline": explain_with_baseline,
    "sparse": explain_sparse,
    "statistics": explain_from_statistics,
    "text": explain_text,
    "text, subsets": lambda s: explain_text(s, design="subsets"),
    "image": explain_image,
    "sequence": explain_sequence,
    "sequence, numbers": lambda s: explain_sequence(s, discretizer=None),
}


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.2])
@pytest.mark.parametrize("kind", EXPLAINERS)
def test_every_row_counts_at_any_width(kind, scale):
    """Plain rows are a few of these 400 at a fifth of the width."""
    explanation = EXPLAINERS[kind](scale)
    assert explanation.effective_sample_size >= 0.99 * 400


def test_explanations_are_those_of_weighted_rows():
    """Also where the rows were drawn for another width than the kernel's."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 4))

    def explain(sampler, seed):
        explainer = make_tabular_explainer(
            lambda rows: np.exp(0.5 * rows).prod(axis=1) + rows[:, 0] * rows[:, 1],
            sampler=sampler,
            kernel_width=0.75,
            n_samples=20_000,
            random_state=seed,
        )
        return explainer.fit(X).explain_instance(X[1])

    weighed = explain("bins", 0)
    for sampler in (
        "local",
        BinSampler(20_000, local=1.0),
        BinSampler(20_000, local=0.6),
    ):
        local = explain(sampler, 1)
        std = np.sqrt(local.std**2 + weighed.std**2)
        assert (np.abs(local.coef - weighed.coef) < 5 * std).all()
        assert (local.std < weighed.std).all()


def test_a_search_over_widths_is_given_the_rows_own_weights():
    """What `local_pipeline` says: weights of both kernels, never twice the kernel."""
    explainer, X = table_explainer(1.0)
    explainer.fit(X)
    hood = explainer.sample(X[0])
    weights = explainer.sampler_.log_weights(hood.codes, hood.reference)
    pipeline = explainer.local_pipeline(X[0])
    pipeline.fit(hood.codes, hood.answers[:, 0], local__log_weight=weights)
    assert pipeline[-1].effective_sample_size_ >= 0.99 * 400
    assert effective_sample_size(np.exp(weights)) < 0.9 * 400


def test_what_has_no_product_is_refused():
    manhattan = ExponentialKernel(1.0, metric="manhattan")
    for make, settings in (
        (make_tabular_explainer, {"sampler": "local"}),
        (make_text_explainer, {"local": True}),
        (make_image_explainer, {"local": True}),
        (make_sequence_explainer, {"local": True}),
    ):
        with pytest.raises(ValueError, match=r"no product.*leave one of them out"):
            make(len, kernel=manhattan, **settings)
    with pytest.raises(ValueError, match="expected it in the sampler itself"):
        make_text_explainer(len, design=MaskSampler(), local=True)
    with pytest.raises(ValueError, match=r"one of .*'local'. or a sampler"):
        make_tabular_explainer(len, sampler="balls")
