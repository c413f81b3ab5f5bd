"""Samples of time, and what they say."""

from collections.abc import Sequence
from statistics import median, quantiles


def milliseconds(samples: Sequence[float]) -> str:
    """Give the median and the 95th percentile of seconds, as milliseconds."""
    return f"{median(samples) * 1000:.1f} / {percentile95(samples) * 1000:.1f} ms"


def percentile95(samples: Sequence[float]) -> float:
    return quantiles(samples, n=20, method="inclusive")[-1] if len(samples) > 1 else samples[0]
