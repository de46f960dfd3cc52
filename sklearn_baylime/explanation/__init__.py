"""What an explanation says, and how it is shown."""

from sklearn_baylime.explanation._explanation import Explanation
from sklearn_baylime.explanation._explanation_list import ExplanationList
from sklearn_baylime.explanation._shared_errors import contrast
from sklearn_baylime.explanation._submodular_pick import submodular_pick
from sklearn_baylime.explanation._summary import Summary, summarize
from sklearn_baylime.views import (
    AnswersDisplay,
    BeeswarmDisplay,
    ComparisonDisplay,
    ExplanationDisplay,
    FidelityDisplay,
    HeatmapDisplay,
    ImageDisplay,
    ImageInstance,
    RanksDisplay,
    SeriesDisplay,
    SeriesInstance,
    SummaryDisplay,
    TargetsDisplay,
    TextDisplay,
    TextInstance,
    WaterfallDisplay,
    WidthPathDisplay,
)

__all__ = [
    "AnswersDisplay",
    "BeeswarmDisplay",
    "ComparisonDisplay",
    "Explanation",
    "ExplanationDisplay",
    "ExplanationList",
    "FidelityDisplay",
    "HeatmapDisplay",
    "ImageDisplay",
    "ImageInstance",
    "RanksDisplay",
    "SeriesDisplay",
    "SeriesInstance",
    "Summary",
    "SummaryDisplay",
    "TargetsDisplay",
    "TextDisplay",
    "TextInstance",
    "WaterfallDisplay",
    "WidthPathDisplay",
    "contrast",
    "submodular_pick",
    "summarize",
]
