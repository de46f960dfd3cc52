"""One look for all pictures and pages: colors, signs, certainties, legends, axes.

Colors stand here and nowhere else, once each, as "#rrggbb": pictures take them so,
arrays by `to_rgb`, and the page's style sheet as custom properties by `css_colors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._glyphs import fallback_fonts, tell_lacking
from sklearn_baylime.views._numbers import format_number

# Blue and orange keep apart for all common kinds of color blindness, and in greyscale,
# where orange is the lighter one by 1.5 : 1 and more; on dark paper both are lighter.
# Both keep a contrast of 3 : 1 with the paper.
LIGHT = {
    "ink": "#1a202c",
    "soft": "#5a6472",
    "line": "#d5dbe3",
    "paper": "#ffffff",
    "positive": "#2b6cb0",
    "negative": "#d97428",
    "note": "#fff7e0",
}
DARK = {
    "ink": "#e6eaf0",
    "soft": "#a3adba",
    "line": "#39424e",
    "paper": "#14181f",
    "positive": "#458ad0",
    "negative": "#f6a96b",
    "note": "#3a3115",
}
SIGN_COLORS = {sign: LIGHT[sign] for sign in ("positive", "negative")}

# Things of one kind beside each other, such as targets; their markers tell them apart
# in greyscale. One color for light paper, one for dark.
GROUPS = (
    ("#6b3fa0", "#b79af0", "o"),
    ("#0f8a7d", "#3fc4b2", "s"),
    ("#c2407a", "#f08fb8", "^"),
    ("#9a7000", "#d9b23c", "D"),
    ("#3d4652", "#c9d1db", "v"),
    ("#3f7fd0", "#7db4f5", "P"),
)

# Values of a column from low to high; both ends keep 3 : 1 with the paper.
VALUES = {False: ("#b67d12", "#1f1147"), True: ("#8a6ad8", "#fde8a8")}

# The middle of maps of weights, and what is 0 or larger, which has no sign and so
# neither of the two colors.
NEUTRAL = "#f3f2f0"
STD_COLOR = "#4b3a7c"


# Class of a look, and what a legend says of it.
SIGNS = {"positive": "raises the answer", "negative": "lowers the answer"}
CERTAINTIES = {"certain": "sign certain (P ≥ 97.5 %)", "open": "sign open"}

_CERTAIN = 0.975

# A notebook's theme goes before the operating system's: JupyterLab, VS Code, Colab,
# documentation sites.
_LIGHT_THEMES: tuple[str, ...] = (
    "[data-jp-theme-light=true]",
    "body.vscode-light",
    "html[theme=light]",
    # The classic notebook, which has no dark theme.
    ".rendered_html",
)
_LIGHT_THEMES += ("[data-theme=light]",)
_DARK_THEMES: tuple[str, ...] = (
    "[data-jp-theme-light=false]",
    "body.vscode-dark",
    "html[theme=dark]",
)
_DARK_THEMES += ("[data-theme=dark]",)


# ---------------------------------------------------------------- colors


def to_rgb(color: str) -> tuple[int, int, int]:
    """Return red, green and blue of a color, from 0 to 255."""
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue


def luminance(color: str) -> float:
    """Return the relative luminance of a color as WCAG 2 defines it, from 0 to 1."""
    shares = np.array(to_rgb(color)) / 255
    linear = np.where(
        shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4
    )
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast_ratio(one: str, other: str) -> float:
    """Return the contrast of two colors as WCAG 2 defines it, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mix_colors(one: str, other: str, share: float) -> str:
    """Return a color between two, `share` of the other."""
    mixed = (1 - share) * np.array(to_rgb(one)) + share * np.array(to_rgb(other))
    return "#" + bytes(np.rint(mixed).astype(int).tolist()).hex()


def ink_on(color: str) -> str:
    """Return black or white, whichever is read more easily on a color: 4.5 : 1."""
    return max("#000000", "#ffffff", key=lambda ink: contrast_ratio(ink, color))


def css_colors() -> str:
    """Return the style sheet's custom properties, for light paper and for dark.

    Outlines over images keep the colors of light paper, whatever the page's are: an
    image is as bright in the dark.
    """
    fixed = _properties({f"light-{name}": color for name, color in LIGHT.items()})
    light = f"{_properties(LIGHT)} {_fills(LIGHT)}"
    dark = f".baylime {{ {_properties(DARK)} {_fills(DARK)} }}"
    return (
        f".baylime {{ {fixed} {light} }}\n"
        "@media (prefers-color-scheme: dark) {\n"
        f"  body.baylime-page {{ background: {DARK['paper']}; }}\n  {dark}\n}}\n"
        f"{_in_themes(_LIGHT_THEMES)} {{ {light} }}\n"
        f"{_in_themes(_DARK_THEMES)} {{ {_properties(DARK)} {_fills(DARK)} }}\n"
    )


