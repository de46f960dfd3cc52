"""The command line, as a user's shell runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline

import sklearn_baylime
from sklearn_baylime import Explanation, make_tabular_explainer
from sklearn_baylime.command import main

pd = pytest.importorskip("pandas")

ROOT = Path(sklearn_baylime.__file__).resolve().parents[1]


def run(*arguments, cwd):
    """Run the command in a process, with warnings as errors."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "sklearn_baylime", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"},
    )


@pytest.fixture(scope="module")
def flowers(tmp_path_factory):
    """A folder with a table that holds the answer too, and a model by name."""
    folder = tmp_path_factory.mktemp("flowers")
    iris = load_iris(as_frame=True)
    kinds = iris.target_names[iris.target]
    iris.data.assign(kind=kinds).to_csv(folder / "train.csv", index=False)
    model = LogisticRegression(max_iter=500).fit(iris.data, kinds)
    joblib.dump(model, folder / "model.joblib")
    return folder


TABLE = ["explain", "--model", "model.joblib", "--data", "train.csv"]


@pytest.fixture
def here(flowers, monkeypatch):
    monkeypatch.chdir(flowers)
    return flowers


def test_one_command_explains_a_row_of_a_csv_by_a_joblib_model(flowers, tmp_path):
    out = tmp_path / "why.html"
    table = ("--n-samples", 500, "-o", out, "-o", tmp_path / "why.json")
    done = run(*TABLE, "--row", 17, *table, cwd=flowers)
    assert done.returncode == 0, done.stderr
    assert f"Wrote {out}" in done.stdout and "setosa" in done.stdout
    assert "<table>" in out.read_text(encoding="utf-8")
    saved = Explanation.from_dict(json.loads((tmp_path / "why.json").read_text()))
    X = pd.read_csv(flowers / "train.csv").drop(columns="kind")
    model = joblib.load(flowers / "model.joblib")
    explainer = make_tabular_explainer(model, n_samples=500, random_state=0).fit(X)
    mine = explainer.explain_instance(X.iloc[17])
    np.testing.assert_allclose(saved.coef, mine.coef)
    assert saved.feature_names == mine.feature_names


