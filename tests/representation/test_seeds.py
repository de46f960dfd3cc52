"""Equal seeds give equal rows, in one piece or in parts."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from sklearn_baylime.representation import QuantileDiscretizer

N_ROWS = 3000


@pytest.fixture(scope="module")
def here():
    """Give a discretizer at an instance, and codes of 3000 rows."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100, 3))
    fitted = QuantileDiscretizer(random_state=0).fit(X)
    here = fitted.at(X[5])
    here.codes = rng.integers(0, 4, (N_ROWS, 3))
    here.codes[0] = here.reference_
    here.rows = here.inverse_transform(here.codes)
    return here


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(cuts=st.sets(st.integers(0, N_ROWS), max_size=6))
def test_parts_equal_the_whole_for_any_split(here, cuts):
    """Each part is told where it starts."""
    ends = [0, *sorted(cuts), N_ROWS]
    for first, last in pairwise(ends):
        part = here.inverse_transform(here.codes[first:last], start=first)
        assert_array_equal(part, here.rows[first:last])


@pytest.mark.parametrize("cut", [1, 2, 511, 512, 513, 1023, 1024, 1025, 2048, 2999])
def test_parts_equal_the_whole_around_likely_block_ends(here, cut):
    """Rows drawn in blocks have no seam at powers of two."""
    parts = [
        here.inverse_transform(here.codes[:cut]),
        here.inverse_transform(here.codes[cut:], start=cut),
    ]
    assert_array_equal(np.concatenate(parts), here.rows)


@pytest.mark.parametrize("random_state", [0, None, np.random.RandomState(0)])
def test_parts_equal_the_whole_for_every_table(table, tools, random_state):
    """After `at` this holds whatever the seed is, and for frames too."""
    fitted = QuantileDiscretizer(random_state=random_state).fit(table)
    here, codes = fitted.at(tools.instance(table, 3)), fitted.transform(table)
    codes[0] = here.reference_
    whole = here.inverse_transform(codes)
    cuts = [0, 1, 20, 60]
    parts = [here.inverse_transform(codes[a:b], start=a) for a, b in pairwise(cuts)]
    tools.assert_same_table(tools.stack(parts), whole)


def test_same_seed_gives_the_same_rows(table, tools):
    """Two fits with one seed agree."""
    codes = QuantileDiscretizer().fit_transform(table)
    first, second = (
        QuantileDiscretizer(random_state=5).fit(table).inverse_transform(codes)
        for _ in range(2)
    )
    tools.assert_same_table(first, second)


def test_calls_with_one_seed_repeat_themselves(fitted, table, tools):
    """Also two calls of one fitted discretizer agree, as do two instances."""
    codes = fitted.transform(table)
    tools.assert_same_table(
        fitted.inverse_transform(codes), fitted.inverse_transform(codes)
    )
    first, second = (fitted.at(tools.instance(table, 0)) for _ in range(2))
    tools.assert_same_table(
        first.inverse_transform(codes), second.inverse_transform(codes)
    )


@pytest.mark.parametrize("random_state", [1, np.random.RandomState(1), None])
def test_other_seeds_give_other_rows(random_state):
    """Values of a numeric column differ in all rows."""
    X = np.random.default_rng(0).normal(size=(60, 3))
    codes = QuantileDiscretizer().fit_transform(X)
    first = QuantileDiscretizer(random_state=0).fit(X).inverse_transform(codes)
    other = QuantileDiscretizer(random_state=random_state).fit(X)
    assert (first != other.inverse_transform(codes)).all()


def test_rows_of_one_code_differ_from_each_other(here):
    """The numbers of no two rows or columns are shared."""
    rows = here.inverse_transform(np.ones_like(here.codes))[1:]
    assert len(np.unique(rows)) == rows.size