def _in_themes(themes: Any) -> str:
    return ", ".join(f"{theme} .baylime" for theme in themes)


def _properties(colors: Any) -> str:
    return " ".join(f"--{name}: {color};" for name, color in colors.items())


def _fills(colors: Any) -> str:
    """Return the two colors as numbers, which take an opacity."""
    return " ".join(
        f"--{sign}-fill: {', '.join(map(str, to_rgb(colors[sign])))};" for sign in SIGNS
    )


# ---------------------------------------------------------------- words


def say_sign(weight: float) -> str:
    """Return the class of a weight's sign."""
    return "negative" if weight < 0 else "positive"


def say_certainty(sign_probability: float) -> str:
    """Return "certain" from 97.5 % on, "open" below, "" where nothing is known."""
    if np.isnan(sign_probability):
        return ""
    return "certain" if sign_probability >= _CERTAIN else "open"


def certainties(sign_probability: ArrayLike) -> np.ndarray:
    r"""Return how much of a color weights keep: :math:`(2 P - 1)^2`, from 0 to 1.

    What is as likely of the other sign keeps nothing, 97.5 % nine tenths, 75 % a
    quarter. Where no probability is stated, nothing is known against the sign.
    """
    probability = np.nan_to_num(np.asarray(sign_probability, float), nan=1.0)
    return np.clip(2 * probability - 1, 0.0, 1.0) ** 2


def say_weight(record: dict[str, Any], decimals: int, level: float) -> str:
    """Return what hovering shows; letters at both ends keep it whole in Arabic."""
    weight, low, high = (
        format_number(record[k], decimals, sign=True) for k in ("coef", "low", "high")
    )
    said = f"{SIGNS[say_sign(record['coef'])]}: weight {weight}"
    certainty = say_certainty(record["sign_probability"])
    if not certainty:
        return said
    return f"{said}, {100 * level:g} % interval {low} to {high}, sign {certainty}"


def list_looks(
    coef: ArrayLike, sign_probability: ArrayLike, shown: Iterable[int]
) -> list[str]:
    """Return the classes of the shown weights, that a legend has to explain."""
    coef, probability = np.asarray(coef, float), np.asarray(sign_probability, float)
    shown = list(shown)
    return sort_looks(
        {say_sign(coef[j]) for j in shown}
        | {say_certainty(probability[j]) for j in shown}
    )


def sort_looks(found: set[str]) -> list[str]:
    """Return looks in the order of legends, signs first."""
    return [look for look in (*SIGNS, *CERTAINTIES) if look in found]


# ---------------------------------------------------------------- pictures


def import_matplotlib() -> Any:
    """Return pyplot, or say how to install it."""
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise ImportError(
            "Pictures need matplotlib, which is not installed: "
            'python -m pip install "sklearn-baylime[plot]".'
        ) from None
    return plt


