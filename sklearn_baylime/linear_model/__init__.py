"""Linear models that take prior knowledge and state their uncertainty."""

from sklearn_baylime.linear_model._informative_bayesian_ridge import (
    InformativeBayesianRidge,
)

__all__ = ["InformativeBayesianRidge"]
