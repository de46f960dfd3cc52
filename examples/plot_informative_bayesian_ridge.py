"""
Regression that is told what is known already
=============================================

:class:`~sklearn_baylime.linear_model.InformativeBayesianRidge` is
:class:`sklearn.linear_model.BayesianRidge` with a prior: a mean for each coefficient,
and a trust in it that is given or learned. Here an earlier study on diabetes helps a
later one that has 30 patients only. The explainers of this library use the same
regressor.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.model_selection import ShuffleSplit, train_test_split
from sklearn.preprocessing import StandardScaler

from sklearn_baylime.linear_model import InformativeBayesianRidge

# %%
# An earlier study
# ----------------
# 200 patients were measured before; the other 242 are the new study. Columns are
# scaled, so that a coefficient is the change of the disease score per standard
# deviation.

X, y = load_diabetes(return_X_y=True, as_frame=True)
X_old, X_new, y_old, y_new = train_test_split(X, y, train_size=200, random_state=0)
scaler = StandardScaler().set_output(transform="pandas").fit(X_old)
X_old, X_new = scaler.transform(X_old), scaler.transform(X_new)

# %%
# What the earlier fit found becomes the prior of the next one: its coefficients are the
# prior mean, the inverse of their covariance is the prior precision.

earlier = InformativeBayesianRidge().fit(X_old, y_old)
mean, precision = earlier.coef_, np.linalg.inv(earlier.sigma_)

# %%
# Five modes
# ----------
# Each of the two precisions, that of the prior and that of the noise, is given, or is
# learned from the data if it is None. A prior mean whose trust is learned is for those
# who have a guess, but no idea how good it is.

modes = {
    "Ridge(alpha=1)": {"prior_precision": 1.0, "noise_precision": 1.0},
    "all learned": {},
    "mean given, trust learned": {"prior_mean": mean},
    "prior given": {"prior_mean": mean, "prior_precision": precision},
    "prior and noise given": {
        "prior_mean": mean,
        "prior_precision": precision,
        "noise_precision": earlier.alpha_,
    },
}

# %%
# We fit each mode to 30 of the new patients, predict the others, and repeat that for 20
# draws. A 95 % interval should hold 95 % of the held-out answers, and be short.


def compare(parameters, n_draws=20):
    """Return mean held-out error, share of answers in the interval, and its width."""
    results = []
    for few, rest in ShuffleSplit(n_draws, train_size=30, random_state=0).split(X_new):
        model = InformativeBayesianRidge(**parameters)
        model.fit(X_new.iloc[few], y_new.iloc[few])
        predicted, std = model.predict(X_new.iloc[rest], return_std=True)
        error = np.abs(y_new.iloc[rest] - predicted)
        rmse = np.sqrt(np.mean(error**2))
        results.append([rmse, np.mean(error < 1.96 * std), np.mean(2 * 1.96 * std)])
    return np.mean(results, axis=0)


print(f"{'mode':<27}{'error':>7}{'held':>7}{'width':>7}")
for name, parameters in modes.items():
    error, held, width = compare(parameters)
    print(f"{name:<27}{error:7.1f}{held:7.0%}{width:7.0f}")

# %%
# The prior takes several points off the error. The first line is a warning: its
# coefficients are those of :class:`sklearn.linear_model.Ridge`, but a noise of size 1
# is far too small for this score, so its intervals hold almost nothing. Give a noise
# precision only if you know it, in units of the answers.

few = np.arange(30)
X_few, y_few = X_new.iloc[few], y_new.iloc[few]
ridge = InformativeBayesianRidge(**modes["Ridge(alpha=1)"]).fit(X_few, y_few)
assert np.allclose(ridge.coef_, Ridge(alpha=1.0).fit(X_few, y_few).coef_)

# %%
# Coefficients with their intervals
# ---------------------------------
# Crosses are the fit to all 442 patients. Alone, 30 patients settle a single sign; with
# the prior the intervals are shorter, and four signs are settled.

alone = InformativeBayesianRidge().fit(X_few, y_few)
helped = InformativeBayesianRidge(**modes["prior given"]).fit(X_few, y_few)
everybody = InformativeBayesianRidge().fit(scaler.transform(X), y)

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
at = np.arange(X.shape[1])
for model, label, color, shift in [
    (alone, "30 patients", "#c05621", -0.13),
    (helped, "30 patients and the prior", "#2b6cb0", 0.13),
]:
    half = 1.96 * np.sqrt(np.diag(model.sigma_))
    ax.errorbar(
        at + shift,
        model.coef_,
        half,
        fmt="o",
        ms=4,
        color=color,
        capsize=2,
        label=label,
    )
ax.plot(at, everybody.coef_, "kx", label="all 442 patients")
ax.axhline(0, color="0.6", linewidth=0.8)
ax.set_xticks(at, X.columns)
ax.set_ylabel("coefficient, with 95 % interval")
ax.legend()

# %%
# Is it the prior or the data that speaks?
# ----------------------------------------
# ``prior_share_`` says how much of each coefficient is the prior, from 0 to 1.
# ``conflict_`` is the probability of data this far from the prior, or farther: a small
# number says that the two disagree. We try the right prior, and one with all signs
# turned. The last column is the mean standard deviation of the coefficients.

turned = {"prior_mean": -mean}
print(f"{'':<28}{'share':>6}{'conflict':>10}{'evidence':>10}{'std':>6}")
for name, parameters in {
    "right prior, trust given": modes["prior given"],
    "right prior, trust learned": modes["mean given, trust learned"],
    "turned prior, trust given": {**turned, "prior_precision": precision},
    "turned prior, trust learned": turned,
}.items():
    model = InformativeBayesianRidge(**parameters).fit(X_few, y_few)
    share, std = model.prior_share_.mean(), np.sqrt(np.diag(model.sigma_)).mean()
    print(
        f"{name:<28}{share:6.2f}{model.conflict_:10.3f}{model.log_evidence_:10.1f}"
        f"{std:6.1f}"
    )

# %%
# A turned prior is found out where its trust is given. A learned trust is judged by
# itself, so ``conflict_`` stays large; here it lets the turned prior go, as its share
# and the evidence show. Mind the second line: 30 patients do not contradict the right
# prior, so the learned trust is complete, and the standard deviation nearly 0. The
# coefficients are good, their intervals are not. State the trust if you need intervals.

# %%
# A prior without units
# ---------------------
# Often only the direction is known: a heat map, or importances between -1 and 1. With
# ``prior_scale="fit"`` the size comes from the data. Taken as it stands, such a prior
# is next to nothing where coefficients are about 20.

direction = mean / np.abs(mean).max()
for scale in (1.0, "fit"):
    error, _, _ = compare({"prior_mean": direction, "prior_scale": scale})
    model = InformativeBayesianRidge(prior_mean=direction, prior_scale=scale)
    model.fit(X_few, y_few)
    print(f"prior_scale={scale!r:<5} error {error:.1f}, scale {model.prior_scale_:.1f}")

# %%
# Data that arrive in parts
# -------------------------
# ``partial_fit`` is exact: three batches give what one fit to all rows gives, the
# learned precisions included.

stream = InformativeBayesianRidge()
for batch in (slice(0, 100), slice(100, 150), slice(150, 242)):
    stream.partial_fit(X_new.iloc[batch], y_new.iloc[batch])
once = InformativeBayesianRidge().fit(X_new, y_new)
assert np.allclose(stream.coef_, once.coef_)
assert np.allclose(stream.sigma_, once.sigma_)
print(f"noise precision streamed {stream.alpha_:.6f}, at once {once.alpha_:.6f}")

plt.show()
