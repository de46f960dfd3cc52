"""One look for all pictures and pages: colors, signs, certainties, legends, axes.

Colors stand here and nowhere else, once each, as "#rrggbb": pictures take them so,
arrays by `to_rgb`, and the page's style sheet as custom properties by `css_colors`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._numbers import format_number

# Blue and orange keep apart for all common kinds of color blindness; on dark paper
# they are lighter, so that both keep a contrast of 3 : 1 with it.
LIGHT = {
    "ink": "#1a202c",
    "soft": "#5a6472",
    "line": "#d5dbe3",
    "paper": "#ffffff",
    "positive": "#2b6cb0",
    "negative": "#c05621",
    "note": "#fff7e0",
}
DARK = {
    "ink": "#e6eaf0",
    "soft": "#a3adba",
    "line": "#39424e",
    "paper": "#14181f",
    "positive": "#63a4e8",
    "negative": "#f0975a",
    "note": "#3a3115",
}
SIGN_COLORS = {sign: LIGHT[sign] for sign in ("positive", "negative")}

# The middle of maps of weights, and the scale of standard deviations, which have no
# sign and so neither of the two colors.
NEUTRAL = "#f3f2f0"
STD_COLORS = ["#f4f2f8", "#a99bc9", "#4b3a7c"]

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
    None, on new ones; it keeps the artists, and the axes by `_keep`.
    """

    ax_: Any
    figure_: Any

    def plot(self, ax: Any = None) -> Any:
        """Draw the picture.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; new ones, of a fitting size, if None.

        Returns
        -------
        display : object
            This object, with the artists.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        import_matplotlib()
        self._draw_on(ax)
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

    def _keep(self, ax: Any) -> None:
        self.ax_, self.figure_ = ax, ax.figure


def line_style(certainty: str) -> Any:
    """Return matplotlib's line of a certainty: dotted where the sign is open."""
    return (0, (1.1, 1.2)) if certainty == "open" else "-"


def add_legend(ax: Any, seen: list[str], n_columns: int, offset: float = 9) -> Any:
    """Explain the looks that are seen, some points below the axes."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.transforms import offset_copy

    texts = SIGNS | CERTAINTIES
    handles = [
        Patch(facecolor=SIGN_COLORS[look], alpha=0.5, label=texts[look])
        if look in SIGNS
        else Line2D([], [], color="0.5", linestyle=line_style(look), label=texts[look])
        for look in seen
    ]
    below = offset_copy(ax.transAxes, fig=ax.figure, y=-offset, units="points")
    return ax.legend(
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
