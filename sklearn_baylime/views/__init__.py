"""How explanations are shown: pages, pictures, one folder a kind of instance."""

from sklearn_baylime.views._bars import ExplanationDisplay
from sklearn_baylime.views._summary_bars import SummaryDisplay
from sklearn_baylime.views.image._display import ImageDisplay
from sklearn_baylime.views.image._instance import ImageInstance
from sklearn_baylime.views.text._display import TextDisplay
from sklearn_baylime.views.text._instance import TextInstance

__all__ = [
    "ExplanationDisplay",
    "ImageDisplay",
    "ImageInstance",
    "SummaryDisplay",
    "TextDisplay",
    "TextInstance",
]
