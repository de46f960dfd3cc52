"""
From one explanation to the whole model
=======================================

One explanation speaks of one row. Here a forest that predicts the progression of
diabetes is explained at 60 patients in one call: what matters on average, which handful
of patients shows most of what the model does, and what groups there are when each
patient is described by *why* the model answers as it does.
"""

import matplotlib.pyplot as plt
from sklearn.cluster import KMeans
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor
from sklearn.pipeline import make_pipeline

from sklearn_baylime import make_tabular_explainer
from sklearn_baylime.explanation import submodular_pick, summarize

X, y = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
forest = RandomForestRegressor(n_estimators=50, min_samples_leaf=5, random_state=0)
forest.fit(X, y)
patients = X.iloc[:60]

# %%
# Sixty patients in one call
# --------------------------
# Rows around several patients go to the model together. Each patient has rows of its
# own, so that the errors of the explanations are independent.

explainer = make_tabular_explainer(
    forest, n_samples=1000, class_names=["progression"], random_state=0
).fit(X)
explanations = explainer.explain(patients)
box = explainer.black_box_
print(f"{box.n_queries_} rows in {box.n_calls_} calls of the forest")

# %%
# What matters on average
# -----------------------
# The mean absolute weight of each column, with an interval over patients. A mean of
# absolute values counts noise as importance: ``noise`` says how much of it.

summary = summarize(explanations)
print(summary)
summary.plot()

# %%
# Which patients to look at
# -------------------------
# The submodular pick of the LIME paper: few explanations that together show the
# important conditions.

for i in submodular_pick(explanations, n_picks=3):
    strongest = ", ".join(
        f"{name} ({w:+.0f})" for name, w in explanations[i].as_list()[:3]
    )
    print(f"patient {patients.index[i]}: {strongest}")

# %%
# Reasons as features
# -------------------
# ``transform`` gives the weights as columns, also as a frame, so that an explainer can
# stand in a pipeline. Patients are clustered by the reasons of the model's answers.

reasons = explainer.set_output(transform="pandas").transform(patients)
print(reasons.iloc[:3].round(1).to_string())
groups = make_pipeline(explainer, KMeans(3, n_init=10, random_state=0)).fit_predict(
    patients
)

figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
for group, color in zip(range(3), ("#2b6cb0", "#c05621", "#6b7280"), strict=True):
    mine = reasons[groups == group]
    ax.scatter(mine["bmi"], mine["s5"], color=color, label=f"group {group}", s=28)
ax.set_xlabel("weight of bmi")
ax.set_ylabel("weight of s5")
ax.spines[["top", "right"]].set_visible(False)
ax.legend(frameon=False)
ax.set_title("Patients by the reasons of the model", loc="left", fontsize="medium")
