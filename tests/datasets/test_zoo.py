"""The zoo table: its numbers, its forms, and that it travels with the package."""

import importlib.resources
import tomllib
from pathlib import Path

import numpy as np
import pytest

import sklearn_baylime
from sklearn_baylime.datasets import load_zoo

COUNTS = {
    **{"mammal": 41, "bird": 20, "reptile": 5, "fish": 13},
    **{"amphibian": 4, "insect": 8, "invertebrate": 10},
}
SQUIRREL = [1, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 2, 1, 0, 0]


def test_numbers_and_names():
    zoo = load_zoo()
    assert zoo.data.shape == (101, 16) and zoo.target.shape == (101,)
    assert zoo.data.dtype == zoo.target.dtype == np.int64 and zoo.frame is None
    assert dict(zip(zoo.target_names, np.bincount(zoo.target), strict=True)) == COUNTS
    legs = zoo.feature_names.index("legs")
    assert sorted(set(zoo.data[:, legs])) == [0, 2, 4, 5, 6, 8]
    assert set(np.delete(zoo.data, legs, axis=1).ravel()) == {0, 1}
    names = list(zoo.animal_names)
    assert zoo.data[names.index("squirrel")].tolist() == SQUIRREL
    assert len(names) == 101 and len(set(names)) == 100 and names.count("frog") == 2
    assert zoo.target_names[zoo.target[names.index("girl")]] == "mammal"
    assert "CC BY 4.0" in zoo.DESCR and "10.24432/C5R59V" in zoo.DESCR
    file = importlib.resources.files(zoo.data_module) / zoo.filename
    assert len(file.read_text(encoding="utf-8").splitlines()) == 102


def test_frame_and_array_agree():
    pytest.importorskip("pandas")
    arrays, frames = load_zoo(), load_zoo(as_frame=True)
    np.testing.assert_array_equal(frames.data, arrays.data)
    np.testing.assert_array_equal(frames.target, arrays.target)
    assert list(frames.frame.columns) == [*arrays.feature_names, "target"]
    assert (frames.frame.dtypes == np.int64).all()
    for labelled in (frames.data, frames.target):
        assert list(labelled.index) == list(arrays.animal_names)
    for zoo, as_frame in ((arrays, False), (frames, True)):
        X, y = load_zoo(return_X_y=True, as_frame=as_frame)
        assert type(X) is type(zoo.data) and type(y) is type(zoo.target)
        np.testing.assert_array_equal(X, zoo.data)
        np.testing.assert_array_equal(y, zoo.target)


def test_files_are_package_data():
    package = Path(sklearn_baylime.__file__).parent
    settings = tomllib.loads((package.parent / "pyproject.toml").read_text())
    patterns = settings["tool"]["setuptools"]["package-data"]["sklearn_baylime"]
    shipped = {path for pattern in patterns for path in package.glob(pattern)}
    data = package / "datasets" / "data"
    assert {data / "zoo.csv", data / "README.md"} <= shipped
