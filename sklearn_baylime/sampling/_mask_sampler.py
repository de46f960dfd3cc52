"""Components removed independently of each other, at random or by a design."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from sklearn_baylime.base._sklearn import Interval, StrOptions
from sklearn_baylime.base._tilt import log_coin_sizes, tilt_sizes
from sklearn_baylime.base._widths import MASK_WIDTH
from sklearn_baylime.sampling._base import LOCAL, check_count, local_width
from sklearn_baylime.sampling._base_mask_sampler import BaseMaskSampler
from sklearn_baylime.sampling._local_masks import draw_sizes, resize_masks

# Uniform numbers drawn at a time, since they take eight times their masks' memory.
_PART = 2**18


def flip_coins(
    n_masks: int, n_components: int, p: float, rng: np.random.Generator
) -> np.ndarray:
    """Draw masks of independent coins.

    Parameters
    ----------
    n_masks, n_components : int
        Shape of the masks.
    p : float
        Probability of a one.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    masks : ndarray of int8 of shape (n_masks, n_components)
    """
    if p == 0.5:
        # One random bit a coin instead of a float.
        packed = rng.integers(0, 256, (n_masks, -(-n_components // 8)), dtype=np.uint8)
        return np.unpackbits(packed, axis=1, count=n_components).view(np.int8)
    masks = np.empty((n_masks, n_components), dtype=np.int8)
    step = max(1, _PART // n_components)
    for start in range(0, n_masks, step):
        part = masks[start : start + step]
        part[:] = rng.random(part.shape) < p
    return masks


def antithetic(masks: np.ndarray, p: float, rng: np.random.Generator) -> np.ndarray:
    """Draw the partners of masks of coins; for p = 1/2 their complements.

    If a mask is 1 where a uniform number u < p, its partner is 1 where 1 - u < p. For
    p < 1/2 both are never 1, so the partner is 1 with probability p / (1 - p) where the
    mask is 0; for p > 1/2 both are never 0, and zeros and ones change their roles.

    Parameters
    ----------
    masks : ndarray of int8 of shape (n_masks, n_components)
        Ones have probability `p`.
    p : float
        Probability inside (0, 1).
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    partners : ndarray of int8 of shape (n_masks, n_components)
        Their ones have probability `p`, too.
    """
    if p == 0.5:
        return 1 - masks
    n_masks, n_components = masks.shape
    coins = flip_coins(n_masks, n_components, min(p, 1 - p) / max(p, 1 - p), rng)
    return (1 - masks) & coins if p < 0.5 else 1 - (masks & coins)


def draw_hadamard(
    n_masks: int,
    n_components: int,
    rng: np.random.Generator,
    *,
    is_folded: bool = True,
) -> np.ndarray:
    r"""Draw masks from randomized Hadamard matrices, block by block.

    Entry :math:`(r, c)` of Sylvester's matrix of order :math:`m = 2^k` is the parity of
    the bits that :math:`r` and :math:`c` share. A block has one row for each :math:`r`,
    in random order, and random different :math:`c`, one a column. A coin turns each
    column around, so that every single row consists of independent fair coins.

    Parameters
    ----------
    n_masks, n_components : int
        Shape of the masks. The order is the least :math:`m \ge` n_components.
    rng : numpy.random.Generator
        Source of randomness.
    is_folded : bool, default=True
        Whether each mask's complement is asked as well. Without them the matrix' one
        constant column, :math:`c = 0`, is left out, and m exceeds n_components.

    Returns
    -------
    masks : ndarray of int8 of shape (n_masks, n_components)
        Blocks of m rows, of which the last may be cut.
    """
    first = 0 if is_folded else 1
    n_bits = (n_components - 1 + first).bit_length()
    n_blocks = -(-n_masks // 2**n_bits)
    numbers = np.tile(np.arange(2**n_bits), (n_blocks, 1))
    r = rng.permuted(numbers, axis=1).ravel()[:n_masks]
    c = rng.permuted(numbers[:, first:], axis=1)[:, :n_components]
    block = np.arange(n_masks) >> n_bits
    # Eight columns a byte: the parity is a sum of products of bits, modulo 2.
    packed = rng.integers(0, 256, (n_blocks, -(-n_components // 8)), dtype=np.uint8)
    packed = packed[block]
    for bit in range(n_bits):
        bits_of_columns = np.packbits(c >> bit & 1, axis=1)
        bits_of_rows = (r >> bit & 1).astype(np.uint8)
        packed ^= bits_of_columns[block] * bits_of_rows[:, None]
    return np.unpackbits(packed, axis=1, count=n_components).view(np.int8)


def pair_up(n_samples: int, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return masks (n_samples, n_components), pair by pair behind the instance's.

    There are n_samples // 2 pairs; the last has one mask only if n_samples is even.
    """
    masks = np.ones((2 * len(first) + 1, first.shape[1]), dtype=np.int8)
    masks[1::2], masks[2::2] = first, second
    return masks[:n_samples]


