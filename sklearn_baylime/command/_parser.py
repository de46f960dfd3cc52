"""Words of the command line."""

from __future__ import annotations

import argparse
from typing import Any

from sklearn_baylime._version import __version__
from sklearn_baylime.command._demo import run_demo
from sklearn_baylime.command._run import run_image, run_table, run_text

_ABOUT = "Explain a prediction of any model, and say how sure the explanation is."

# A pickle is a program: who loads one runs it.
_MODEL = (
    "a fitted model: a .joblib or .pkl file, a .skops file, or MODULE:NAME of a "
    "function or an estimator that can be imported. Files of joblib and pickle run the "
    "code that they hold: load only what you trust"
)
_OUTPUT = (
    "write the explanation, by the ending as a page (.html), a picture (.png, .svg, "
    ".pdf) or data (.json); may be given several times"
)
_TABLE = """\
example:
  %(prog)s --model model.joblib --data train.csv --row 17 -o why.html
"""


def make_parser(prog: str) -> argparse.ArgumentParser:
    """Make the parser of all commands; each sets `run`, a function of the arguments."""
    parser = argparse.ArgumentParser(prog, description=_ABOUT, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", required=True
    )
    _add_demo(commands)
    _add_table(commands)
    _add_text(commands)
    _add_image(commands)
    return parser


def _add_demo(commands: Any) -> None:
    told = "train a forest on data of patients and explain one; the default"
    demo = commands.add_parser("demo", help=told, description=told, allow_abbrev=False)
    demo.set_defaults(run=run_demo)
    _add_output(demo)


def _add_table(commands: Any) -> None:
    told = "explain the prediction for a row of a table"
    table = commands.add_parser(
        "explain",
        help=told,
        description=told,
        epilog=_TABLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    table.set_defaults(run=run_table)
    _add_model(table)
    add = table.add_argument
    add("--data", required=True, help="background: a .csv or .tsv file with a header")
    add("--row", type=int, required=True, help="which row to explain; 0 is the first")
    add("--row-from", metavar="FILE", help="the table of that row, if not --data")
    add(
        "--drop",
        action="append",
        default=[],
        metavar="COLUMN",
        help="a column that the model does not take, such as the answer; columns that "
        "a model names are found without it",
    )
    _add_asking(table, "columns")
    _add_prior(table, "columns' bins")
    _add_output(table)


def _add_text(commands: Any) -> None:
    told = "explain the prediction for a text"
    text = commands.add_parser("text", help=told, description=told, allow_abbrev=False)
    text.set_defaults(run=run_text)
    _add_model(text)
    source = text.add_mutually_exclusive_group(required=True)
    source.add_argument("text", nargs="?", help="the text")
    source.add_argument("--file", help="the file that holds it, in UTF-8")
    _add_asking(text, "words")
    _add_prior(text, "words")
    _add_output(text)


def _add_image(commands: Any) -> None:
    told = "explain the prediction for an image"
    image = commands.add_parser(
        "image", help=told, description=told, allow_abbrev=False
    )
    image.set_defaults(run=run_image)
    _add_model(image)
    image.add_argument("image", help="the file of the image, of the size of the model")
    image.add_argument(
        "--segments", type=int, metavar="N", help="cut it into about N by SLIC"
    )
    _add_asking(image, "segments")
    _add_output(image)


def _add_model(parser: Any) -> None:
    parser.add_argument("--model", required=True, help=_MODEL)
    parser.add_argument(
        "--trust", action="store_true", help="trust all types in a .skops file"
    )


def _add_asking(parser: Any, features: str) -> None:
    add = parser.add_argument
    told = "the class or output to explain, by name or number; the predicted one"
    add("--target", default="predicted", help=told)
    add("--n-samples", type=int, metavar="N", help="how many rows the model is asked")
    add("--features", type=int, metavar="K", help=f"explain by K {features} alone")
    add("--seed", type=int, default=0, help="seed of the rows; 0")
    add("--quiet", action="store_true", help="do not show progress")


def _add_prior(parser: Any, features: str) -> None:
    parser.add_argument(
        "--prior",
        metavar="FILE",
        help="what is known beforehand: a .json file that -o has written for another "
        f"instance, or one of names of {features} and expected weights",
    )


def _add_output(parser: Any) -> None:
    add = parser.add_argument
    add("-o", "--output", action="append", default=[], metavar="FILE", help=_OUTPUT)
    add("--force", action="store_true", help="write over files that are there")
    add("--traceback", action="store_true", help="show where an error comes from")
