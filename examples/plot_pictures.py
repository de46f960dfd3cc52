"""
All pictures of a table's explanations
======================================

A forest tells three kinds of wine apart by their chemistry. One wine of which it is
not sure is looked at in every way there is: how the answer comes about, how sure that
is, how far the explanation can be trusted, and how the wine compares with others.

Each picture is a Display: ``plot(ax=None)`` draws it and keeps its artists.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier

from sklearn_baylime import make_tabular_explainer
from sklearn_baylime.explanation import (
    BeeswarmDisplay,
    ComparisonDisplay,
    FidelityDisplay,
    HeatmapDisplay,
    WidthPathDisplay,
    summarize,
)

wines = load_wine(as_frame=True)
X, y = wines.data, wines.target_names[wines.target]
forest = RandomForestClassifier(random_state=0).fit(X, y)
explainer = make_tabular_explainer(forest, n_samples=2000, random_state=0).fit(X)

wine = X.iloc[70]
neighborhood = explainer.sample(wine)
explanation = explainer.explain_instance(wine, targets="all", neighborhood=neighborhood)

# %%
# What the model answers
# ----------------------
# The marks are the local models' answers: where they are far from the ends of the bars,
# the weights describe the surroundings better than this very wine.

explanation.plot(kind="answers")

# %%
# How the answer comes about
# --------------------------
# From the intercept, step by step, to the local model's answer. The gap to the forest's
# own answer is what no feature explains.

explanation.plot("class_1", kind="waterfall", max_features=7)

# %%
# Why this class, and why not the others
# --------------------------------------
# Hollow markers are weights whose sign is open.

explanation.plot(["class_0", "class_1", "class_2"], max_features=6)

# %%
# How sure the order is
# ---------------------
# The probability of each feature to be the strongest, the second, and so on.

explanation.plot("class_1", kind="ranks", max_features=7)

# %%
# How far the local model can be trusted
# --------------------------------------
# The local model's answers to all rows, against the forest's. The rows are those asked
# before: nothing is asked again.

FidelityDisplay.from_explainer(
    explainer, wine, neighborhood=neighborhood, target="class_1"
).plot()

# %%
# How local is local
# ------------------
# The same rows weighed by narrower and wider kernels. What keeps its sign along the
# path holds near the wine and far from it.

WidthPathDisplay.from_explainer(
    explainer, wine, neighborhood=neighborhood, target="class_1"
).plot()

# %%
# Many wines
# ----------
# A dot for each wine: its place is what the column adds to the probability of class_1,
# its color the column's value. Much color intensity speaks against the class, little
# for it. The map has the same numbers with similar wines beside each other.

explanations = explainer.explain(X.iloc[::4], targets=["class_1"])
BeeswarmDisplay.from_explanations(explanations, max_features=8).plot()
HeatmapDisplay.from_explanations(explanations, max_features=8).plot()

# %%
# On average
# ----------
# As the last line of a cell, a summary is a table.

summary = summarize(explanations)
summary

# %%
# Two wines
# ---------
# Their rows are independent, so that the errors of both add up: differences beside
# which "open" stands may as well be of the other sign.

one, other = explainer.explain(X.iloc[[70, 140]], targets=["class_1"])
ComparisonDisplay.from_explanations(
    one, other, labels=["wine 70", "wine 140"], max_features=7
).plot()

# %%
# In the dark
# -----------
# Pictures take the colors that suit the axes they are drawn on.

with plt.style.context("dark_background"):
    explanation.plot("class_1", kind="waterfall", max_features=5, figsize=(8, 6))
plt.show()
