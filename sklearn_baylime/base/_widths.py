"""The width that LIME's kernel has where nobody chose one."""

from __future__ import annotations

import math

# LIME's width for masks compared by the cosine, in units of that distance.
MASK_WIDTH = 0.25


def lime_width(n_columns: int) -> float:
    r"""Return :math:`0.75 \sqrt d`: a distance between rows of d columns.

    LIME's choice for its Euclidean kernel. It stands here because samplers and exact
    weights, which do not know the kernel, have to agree with it.
    """
    return 0.75 * math.sqrt(n_columns)