class DisplayMixin:
    """What pictures share by scikit-learn's Display convention.

    A subclass keeps arrays, and draws them in `_draw_on`, on axes or, if these are
    None, on new ones; it keeps the artists, and the axes by `_keep`. Its colors are
    those of `_colors_on`.
    """

    ax_: Any
    figure_: Any
    title: str = ""
    colors: Mapping[str, str] | None = None

    def plot(
        self,
        ax: Any = None,
        *,
        figsize: tuple[float, float] | None = None,
        title: str | None = None,
        colors: Mapping[str, Any] | None = None,
    ) -> Any:
        """Draw the picture.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; new ones, of a fitting size, if None.
        figsize : (float, float) or None, default=None
            Width and height of new axes' figure, in inches; fitting ones if None.
        title : str or None, default=None
            Title instead of the picture's own; "" for none.
        colors : dict or None, default=None
            Colors as matplotlib takes them: of the signs, ``{"positive": "teal",
            "negative": "crimson"}``, of the things that a legend names, such as
            targets, or of the ``"mark"`` where there is one color. What is not given,
            or None, is of the paper: darker on light axes, lighter on dark ones, as of
            ``plt.style.use("dark_background")``. Title and colors are kept for `save`.

        Returns
        -------
        display : object
            This object, with the artists.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If a size is given for axes that are there, or a color is none.
        """
        plt = import_matplotlib()
        if colors is not None:
            self.colors = read_colors(colors, self._color_words())
        self.title = self.title if title is None else title
        if figsize is not None:
            if ax is not None:
                raise ValueError(
                    f"figsize is {figsize!r} and ax is given, expected one of them: "
                    "axes have the size of their figure."
                )
            _, ax = plt.subplots(figsize=figsize, layout="constrained")
        with fallback_fonts():
            self._draw_on(ax)
            tell_lacking(self.ax_)
        return self

    def save(self, path: str | Path) -> None:
        """Draw the picture into a file and close it.

        Parameters
        ----------
        path : str or Path
            Ends in a format that matplotlib writes, such as .png or .svg.
        """
        plt = import_matplotlib()
        figure = self.plot().figure_
        figure.savefig(path, dpi=150)
        plt.close(figure)

    def _draw_on(self, ax: Any) -> None:
        raise NotImplementedError(f"{type(self).__name__} has no _draw_on(ax).")

    def _color_words(self) -> Sequence[str]:
        """Return what has a color that can be given."""
        return tuple(SIGNS)

    def _colors_on(self, ax: Any) -> dict[str, str]:
        """Return the colors for axes: of their paper, and those that were given."""
        return {**scheme_of(ax), **(self.colors or {})}

    def _keep(self, ax: Any) -> None:
        self.ax_, self.figure_ = ax, ax.figure


class OneColorMixin(DisplayMixin):
    """What pictures share whose marks are all of one color."""

    def _color_words(self) -> Sequence[str]:
        return ("mark",)

    def _mark_on(self, ax: Any) -> str:
        """Return the color of the marks on axes."""
        return self._colors_on(ax).get("mark") or group_color(ax, 0)


def read_colors(colors: Any, words: Sequence[str]) -> dict[str, str]:
    """Return given colors by word as "#rrggbb"."""
    from matplotlib.colors import to_hex

    given = {} if colors is None else colors
    if not isinstance(given, Mapping) or not set(given) <= set(words):
        raise ValueError(
            f"colors is {colors!r}, expected a dictionary of colors for some of "
            f"{list(words)}: colors={{{words[0]!r}: 'teal'}}."
        )
    return {sign: to_hex(color) for sign, color in given.items()}


def is_dark(ax: Any) -> bool:
    """Tell whether axes, or what is seen through them, are dark."""
    return luminance(paper_of(ax)) < 0.18


def paper_of(ax: Any) -> str:
    """Return the color behind a picture, white where that can be seen through."""
    from matplotlib.colors import to_hex, to_rgba

    faces = (ax.get_facecolor(), ax.figure.get_facecolor())
    return to_hex(next((face for face in faces if to_rgba(face)[3] > 0.5), "white"))


def scheme_of(ax: Any) -> dict[str, str]:
    """Return the colors that suit the paper of axes."""
    return {**(DARK if is_dark(ax) else LIGHT), "paper": paper_of(ax)}


def group_color(ax: Any, group: int) -> str:
    """Return the color of one of several groups on the paper of axes."""
    return GROUPS[group][int(is_dark(ax))]


def line_style(certainty: str) -> Any:
    """Return matplotlib's line of a certainty: dotted where the sign is open."""
    return (0, (1.1, 1.2)) if certainty == "open" else "-"


def add_legend(
    ax: Any,
    seen: list[str],
    n_columns: int,
    offset: float = 9,
    colors: Mapping[str, str] = SIGN_COLORS,
) -> Any:
    """Explain the looks that are seen, some points below the axes."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    texts = SIGNS | CERTAINTIES
    handles = [
        Patch(facecolor=colors[look], alpha=0.5, label=texts[look])
        if look in SIGNS
        else Line2D([], [], color="0.5", linestyle=line_style(look), label=texts[look])
        for look in seen
    ]
    return place_legend(ax, handles, n_columns, offset)


def place_legend(ax: Any, handles: Any, n_columns: int, offset: float) -> Any:
    """Put a legend of handles some points below the axes."""
    from matplotlib.transforms import offset_copy

    below = offset_copy(ax.transAxes, fig=ax.figure, y=-offset, units="points")
    legend = ax.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0, 0),
        bbox_transform=below,
        ncol=n_columns,
        frameon=False,
        fontsize="small",
        borderpad=0,
        borderaxespad=0,
        handlelength=1.6,
        columnspacing=1.6,
    )
    for text in legend.get_texts():
        # Dollars begin no formula.
        text.set_parse_math(False)
    return legend
