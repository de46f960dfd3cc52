"""What an explanation says, and how it is shown."""

from sklearn_baylime.explanation._explanation import Explanation
from sklearn_baylime.explanation._submodular_pick import submodular_pick
from sklearn_baylime.explanation._summary import Summary, summarize
from sklearn_baylime.views._bars import ExplanationDisplay
from sklearn_baylime.views._summary_bars import SummaryDisplay
from sklearn_baylime.views.image._display import ImageDisplay
from sklearn_baylime.views.image._instance import ImageInstance
from sklearn_baylime.views.text._display import TextDisplay
from sklearn_baylime.views.text._instance import TextInstance

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
