"""Every part of the library keeps the contract that strangers' parts are checked by."""

import numpy as np
import pandas as pd
import polars as pl
from scipy import sparse
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
    StandardScaler,
)

from sklearn_baylime.base import parametrize_with_checks
from sklearn_baylime.linear_model import InformativeBayesianRidge
from sklearn_baylime.representation import (
    EntropyDiscretizer,
    FixedDiscretizer,
    QuantileDiscretizer,
    SequenceDiscretizer,
    SequenceFlattener,
    SparseScaler,
    StatisticsDiscretizer,
    SuperpixelSegmenter,
    TableScaler,
    TextSegmenter,
)
from sklearn_baylime.sampling import (
    BallSampler,
    BinSampler,
    ConditionalSampler,
    GaussianSampler,
    MaskSampler,
    MixupSampler,
    SubsetSampler,
)
from sklearn_baylime.surrogate import ExponentialKernel

RNG = np.random.default_rng(0)
N = 60
NUMBERS = RNG.normal(size=(N, 3))
COLUMNS = {
    "age": RNG.integers(18, 90, N),
    "income": RNG.lognormal(8, 1, N),
    "city": np.array(["Bern", "Genf", "Zug"])[RNG.integers(0, 3, N)].tolist(),
    "owner": RNG.random(N) < 0.4,
    "height": RNG.normal(1.7, 0.1, N).astype(np.float32),
}
TABLES = [
    NUMBERS,
    NUMBERS.astype(np.float32),
    RNG.integers(-40, 40, (N, 3)),
    pd.DataFrame(COLUMNS).to_numpy(dtype=object),
    pd.DataFrame(COLUMNS),
    pl.DataFrame(COLUMNS),
]
GAPS = np.where(RNG.random((N, 3)) < 0.1, np.nan, NUMBERS)
SPARSE = sparse.random(N, 8, 0.3, format="csr", random_state=0)
SEQUENCES = np.cumsum(RNG.normal(size=(N, 12, 2)), axis=1)
TEXTS = ["To be, or not to be?", "A good film. Not a bad one."]
ONCE = ["to be or not", "a good film"]
GREY = [RNG.integers(0, 256, (12, 16)).astype(np.uint8) for _ in range(2)]
COLOR = [RNG.random((12, 16, 3)) for _ in range(2)]

REPRESENTATIONS = [
    *((QuantileDiscretizer(random_state=0), X) for X in TABLES),
    *((QuantileDiscretizer(), X) for X in (GAPS, pl.DataFrame(COLUMNS))),
    (EntropyDiscretizer(random_state=0), NUMBERS),
    (FixedDiscretizer({0: [0.0], 1: [-1.0, 1.0], 2: []}), NUMBERS),
    (
        StatisticsDiscretizer(QuantileDiscretizer().fit(NUMBERS).to_statistics()),
        NUMBERS,
    ),
    *((TableScaler(), X) for X in TABLES),
    (TableScaler(with_mean=False, with_std=False), NUMBERS),
    (SparseScaler(), SPARSE),
    (SequenceDiscretizer(), SEQUENCES),
    (SequenceDiscretizer(random_state=0), RNG.integers(0, 9, (N, 5, 2))),
    (SequenceFlattener(), SEQUENCES),
    (TextSegmenter(), TEXTS),
    (TextSegmenter("character", mask_string="_"), TEXTS),
    (TextSegmenter("sentence"), TEXTS),
    # Which of several equal words was removed cannot be told from a text.
    (TextSegmenter(bag_of_words=False), ONCE),
    *(
        (SuperpixelSegmenter("grid", n_segments=6, fill=fill, random_state=seed), X)
        for fill in ("mean", "noise", 0)
        for seed in (0, None)
        for X in (GREY, COLOR)
    ),
    (SuperpixelSegmenter(), COLOR),
]

STOCK = [
    StandardScaler(),
    (StandardScaler(), pd.DataFrame(NUMBERS, columns=["a", "b", "c"])),
    MinMaxScaler(),
    (MaxAbsScaler(), SPARSE),
    PowerTransformer(),
    (QuantileTransformer(n_quantiles=N), NUMBERS),
    PCA(3),
    PCA(2),
    (FunctionTransformer(np.log, np.exp), np.exp(NUMBERS)),
]

CODES = RNG.integers(0, 4, (40, 3))
SAMPLERS = [
    BinSampler(),
    (BinSampler(), CODES + 0.5),
    BinSampler(design="sobol"),
    GaussianSampler(),
    GaussianSampler(design="sobol", center="instance"),
    GaussianSampler(truncate=True, categorical_features=[-1]),
    (GaussianSampler(), sparse.csr_matrix(SPARSE), SPARSE[:1]),
    BallSampler(),
    BallSampler(design="sobol"),
    MixupSampler(),
    ConditionalSampler(),
    ConditionalSampler(method="copula", categorical_features=[-1]),
    MaskSampler(),
    *(MaskSampler(design=d) for d in ("paired", "random")),
    MaskSampler(design="random", p=0.8),
    SubsetSampler(),
]

KERNELS = [
    ExponentialKernel(),
    ExponentialKernel(metric="cosine"),
    ExponentialKernel(width=0.01),
    (ExponentialKernel(metric="manhattan"), NUMBERS),
    (ExponentialKernel(), sparse.csr_matrix(NUMBERS)),
]

REGRESSORS = [
    InformativeBayesianRidge(),
    InformativeBayesianRidge(covariance="robust", tie_targets=True),
    InformativeBayesianRidge(prior_mean=[1.0, 0.0, 2.0], prior_scale="fit"),
    InformativeBayesianRidge(prior_precision=1.0, noise_precision=2.0),
    Ridge(),
    LinearRegression(),
]


@parametrize_with_checks(REPRESENTATIONS)
def test_representation(part, check):
    check(part)


@parametrize_with_checks(STOCK)
def test_stock_step(part, check):
    check(part)


@parametrize_with_checks(SAMPLERS)
def test_sampler(part, check):
    check(part)


@parametrize_with_checks(KERNELS)
def test_kernel(part, check):
    check(part)


@parametrize_with_checks(REGRESSORS)
def test_regressor(part, check):
    check(part)
