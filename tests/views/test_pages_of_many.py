"""Many targets are one page: contents, the likeliest first, one scale."""

import re
from dataclasses import replace

import numpy as np

CLASSES = [f"{t}" for t in range(4)]


def tables(explain, coef, answers, **changes):
    n = len(coef)
    explanation = explain("a b", coef, target_names=CLASSES[:n], **changes)
    explanation = replace(explanation, instance=None, prediction=np.array(answers))
    return explanation.to_html().partition("</style>")[2]


COEF = [[0.1, -0.2], [0.4, 0.3], [0.2, -0.1], [0.01, 0.02]]


def test_classes_have_contents_and_the_likeliest_is_first(explain):
    page = tables(explain, COEF, [0.2, 0.5, 0.3, 0.0])
    contents, _, rest = page.partition("</nav>")
    assert re.findall(r">class (\d)</a>", contents) == ["1", "2", "0", "3"]
    links = re.findall(r'href="#([^"]+)"', contents)
    assert [rest.count(f'id="{link}"') for link in links] == [1] * 4
    heads = re.findall(r"<em>class (\d)</em>", rest)
    assert heads == ["1", "2", "0", "3"] and rest.count('class="folded"') == 3
    assert "All bars below are on one scale" in page


def widths(page):
    bars = re.findall(r'<rect [^>]*width="([\d.]+)"', page)
    return np.array(bars, dtype=float)


def test_probabilities_are_on_one_scale(explain):
    page = tables(explain, COEF, [0.2, 0.5, 0.3, 0.0], std=1e-3)
    bars = widths(page.partition("</nav>")[2])
    per_unit = bars / np.abs([0.4, 0.3, 0.2, 0.1, 0.2, 0.1, 0.02, 0.01])
    assert np.ptp(per_unit) < 0.2 * per_unit.max()


def test_quantities_of_other_sizes_have_scales_of_their_own(explain):
    coef = [[1.0, 2.0], [1000.0, 3000.0], [2.0, 1.0]]
    page = tables(explain, coef, [5.0, 9000.0, 4.0], std=1e-3)
    assert "Each has its own scale" in page
    # In their own order, since they are no shares.
    assert re.findall(r"<em>class (\d)</em>", page) == ["0", "1", "2"]
    assert (widths(page.partition("</nav>")[2]).reshape(3, 2).max(axis=1) > 100).all()


def test_two_classes_that_mirror_each_other_are_told_once(explain):
    page = tables(explain, [[0.5, -0.2], [-0.5, 0.2]], [0.7, 0.3])
    assert page.count("<table>") == 1 and "<nav" not in page
    assert "What raises class 0 lowers class 1" in page
    other = tables(explain, [[0.5, -0.2], [-0.5, 0.1]], [0.7, 0.3])
    assert other.count("<table>") == 2


def test_wide_intervals_do_not_dwarf_bars(explain):
    covariance = [np.diag([1e-6, 1e4])]
    page = tables(explain, [[1.0, 0.5]], [0.5], selected_covariance=covariance)
    assert widths(page).max() > 60


def test_many_warnings_are_folded(explain):
    page = tables(explain, COEF[:1], [0.5], warnings=[f"Note {i}." for i in range(9)])
    assert "6 more warnings" in page and page.count('class="warning"') == 9
    assert page.index("Note 2") < page.index("<details>") < page.index("Note 3")
