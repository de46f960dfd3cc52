"""What an explanation says, and how it is shown."""

from sklearn_baylime.explanation._display import ExplanationDisplay
from sklearn_baylime.explanation._explanation import Explanation

__all__ = ["Explanation", "ExplanationDisplay"]
