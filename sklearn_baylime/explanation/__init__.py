"""What an explanation says, and how it is shown."""

from sklearn_baylime.explanation._display import ExplanationDisplay
from sklearn_baylime.explanation._explanation import Explanation
from sklearn_baylime.explanation._image_display import ImageDisplay
from sklearn_baylime.explanation._image_instance import ImageInstance
from sklearn_baylime.explanation._submodular_pick import submodular_pick
from sklearn_baylime.explanation._summary import Summary, summarize
from sklearn_baylime.explanation._summary_display import SummaryDisplay
from sklearn_baylime.explanation._text_display import TextDisplay
from sklearn_baylime.explanation._text_instance import TextInstance

__all__ = [
    "Explanation",
    "ExplanationDisplay",
    "ImageDisplay",
    "ImageInstance",
    "Summary",
    "SummaryDisplay",
    "TextDisplay",
    "TextInstance",
    "submodular_pick",
    "summarize",
]
