"""How long something takes: medians of interleaved rounds, so that a busy machine spoils both sides alike."""

import statistics
import time
from collections.abc import Callable


def median_times(functions: dict[str, Callable[[], object]], *, rounds: int, calls: int = 1) -> dict[str, float]:
    """Seconds per call of each function, as the median over rounds in which all take turns."""
    for function in functions.values():
        function()
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            started = time.perf_counter()
            for _ in range(calls):
                function()
            times[name].append((time.perf_counter() - started) / calls)
    return {name: statistics.median(taken) for name, taken in times.items()}


def report(title: str, ratio: float, at_most: float, detail: str = "") -> None:
    """One line of a benchmark's outcome. It judges nothing: a busy machine would make that a matter of luck."""
    verdict = "within" if ratio <= at_most else "ABOVE"
    print(f"\n{title}: ratio {ratio:.3f} ({verdict} the aim of at most {at_most}) {detail}".rstrip())
