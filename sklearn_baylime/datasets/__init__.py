"""Small tables and texts for examples and tests."""

from sklearn_baylime.datasets._newsgroups import load_newsgroups
from sklearn_baylime.datasets._zoo import load_zoo

__all__ = ["load_newsgroups", "load_zoo"]
