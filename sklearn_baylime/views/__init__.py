"""How explanations are shown: pages, pictures, one folder a kind of instance."""

from sklearn_baylime.views._bars import ExplanationDisplay
from sklearn_baylime.views._registry import (
    check_description,
    is_known_kind,
    known_kinds,
    register_view,
)
from sklearn_baylime.views._summary_bars import SummaryDisplay
from sklearn_baylime.views._view import View

# Views register themselves, in the order in which errors list them.
from sklearn_baylime.views.text._instance import TextInstance  # isort: skip
from sklearn_baylime.views.image._instance import ImageInstance  # isort: skip
from sklearn_baylime.views.series._instance import SeriesInstance  # isort: skip
from sklearn_baylime.views.charts._answers import AnswersDisplay
from sklearn_baylime.views.charts._beeswarm import BeeswarmDisplay
from sklearn_baylime.views.charts._comparison import ComparisonDisplay
from sklearn_baylime.views.charts._dots import TargetsDisplay
from sklearn_baylime.views.charts._fidelity import FidelityDisplay
from sklearn_baylime.views.charts._heatmap import HeatmapDisplay
from sklearn_baylime.views.charts._ranks import RanksDisplay
from sklearn_baylime.views.charts._waterfall import WaterfallDisplay
from sklearn_baylime.views.charts._width_path import WidthPathDisplay
from sklearn_baylime.views.image._display import ImageDisplay
from sklearn_baylime.views.series._display import SeriesDisplay
from sklearn_baylime.views.text._display import TextDisplay

__all__ = [
    "AnswersDisplay",
    "BeeswarmDisplay",
    "ComparisonDisplay",
    "ExplanationDisplay",
    "FidelityDisplay",
    "HeatmapDisplay",
    "ImageDisplay",
    "ImageInstance",
    "RanksDisplay",
    "SeriesDisplay",
    "SeriesInstance",
    "SummaryDisplay",
    "TargetsDisplay",
    "TextDisplay",
    "TextInstance",
    "View",
    "WaterfallDisplay",
    "WidthPathDisplay",
    "check_description",
    "is_known_kind",
    "known_kinds",
    "register_view",
]