def test_help_and_version_train_nothing(tmp_path):
    done = run("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "explain" in done.stdout and "demo" in done.stdout
    told = run("explain", "--help", cwd=tmp_path)
    assert "run the code" in " ".join(told.stdout.split())
    done = run("--version", cwd=tmp_path)
    assert done.stdout.strip() == sklearn_baylime.__version__
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("word", ["nonsense", "--nonsense", "-x"])
def test_unknown_words_are_refused(word, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main([word])
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def test_target_features_and_another_table_of_rows(here, capsys, tmp_path):
    pd.read_csv("train.csv").iloc[[100]].to_csv(tmp_path / "new.csv", index=False)
    words = ["--row", "0", "--row-from", f"{tmp_path / 'new.csv'}", "--quiet"]
    words += ["--target", "virginica", "--features", "2", "--n-samples", "200"]
    assert main([*TABLE, *words]) == 0
    told = capsys.readouterr().out
    assert "virginica" in told and told.count("(cm)") == 2


def test_an_array_model_with_a_column_of_answers(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    X = np.random.RandomState(0).normal(size=(60, 2))
    frame = pd.DataFrame(X, columns=["up", "down"])
    frame.assign(y=X[:, 0]).to_csv("t.csv", index=False)
    joblib.dump(LinearRegression().fit(X, X[:, 0] - X[:, 1]), "m.joblib")
    words = ["explain", "--model", "m.joblib", "--data", "t.csv", "--row", "3"]
    assert main(words) == 1
    assert "--drop" in capsys.readouterr().err
    assert main([*words, "--drop", "y", "--n-samples", "100"]) == 0
    assert "up" in capsys.readouterr().out


def test_a_prior_by_names_and_one_by_an_explanation(here, capsys, tmp_path):
    first, prior = f"{tmp_path / 'first.json'}", f"{tmp_path / 'prior.json'}"
    words = [*TABLE, "--n-samples", "200", "--target", "setosa"]
    assert main([*words, "--row", "17", "-o", first]) == 0
    name = Explanation.from_dict(json.loads(Path(first).read_text())).feature_names[3]
    Path(prior).write_text(json.dumps({name: 0.5}))
    for file in (first, prior):
        capsys.readouterr()
        assert main([*words, "--row", "18", "--prior", file]) == 0
        assert "prior" in capsys.readouterr().out.lower()
    Path(prior).write_text("[1, 2]")
    assert main([*words, "--row", "18", "--prior", prior]) == 1
    assert "names and numbers" in capsys.readouterr().err


def test_nothing_is_overwritten(here, capsys, tmp_path):
    out = tmp_path / "why.html"
    out.write_text("mine")
    words = [*TABLE, "--row", "1", "--n-samples", "50", "-o", f"{out}"]
    assert main(words) == 1
    assert "--force" in capsys.readouterr().err and out.read_text() == "mine"
    assert main([*words, "--force"]) == 0
    assert out.read_text(encoding="utf-8") != "mine"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--row", "150"], "0 to 149"),
        (["--row", "-1"], "0 to 149"),
        (["--row", "1", "-o", "why.docx"], ".html"),
        (["--row", "1", "-o", "no/folder/why.html"], "folder"),
        (["--row", "1", "--target", "rose"], "setosa"),
        (["--row", "1", "--drop", "petals"], "petals"),
        (["--row", "1", "--drop", "petal width (cm)"], "The model takes"),
        (["--row", "1", "--model", "none.joblib"], "There is no file"),
        (["--row", "1", "--model", "os:none"], "no 'none'"),
        (["--row", "1", "--data", "train.xlsx"], ".csv or .tsv"),
    ],
)
def test_errors_say_what_to_do(here, capsys, words, told):
    assert main([*TABLE, *words]) == 1
    error = capsys.readouterr().err
    assert told in error and "Traceback" not in error


def test_traceback_on_request(here, capsys):
    assert main([*TABLE, "--row", "150", "--traceback"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_picture_for_a_paper(here, tmp_path):
    pytest.importorskip("matplotlib")
    out = tmp_path / "why.pdf"
    assert main([*TABLE, "--row", "1", "--n-samples", "50", "-o", f"{out}"]) == 0
    assert out.read_bytes().startswith(b"%PDF")


def test_texts(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    texts = ["good film", "bad film", "good day", "bad day"]
    model = make_pipeline(CountVectorizer(), LogisticRegression()).fit(
        texts, ["up", "down", "up", "down"]
    )
    joblib.dump(model, "m.joblib")
    words = ["--model", "m.joblib", "--n-samples", "100", "--target", "up"]
    assert main(["text", *words, "A good film", "-o", "why.html"]) == 0
    told = capsys.readouterr().out
    Path("text.txt").write_text("A good film", encoding="utf-8")
    assert main(["text", *words, "--file", "text.txt"]) == 0
    assert capsys.readouterr().out in told
    with pytest.raises(SystemExit):
        main(["text", *words])


def test_images_by_an_imported_function(tmp_path, monkeypatch, capsys):
    from skimage.io import imsave

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    image = np.zeros((16, 16, 3), dtype=np.uint8)
    image[:8, :8] = 200
    imsave("i.png", image, check_contrast=False)
    Path("corner_model.py").write_text(
        "def corner(images):\n    return images[:, :8, :8].mean(axis=(1, 2, 3))\n"
    )
    words = ["--model", "corner_model:corner", "--n-samples", "64", "--segments", "4"]
    assert main(["image", *words, "i.png", "-o", "why.html"]) == 0
    assert "segment" in capsys.readouterr().out
    assert "<svg" in Path("why.html").read_text(encoding="utf-8")


def test_skops_files_are_asked_about(tmp_path, monkeypatch, capsys):
    io = pytest.importorskip("skops.io")
    monkeypatch.chdir(tmp_path)
    X = pd.DataFrame({"a": np.arange(20.0), "b": np.arange(20.0) % 3})
    X.to_csv("t.csv", index=False)
    io.dump(LinearRegression().fit(X, X["a"]), "m.skops")
    words = ["explain", "--model", "m.skops", "--data", "t.csv", "--row", "3"]
    assert main([*words, "--n-samples", "50"]) == 0
    assert "a" in capsys.readouterr().out
