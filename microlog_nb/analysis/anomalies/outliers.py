"""Which values of a group are too large to be its own, however wide or lopsided the group is.

    log value    . .:::. .    .            o   o
                 | median |  tail |        outliers: each is judged by the values below it only, so that neither it nor
                                           those beyond it move the yardstick

Durations of normal calls are often lognormal, sometimes with a power tail. Their logarithms are then normal, or exponential; both,
and all between, are Pearson's type III. So the bound is that of the log-Pearson III law with mean, deviation and skewness
of the values below, as hydrologists bound floods (U.S. Geological Survey, Guidelines for Determining Flood Flow Frequency,
Bulletin 17C, 2019). Deviations of few values are drawn towards a usual one with Student's t instead of the normal law
(Smyth 2004, "Linear models and empirical Bayes methods"), so that five calls of equal length are no proof of a sixth's fault.
The median absolute deviation of the whole group is a second bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from microlog_nb.analysis.calls import Floats, Ints
from microlog_nb.analysis.functions import group_medians

Mask = npt.NDArray[np.bool_]

MIN_PEERS = 5
"""Values of a group that there must be for the full rule."""
CHANCE = 3e-4
"""How often a group without outliers seems to have one."""
DEVIATIONS = 4.0
"""How many deviations, by the MAD, above the median an outlier is at least."""
GAP = 2.0
"""How many deviations an outlier is from the largest value that is none: in a tail values follow one another."""
LOWEST = 2.5
"""Values so many deviations, by the lower quartile, below the median count as if they were there."""
MOST_SHARE = 0.2
"""More outliers than this share of a group are not outliers but another mode of it."""
WEAK_FACTOR = 10.0
"""In a group of 2 to 4 values, where there is no spread to speak of, the largest is out at this many times the next."""

_MAD_TO_SIGMA = 1.4826
"""Makes the MAD an estimate of the standard deviation of normal data (Rousseeuw and Croux 1993)."""
_QUARTILE = 0.6745
"""Distance of median and quartile of normal data, in standard deviations."""
_USUAL = 0.2
"""Usual deviation of log durations; it counts as much as `_USUAL_WEIGHT` values."""
_USUAL_WEIGHT = 8
_USUAL_SKEW = 0.4
_USUAL_SKEW_WEIGHT = 5
_MAX_SKEW = 2.2


@dataclass(frozen=True)
class Outliers:
    """Columns, one row a value that is out.

    Attributes:
        row: which of the values.
        expected: median of the values of its group that are not out.
        peers: how many there are of them.
        sure: 0.5 at the bound, near 1 far beyond; half of that where only `WEAK_FACTOR` speaks.
    """

    row: Ints
    expected: Floats
    peers: Ints
    sure: Floats


def find_outliers(values: Floats, group: Ints, size: int, *, noise: float) -> Outliers:
    """The outliers of each group 0 … size-1 of positive values.

    Args:
        values: what is compared.
        group: of each value.
        size: number of groups.
        noise: error of a value, in the same unit; values below it are taken as equal.
    """
    order = np.lexsort((values, group))
    value, of = np.maximum(values[order], noise), group[order]
    count = np.bincount(of, minlength=size)
    first = (np.cumsum(count) - count)[of]
    below = np.arange(len(of)) - first
    n = count[of]
    log = np.log(value)
    center = (log[first + (n - 1) // 2] + log[first + n // 2]) / 2
    lower = (center - log[first + n // 4]) / _QUARTILE
    # calls that had nothing to do say nothing of how long the others may take
    lifted = np.maximum(log - center, -np.maximum(LOWEST * lower, _USUAL))
    bound, deviation = _bound(lifted, below, n, first, noise / np.exp(center))
    bound += center
    apart = log - np.roll(log, 1) > GAP * deviation
    few = n - below <= np.maximum(1, n * MOST_SHARE)
    full = (n >= MIN_PEERS) & few & apart & (log > bound)
    full[full] = _beyond_mad(log, of, center, np.flatnonzero(full))
    before = np.roll(value, 1)
    weak = (n >= 2) & (n < MIN_PEERS) & (below == n - 1) & (value > WEAK_FACTOR * before)
    # whatever is beyond an outlier is out, too
    start = np.full(size, len(of), np.int64)
    np.minimum.at(start, of[full | weak], np.flatnonzero(full | weak))
    rows = np.flatnonzero(np.arange(len(of)) >= start[of])
    peers = (start[of] - first)[rows]
    low, high = first[rows] + (peers - 1) // 2, first[rows] + peers // 2
    with np.errstate(invalid="ignore", divide="ignore"):
        far = np.where(full[rows], (log - center)[rows] / np.maximum((bound - center)[rows], 1e-9), 1.0)
    sure = 1 - 0.5 / np.maximum(far, 1.0) ** 2
    return Outliers(
        row=order[rows],
        expected=(value[low] + value[high]) / 2,
        peers=peers,
        sure=np.where(n[rows] >= MIN_PEERS, sure, sure / 2),
    )


def _beyond_mad(log: Floats, of: Ints, center: Floats, rows: Ints) -> Mask:
    """Which of these values are far beyond their group's median, by the MAD."""
    groups = np.unique(of[rows])
    kin = np.flatnonzero(np.isin(of, groups))
    away = group_medians(np.searchsorted(groups, of[kin]), np.abs(log - center)[kin], len(groups))
    beyond: Mask = (log - center)[rows] > DEVIATIONS * _MAD_TO_SIGMA * away[np.searchsorted(groups, of[rows])]
    return beyond


