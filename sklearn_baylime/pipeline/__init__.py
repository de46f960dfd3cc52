"""The chain from the instance to the explanation, and the one place that asks."""

from sklearn_baylime.pipeline._black_box import BlackBox
from sklearn_baylime.pipeline._explainer_pipeline import ExplainerPipeline
from sklearn_baylime.pipeline._make_explainers import make_tabular_explainer
from sklearn_baylime.pipeline._neighborhood import Neighborhood

__all__ = ["BlackBox", "ExplainerPipeline", "Neighborhood", "make_tabular_explainer"]
