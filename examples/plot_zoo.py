"""
Why is the squirrel a mammal?
=============================

A neural network learns to tell seven types of animals from features that are nearly all
yes or no. It has never seen the squirrel, and calls it a mammal. We ask why, how sure
the answer is, what fewer questions would have left open, and which changes would make
it something else.
"""

from itertools import combinations, product

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.model_selection import cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_baylime import make_tabular_explainer
from sklearn_baylime.datasets import load_zoo

# %%
# The network and the squirrel
# ----------------------------
# The rows of the frame are named after the animals. By this table a squirrel has two
# legs.

zoo = load_zoo(as_frame=True)
squirrel = zoo.data.loc["squirrel"]
X = zoo.data.drop(index="squirrel")
y = zoo.target_names[zoo.target.drop(index="squirrel")]
network = make_pipeline(StandardScaler(), MLPClassifier(max_iter=1000, random_state=0))
accuracy = cross_val_score(network, X, y, cv=4).mean()
print(f"accuracy on held-out animals: {accuracy:.2f}")
network.fit(X, y)

# %%
# Which questions are asked
# -------------------------
# All columns hold whole numbers. We name them all as categories, so that the network is
# asked only about values that occur. As a number, ``legs`` would be cut into quartiles
# and drawn from within them: the network would be asked about animals with one leg or
# seven, and "legs <= 2" would not tell a squirrel from a snake.

for name, chosen in {"all but legs": X.columns.drop("legs"), "all": X.columns}.items():
    explainer = make_tabular_explainer(
        network, categorical_features=chosen, random_state=0
    ).fit(X)
    rows = explainer.sample(squirrel).inputs()
    asked = sorted(int(n) for n in set(rows["legs"]))
    print(f"categories: {name:<12}   legs asked about: {asked}")
assert set(asked) <= set(X["legs"])

# %%
# The answer
# ----------
# ``targets="top=2"`` explains the two most probable types. A weight is the change of
# the type's probability when a feature is as in the squirrel rather than not, averaged
# over 5000 animals that are put together column by column. Most of them do not exist:
# the weights tell what the network does, not what zoologists know.

explanation = explainer.explain_instance(squirrel, targets="top=2")
print(explanation)
assert explanation.target_names[0] == "mammal"

# %%
# Milk counts most, then hair. That the squirrel is smaller than a cat, ``catsize=0``,
# counts against a mammal: 32 of the 41 mammals of this zoo are not. A line across a bar
# is the 95 % interval of the weight.

explanation.plot()

# %%
# Fewer questions
# ---------------
# If each question had its price, we might ask 300. The intervals become about four
# times as wide, since :math:`\sqrt{5000 / 300} \approx 4.1`. The signs of the strong
# features are certain all the same, but no longer which of them is the strongest.

fewer = make_tabular_explainer(
    network, categorical_features=X.columns, n_samples=300, random_state=0
).fit(X)
few = fewer.explain_instance(squirrel, targets="mammal")
for e in (explanation, few):
    milk = e.feature_names.index("milk=1")
    low, high = e.interval(0.95)[:, 0]
    strongest = e.top_k_probability(1)[0, milk]
    unsettled = np.array(e.feature_names)[(low < 0) & (high > 0)]
    print(f"{e.n_rows} rows: milk {low[milk]:+.2f} to {high[milk]:+.2f}, the strongest")
    print(f"   with probability {strongest:.2f}; sign open: {', '.join(unsettled)}")
assert (few.std[0] > explanation.std[0]).all()

# %%
# What would change the answer?
# -----------------------------
# With so few values we can ask that exactly: about every animal that differs from the
# squirrel in one feature, and every one that differs in two.

others = {name: sorted(set(X[name]) - {squirrel[name]}) for name in X}
for n_changed in (1, 2):
    changes = [
        dict(zip(names, values, strict=True))
        for names in combinations(X, n_changed)
        for values in product(*(others[name] for name in names))
    ]
    answers = network.predict(pd.DataFrame([squirrel.to_dict() | c for c in changes]))
    changed = [i for i in range(len(changes)) if answers[i] != "mammal"]
    print(f"{n_changed} changed: {len(changed)} of {len(changes)} are no mammals")
    for i in changed:
        named = ", ".join(f"{name}={value}" for name, value in changes[i].items())
        print(f"   {answers[i]:<8} if {named}")

# %%
# No single feature decides. It takes two, of those whose weights speak for a mammal.

plt.show()