def _bound(log: Floats, below: Ints, n: Ints, first: Ints, noise: Floats) -> tuple[Floats, Floats]:
    """What a value may be at most, by the values of its group that are below it, and their deviation."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        mean, square, cube = (_sum_before(log**power, first) / below for power in (1, 2, 3))
        variance = np.maximum(square - mean**2, 0)
        skew = (cube - 3 * mean * square + 2 * mean**3) / variance**1.5
        skew *= np.sqrt(below * (below - 1)) / (below - 2)  # the estimate without bias (Fisher)
        skew = np.where((variance > noise**2) & (below > 2), np.clip(skew, 0, _MAX_SKEW), 0)
        skew = (skew * below + _USUAL_SKEW * _USUAL_SKEW_WEIGHT) / (below + _USUAL_SKEW_WEIGHT)
        freedom = below - 1 + _USUAL_WEIGHT
        deviation = np.sqrt((variance * below + _USUAL**2 * _USUAL_WEIGHT) / freedom + noise**2)
        t = _t(_z(n), freedom)
        # Wilson and Hilferty's approximation of Pearson III
        reach = 2 / skew * ((1 + skew * t / 6 - skew**2 / 36) ** 3 - 1)
        bound: Floats = mean + reach * deviation * np.sqrt(1 + 1 / below)
    return np.where(below > 0, bound, np.inf), deviation


def _sum_before(values: Floats, first: Ints) -> Floats:
    """Of each value the sum of those before it in its group."""
    total = np.append(0.0, np.cumsum(values))
    sums: Floats = total[:-1] - total[first]
    return sums


def _z(n: Ints) -> Floats:
    """The normal deviation that the largest of n values exceeds with probability `CHANCE`."""
    sizes, place = np.unique(n, return_inverse=True)
    normal = NormalDist()
    return np.array([-normal.inv_cdf(CHANCE / max(size, 1)) for size in sizes.tolist()] or [0.0])[place]


def _t(z: Floats, freedom: Ints) -> Floats:
    """The same for Student's t (Wallace 1959)."""
    scaled = z * (8 * freedom + 3) / (8 * freedom + 1)
    t: Floats = np.sqrt(freedom * np.expm1(np.minimum(scaled**2 / freedom, 60)))
    return t
