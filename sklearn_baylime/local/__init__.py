"""One instance's problem: its rows, answers, local model and what it says."""

from sklearn_baylime.local._neighborhood import Neighborhood

__all__ = ["Neighborhood"]
