"""A thin slice of the audit, and its parts: seconds, in every run of the tests."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from auditing import command
from auditing.asking import flat_fit, open_weights
from auditing.cells import all_cells
from auditing.command import choose, main, run_cell
from auditing.goals import NONE, Goal
from auditing.intervals import measure_intervals
from auditing.priors import FixedTrust, make_priors, probability_of_nothing
from auditing.problems import Asked, mixed_masks
from auditing.statistics import ratio_of_errors, share_of_stated
from auditing.table import read_records

ENOUGH = "masks/alike/12/r2=0.8/n=240/random/noise=0"


def test_intervals_of_many_random_rows_cover():
    """60 repeats of 12 weights: four standard errors are about 3.5 points."""
    measures = {m.name: m for m in measure_intervals(all_cells()[ENOUGH], 60)}
    for level in (50, 80, 95):
        found = measures[f"coverage of {level} %"]
        assert abs(found.value - level / 100) < 4 * found.error + 0.01
    assert measures["error against the better"].value < 1.1
    assert measures["open runs"].count == 0


def test_a_cell_repeats_itself():
    first, second = (run_cell(ENOUGH, 3) for _ in range(2))
    assert [(r.measure, r.value) for r in first] == [
        (r.measure, r.value) for r in second
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "priors/steep/12/n=12",
        "queries/few/12/n=36/random",
        "sobol/probit/12/n=240",
        "forests/12/n=36",
    ],
)
def test_each_kind_of_cell_gives_numbers(cell):
    records = run_cell(cell, 3)
    judged = [r for r in records if r.met]
    assert judged and all(np.isfinite(r.value) for r in judged)


def test_names_of_cells_choose_them():
    assert choose(["forests/12/*"]) == [f"forests/12/n={n}" for n in (36, 120, 360)]
    assert len(choose(["summary"])) == 3
    with pytest.raises(ValueError, match="No cell is like 'forest'"):
        choose(["forest"])


def test_a_run_is_taken_up_where_it_stopped(tmp_path, capsys):
    out = tmp_path / "audit.csv"
    cells = [f"masks/few/12/r2=0.8/n=24/{d}/noise=0" for d in ("random", "paired")]
    options = ["--repeats", "3", "--jobs", "1", "--out", str(out), "--cells"]
    main([*options, cells[0]])
    before = read_records(out)
    main([*options, *cells])
    after = read_records(out)
    assert "1 of 2 cells to measure" in capsys.readouterr().out
    # Texts, since nan is not equal to itself.
    assert list(map(str, after[: len(before)])) == list(map(str, before))
    assert list(dict.fromkeys(r.cell for r in after)) == cells
    page = out.with_suffix(".md").read_text()
    assert "| masks | coverage of 95 % | 0.92 to 0.98 | 2 |" in page


def test_a_cell_that_fails_leaves_the_others(tmp_path, capsys, monkeypatch):
    def fail(cell, n_repeats):
        raise ValueError("no such thing")

    monkeypatch.setitem(command.RUNNERS, "priors", fail)
    monkeypatch.setattr(command, "ProcessPoolExecutor", ThreadPoolExecutor)
    out = tmp_path / "audit.csv"
    good, bad = "masks/few/12/r2=0.8/n=24/random/noise=0", "priors/steep/12/n=12"
    options = ["--repeats", "3", "--jobs", "1", "--out", str(out), "--cells"]
    with pytest.raises(SystemExit, match=f"1 cells failed: {bad}"):
        main([*options, good, bad])
    assert "ValueError('no such thing')" in capsys.readouterr().out
    assert {r.cell for r in read_records(out)} == {good}


def test_goals_judge_by_their_ends_and_the_error():
    goal = Goal(0.92, 0.98)
    assert goal.judge(0.92) == "yes"
    assert goal.judge(0.91, 0.006) == "near"
    assert goal.judge(0.91, 0.004) == "no"
    assert goal.judge(np.nan) == NONE.judge(3.0) == ""
    assert (str(goal), str(Goal(high=2.0)), str(NONE)) == (
        "0.92 to 0.98",
        "at most 2",
        "",
    )


def test_open_intervals_are_set_apart():
    inside = np.array([[True, False], [True, True], [False, False]])
    stated = np.array([[True, False], [True, True], [False, True]])
    assert share_of_stated(inside, stated)[0] == 3 / 4
    assert np.isnan(share_of_stated(inside, stated & False)[0])


class Explained:
    """What the audit asks of an explanation."""

    coef = np.zeros((1, 2))

    def __init__(self, **said):
        vars(self).update(said)

    def interval(self, level):
        return np.array([[[-1.0, -np.inf]], [[1.0, np.inf]]])


def test_an_infinite_or_open_interval_is_open():
    assert open_weights(Explained()).tolist() == [False, True]
    assert open_weights(Explained(is_open=True)).tolist() == [True, True]
    said = np.array([[True, False]])
    assert open_weights(Explained(is_open=said)).tolist() == [True, True]


@pytest.mark.parametrize(
    "odds",
    [
        {"stated": 0.2, "nothing": 0.5},
        {"nothing": np.array([0.5])},
        Explained(nothing=0.5),
        np.array([[0.2, 0.3, 0.5]]),
    ],
)
def test_odds_are_read_by_name_or_in_order(odds):
    assert probability_of_nothing(Explained(prior_odds=odds)) == 0.5
    assert np.isnan(probability_of_nothing(Explained()))


def test_flat_fit_is_least_squares_with_hc3():
    problem = mixed_masks("few", 12, 0.5)
    explainer = problem.make(60, "random").set_params(random_state=0)
    hood = explainer.sample(problem.x)
    coef, std = flat_fit(problem, hood)
    rows, y = problem.matches(hood), hood.answers[:, 0]
    weights = problem.weights(rows)
    X = np.column_stack([np.ones(60), rows])
    bread = np.linalg.inv(X.T @ (weights[:, None] * X))
    expected = bread @ X.T @ (weights * y)
    leverage = weights * np.einsum("ij,jk,ik->i", X, bread, X)
    scores = X * (weights * (y - X @ expected) / (1 - leverage))[:, None]
    np.testing.assert_allclose(coef, expected[1:])
    np.testing.assert_allclose(
        std, np.sqrt(np.diag(bread @ scores.T @ scores @ bread))[1:], rtol=0.05
    )


def test_fixed_trust_goes_from_the_data_to_the_prior():
    rng = np.random.default_rng(0)
    A, mean = rng.standard_normal((50, 3)), np.array([1.0, 2.0, 3.0])
    c = A @ [1.0, -1.0, 0.5] + rng.standard_normal(50)
    coefs = FixedTrust(A, c).coefs(mean)
    np.testing.assert_allclose(
        coefs[0], np.linalg.lstsq(A, c, rcond=None)[0], atol=1e-4
    )
    np.testing.assert_allclose(coefs[-1], mean, atol=1e-4)


def test_priors_are_what_they_are_called():
    truth = np.array([3.0, -2.0, 1.0, 0.5, 0.0])
    priors = make_priors(truth, np.random.default_rng(0))
    assert sorted(priors["shuffled"]) == sorted(truth)
    assert np.sign(priors["strongest wrong"][0]) == -1
    turned = priors["half right"] == -priors["good 10 %"]
    assert turned.sum() == 2
    np.testing.assert_array_equal(priors["times 40"], 40 * truth)


def test_noise_depends_on_the_seed_alone():
    model = Asked(lambda rows: np.zeros(len(rows)))
    model.noise = 2.0
    answers = []
    for _ in range(2):
        model.rng = np.random.default_rng(5)
        answers.append(model(np.zeros(1000)))
    np.testing.assert_array_equal(*answers)
    assert answers[0].std() == pytest.approx(2.0, rel=0.1)


def test_ratio_of_errors_is_that_of_root_mean_squares():
    found = ratio_of_errors("", np.array([4.0, 4.0]), np.array([1.0, 1.0]))
    assert (found.value, found.error) == (2.0, 0.0)
