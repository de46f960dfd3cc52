"""What shows one kind of instance, as a protocol that anybody can fulfil."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol
from xml.etree import ElementTree as ET


class View(Protocol):
    """One kind of instance: what an explanation carries of it, and how it is shown.

    `register_view` makes a class with these words known; its instances, or their
    dictionaries, then go into ``Explanation(instance=...)``.

    Attributes
    ----------
    kind : str
        Name of the kind, such as ``"text"``; stands in dictionaries and JSON.
    n_features : int
        Number of features that the instance has places for; one a weight.
    pictures : dict of str to type
        Displays by the name that ``Explanation.plot(kind=...)`` takes; may be empty. A
        display has ``from_explanation(explanation, target, **options)``, called with
        those of the options `kind`, `max_features` and `level` that its signature
        names, and ``plot(ax=None)`` and ``save(path)``. If it has ``compare``, as
        `ImageDisplay` has, several targets can be drawn side by side.
    default_picture : str or None
        Name of the picture that `plot` draws by itself; None for bars. May be missing,
        which is None.
    noun : str
        What errors call it, such as ``"a document"``. May be missing, which is the
        kind.

    See Also
    --------
    register_view : Makes a view known.
    TextInstance, ImageInstance, SeriesInstance : The views that are known already.
    """

    kind: ClassVar[str]
    pictures: ClassVar[Mapping[str, type]]

    def __init__(self) -> None:
        # Views are made as they like; without this, signatures would tell otherwise.
        ...

    @property
    def n_features(self) -> int:
        """Number of features that the instance has places for."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """Return what `from_dict` reads.

        Returns
        -------
        content : dict
            Of lists, numbers, texts and None, as JSON has them, with the kind at the
            key ``"kind"``.
        """
        ...

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> View:
        """Build the instance that `to_dict` wrote.

        Parameters
        ----------
        content : dict

        Returns
        -------
        instance : View
        """
        ...

    def add_to_page(
        self,
        section: ET.Element,
        explanation: Any,
        target: Any,
        records: list[dict[str, Any]],
        level: float,
    ) -> None:
        """Add the instance to a page, between the heading and the table of weights.

        Parameters
        ----------
        section : xml.etree.ElementTree.Element
            What to add to. Elements escape their texts and attributes themselves.
        explanation : Explanation
            What is shown.
        target : object
            The target of this section, as `Explanation.position` takes it.
        records : list of dict
            Numbers of the features shown, the strongest first, as `Explanation.records`
            yields them; ``explanation.as_map()[target]`` has their indices in the same
            order.
        level : float
            Probability of the intervals.
        """
        ...