def all_masks(n_components: int, rng: np.random.Generator) -> np.ndarray:
    """Return each of the 2 ** n_components masks once, all ones first."""
    last = 2**n_components - 1
    codes = np.append(last, rng.permutation(last)).astype("<u8")
    octets = codes.view(np.uint8).reshape(-1, 8)
    bits = np.unpackbits(octets, axis=1, count=n_components, bitorder="little")
    return bits.view(np.int8)


class MaskSampler(BaseMaskSampler):
    r"""Sampler of masks that keep each component with the same probability.

    LIME's law for images. Every mask but the first, the instance's, keeps each
    component with probability :math:`p`, independently of the others. The design says
    how masks depend on each other.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of masks, the instance counted.

    design : {"orthogonal", "balanced", "paired", "random"}, default="orthogonal"
        "random" draws masks independently, as LIME does. "paired" draws pairs from
        uniform numbers :math:`u` and :math:`1 - u`, which are complements for
        :math:`p = 1/2`. "orthogonal" takes the rows of randomized Hadamard matrices,
        each followed by its complement; "balanced" takes them without complements.
        Both need :math:`p = 1/2`.

    p : float, default=0.5
        Probability :math:`p` that a component is kept, between 0 and 1. For values
        other than 1/2 an explainer gives masks the weights of `log_weights`, so that
        the explanation stays that of fair coins; far from 1/2 few masks have nearly all
        the weight.

    local : bool or float, default=False
        Whether masks are drawn where the kernel looks, by law times kernel, so that all
        weigh the same: a number is the width of an `ExponentialKernel` of the cosine
        distance, True is LIME's, 0.25. See the notes.

    See Also
    --------
    SubsetSampler : Removes any number of components equally often.

    Notes
    -----
    If :math:`p = 1/2` and the number :math:`2^d` of different masks of :math:`d`
    components is at most n_samples, whatever the design, each of them is returned
    once: :math:`2^d` rows instead of n_samples, and averages are exact. For other
    :math:`p` they would need weights, and masks are drawn.

    A complete block of the orthogonal design has :math:`2m` masks, with the least power
    of two :math:`m \ge d`. It is an orthogonal array of strength 3 [3]_: any three
    columns hold each of their 8 patterns equally often. So columns are balanced and
    uncorrelated, averages of functions that join at most three components are exact,
    and without kernel weights interactions of two components do not bias a slope.
    Blocks follow each other, each newly randomized, and the last is cut to the pairs
    that are needed. If n_samples is even, the last pair has one mask only, in the
    paired design too.

    Every single mask has the same law under all designs, so kernel weights mean the
    same. What pairs change is seen in the misfit :math:`r = r_+ + r_-` of the linear
    model, whose parts :math:`r_\pm(z) = (r(z) \pm r(1 - z)) / 2` are even and odd. The
    error of a slope is about :math:`\frac{2}{n} \sum_i \pm r(z_i)`, with the sign of
    the component. Without kernel weights its variance is

    .. math:: \frac{4}{n} \mathrm{E}[r_+^2 + r_-^2] \text{ for random masks, }
        \qquad \frac{8}{n} \mathrm{E}[r_-^2] \text{ for pairs.}

    Interactions of two components are even: in a pair they cancel. Odd misfit, such as
    that of a model that saturates, counts double: a mask and its complement say the
    same of a slope. (Averages of answers have it the other way round: pairs remove the
    noise of odd functions and double the variance of even ones.) So a pair is one
    observation, and `groups` says so. Taken for two, it makes intervals too short where
    misfit is odd, by up to :math:`\sqrt 2`, and too long where it is even.

    The balanced design has no complements. A complete block of m > d masks is an
    orthogonal array of strength 2: columns are balanced and uncorrelated, which spares
    what random masks lose by correlations that happen to be there, and misfit of any
    order counts as among random masks, once. So it is the choice where effects are
    mostly *odd*: models that saturate, interactions of three components. On functions
    of 45 masks, n = 129 to 513, its error was 0.6 to 0.9 of random masks', whereas that
    of the orthogonal design was 0.1 of it for interactions of two components and up to
    1.6 times it for a sigmoid.

    The cosine kernel of a mask depends on how many components it keeps alone. With
    `local`, that number is drawn by its law times the kernel, and every set of as many
    components is as likely [4]_. The masks of the design are turned into such ones in
    as few components as can be: masks with more ones keep more, so that wide kernels
    leave the designs what they are, and complements become partners that still differ
    as much as they can. In blocks, all components are removed equally often.
    `log_weights` tells what the kernel's factor was, and an explainer adds it to the
    kernel's: at the width of `local` masks weigh the same, at another by the ratio of
    both kernels, so that one set of masks serves several widths. Averages are those of
    the kernel's weights at any of them; the instance counts as one of the masks.

    Codes are int8: 1 keeps a component as in the instance, 0 removes it. Nothing is
    learned, so `sample` needs no `fit` before.

    References
    ----------
    .. [1] M. T. Ribeiro, S. Singh, C. Guestrin (2016). "Why Should I Trust You?":
       Explaining the Predictions of Any Classifier. KDD.
    .. [2] R. L. Plackett, J. P. Burman (1946). The Design of Optimum Multifactorial
       Experiments. Biometrika 33.
    .. [3] A. S. Hedayat, N. J. A. Sloane, J. Stufken (1999). Orthogonal Arrays: Theory
       and Applications. Springer.
    .. [4] Z. Tan, Y. Tian, J. Li (2023). GLIME: General, Stable and Local LIME
       Explanation. NeurIPS.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.sampling import MaskSampler
    >>> sampler = MaskSampler(n_samples=1 + 2 * 2 * 32)
    >>> masks = sampler.sample(np.ones(20), random_state=0)
    >>> masks.shape
    (129, 20)
    >>> signs = 2 * masks[1:].astype(int) - 1
    >>> bool((signs.T @ signs == 128 * np.eye(20)).all())
    True

    All masks of two components:

    >>> sampler.sample([1, 1], random_state=0)
    array([[1, 1],
           [...],
           [...],
           [...]], dtype=int8)
    """

    _parameter_constraints: dict = {
        **BaseMaskSampler._parameter_constraints,
        "design": [StrOptions({"orthogonal", "balanced", "paired", "random"})],
        "p": [Interval(Real, 0, 1, closed="neither")],
        "local": LOCAL,
    }

    def __init__(
        self,
        n_samples: int = 1000,
        *,
        design: str = "orthogonal",
        p: float = 0.5,
        local: bool | float = False,
    ) -> None:
        self.n_samples = n_samples
        self.design = design
        self.p = p
        self.local = local

    def log_weights(self, codes: Any, reference: Any = None) -> np.ndarray | None:
        r"""Return the importance of masks under fair coins.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_components)
            Masks.
        reference : array-like of shape (n_components,), default=None
            Present for consistency.

        Returns
        -------
        log_weights : ndarray of shape (n_samples,) or None
            :math:`k \log(\tfrac12 / p) + (d - k) \log(\tfrac12 / (1 - p))` for masks
            that keep k of d components; with `local` what the kernel's factor was, so
            that weights are as large as the kernel's on average. None for
            :math:`p = 1/2` without `local`, and where all masks are asked once.
        """
        n_samples, n_components = np.shape(codes)
        n_kept = np.asarray(codes).sum(axis=1, dtype=np.int64)
        width = local_width(self.local, MASK_WIDTH)
        if width is not None and not self._holds_all(n_components, n_samples):
            sizes = log_coin_sizes(n_components)
            return tilt_sizes(sizes, n_components, width)[1][n_kept]
        if self.p == 0.5:
            return None
        n_removed = n_components - n_kept
        return -n_kept * np.log(2 * self.p) - n_removed * np.log(2 * (1 - self.p))

    def groups(self, n_rows: int, reference: Any = None) -> np.ndarray | None:
        """Tell which masks were drawn together: a mask and its partner.

        Parameters
        ----------
        n_rows : int
            Number of masks that were drawn, the instance's counted. If only the first
            of them were answered, take the first of the groups.
        reference : array-like of shape (n_components,), default=None
            Mask of the instance. Without it nobody can tell whether n_rows masks are
            all that there are; see `is_exhaustive`.

        Returns
        -------
        groups : ndarray of int of shape (n_rows,) or None
            0 for the instance, then the number of the pair; if n_rows is even, the last
            mask is alone. None if masks are independent, balanced, or all there are.

        Notes
        -----
        Both masks of a pair have the same odd misfit, so that they are one observation
        of a slope's noise; see the notes of the class. Blocks of the orthogonal design
        are no groups: Hadamard rows without their complements, which the balanced
        design consists of, are as good as independent there, and blocks are too few to
        tell a variance.
        """
        n_rows = check_count(n_rows, "n_rows")
        if self.design in ("random", "balanced"):
            return None
        if reference is not None and self.is_exhaustive(reference, n_rows):
            return None
        return (np.arange(n_rows) + 1) // 2

    def is_exhaustive(self, reference: Any, n_samples: int | None = None) -> bool:
        r"""Tell whether a sample holds all masks, each once.

        Parameters
        ----------
        reference : array-like of shape (n_components,)
            Mask of the instance: ones only.
        n_samples : int or None, default=None
            Number of masks that is asked for; the sampler's own if None.

        Returns
        -------
        is_exhaustive : bool
            Whether :math:`p = 1/2` and :math:`2^d` is at most n_samples, for d
            components.
        """
        n_components = len(self._check_reference(reference))
        n_samples = self.n_samples if n_samples is None else n_samples
        return self._holds_all(n_components, check_count(n_samples, "n_samples"))

    def _holds_all(self, n_components: int, n_samples: int) -> bool:
        # In bits, since powers of two overflow.
        return self.p == 0.5 and n_components < n_samples.bit_length()

    def _validate_params(self) -> None:
        super()._validate_params()
        if self.design in ("orthogonal", "balanced") and self.p != 0.5:
            raise ValueError(
                f"p is {self.p!r}, expected 0.5 for design={self.design!r}; choose "
                "design='paired' or 'random'."
            )
        if self.local is not False and self.p != 0.5:
            raise ValueError(
                f"p is {self.p!r} beside local={self.local!r}, expected 0.5, for the "
                "kernel decides how many components are kept; leave one of them out."
            )

    def _draw(
        self, reference: Any, n_samples: int, rng: np.random.Generator
    ) -> np.ndarray:
        n_components = len(reference)
        if self._holds_all(n_components, n_samples):
            return all_masks(n_components, rng)
        masks = self._draw_design(n_samples, n_components, rng)
        width = local_width(self.local, MASK_WIDTH)
        if width is not None:
            law = tilt_sizes(log_coin_sizes(n_components), n_components, width)[0]
            is_even = self.design in ("orthogonal", "balanced")
            is_paired = self.design in ("orthogonal", "paired")
            sizes = draw_sizes(masks[1:], law, rng, is_paired=is_paired)
            resize_masks(masks[1:], sizes, rng, is_even=is_even)
        return masks

    def _draw_design(
        self, n_samples: int, n_components: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Draw masks of coins; the first is spare."""
        if self.design == "random":
            return flip_coins(n_samples, n_components, self.p, rng)
        if self.design == "balanced":
            # The first mask is spare: no row of a block is thrown away for it.
            masks = np.ones((n_samples, n_components), dtype=np.int8)
            masks[1:] = draw_hadamard(n_samples - 1, n_components, rng, is_folded=False)
            return masks
        n_pairs = n_samples // 2
        if self.design == "paired":
            first = flip_coins(n_pairs, n_components, self.p, rng)
        else:
            first = draw_hadamard(n_pairs, n_components, rng)
        return pair_up(n_samples, first, antithetic(first, self.p, rng))
