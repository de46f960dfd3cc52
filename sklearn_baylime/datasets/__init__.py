"""Small tables for examples and tests."""

from sklearn_baylime.datasets._zoo import load_zoo

__all__ = ["load_zoo"]
