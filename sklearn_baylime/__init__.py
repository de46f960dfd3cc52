"""Explain a prediction of any model, and say how sure the explanation is."""

from sklearn_baylime._version import __version__
from sklearn_baylime.explanation import Explanation
from sklearn_baylime.linear_model import InformativeBayesianRidge
from sklearn_baylime.pipeline import (
    BlackBox,
    ExplainerPipeline,
    Neighborhood,
    explain_exactly,
    make_image_explainer,
    make_sequence_explainer,
    make_tabular_explainer,
    make_text_explainer,
    prior_from_model,
)
from sklearn_baylime.priors import Prior

__all__ = [
    "BlackBox",
    "ExplainerPipeline",
    "Explanation",
    "InformativeBayesianRidge",
    "Neighborhood",
    "Prior",
    "__version__",
    "explain_exactly",
    "make_image_explainer",
    "make_sequence_explainer",
    "make_tabular_explainer",
    "make_text_explainer",
    "prior_from_model",
]
