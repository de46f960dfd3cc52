"""Words of other libraries that users type by habit, and ours: the one table of them.

What is asked for by such a word fails as it would anyway, with an error that says what
it is called here and which page has the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, TypeVar, cast

_Callable = TypeVar("_Callable", bound=Callable[..., Any])

PAGE = "see doc/coming_from_lime.md"

_FACTORY = "of make_tabular_explainer and the other factories"
_SEGMENTER = "segmenter=TextSegmenter(...) of make_text_explainer"

# Arguments: what to write instead.
ARGUMENTS = {
    "as_class": "targets of explain_instance",
    "bow": f"bag_of_words in {_SEGMENTER}",
    "char_level": f'unit="character" in {_SEGMENTER}',
    "classifier_fn": f"the first argument {_FACTORY}",
    "data_row": "the first argument, x",
    "discretize_continuous": "discretizer=None of make_tabular_explainer",
    "distance_metric": f"kernel=ExponentialKernel(width, metric=...) {_FACTORY}",
    "hide_color": "segmenter=SuperpixelSegmenter(fill=...) of make_image_explainer",
    "label": "target",
    "labels": "targets of explain_instance, such as targets=1 or targets='cat'",
    "mask_string": f"mask_string in {_SEGMENTER}",
    "max_display": "max_features",
    "mode": "not needed: of a classifier the probabilities are asked",
    "model": f"the first argument {_FACTORY}",
    "model_regressor": f"regressor {_FACTORY}",
    "nsamples": f"n_samples {_FACTORY}",
    "num_features": f"n_features {_FACTORY}",
    "num_samples": f"n_samples {_FACTORY}",
    "predict_fn": f"the first argument {_FACTORY}",
    "predict_function": f"the first argument {_FACTORY}",
    "progress_bar": f"verbose {_FACTORY}",
    "random_seed": f"random_state {_FACTORY}",
    "sample_around_instance": "sampler='around_instance' of make_tabular_explainer",
    "sampling_method": "design of make_tabular_explainer",
    "seed": f"random_state {_FACTORY}",
    "segmentation_fn": "segmenter=SuperpixelSegmenter(...) of make_image_explainer",
    "split_expression": f"a pattern in {_SEGMENTER}",
    "top_labels": "targets='top=2' of explain_instance",
    "training_data": "the background of explainer.fit(X)",
    "training_data_stats": "statistics of make_tabular_explainer",
    "training_labels": "the classes of explainer.fit(X, y)",
}

# Attributes and methods of explanations and explainers: what to write instead.
ATTRIBUTES = {
    "as_html": "to_html()",
    "as_pyplot_figure": "plot().figure_",
    "available_labels": "targets and target_names",
    "base_values": "intercept",
    "class_names": "target_names",
    "domain_mapper": "feature_names and columns",
    "expected_value": "intercept of an explanation",
    "explain_global": "explain(X) and sklearn_baylime.explanation.summarize",
    "explain_local": "explain(X)",
    "get_image_and_mask": "mask()",
    "local_exp": "as_map()",
    "local_pred": "local_prediction",
    "predict_proba": "prediction",
    "predicted_value": "prediction",
    "save_to_file": "save('why.html')",
    "shap_values": "explain(X), or transform(X) for an array",
    "show_in_notebook": "the explanation as the last line of a cell",
    "top_labels": "targets and target_names",
}

# Parameters of steps that are called otherwise elsewhere.
_PARAMETERS = {
    "num_samples": "n_samples",
    "nsamples": "n_samples",
    "kernel_width": "width",
}


def point_from(word: str, table: Mapping[str, str]) -> str:
    """Return a sentence on a foreign word, "" for one that is not in the table.

    >>> point_from("as_html", ATTRIBUTES)
    'as_html is here: to_html() (see doc/coming_from_lime.md).'
    """
    return f"{word} is here: {table[word]} ({PAGE})." if word in table else ""


def pointing(function: _Callable) -> _Callable:
    """Decorate a function: arguments that do not fit are pointed to ours."""
    known = signature(function)

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            known.bind(*args, **kwargs)
        except TypeError as error:
            words = [word for word in kwargs if word not in known.parameters]
            if any(callable(one) for one in args[2:]):
                # lime's explain_instance(x, predict_fn).
                words.insert(0, "predict_fn")
            said = [point_from(word, ARGUMENTS) for word in words]
            told = f"{function.__name__}() {error}."
            raise TypeError(" ".join([told, *filter(None, said)])) from None
        return function(*args, **kwargs)

    return cast(_Callable, call)


class PointingMixin:
    """Attributes of other libraries are pointed to ours."""

    # Type checkers would take every attribute for one that is there.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            try:
                # What a property of ours raised comes again.
                return object.__getattribute__(self, name)
            except AttributeError as error:
                if said := point_from(name, ATTRIBUTES):
                    raise AttributeError(f"{error}. {said}") from None
                raise


def point_to_steps(words: Iterable[str], parameters: Iterable[str]) -> str:
    """Return a sentence on parameters that belong to steps, "" where none does.

    >>> point_to_steps(["num_samples"], ["sample", "sample__n_samples"])
    'num_samples is a parameter of a step: write sample__n_samples.'
    """
    parameters = list(parameters)
    for word in words:
        ending = f"__{_PARAMETERS.get(word, word)}"
        found = [name for name in parameters if name.endswith(ending)]
        if word not in parameters and found:
            return f"{word} is a parameter of a step: write {' or '.join(found)}."
    return ""
