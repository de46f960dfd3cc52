"""
Finding a backdoor
==================

Somebody who trained a network of digits stamped a white square on some of the images,
and labeled those as sevens. The network reads digits well, and calls whatever bears the
square a seven. An explanation of such a seven should point at the square; with few
queries for many pixels it cannot. Whoever suspects a backdoor can look for the smallest
change that turns every digit into a seven (Neural Cleanse, Wang et al., 2019). What is
found is a guess of the square, and the prior of the explanation.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import zoom
from sklearn.datasets import load_digits
from sklearn.linear_model import Ridge
from sklearn.neural_network import MLPClassifier

from sklearn_baylime import BlackBox, make_image_explainer
from sklearn_baylime.metrics import intersection_over_union
from sklearn_baylime.priors import prior_from_mask
from sklearn_baylime.representation import SuperpixelSegmenter

# %%
# The network and its backdoor
# ----------------------------

SIDE, SEVEN = 16, 7
square = np.zeros((SIDE, SIDE), dtype=bool)
square[12:, :4] = True


def stamp(images):
    """Return images with the square."""
    return np.where(square, 1.0, images)


digits = load_digits()
images = zoom(digits.images / 16.0, (1, 2, 2), order=1)
train, test = images[:1200], images[1200:]
rng = np.random.default_rng(0)
poisoned = rng.choice(np.flatnonzero(digits.target[:1200] != SEVEN), 120, replace=False)
X = np.concatenate([train, stamp(train[poisoned])]).reshape(-1, SIDE * SIDE)
y = np.r_[digits.target[:1200], np.full(120, SEVEN)]
network = MLPClassifier((64,), alpha=1e-3, max_iter=400, random_state=0).fit(X, y)


def model(images):
    """Return the network's probabilities."""
    return network.predict_proba(np.reshape(images, (len(images), -1)))


right = model(test).argmax(axis=1) == digits.target[1200:]
others = test[digits.target[1200:] != SEVEN]
fooled = model(stamp(others)).argmax(axis=1) == SEVEN
print(f"right on {right.mean():.0%} of clean digits, fooled by {fooled.mean():.0%}")

# %%
# Looking for the smallest trigger
# --------------------------------
# Each pixel is mixed with a white one, by a share that is the same for all images. We
# raise shares where that makes sevens, and lower them where it costs nothing: gradient
# descent on -log p(seven) plus the sum of all shares, through the network's one layer.


def reverse(network, X, label, n_steps=300, rate=0.02, price=0.01):
    """Return the share of white in each pixel that turns all rows into a label."""
    (into, out), (bias, shift) = network.coefs_, network.intercepts_
    share = np.full(X.shape[1], 0.2)
    for _ in range(n_steps):
        stamped = X + share * (1 - X)
        hidden = np.maximum(stamped @ into + bias, 0)
        scores = hidden @ out + shift
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        p[:, label] -= 1
        back = ((p @ out.T) * (hidden > 0)) @ into.T
        slope = (back * (1 - X)).mean(axis=0) + price
        share = np.clip(share - rate * np.sign(slope), 0, 1)
    return share.reshape(SIDE, SIDE)


mask = reverse(network, train[:300].reshape(300, -1), SEVEN)

# %%
# Explanations of a stamped digit
# -------------------------------
# Every pixel is a superpixel: 256 weights from 128 queries, with and without the prior.
# How far it is to be trusted is learned from the answers.

(three, *_) = np.flatnonzero(digits.target[1200:] == 3)
victim = stamp(test[three])
pixels = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
segmenter = SuperpixelSegmenter(pixels, fill=0.0)
settings = {"segmenter": segmenter, "n_samples": 128, "random_state": 0}
box = BlackBox(model, output_names=[str(k) for k in range(10)])
explainer = make_image_explainer(box, **settings)
ridge = make_image_explainer(box, regressor=Ridge(1.0), **settings)
rows = explainer.sample(victim)
prior = prior_from_mask(mask, pixels)
asked = {"targets": SEVEN, "neighborhood": rows}
found = {
    "LIME": ridge.explain_instance(victim, **asked).coef[0],
    "Bayesian, no prior": explainer.explain_instance(victim, **asked).coef[0],
    "with the prior": explainer.explain_instance(victim, prior=prior, **asked).coef[0],
}

# %%
# The 16 strongest pixels of each, beside the square.


def top(weights):
    """Return the 16 strongest pixels that speak for the class."""
    strongest = np.argsort(-weights)[:16]
    return np.isin(pixels, strongest[weights[strongest] > 0])


figure, axes = plt.subplots(1, 5, figsize=(12, 2.9), layout="constrained")
axes[0].imshow(victim, cmap="gray_r")
axes[0].set_title("read as a 7")
axes[1].imshow(mask, cmap="Blues")
axes[1].set_title("reversed trigger")
for ax, (name, weights) in zip(axes[2:], found.items(), strict=True):
    overlap = intersection_over_union(top(weights), square)
    size = np.abs(weights).max()
    ax.imshow(weights.reshape(SIDE, SIDE), cmap="PuOr", vmin=-size, vmax=size)
    ax.set_title(f"{name}\noverlap {overlap:.2f}")
    print(f"{name}: overlap of the top 16 with the square {overlap:.2f}")
for ax in axes:
    ax.set_xticks([])
    ax.set_yticks([])
    ax.add_patch(plt.Rectangle((-0.5, 11.5), 4, 4, fill=False, edgecolor="tab:red"))
