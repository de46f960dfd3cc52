"""Representations: invertible maps between model inputs and the codes we sample."""

from sklearn_baylime.representation.image._superpixel_segmenter import (
    SuperpixelSegmenter,
)
from sklearn_baylime.representation.sequence._sequence_discretizer import (
    SequenceDiscretizer,
)
from sklearn_baylime.representation.sequence._sequence_flattener import (
    SequenceFlattener,
)
from sklearn_baylime.representation.table._baseline_masker import BaselineMasker
from sklearn_baylime.representation.table._entropy_discretizer import EntropyDiscretizer
from sklearn_baylime.representation.table._fixed_discretizer import FixedDiscretizer
from sklearn_baylime.representation.table._group_discretizer import GroupDiscretizer
from sklearn_baylime.representation.table._quantile_discretizer import (
    QuantileDiscretizer,
)
from sklearn_baylime.representation.table._sparse_scaler import SparseScaler
from sklearn_baylime.representation.table._statistics_discretizer import (
    StatisticsDiscretizer,
)
from sklearn_baylime.representation.table._table_scaler import TableScaler
from sklearn_baylime.representation.text._text_segmenter import TextSegmenter

__all__ = [
    "BaselineMasker",
    "EntropyDiscretizer",
    "FixedDiscretizer",
    "GroupDiscretizer",
    "QuantileDiscretizer",
    "SequenceDiscretizer",
    "SequenceFlattener",
    "SparseScaler",
    "StatisticsDiscretizer",
    "SuperpixelSegmenter",
    "TableScaler",
    "TextSegmenter",
]
