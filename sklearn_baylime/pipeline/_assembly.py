"""What the factories of explainers share: steps from short answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn_baylime.black_box._black_box import BlackBox
from sklearn_baylime.linear_model import InformativeBayesianRidge
from sklearn_baylime.pipeline._explainer_pipeline import ExplainerPipeline
from sklearn_baylime.representation import (
    EntropyDiscretizer,
    QuantileDiscretizer,
    StatisticsDiscretizer,
)
from sklearn_baylime.sampling import (
    BallSampler,
    BinSampler,
    ConditionalSampler,
    GaussianSampler,
    MaskSampler,
    MixupSampler,
)
from sklearn_baylime.sampling._frequencies import MIN_SHARE
from sklearn_baylime.surrogate import ExponentialKernel
from sklearn_baylime.surrogate._selectors import make_selector

BINS = {"quartile": 4, "decile": 10}


def assemble(
    first: list[tuple[str, Any]],
    black_box: Any,
    *,
    n_features: int | None,
    feature_selection: str,
    kernel_width: float | None,
    kernel: Any,
    metric: str = "euclidean",
    regressor: Any,
    class_names: Sequence[str] | None,
    batch_size: int | None,
    memory: Any,
    **settings: Any,
) -> ExplainerPipeline:
    """Put kernel and regressor behind the first steps, and the black box beside them.

    Raises
    ------
    ValueError
        If something is given twice.
    """
    if kernel is not None and kernel_width is not None:
        raise ValueError(
            "kernel_width was given beside a kernel, expected it in the kernel itself."
        )
    box = wrap(black_box, class_names, batch_size, memory)
    selector = make_selector(feature_selection, n_features)
    if kernel is None:
        kernel = ExponentialKernel(width=kernel_width, metric=metric)
    steps = [
        *first,
        ("kernel", kernel),
        *([] if selector is None else [("select", selector)]),
        ("regressor", make_regressor(box) if regressor is None else regressor),
    ]
    if box is black_box:
        settings |= {"batch_size": batch_size, "memory": memory}
    return ExplainerPipeline(steps, black_box=box, **settings)


def wrap(
    black_box: Any,
    class_names: Sequence[str] | None,
    batch_size: int | None,
    memory: Any,
) -> BlackBox:
    """Wrap the model, unless the user has."""
    if not isinstance(black_box, BlackBox):
        return BlackBox(
            black_box, batch_size=batch_size, output_names=class_names, memory=memory
        )
    if class_names is not None:
        raise ValueError(
            "class_names were given beside a BlackBox, expected them as its "
            "output_names."
        )
    return black_box


def make_regressor(box: BlackBox) -> InformativeBayesianRidge:
    """Make the usual local model; classes share the ratio of their precisions."""
    competing = box.is_classifier or not box.is_known
    return InformativeBayesianRidge(
        covariance="robust",
        trust="integrate",
        prior_dof="mixed",
        prior_odds="open",
        tie_targets=competing,
    )


def make_discretizer(discretizer: Any, **names: Any) -> Any:
    """Make a discretizer by its name; one that is given has its own names."""
    if not isinstance(discretizer, str):
        if any(value is not None for value in names.values()):
            raise ValueError(
                f"{' or '.join(names)} were given beside a discretizer, expected them "
                "in the discretizer itself."
            )
        return discretizer
    if discretizer == "entropy":
        return EntropyDiscretizer(**names)
    if discretizer in BINS:
        return QuantileDiscretizer(BINS[discretizer], **names)
    raise ValueError(
        f"discretizer is {discretizer!r}, expected one of {[*BINS, 'entropy']}, None "
        "or a discretizer."
    )


def local_width_of(kernel: Any, kernel_width: float | None, metric: str) -> Any:
    """Return what a sampler is told of the kernel by whose weights it is to draw.

    Raises
    ------
    ValueError
        If the law of the rows times the kernel has no closed form.
    """
    if kernel is None:
        return True if kernel_width is None else kernel_width
    if isinstance(kernel, ExponentialKernel) and kernel.metric == metric:
        return True if kernel.width is None else kernel.width
    raise ValueError(
        f"Local rows were asked beside the kernel {kernel!r}, expected an "
        f"ExponentialKernel of the {metric} distance: the law of the rows times "
        "another one is no product, from which rows could be drawn; leave one of them "
        "out."
    )


def make_sampler(
    sampler: Any, n_samples: int, design: str, local: bool | float = False
) -> Any:
    """Make a sampler by its name.

    `local` is for bins and normals that are not truncated.
    """
    if not isinstance(sampler, str):
        if design != "random":
            raise ValueError(
                "design was given beside a sampler, expected it in the sampler itself."
            )
        return sampler
    made = {
        "bins": lambda: BinSampler(
            n_samples, design=design, min_share=MIN_SHARE, local=local
        ),
        "gaussian": lambda: GaussianSampler(n_samples, design=design, local=local),
        "around_instance": lambda: GaussianSampler(
            n_samples, center="instance", design=design, local=local
        ),
        "truncated": lambda: GaussianSampler(n_samples, truncate=True, design=design),
        "ball": lambda: BallSampler(n_samples, design=design),
        "mixup": lambda: MixupSampler(n_samples),
        "conditional": lambda: ConditionalSampler(n_samples),
    }
    if sampler not in made:
        raise ValueError(
            f"sampler is {sampler!r}, expected one of {[*made, 'local']} or a sampler."
        )
    return made[sampler]()


def make_mask_sampler(design: Any, n_samples: int, local: bool | float) -> Any:
    """Make a sampler of masks by its design."""
    if isinstance(design, str):
        return MaskSampler(n_samples, design=design, local=local)
    if local:
        raise ValueError(
            "local was given beside a sampler, expected it in the sampler itself."
        )
    return design


def with_one_law(steps: list[tuple[str, Any]], rows: Any) -> list[tuple[str, Any]]:
    """Leave rare codes as rare as they are where rows are to serve all instances."""
    for _, step in steps:
        if rows == "shared" and isinstance(step, BinSampler):
            step.min_share = 0.0
    return steps


def steps_from_statistics(
    statistics: dict[str, Any],
    n_samples: int,
    design: str,
    local: bool | float,
    **names: Any,
) -> list[tuple[str, Any]]:
    """Make discretizer and sampler that need no data."""
    discretizer = StatisticsDiscretizer(statistics, **names)
    frequencies = StatisticsDiscretizer(statistics, **names).fit().frequencies_
    sampler = BinSampler(
        n_samples,
        design=design,
        frequencies=frequencies,
        min_share=MIN_SHARE,
        local=local,
    )
    return [("discretize", discretizer), ("sample", sampler)]
