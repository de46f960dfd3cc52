"""Draw the pictures of README and pages: ``python doc/images/make_pictures.py``.

The photograph needs the extra ``imagenet``, the rest the extra ``plot``.
"""

from pathlib import Path

import matplotlib.pyplot as plt
from skimage.data import chelsea
from skimage.transform import resize
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.ensemble import RandomForestClassifier

from sklearn_baylime import (
    BlackBox,
    make_image_explainer,
    make_tabular_explainer,
    make_text_explainer,
)
from sklearn_baylime.datasets import load_imagenet_network
from sklearn_baylime.explanation import BeeswarmDisplay

HERE = Path(__file__).parent
REVIEW = "A good film with a bad ending: not great, but never boring."
WORDS = {"good": 0.4, "great": 0.5, "bad": -0.5, "boring": -0.6}


def draw_table():
    """Draw the table's explanation of the README, and the one with numbers on it."""
    data = load_breast_cancer()
    X, y = data.data, data.target_names[data.target]
    forest = RandomForestClassifier(random_state=0).fit(X[1:], y[1:])
    explainer = make_tabular_explainer(
        forest, feature_names=data.feature_names, random_state=0
    ).fit(X[1:])
    explanation = explainer.explain_instance(X[0])
    explanation.save(HERE / "table.png")
    ax = explanation.plot().ax_
    for number, (x, y) in enumerate(
        [(0.62, 1.01), (-0.5, 0.93), (0.5, 0.93), (0.97, 0.93), (0.2, -0.14)], 1
    ):
        ax.text(
            *(x, y, str(number)),
            transform=ax.transAxes,
            **{"color": "white", "weight": "bold", "ha": "center", "va": "center"},
            bbox={"boxstyle": "circle", "fc": "#333333", "ec": "white"},
        )
    ax.figure.savefig(HERE / "reading.png", dpi=110, bbox_inches="tight")
    ax = explanation.plot(kind="waterfall", max_features=7).ax_
    ax.figure.savefig(HERE / "waterfall.png", dpi=90)
    plt.close("all")


def draw_many():
    """Draw what the columns do in many explanations."""
    data = load_wine(as_frame=True)
    X, y = data.data, data.target_names[data.target]
    forest = RandomForestClassifier(random_state=0).fit(X, y)
    explainer = make_tabular_explainer(forest, n_samples=1000, random_state=0).fit(X)
    found = explainer.explain(X.iloc[::3], targets=["class_1"])
    ax = BeeswarmDisplay.from_explanations(found, max_features=7).plot().ax_
    ax.figure.savefig(HERE / "beeswarm.png", dpi=90)
    plt.close("all")


def draw_text():
    """Draw words marked in a text."""

    def like(texts):
        return [0.5 + sum(WORDS[w] * (w in text) for w in WORDS) / 2 for text in texts]

    explainer = make_text_explainer(
        like, class_names=["positive"], n_samples=1000, random_state=0
    )
    ax = explainer.explain_instance(REVIEW).plot(kind="text").ax_
    ax.figure.savefig(HERE / "text.png", dpi=110, bbox_inches="tight")
    plt.close(ax.figure)


def draw_photograph():
    """Draw what in a photograph made a real network say so."""
    network = load_imagenet_network()
    image = (255 * resize(chelsea(), (224, 224))).astype("uint8")
    box = BlackBox(network, output_names=network.class_names)
    explainer = make_image_explainer(box, n_samples=1000, random_state=0)
    ax = explainer.explain_instance(image).plot().ax_
    ax.figure.savefig(HERE / "photograph.png", dpi=110, bbox_inches="tight")
    plt.close(ax.figure)


if __name__ == "__main__":
    draw_table()
    draw_many()
    draw_text()
    draw_photograph()
