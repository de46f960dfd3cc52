"""The command line: `python -m sklearn_baylime`."""

from sklearn_baylime.command._main import main

__all__ = ["main"]
