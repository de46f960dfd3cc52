"""
Which hours of a day made the model expect a fault?
===================================================

A machine is watched for a day: its load and its temperature, once every quarter of an
hour. A model says how likely a fault is tomorrow. We ask it about the day cut into
eight segments of each channel, and look at the segments that made the answer.
"""

import numpy as np

from sklearn_baylime import make_sequence_explainer

# %%
# The machine and the model
# -------------------------
# Days are smooth; on some of them the machine grows hot in the evening. The model has
# learned two things: a hot evening is a warning, and a high load in the morning is a
# good sign, since the machine was idle before most faults.

rng = np.random.default_rng(0)
hours = np.arange(96) / 4


def make_days(n):
    phase = rng.uniform(-1, 1, (n, 1))
    load = 2 + np.sin((hours - 6 + phase) / 12 * np.pi)
    load = load + 0.2 * rng.normal(size=(n, 96))
    heat = rng.uniform(0, 4, (n, 1)) / (1 + np.exp(-(hours - 18) / 0.8))
    temperature = 40 + 3 * load + heat + 0.3 * rng.normal(size=(n, 96))
    return np.stack([load, temperature], axis=2)


def expect_fault(days):
    evening = days[:, 72:, 1].mean(axis=1) - 46
    morning = days[:, 24:48, 0].mean(axis=1) - 2.5
    return 1 / (1 + np.exp(-(1.2 * evening - 1.5 * morning)))


days = make_days(400)
candidates = make_days(30)
today = candidates[np.argmax(expect_fault(candidates))]

# %%
# The explanation
# ---------------
# A feature is "the mean of this channel in these three hours is in its quarter of all
# days"; the explainer puts in the same hours of other days instead.

explainer = make_sequence_explainer(
    expect_fault,
    n_segments=8,
    feature_names=["load", "temperature"],
    n_samples=2000,
    class_names=["fault"],
    random_state=0,
).fit(days)
explanation = explainer.explain_instance(today)
print(explanation)

# %%
# The picture
# -----------
# Blue segments raise the answer and orange ones lower it; what is pale, with a dotted
# line below, may as well have no effect.

explanation.plot(max_features=8)

# %%
# The page of ``explanation.to_html()`` has the same drawing, with the weight and the
# interval of a segment told when it is pointed at. A channel that matters all day, or
# a segment that matters in all channels, is a feature too: leave out its channel.

print(f"{len(explanation.to_html()) / 1000:.0f} kB")
print(explanation.practically_zero(0.02).round(2))
