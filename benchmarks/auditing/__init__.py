"""The numbers that the library states, measured against exact truth.

`truths` has the weights in the limit of infinitely many rows, `problems` the black
boxes, `cells` what is measured on which, `measure` the repeats, `goals` what is wanted,
and `table` the files. Run it as ``python benchmarks/audit.py``.
"""
