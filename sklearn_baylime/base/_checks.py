"""Checks of parts that anybody wrote, and tests of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from sklearn_baylime.base import (
    _check_kernel,
    _check_regressor,
    _check_representation,
    _check_sampler,
)
from sklearn_baylime.base._check_kernel import KernelCase
from sklearn_baylime.base._check_regressor import RegressorCase
from sklearn_baylime.base._check_representation import RepresentationCase
from sklearn_baylime.base._check_sampler import SamplerCase
from sklearn_baylime.base._parts import is_kernel, is_sampler


def check_representation(representation: Any, X: Any = None, x: Any = None) -> None:
    """Check whether a step can stand left of the sampler.

    Any step will do that has `inverse_transform`, with `at` or without.

    Parameters
    ----------
    representation : object
        The step, not fitted; a clone of it is.
    X : array-like, frame, sparse matrix or list, default=None
        Background, or a list of instances where codes exist at an instance only. A
        table of normal numbers by default.
    x : object, default=None
        Instance to be at; the first of `X` by default.

    Raises
    ------
    AssertionError
        If it breaks the contract: what was got, what was expected, what to write.
    TypeError
        If it lacks a method, or one takes something else.
    ValueError
        If `X` does not hold two instances that differ.

    See Also
    --------
    RepresentationMixin : What a representation can inherit.

    Examples
    --------
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn_baylime.base import check_representation
    >>> check_representation(StandardScaler())
    """
    _run(_check_representation.CHECKS, RepresentationCase, representation, X, x)


def check_sampler(sampler: Any, codes: Any = None, reference: Any = None) -> None:
    """Check whether a step can draw rows around an instance.

    Parameters
    ----------
    sampler : object
        The sampler, not fitted; a clone of it is.
    codes : ndarray or csr matrix of shape (n_rows, n_columns), default=None
        Background; numbers 0..3 by default, none where none is needed.
    reference : ndarray of shape (n_columns,) or csr matrix, default=None
        Code of the instance; the first of the background by default, and ones where no
        background is needed.

    Raises
    ------
    AssertionError
        If it breaks the contract: what was got, what was expected, what to write.
    TypeError
        If it lacks a method, or one takes something else.
    ValueError
        If its groups or log weights do not fit its rows.

    See Also
    --------
    Sampler : What a sampler is asked for.

    Examples
    --------
    >>> from sklearn_baylime.base import check_sampler
    >>> from sklearn_baylime.sampling import BinSampler
    >>> check_sampler(BinSampler())
    """
    _run(_check_sampler.CHECKS, SamplerCase, sampler, codes, reference)


def check_kernel(kernel: Any, rows: Any = None) -> None:
    """Check whether a step can weigh rows.

    Parameters
    ----------
    kernel : object
        The kernel, not fitted; a clone of it is.
    rows : ndarray or csr matrix of shape (n_rows, n_columns), default=None
        Rows, that of the instance first; zeros and ones by default.

    Raises
    ------
    AssertionError
        If it breaks the contract: what was got, what was expected, what to write.
    TypeError
        If it lacks a method, or one takes something else.
    ValueError
        If it returns what cannot be the log of a weight.

    See Also
    --------
    Kernel : What a kernel is asked for.

    Examples
    --------
    >>> from sklearn_baylime.base import check_kernel
    >>> from sklearn_baylime.surrogate import ExponentialKernel
    >>> check_kernel(ExponentialKernel())
    """
    _run(_check_kernel.CHECKS, KernelCase, kernel, rows)


def check_regressor(regressor: Any, rows: Any = None) -> None:
    """Check whether a step can be the local model.

    Parameters
    ----------
    regressor : object
        The regressor, not fitted; a clone of it is.
    rows : ndarray of shape (n_rows, n_columns), default=None
        Rows; normal numbers by default.

    Raises
    ------
    AssertionError
        If it breaks the contract: what was got, what was expected, what to write.
    TypeError
        If it lacks a method, or takes no `sample_weight`.

    See Also
    --------
    LocalRegressor : What a regressor is asked for.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn_baylime.base import check_regressor
    >>> check_regressor(Ridge())
    """
    _run(_check_regressor.CHECKS, RegressorCase, regressor, rows)


def parametrize_with_checks(parts: Iterable[Any]) -> Any:
    """Make one test of each part and check, as scikit-learn does of estimators.

    Parameters
    ----------
    parts : iterable of object or tuple
        Parts by what they can do: samplers have `sample`, kernels `score_samples`,
        regressors `predict`, and representations none of these. A tuple is a part and
        the further arguments of its check, such as ``(representation, X)``.

    Returns
    -------
    decorator : pytest.MarkDecorator
        Decorates a test that takes `part` and `check`.

    See Also
    --------
    check_representation, check_sampler, check_kernel, check_regressor :
        All checks of one part.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn_baylime.base import parametrize_with_checks
    >>> @parametrize_with_checks([Ridge()])
    ... def test_part(part, check):
    ...     check(part)
    """
    import pytest

    cases = [
        pytest.param(
            part, partial(_run_one, check, make, data), id=f"{_short(part)}-{name}"
        )
        for part, *data in (p if isinstance(p, tuple) else (p,) for p in parts)
        for name, check, make in _checks_of(part)
    ]
    return pytest.mark.parametrize(("part", "check"), cases)


def _short(part: Any, most: int = 70) -> str:
    text = " ".join(repr(part).split())
    return text if len(text) <= most else f"{text[:most]}..."


def _checks_of(part: Any) -> list[tuple[str, Callable, Callable]]:
    """Return names, checks and cases of the role that a part has."""
    checks, make = _role_of(part)
    return [(check.__name__, check, make) for check in checks]


def _role_of(part: Any) -> tuple[list[Callable], Callable]:
    if is_sampler(part):
        return _check_sampler.CHECKS, SamplerCase
    if is_kernel(part):
        return _check_kernel.CHECKS, KernelCase
    if hasattr(part, "predict"):
        return _check_regressor.CHECKS, RegressorCase
    return _check_representation.CHECKS, RepresentationCase


def _run_one(
    check: Callable[..., None], make: Callable[..., Any], data: Any, part: Any
) -> None:
    check(make(part, *data))


def _run(checks: Any, make: Callable[..., Any], part: Any, *data: Any) -> None:
    # Methods come first, without which a case cannot be made.
    for check in checks:
        check(make(part, *data))
