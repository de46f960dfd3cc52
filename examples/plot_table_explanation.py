"""
Why does the forest call this tumor malignant?
==============================================

We explain a prediction of a random forest on scikit-learn's breast cancer data: which
measurements matter, and how sure the answer is. Then we explain several patients at
once, compare with LIME, and let the explanations of similar patients help where only
300 questions to the forest can be paid for.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

from sklearn_baylime import Prior, make_tabular_explainer

# %%
# The model and the patient
# -------------------------
# A frame goes in, so that the explanation speaks of the columns by name. The patient is
# the first held-out one that the forest calls malignant.

data = load_breast_cancer(as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(
    data.data, data.target_names[data.target], random_state=0, stratify=data.target
)
forest = RandomForestClassifier(n_estimators=50, random_state=0).fit(X_train, y_train)
who = np.flatnonzero(forest.predict(X_test) == "malignant")[0]
patient = X_test.iloc[who]
print(f"accuracy on held-out patients: {forest.score(X_test, y_test):.3f}")

# %%
# One explanation
# ---------------
# The explainer learns the quartiles of each column from the training data. Then it asks
# the forest about 5000 rows, and fits a linear model to the answers. ``memory=True``
# sees to it that no row is asked about twice.

explainer = make_tabular_explainer(forest, memory=True, random_state=0).fit(X_train)
explanation = explainer.explain_instance(patient)
print(explanation)

# %%
# A weight is the change of the probability of being malignant when a measurement is in
# the patient's quartile rather than another. All numbers come as arrays too, one row
# for each explained class, and as a frame.

for name, weight in explanation.as_list()[:3]:
    print(f"{weight:+.3f}  {name}")
low, high = explanation.interval(0.95)
unsure = explanation.sign_probability() < 0.95
print(f"shape {low.shape}; {unsure.sum()} of {unsure.size} signs are not settled")
print(explanation.to_frame().head(3).round(3).drop(columns="target").to_string())

# %%
# In the picture a line across a bar is its 95 % interval.

explanation.plot()

# %%
# A notebook shows an explanation as this page, and an explainer as its chain of steps.

explanation

# %%

explainer

# %%
# Several patients
# ----------------
# ``targets`` names the class to explain, for all of them the same. Each patient gets
# rows of their own. For a given seed they depend on the patient alone, so those of the
# patient above, who is one of the six, are in the memory and not asked about again.

several = explainer.explain(X_test.iloc[:6], targets="malignant")
for e in several:
    (name, weight), *_ = e.as_list()
    print(f"P(malignant) {e.prediction[0]:.2f}, strongest {weight:+.3f}  {name}")
print(f"rows asked for {len(several)} patients: {explainer.black_box.n_queries_}")
assert who < 6
assert explainer.black_box.n_queries_ == 6 * 5000

# %%
# What LIME says
# --------------
# With ``Ridge(alpha=1)`` as regressor the weights are those of LIME. With 5000 rows the
# two agree, but LIME does not say how sure it is.

with_ridge = clone(explainer).set_params(regressor=Ridge(alpha=1)).fit(X_train)
lime = with_ridge.explain_instance(patient)
strongest = np.argsort(-np.abs(explanation.coef[0]))[:5]
for j in strongest:
    print(
        f"{explanation.feature_names[j]:<30} LIME {lime.coef[0, j]:+.3f}   "
        f"here {explanation.coef[0, j]:+.3f} ± {1.96 * explanation.std[0, j]:.3f}"
    )
assert np.isnan(lime.std).all()

# %%
# A prior from similar patients
# -----------------------------
# What if a question is expensive? Suppose that 40 patients have been explained before,
# and 10 new ones come. For each we take the five old ones of the same predicted class
# that share the most quartiles. The mean of their weights is the prior mean; how far to
# trust it is learned.
#
# A prior must come from other rows than those it is combined with, or the same answers
# count twice. Every patient has rows of their own, so it does.

new, old = X_test.iloc[:10], X_test.iloc[10:50]
known = np.array([e.coef[0] for e in explainer.explain(old, targets="malignant")])

discretizer = explainer.representation_[0]
codes_new, codes_old = discretizer.transform(new), discretizer.transform(old)
shared = (codes_new[:, None] == codes_old).mean(axis=2)
shared[forest.predict(new)[:, None] != forest.predict(old)] = 0
similar = np.argsort(-shared, axis=1)[:, :5]
priors = [Prior(known[five].mean(axis=0)) for five in similar]

# %%
# Now 300 rows in place of 5000. The error is the root mean square distance from the
# weights found with 5000 rows; the last column is the share of these weights that the
# 95 % intervals hold.

settings = {"n_samples": 300, "memory": True, "random_state": 2}
few = make_tabular_explainer(forest, **settings).fit(X_train)
few_lime = make_tabular_explainer(forest, regressor=Ridge(alpha=1), **settings)
answers = {
    "LIME": few_lime.fit(X_train).explain(new, targets="malignant"),
    "no prior mean": few.explain(new, targets="malignant"),
    "prior of similar patients": few.explain(new, targets="malignant", prior=priors),
}
full = np.array([e.coef for e in explainer.explain(new, targets="malignant")])
errors = {}
for name, found in answers.items():
    low, high = np.array([e.interval() for e in found]).swapaxes(0, 1)
    held = f"{np.mean((low < full) & (full < high)):.2f}" if name != "LIME" else "-"
    differences = np.array([e.coef for e in found]) - full
    errors[name] = np.sqrt(np.mean(differences**2))
    print(f"{name:<27} error {errors[name]:.4f}   held {held}")
assert errors["prior of similar patients"] < errors["no prior mean"]

# %%
# The prior saves questions. Its intervals hold a little less than they state: a learned
# trust does not count how far a patient may differ from the others in a few weights.
# ``prior_share`` says how much of each explanation is the prior.

for e in answers["prior of similar patients"][:4]:
    print(f"P(malignant) {e.prediction[0]:.2f}: {e.prior_share.mean():.0%} prior")

plt.show()
