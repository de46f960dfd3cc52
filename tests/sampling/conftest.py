"""Backgrounds of codes, and every sampler of codes."""

import numpy as np
import pytest

from sklearn_baylime.sampling import (
    BallSampler,
    BinSampler,
    ConditionalSampler,
    GaussianSampler,
    MixupSampler,
)

# Chance of a false alarm in a statistical test: two-sided, 5 standard deviations.
FIVE_SIGMA = 5.7e-7

SAMPLERS = [
    BallSampler,
    BinSampler,
    ConditionalSampler,
    GaussianSampler,
    MixupSampler,
]


def background(kind, n=400, seed=0):
    """Codes of three columns; every kind has its own difficulty."""
    rng = np.random.default_rng(seed)
    return {
        "quartiles": lambda: rng.integers(0, 4, (n, 3)),
        "uneven": lambda: rng.binomial(3, 0.3, (n, 3)),
        "constant": lambda: np.c_[np.zeros(n, int), rng.integers(0, 2, (n, 2))],
        "gaps": lambda: rng.choice([-2, 3, 7, 100], (n, 3), p=[0.1, 0.2, 0.3, 0.4]),
        "dependent": lambda: np.repeat(rng.integers(0, 4, (n, 1)), 3, axis=1),
        "16 values": lambda: rng.integers(0, 16, (n, 3)),
        "17 values": lambda: rng.integers(0, 17, (n, 3)),
        "18 values": lambda: rng.integers(0, 18, (n, 3)),
        "many and few": lambda: np.c_[
            rng.integers(0, [50, 2], (n, 2)), np.ones(n, int)
        ],
        "many with gaps": lambda: 5 * rng.integers(-12, 13, (n, 3)),
        "one column": lambda: rng.integers(0, 4, (n, 1)),
        "one row": lambda: np.array([[2, 0, 5]]),
        "int32": lambda: rng.integers(0, 4, (n, 3), dtype=np.int32),
        "floats": lambda: rng.integers(0, 4, (n, 3)) + 0.5,
    }[kind]()


KINDS = (
    "quartiles, uneven, constant, gaps, dependent, 16 values, 17 values, 18 values, "
    "many and few, many with gaps, one column, one row, int32, floats"
).split(", ")


@pytest.fixture(scope="session")
def five_sigma():
    """Give the chance of a false alarm in a statistical test."""
    return FIVE_SIGMA


@pytest.fixture(params=SAMPLERS, ids=lambda sampler: sampler.__name__)
def Sampler(request):
    """Give the class of each sampler."""
    return request.param


@pytest.fixture(params=KINDS)
def codes(request):
    """Give the codes of each kind of background."""
    return background(request.param)


@pytest.fixture
def fitted(Sampler, codes):
    """Give each sampler, fitted on each background, of 50 rows."""
    return Sampler(n_samples=50).fit(codes)
