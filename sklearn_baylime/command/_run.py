"""What the commands do."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from skimage.io import imread

from sklearn_baylime.command._files import (
    check_outputs,
    read_model,
    read_prior,
    read_table,
)
from sklearn_baylime.pipeline import (
    ExplainerPipeline,
    make_image_explainer,
    make_tabular_explainer,
    make_text_explainer,
)
from sklearn_baylime.representation import SuperpixelSegmenter


def run_table(args: Any) -> None:
    """Explain the prediction for a row of a table."""
    paths, prior = check_outputs(args.output, args.force), read_prior(args.prior)
    model = read_model(args.model, trust=args.trust)
    background, named = _columns_for(model, read_table(args.data), args.drop)
    rows = background
    if args.row_from is not None:
        rows, _ = _columns_for(model, read_table(args.row_from), args.drop)
    if not 0 <= args.row < len(rows):
        raise ValueError(f"--row is {args.row}, expected one of 0 to {len(rows) - 1}.")
    names = None if named else [str(name) for name in background.columns]
    if not named:
        background, rows = background.to_numpy(), rows.to_numpy()
    explainer = _make(make_tabular_explainer, model, args, feature_names=names)
    row = rows.iloc[args.row] if named else rows[args.row]
    _explain(explainer.fit(background), row, args, paths, prior)


def run_text(args: Any) -> None:
    """Explain the prediction for a text."""
    paths, prior = check_outputs(args.output, args.force), read_prior(args.prior)
    text = args.text
    if args.file is not None:
        text = Path(args.file).read_text(encoding="utf-8")
    model = read_model(args.model, trust=args.trust)
    explainer = _make(make_text_explainer, model, args)
    _explain(explainer, text, args, paths, prior)


def run_image(args: Any) -> None:
    """Explain the prediction for an image."""
    paths = check_outputs(args.output, args.force)
    image = imread(args.image)
    model = read_model(args.model, trust=args.trust)
    segmenter = None
    if args.segments is not None:
        segmenter = SuperpixelSegmenter("slic", n_segments=args.segments)
    explainer = _make(make_image_explainer, model, args, segmenter=segmenter)
    _explain(explainer, image, args, paths, None)


def _make(
    factory: Callable[..., ExplainerPipeline], model: Any, args: Any, **settings: Any
) -> ExplainerPipeline:
    """Make an explainer; what was not asked for is left to the factory."""
    if args.n_samples is not None:
        settings["n_samples"] = args.n_samples
    return factory(
        model,
        n_features=args.features,
        random_state=args.seed,
        verbose=not args.quiet and sys.stderr.isatty(),
        **settings,
    )


def _explain(
    explainer: ExplainerPipeline, x: Any, args: Any, paths: list[Path], prior: Any
) -> None:
    """Explain an instance, print it and write it."""
    target = _read_target(args.target, explainer.black_box_.known_names)
    explanation = explainer.explain_instance(x, targets=target, prior=prior)
    print(explanation)
    for path in paths:
        print(f"Wrote {explanation.save(path)}")


def _read_target(target: str, names: list[str] | None) -> Any:
    """Return a target as explainers take it: a name, or else a number of a column."""
    is_named = names is not None and target in names
    return int(target) if target.isdecimal() and not is_named else target


def _columns_for(model: Any, table: Any, drop: list[str]) -> tuple[Any, bool]:
    """Return the columns that a model takes, and whether it knows them by name.

    A model that was fitted to arrays is asked about arrays, lest it warn of names.
    """
    _check_columns(drop, table, "--drop names")
    table = table.drop(columns=drop)
    names = getattr(model, "feature_names_in_", None)
    if names is not None:
        _check_columns(names, table, "The model takes")
        return table[list(names)], True
    n_columns = getattr(model, "n_features_in_", table.shape[1])
    if n_columns != table.shape[1]:
        raise ValueError(
            f"The model takes {n_columns} columns, but the table has {table.shape[1]}: "
            f"{', '.join(map(str, table.columns))}. Leave some out by --drop COLUMN."
        )
    return table, not hasattr(model, "n_features_in_")


def _check_columns(names: Any, table: Any, who: str) -> None:
    if lacking := [str(name) for name in names if name not in table.columns]:
        raise ValueError(
            f"{who} {', '.join(lacking)}, but the table has the columns "
            f"{', '.join(map(str, table.columns))}."
        )
