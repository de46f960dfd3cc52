"""What the parts of an explainer promise each other."""

from sklearn_baylime.base._protocols import (
    BayesianRegressor,
    Kernel,
    LocalRegressor,
    Placed,
    Representation,
    Sampler,
    View,
)
from sklearn_baylime.base._representation import RepresentationMixin
from sklearn_baylime.base._seeds import uniform_blocks

__all__ = [
    "BayesianRegressor",
    "Kernel",
    "LocalRegressor",
    "Placed",
    "Representation",
    "RepresentationMixin",
    "Sampler",
    "View",
    "uniform_blocks",
]
