"""The command: choose cells, measure those that are missing, write the files."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from fnmatch import fnmatch
from pathlib import Path

from threadpoolctl import threadpool_limits

import sklearn_baylime
from auditing.cells import all_cells
from auditing.intervals import measure_intervals
from auditing.priors import measure_priors
from auditing.queries import measure_queries
from auditing.statistics import Measure
from auditing.summaries import measure_summary
from auditing.table import (
    Record,
    append_records,
    read_records,
    records_of,
    write_page,
)

RUNNERS: dict[str, Callable[..., list[Measure]]] = {
    "intervals": measure_intervals,
    "priors": measure_priors,
    "queries": measure_queries,
    "summary": measure_summary,
}


def run_cell(name: str, n_repeats: int) -> list[Record]:
    """Measure one cell.

    Parameters
    ----------
    name : str
        Name of the cell.
    n_repeats : int
        Number of repeats.

    Returns
    -------
    records : list of Record
    """
    cell = all_cells()[name]
    # Of the processor: others may be at work on the machine.
    begin = time.process_time()
    with threadpool_limits(1):
        measures = RUNNERS[cell.kind](cell, n_repeats)
    seconds = time.process_time() - begin
    version = sklearn_baylime.__version__
    return records_of(name, measures, n_repeats, seconds, version)


def choose(patterns: list[str]) -> list[str]:
    """Return the names of the cells that any of the patterns fits.

    Parameters
    ----------
    patterns : list of str
        Names, with ``*`` and ``?``; a family, such as "forests", is all of its cells.

    Returns
    -------
    names : list of str

    Raises
    ------
    ValueError
        If a pattern fits no cell.
    """
    names = list(all_cells())
    chosen = set()
    for pattern in patterns:
        found = [n for n in names if fnmatch(n, pattern) or n.split("/")[0] == pattern]
        if not found:
            families = sorted({name.split("/")[0] for name in names})
            raise ValueError(
                f"No cell is like {pattern!r}; the families are {', '.join(families)}, "
                "and --list names all cells."
            )
        chosen.update(found)
    return [name for name in names if name in chosen]


def main(arguments: list[str] | None = None) -> None:
    """Run the command.

    Parameters
    ----------
    arguments : list of str or None, default=None
        Its arguments; those of the command line if None.
    """
    parser = argparse.ArgumentParser(
        prog="python benchmarks/audit.py",
        description="Measure the numbers that the library states against exact truth.",
    )
    parser.add_argument(
        "--cells",
        nargs="+",
        default=["*"],
        metavar="PATTERN",
        help="names of cells, with * and ?, or families; all by default",
    )
    parser.add_argument("--repeats", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("doc/audit.csv"),
        help="file of results; the page stands beside it, as .md",
    )
    parser.add_argument("--list", action="store_true", help="name the cells, and stop")
    chosen = parser.parse_args(arguments)
    names = choose(chosen.cells)
    if chosen.list:
        print("\n".join(names))
        return
    done = {record.cell for record in read_records(chosen.out)}
    missing = [name for name in names if name not in done]
    print(f"{len(missing)} of {len(names)} cells to measure", flush=True)
    failed = _measure(missing, chosen.repeats, chosen.jobs, chosen.out)
    records = read_records(chosen.out)
    order = {name: i for i, name in enumerate(all_cells())}
    records.sort(key=lambda record: order.get(record.cell, len(order)))
    write_page(chosen.out.with_suffix(".md"), records)
    if failed:
        raise SystemExit(f"{len(failed)} cells failed: {', '.join(failed)}")


def _measure(names: list[str], n_repeats: int, n_jobs: int, path: Path) -> list[str]:
    """Measure cells, and return the names of those that failed."""
    begin = time.perf_counter()
    failed = []
    with ProcessPoolExecutor(n_jobs) as pool:
        running = {pool.submit(run_cell, name, n_repeats): name for name in names}
        for i, future in enumerate(as_completed(running), start=1):
            if (error := future.exception()) is not None:
                # The others are worth having.
                name = running[future]
                print(f"{i}/{len(names)} {name} failed: {error!r}", flush=True)
                failed.append(name)
                continue
            records = future.result()
            append_records(path, records)
            passed = time.perf_counter() - begin
            left = passed / i * (len(names) - i)
            missed = sum(record.met == "no" for record in records)
            print(
                f"{i}/{len(names)} {records[0].cell}: {records[0].seconds:.1f} s, "
                f"{missed} goals missed; about {left / 60:.1f} minutes left",
                flush=True,
            )
    return failed
