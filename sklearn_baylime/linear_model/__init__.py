"""Linear models that take prior knowledge and state their uncertainty."""

from sklearn_baylime.linear_model._factored_covariance import FactoredCovariance
from sklearn_baylime.linear_model._informative_bayesian_ridge import (
    InformativeBayesianRidge,
)
from sklearn_baylime.linear_model._student_mixture import StudentMixture

__all__ = ["FactoredCovariance", "InformativeBayesianRidge", "StudentMixture"]
