"""The chain from the instance to the explanation, and the one place that asks."""

from sklearn_baylime.black_box._black_box import BlackBox
from sklearn_baylime.local._neighborhood import Neighborhood
from sklearn_baylime.pipeline._explain_exactly import explain_exactly
from sklearn_baylime.pipeline._explainer_pipeline import ExplainerPipeline
from sklearn_baylime.pipeline._make_image_explainer import make_image_explainer
from sklearn_baylime.pipeline._make_sequence_explainer import make_sequence_explainer
from sklearn_baylime.pipeline._make_tabular_explainer import make_tabular_explainer
from sklearn_baylime.pipeline._make_text_explainer import make_text_explainer
from sklearn_baylime.pipeline._prior_from_model import prior_from_model

__all__ = [
    "BlackBox",
    "ExplainerPipeline",
    "Neighborhood",
    "explain_exactly",
    "make_image_explainer",
    "make_sequence_explainer",
    "make_tabular_explainer",
    "make_text_explainer",
    "prior_from_model",
]
