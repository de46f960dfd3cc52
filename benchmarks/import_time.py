"""Processor's time of importing the package, beside that of its largest part.

python benchmarks/import_time.py
"""

import resource
import subprocess
import sys
from statistics import median

MODULES = ("sklearn.linear_model", "sklearn_baylime")
ROUNDS = 11


def measure(module):
    """Return the seconds that a fresh interpreter takes to import a module."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    """Import them in turn, and print medians."""
    seconds = {module: [] for module in MODULES}
    for _ in range(ROUNDS):
        for module in MODULES:
            seconds[module].append(measure(module))
    base = median(seconds[MODULES[0]])
    for module, found in seconds.items():
        print(f"{module:<24}{median(found):6.2f} s {median(found) / base:6.2f}")


if __name__ == "__main__":
    main()
