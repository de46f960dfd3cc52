"""Where the command line comes in."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

from sklearn_baylime.command._parser import make_parser


def main(argv: Sequence[str] | None = None, prog: str = "sklearn-baylime") -> int:
    """Run a command; without one, the demonstration.

    Parameters
    ----------
    argv : sequence of str or None, default=None
        Arguments; those of the process if None.
    prog : str, default="sklearn-baylime"
        What the help calls the program.

    Returns
    -------
    status : int
        0, or 1 where the command could not be done.

    Raises
    ------
    SystemExit
        By argparse: with 2 if an argument is not known or lacks, and with 0 behind
        ``--help`` and ``--version``.

    Examples
    --------
    >>> from sklearn_baylime.command import main
    >>> main(["text", "--model", "os.path:getsize", "--file", "no/such/file"])
    1
    """
    args = list(sys.argv[1:] if argv is None else argv)
    known = make_parser(prog).parse_args(args or ["demo"])
    try:
        known.run(known)
    except (ImportError, OSError, TypeError, ValueError) as error:
        if known.traceback:
            traceback.print_exc()
        print(f"{prog} {known.command}: error: {error}", file=sys.stderr)
        return 1
    return 0
