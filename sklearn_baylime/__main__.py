"""Explain predictions from the command line: ``python -m sklearn_baylime --help``."""

import sys

from sklearn_baylime.command import main

if __name__ == "__main__":
    sys.exit(main(prog="python -m sklearn_baylime"))
