"""The model to explain, asked in batches, counted and checked."""

from sklearn_baylime.black_box._black_box import BlackBox

__all__ = ["BlackBox"]
