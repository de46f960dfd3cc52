"""Docs of the parameters that all factories share, written once."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import Any, TypeVar

_Factory = TypeVar("_Factory", bound=Callable[..., Any])

# Signatures stay written in full: that is what editors and type checkers show. The
# tests hold them and these docs together.
SHARED = """\
n_features : int or None, default=None
    Number of {features} in the explanation; all if None.

feature_selection : "auto", "forward", "highest", "lasso_path" or "none", \
default="auto"
    How they are chosen: "auto", as in LIME, by forward selection up to 6 features
    and by the highest weights of all beyond. The explanation by all features is
    kept as its `all_features`.

kernel_width : float or None, default=None
    Width of the kernel, in units of {distance}; {width} if None.

kernel : estimator or None, default=None
    Kernel, such as {kernel}, instead.

regressor : estimator or None, default=None
    Local model; if None `InformativeBayesianRidge` with `covariance="robust"`,
    `trust="integrate"`, `prior_dof="mixed"` and `prior_odds="open"`, and with
    `tie_targets` for a classifier. `sklearn.linear_model.Ridge(alpha=1)` gives
    LIME's weights.

class_names : sequence of str or None, default=None
    Names of the outputs; the model's classes if None.

rows : "own" or "shared", default="own"
    Whether instances have rows of their own, or share one set of rows, or where these
    follow the instance the random numbers that make them; see `ExplainerPipeline`.
    Bins of an instance that are rare are drawn no oftener then.

proxy : None, "auto" or regressor, default=None
    A cheap model that learns a costly one's answers, so that fewer queries do; see
    `ExplainerPipeline`.

batch_size : int or None, default=None
    Most {rows} in one call of the model; {batch} if None. See `BlackBox`.

stopping : callable or None, default=None
    When to stop asking; see `ExplainerPipeline`.

random_state : int, RandomState instance or None, default=None
    Seed; with an int every call gives the same explanation.

n_jobs : int or None, default=None
    Groups of instances explained in parallel.

memory : None, True, str, mapping or joblib.Memory, default=None
    Where answers are kept; see `BlackBox`.

verbose : bool or callable, default=False
    Whether to show progress; see `ExplainerPipeline`."""

# The kernel of masks, which images and texts share.
MASK_KERNEL = {
    "distance": "the cosine distance between masks",
    "width": "0.25, as in LIME,",
    "kernel": '``ExponentialKernel(1.0, metric="cosine")``',
}


def with_shared_docs(**words: str) -> Callable[[_Factory], _Factory]:
    """Decorate a factory: the line ``{shared}`` of its docstring becomes `SHARED`.

    Parameters
    ----------
    **words : str
        What `SHARED` leaves open: "features", "rows", "distance", "width", "kernel"
        and "batch".

    Returns
    -------
    decorator : callable
        Returns the function itself. Without docstrings, as under ``python -OO``, it
        does nothing.
    """
    shared = fill(SHARED.format(**words))

    def decorate(factory: _Factory) -> _Factory:
        if factory.__doc__ is not None:
            # From 3.13 on docstrings come without their indentation.
            factory.__doc__ = re.sub(
                r"^( *)\{shared\}$",
                lambda found: textwrap.indent(shared, found[1]),
                factory.__doc__,
                flags=re.MULTILINE,
            )
        return factory

    return decorate


def fill(docs: str) -> str:
    """Break the lines of descriptions anew, since words of any length came in."""
    parts = []
    for part in docs.split("\n\n"):
        name, *lines = part.split("\n")
        told = " ".join(line.strip() for line in lines)
        told = textwrap.fill(told, 80, initial_indent="    ", subsequent_indent="    ")
        parts.append(f"{name}\n{told}")
    return "\n\n".join(parts)
