"""Ratios of medians within each group, printed at the end of the run."""

import pytest

# Scripts, which import each other from their own folder.
collect_ignore = ["audit.py", "auditing"]


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter, config):
    session = getattr(config, "_benchmarksession", None)
    groups = {}
    for bench in getattr(session, "benchmarks", []):
        groups.setdefault(bench.group, []).append(bench)
    if not groups:
        return
    terminalreporter.section("ratios of medians to the first of each group")
    for name, benches in groups.items():
        base = benches[0].stats.median
        for bench in benches:
            ratio = bench.stats.median / base
            label = bench.name.removeprefix("test_")
            median = f"{1e3 * bench.stats.median:9.2f} ms"
            terminalreporter.write_line(f"{name:<22} {label:<30} {median} {ratio:8.2f}")
