"""Files have all targets."""

import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib import image

from sklearn_baylime.views._save import save_picture


def size_of(path):
    return image.imread(path).shape[:2]


@pytest.mark.parametrize("n_targets", [2, 7])
def test_a_pdf_has_a_page_for_each_target(explain, tmp_path, n_targets):
    coef = np.linspace(-1, 1, 2 * n_targets).reshape(n_targets, 2)
    path = explain("a b", coef).save(tmp_path / "why.pdf")
    found = re.findall(rb"/Type /Page\b", path.read_bytes())
    assert len(found) == n_targets


def test_many_are_below_each_other(explain, tmp_path):
    one = size_of(explain("a b", [[1, -1]]).save(tmp_path / "one.png"))
    eight = size_of(explain("a b", [[1, -1]] * 8).save(tmp_path / "eight.png"))
    assert eight[1] == one[1] and eight[0] == pytest.approx(8 * one[0], abs=8)


def table(explain, n_targets):
    return replace(explain("a b", [[1, -1]] * n_targets), instance=None)


def test_few_targets_of_a_table_are_on_one_axis(explain, tmp_path):
    path = table(explain, 3).save(tmp_path / "why.svg")
    text = path.read_text()
    assert text.count('id="axes_') == 1
    many = table(explain, 7).save(tmp_path / "many.svg").read_text()
    assert many.count('id="axes_') == 7


def test_images_are_side_by_side(explain_image, tmp_path):
    one = size_of(explain_image().save(tmp_path / "one.png"))
    two = size_of(explain_image([[1, 2, 3, 4]] * 2).save(tmp_path / "two.png"))
    assert two[1] > 1.2 * one[1] and two[0] < 1.4 * one[0]


def test_one_target_is_its_own_picture(explain, tmp_path):
    explanation = explain("a b", [[1, -1]])
    save_picture(explanation, tmp_path / "a.png")
    assert size_of(tmp_path / "a.png") == size_of(explanation.save(tmp_path / "b.png"))
