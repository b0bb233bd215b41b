"""The one place that knows scikit-learn: L2 logistic regression over slots, and Platt's calibration of it."""

from collections.abc import Sequence
from math import exp, log
from typing import Any, NamedTuple

from leadline_score.training.candidates import Candidate
from leadline_score.training.errors import TrainingError
from leadline_score.training.measures import log_loss
from leadline_score.training.splitting import Fold

STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # scikit-learn's C: smaller holds the weights closer to nothing
_DIGITS = 14  # of a weight: what further digits hold may differ from machine to machine
_LEAST_SLOPE = 0.001  # a model that tells nothing: all probabilities are the base rate


class Fitted(NamedTuple):
    """`weights` by feature and slot, centred: the average row of the table has sum 0. `losses` by strength."""

    intercept: float
    weights: tuple[tuple[float, ...], ...]
    shares: tuple[tuple[float, ...], ...]
    slope: float
    offset: float
    strength: float
    losses: dict[str, float]
    estimator: Any
    calibrator: Any


def fit(
    candidates: Sequence[Candidate], outcomes: Sequence[int], learn: Sequence[int], folds: Sequence[Fold]
) -> Fitted:
    """Choose the strength on the inner folds, calibrate on what they were looked at by, then fit on all of `learn`."""
    libraries = _libraries()
    with libraries.threads(limits=1):  # sums in one order: the same bytes on each run
        return _fit(candidates, outcomes, learn, folds, libraries)


class _Libraries(NamedTuple):
    numpy: Any
    sparse: Any
    regression: Any
    threads: Any


def _libraries() -> _Libraries:
    try:
        import numpy  # noqa: PLC0415 - an optional extra, and slow to load
        from scipy import sparse  # noqa: PLC0415
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
        from threadpoolctl import threadpool_limits  # noqa: PLC0415
    except ImportError:
        raise TrainingError(
            "Training needs scikit-learn, which is not installed: a service does not need it. "
            "Install it with: pip install 'leadline-score[train]'"
        ) from None
    return _Libraries(numpy, sparse, LogisticRegression, threadpool_limits)


def library_versions() -> dict[str, str]:
    """What a model was made with."""
    import numpy  # noqa: PLC0415
    import scipy  # noqa: PLC0415
    import sklearn  # noqa: PLC0415

    return {"numpy": numpy.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__}


def design(candidates: Sequence[Candidate], rows: Sequence[int]) -> Any:
    """One column per slot of each feature, 1 where the row falls into it."""
    libraries = _libraries()
    numpy, sparse = libraries.numpy, libraries.sparse
    starts = numpy.cumsum([0, *[candidate.slots.count for candidate in candidates]])
    columns = numpy.empty((len(rows), len(candidates)), dtype=numpy.int32)
    for place, candidate in enumerate(candidates):
        columns[:, place] = [candidate.encoded[row] + int(starts[place]) for row in rows]
    pointers = numpy.arange(0, columns.size + 1, len(candidates), dtype=numpy.int32)
    ones = numpy.ones(columns.size)
    return sparse.csr_matrix((ones, columns.ravel(), pointers), shape=(len(rows), int(starts[-1])))


def _fit(
    candidates: Sequence[Candidate],
    outcomes: Sequence[int],
    learn: Sequence[int],
    folds: Sequence[Fold],
    lib: _Libraries,
) -> Fitted:
    numpy = lib.numpy
    table = design(candidates, learn)
    ends = numpy.array([outcomes[place] for place in learn])
    losses: dict[float, float] = {}
    looked: dict[float, tuple[list[float], list[int]]] = {}
    for strength in STRENGTHS:
        scores: list[float] = []
        seen: list[int] = []
        for fold in folds:
            if len(set(ends[list(fold.fit)].tolist())) < 2:
                continue  # the oldest part of the table may hold one end only
            model = _regression(lib, strength).fit(table[list(fold.fit)], ends[list(fold.fit)])
            scores += model.decision_function(table[list(fold.look)]).tolist()
            seen += ends[list(fold.look)].tolist()
        looked[strength] = (scores, seen)
        losses[strength] = log_loss([_logistic(score) for score in scores], seen) if seen else float("inf")
    strength = min(losses, key=lambda each: (round(losses[each], 5), each))
    calibrator, slope, offset = _calibrated(lib, *looked[strength])
    estimator = _regression(lib, strength).fit(table, ends)
    shares = numpy.asarray(table.mean(axis=0)).ravel()
    return Fitted(
        *_centred(estimator.coef_[0].tolist(), float(estimator.intercept_[0]), shares.tolist(), candidates),
        slope,
        offset,
        strength,
        {f"{each:g}": round(loss, 6) for each, loss in losses.items()},
        estimator,
        calibrator,
    )


def _regression(lib: _Libraries, strength: float) -> Any:
    return lib.regression(C=strength, solver="newton-cholesky", max_iter=200, tol=1e-10)


def _calibrated(lib: _Libraries, scores: list[float], outcomes: list[int]) -> tuple[Any, float, float]:
    """Platt: a logistic regression of the outcomes on scores that the fits which gave them had not seen."""
    if len(set(outcomes)) < 2:
        return None, 1.0, 0.0
    calibrator = _regression(lib, 1e6).fit(lib.numpy.array(scores).reshape(-1, 1), outcomes)
    slope, offset = float(calibrator.coef_[0][0]), float(calibrator.intercept_[0])
    if slope <= _LEAST_SLOPE:
        base = sum(outcomes) / len(outcomes)
        return None, _LEAST_SLOPE, log(base / (1 - base))
    return calibrator, _rounded(slope), _rounded(offset)


def _centred(
    weights: list[float], intercept: float, shares: list[float], candidates: Sequence[Candidate]
) -> tuple[float, tuple[tuple[float, ...], ...], tuple[tuple[float, ...], ...]]:
    """The same model with the average taken into the intercept; a slot that no row fell into counts as the average."""
    start = 0
    found: list[tuple[float, ...]] = []
    parts: list[tuple[float, ...]] = []
    for candidate in candidates:
        end = start + candidate.slots.count
        part, own = shares[start:end], weights[start:end]
        average = sum(share * weight for share, weight in zip(part, own, strict=True))
        intercept += average
        found.append(tuple(_rounded(w - average) if share else 0.0 for share, w in zip(part, own, strict=True)))
        parts.append(tuple(round(share, 8) for share in part))
        start = end
    return _rounded(intercept), tuple(found), tuple(parts)


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _logistic(score: float) -> float:
    return 1 / (1 + exp(-score)) if score > -700 else 0.0
