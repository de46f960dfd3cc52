"""Whether an explanation finds room in memory, before anything is drawn or asked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from scipy import sparse

# Numbers of 8 bytes that a fit holds at its peak: copies of the rows, of which there
# are more where they are fewer than the features; squares of the shorter side; and
# what a feature takes by itself: its name, and its share in mixtures.
_COPIES, _COPIES_WIDE, _SQUARES, _EACH = 3, 6, 6, 200

_GIB = 2.0**30


def bytes_needed(n_rows: int, n_features: int) -> int:
    """Return about how many bytes an explanation takes at its peak.

    Parameters
    ----------
    n_rows, n_features : int

    Returns
    -------
    n_bytes : int
    """
    copies = _COPIES if n_rows >= n_features else _COPIES_WIDE
    square = min(n_rows, n_features) ** 2
    return 8 * (copies * n_rows * n_features + _SQUARES * square + _EACH * n_features)


def memory_at_hand() -> int | None:
    """Return the bytes that this process may still take; None where it is not known."""
    known = [_available(), _left_of_group(), _left_of_limit()]
    return min((n for n in known if n is not None), default=None)


def check_room(n_rows: int, reference: Any) -> None:
    """Refuse rows that would not find room.

    Parameters
    ----------
    n_rows : int
    reference : ndarray of shape (n_features,) or sparse matrix
        Code of the instance; of a sparse one only what is not zero becomes rows.

    Raises
    ------
    MemoryError
        With the bytes that are needed, and what to use instead.
    """
    n_features = reference.shape[-1]
    if sparse.issparse(reference):
        n_features = reference.nnz
    needed = bytes_needed(n_rows, n_features)
    # What is surely small enough is not worth a look at the system.
    if needed < 0.25 * _GIB:
        return
    room = memory_at_hand()
    if room is None or needed <= room:
        return
    raise MemoryError(
        f"{n_rows} rows of {n_features} features would take about "
        f"{needed / _GIB:.3g} GiB of memory, and {room / _GIB:.3g} GiB are at hand, "
        f"expected less: take fewer rows ({_fewer(room, n_features)}), or coarser "
        "features, such as sentences instead of words "
        "(TextSegmenter(unit='sentence')), larger segments of images, or fewer "
        "columns."
    )


def _fewer(room: int, n_features: int) -> str:
    """Say how many rows would find room."""
    n_rows, step = 0, 1 << 40
    while step:
        if bytes_needed(n_rows + step, n_features) <= 0.8 * room:
            n_rows += step
        step >>= 1
    if n_rows < 10:
        return "though ten would be too many"
    digits = 10 ** (len(str(n_rows)) - 1)
    return f"n_samples={n_rows // digits * digits}"


def _available() -> int | None:
    """Return the bytes that the machine has free, or has at all."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        fields = dict(line.split(":") for line in lines)
        return int(fields["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def _left_of_group() -> int | None:
    """Return what a container's limit leaves."""
    try:
        group = Path("/sys/fs/cgroup")
        most = int((group / "memory.max").read_text())
        return max(most - int((group / "memory.current").read_text()), 0)
    except (OSError, ValueError):
        return None


def _left_of_limit() -> int | None:
    """Return what the process' own limit of addresses leaves."""
    try:
        import resource

        most, _ = resource.getrlimit(resource.RLIMIT_AS)
        if most == resource.RLIM_INFINITY:
            return None
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        return max(most - pages * os.sysconf("SC_PAGE_SIZE"), 0)
    except (ImportError, OSError, ValueError, AttributeError):
        return None
