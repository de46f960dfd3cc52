"""What the parts of an explainer promise each other."""

from sklearn_baylime.base._checks import (
    check_kernel,
    check_regressor,
    check_representation,
    check_sampler,
    parametrize_with_checks,
)
from sklearn_baylime.base._protocols import (
    BayesianRegressor,
    Kernel,
    LocalRegressor,
    Placed,
    Representation,
    Sampler,
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
    "check_kernel",
    "check_regressor",
    "check_representation",
    "check_sampler",
    "parametrize_with_checks",
    "uniform_blocks",
]
