"""What an explanation says, and how it is shown."""

from sklearn_baylime.explanation._explanation import Explanation
from sklearn_baylime.explanation._explanation_list import ExplanationList
from sklearn_baylime.explanation._shared_errors import contrast
from sklearn_baylime.explanation._submodular_pick import submodular_pick
from sklearn_baylime.explanation._summary import Summary, summarize
from sklearn_baylime.views import (
    ExplanationDisplay,
    ImageDisplay,
    ImageInstance,
    SeriesDisplay,
    SeriesInstance,
    SummaryDisplay,
    TextDisplay,
    TextInstance,
)

__all__ = [
    "Explanation",
    "ExplanationDisplay",
    "ExplanationList",
    "ImageDisplay",
    "ImageInstance",
    "SeriesDisplay",
    "SeriesInstance",
    "Summary",
    "SummaryDisplay",
    "TextDisplay",
    "TextInstance",
    "contrast",
    "submodular_pick",
    "summarize",
]
