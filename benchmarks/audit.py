"""Measure the numbers that the library states against exact truth.

Run it as ``python benchmarks/audit.py``, or for some cells only::

    python benchmarks/audit.py --list
    python benchmarks/audit.py --cells forests "masks/few/30/*" --repeats 60

It writes ``doc/audit.csv`` and, beside it, the page ``doc/audit.md``. Cells that the
file has already are skipped, so that a run can be interrupted and taken up again.
"""

import os

# Before numpy is loaded: processes that share the cores must not fight for them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from auditing.command import main

if __name__ == "__main__":
    main()
