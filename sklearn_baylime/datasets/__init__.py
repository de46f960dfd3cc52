"""Small real sets of data, and a real network, for examples and tests."""

from sklearn_baylime.datasets._compas import load_compas
from sklearn_baylime.datasets._imagenet import ImageNetNetwork, load_imagenet_network
from sklearn_baylime.datasets._newsgroups import load_newsgroups
from sklearn_baylime.datasets._zoo import load_zoo

__all__ = [
    "ImageNetNetwork",
    "load_compas",
    "load_imagenet_network",
    "load_newsgroups",
    "load_zoo",
]
