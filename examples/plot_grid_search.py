"""
What a grid search can choose, and what it cannot
=================================================

An explainer is a scikit-learn estimator, so
:class:`sklearn.model_selection.GridSearchCV` tunes it: over instances, or over the rows
around one instance. Neither way asks the model again for what was asked before. Both
choose the prior well. Neither can choose the width of the kernel by fidelity alone, as
we shall see.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV, train_test_split

from sklearn_baylime import make_tabular_explainer
from sklearn_baylime.metrics import make_fidelity_scorer
from sklearn_baylime.surrogate import ExponentialKernel

# %%
# A forest tells three wines apart by 13 measurements.

wine = load_wine()
X_train, X_test, y_train, y_test = train_test_split(
    wine.data, wine.target, random_state=0, stratify=wine.target
)
forest = RandomForestClassifier(n_estimators=50, random_state=0).fit(X_train, y_train)

n_samples, n_folds = 100, 3
explainer = make_tabular_explainer(
    forest,
    feature_names=wine.feature_names,
    n_samples=n_samples,
    memory=True,
    random_state=0,
)

# %%
# Over instances
# --------------
# The explainer's ``score`` is the fidelity: the weighted R² of the local models on rows
# that are drawn anew. We search under three scorers: each candidate's own kernel, and
# two kernels that stay fixed.

widths, precisions = [1.0, 1.5, 2.5, 4.0], [1.0, 10.0, 100.0, 1000.0]
scorers = {
    "own kernel": make_fidelity_scorer(),
    "fixed kernel, width 1.5": make_fidelity_scorer(ExponentialKernel(width=1.5)),
    "fixed kernel, width 4": make_fidelity_scorer(ExponentialKernel(width=4.0)),
}
instances = X_train[:6]
search = GridSearchCV(
    explainer,
    {"kernel__width": widths, "regressor__prior_precision": precisions},
    scoring=scorers,
    refit="fixed kernel, width 1.5",
    cv=n_folds,
).fit(instances)
print(f"chosen: {search.best_params_}")

# %%
# The clones that the search makes share one black box with its memory and its count.
# For each instance there are the rows to fit and those to score, drawn once, and the
# instance itself, which is in both. 16 candidates and 3 scorers add nothing.

n_queries = explainer.black_box.n_queries_
n_without_memory = 2 * n_samples * len(instances) * 16 * len(scorers)
print(f"rows asked: {n_queries}; without the memory: {n_without_memory}")
assert n_queries == len(instances) * (2 * n_samples - 1)

# %%
# On the left, each scorer names another width as the best. Under its own kernel the
# narrowest wins, since a few rows near the instance are easier to fit; a fixed kernel
# picks about its own width. So a fixed kernel does not find the width: it states what
# you call local, and then compares the candidates fairly. On the right, all scorers
# agree on the prior precision.

fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained", sharey=True)
colors = ["#c05621", "#2b6cb0", "#4a5568"]
for name, color, marker in zip(scorers, colors, "os^", strict=True):
    scores = search.cv_results_[f"mean_test_{name}"].reshape(len(widths), -1)
    axes[0].plot(widths, scores[:, 1], marker=marker, color=color, label=name)
    axes[1].plot(precisions, scores[2], marker=marker, color=color)
    print(f"best width by {name}: {widths[scores.max(axis=1).argmax()]}")
axes[0].set(xlabel="width of the kernel (prior precision 10)", ylabel="fidelity, R²")
axes[1].set(xlabel="prior precision (width 2.5)", xscale="log")
axes[0].legend()

# %%
# Over the rows of one neighborhood
# ---------------------------------
# ``sample`` asks once. ``local_pipeline`` is the right side of the explainer as a plain
# :class:`sklearn.pipeline.Pipeline`, unfitted; it fits codes and a column of answers.

x = X_test[0]
explainer.fit(X_train)
hood = explainer.sample(x)
target = int(hood.answers[0].argmax())
asked = explainer.black_box.n_queries_

local_search = GridSearchCV(
    explainer.local_pipeline(x),
    {
        "local__kernel__width": widths,
        "local__regressor__prior_precision": [None, *precisions],
    },
).fit(hood.codes, hood.answers[:, target])
assert explainer.black_box.n_queries_ == asked

# %%
# The score is the plain R² on held-out rows, all of equal weight; now the widest kernel
# wins, since it too gives the rows about equal weight. So compare prior precisions
# along a line, not widths down a column. The first entry of each line, None, is learned
# by the evidence: without a search it comes near the best of the grid, except at width
# 1, which leaves few rows to learn from.

print("width  " + "".join(f"{p!s:>8}" for p in [None, *precisions]))
table = local_search.cv_results_["mean_test_score"].reshape(len(widths), -1)
for width, line in zip(widths, table, strict=True):
    print(f"{width:<7}" + "".join(f"{score:8.3f}" for score in line))

# %%
# The winner is a pipeline like any other; its last step holds the weights.

local = local_search.best_estimator_[-1]
strongest = np.argmax(np.abs(local.coef_))
print(f"strongest: {hood.names[strongest]} {local.coef_[strongest]:+.3f}")

plt.show()
