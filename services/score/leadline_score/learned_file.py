"""The file of a learned model: versioned JSON that people can read, checked strictly, and compiled for serving.

It holds coefficients, bins and category names, never a row; a category that looks like somebody's address, number or
link is refused, whoever wrote the file.
"""

import hashlib
import json
import re
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from leadline_runtime.core.errors import RulesError
from leadline_runtime.rules import RulesModel, parse
from leadline_score.core.known import FACT_FIELDS
from leadline_score.core.learned import CAPTURED_AT, Feature, LearnedModel, Mode, contribution_of
from leadline_score.core.learned_slots import WEEKDAYS, Kind, Slots

MODEL_FILE = "model.json"
SCHEMA: Final = 1
SERVABLE = FACT_FIELDS | {CAPTURED_AT}
_PERSONAL = re.compile(
    r"[^\s@]+@[^\s@]+\.[^\s@]+|https?://|www\.|^(\+|00)[\d\s()./-]{8,}$|^\(?\d{2,5}[)\s./-]+\d{2,5}[\s./-]+\d{3,5}$|^\d{10,13}$"
)
Finite = Annotated[float, Field(allow_inf_nan=False)]


class FeatureFile(RulesModel):
    """One column. `weights` and `shares` (of the rows it learned from) by slot: levels or ranges, then (of categories)
    any other value, last unknown. `field` is the lead's field that holds it; null: no lead holds it.
    """

    name: str
    column: str
    field: str | None = None
    kind: Kind
    levels: tuple[str, ...] = ()
    edges: tuple[Finite, ...] = ()
    day_first: bool = False
    weights: tuple[Finite, ...]
    shares: tuple[Finite, ...]


class CalibrationFile(RulesModel):
    """Platt's two numbers: probability = logistic(slope · score + offset)."""

    slope: Annotated[Finite, Field(gt=0)]
    offset: Finite


class ColumnFile(RulesModel):
    """What became of a column, and why."""

    column: str
    verdict: Literal["kept", "warned", "refused", "dropped"]
    why: str
    auc: Finite | None = None
    filled: Finite | None = None
    leak: bool = False


class StageFile(RulesModel):
    """Somebody put the model to work, or back into shadow."""

    mode: Mode
    author: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]
    at: str


class TargetFile(RulesModel):
    """What the model predicts: the column, which of its values is the outcome, and the time the table is ordered by."""

    column: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    time: str | None = None
    time_day_first: bool = False
    delimiter: str = ","


class ModelFile(RulesModel):
    """The whole file. `stages` is the history of promotions, the last one counts; none: shadow."""

    version: str
    schema_version: Literal[1] = SCHEMA
    target: TargetFile
    intercept: Finite
    calibration: CalibrationFile
    points_per_log_odds: Annotated[Finite, Field(ge=0)]
    features: tuple[FeatureFile, ...]
    columns: tuple[ColumnFile, ...] = ()
    metrics: dict[str, Any] = {}
    training: dict[str, Any] = {}
    stages: tuple[StageFile, ...] = ()

    @property
    def mode(self) -> Mode:
        """Does it count, or is it only looked at?"""
        return self.stages[-1].mode if self.stages else "shadow"


def read_model(content: Any, file: str) -> ModelFile:
    """The content as a model. Raises RulesError with every fault: what, where, what would be right."""
    model = parse(ModelFile, content, file)
    seen: set[str] = set()
    for place, feature in enumerate(model.features):
        path = f"features.{place}"
        if feature.name in seen:
            raise RulesError(file, f"{path}.name", "is there twice")
        seen.add(feature.name)
        if feature.field is not None and feature.field not in SERVABLE:
            raise RulesError(file, f"{path}.field", f"is no field of a lead; known: {', '.join(sorted(SERVABLE))}")
        _check(feature, file, path)
    return model


def _check(feature: FeatureFile, file: str, path: str) -> None:
    if any(low >= high for low, high in zip(feature.edges, feature.edges[1:], strict=False)):
        raise RulesError(file, f"{path}.edges", "must grow from one to the next")
    if len(set(feature.levels)) != len(feature.levels):
        raise RulesError(file, f"{path}.levels", "hold one value twice")
    if feature.kind in _FIXED and feature.levels != _FIXED[feature.kind]:
        raise RulesError(file, f"{path}.levels", f"of this kind are {', '.join(_FIXED[feature.kind])}")
    for place, level in enumerate(feature.levels):
        if is_personal(level):
            raise RulesError(
                file,
                f"{path}.levels.{place}",
                "looks like an address, a number or a link of somebody; train without it",
            )
    count = slots_of(feature).count
    for name, found in (("weights", feature.weights), ("shares", feature.shares)):
        if len(found) != count:
            raise RulesError(file, f"{path}.{name}", f"needs {count} numbers, one for each slot, and has {len(found)}")


_FIXED: dict[str, tuple[str, ...]] = {"yes_no": ("no", "yes"), "weekday": WEEKDAYS}


def is_personal(word: str) -> bool:
    """Does a value look like an e-mail address, a telephone number or a link?"""
    return _PERSONAL.search(word) is not None


def slots_of(feature: FeatureFile) -> Slots:
    """How values of a feature become slots."""
    return Slots(
        feature.kind,
        {level: place for place, level in enumerate(feature.levels)},
        feature.edges,
        feature.day_first,
    )


def compile_model(model: ModelFile, by_column: bool = False) -> LearnedModel:
    """Ready to serve: asked by the lead's fields, or, for a table, `by_column`."""
    asks = {feature.field for feature in model.features}
    scale = model.points_per_log_odds * model.calibration.slope * 1000
    return LearnedModel(
        version=model.version,
        digest=digest_of(model),
        mode=model.mode,
        features=tuple(_compiled(feature, scale, by_column) for feature in model.features),
        intercept=model.intercept,
        slope=model.calibration.slope,
        offset=model.calibration.offset,
        asks_captured_at=CAPTURED_AT in asks,
    )


def _compiled(feature: FeatureFile, scale: float, by_column: bool) -> Feature:
    slots = slots_of(feature)
    average = sum(weight * share for weight, share in zip(feature.weights, feature.shares, strict=True))
    points = tuple(round((weight - average) * scale) for weight in feature.weights)
    name = _identifier(feature.name)
    told = tuple(
        contribution_of(name, given, f"{feature.name}: {word}")
        for given, word in zip(points, slots.words(), strict=True)
    )
    asks = feature.column if by_column else feature.field
    return Feature(feature.name, asks, slots, feature.weights, average, points, told)


def _identifier(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_") or "column"


def digest_of(model: ModelFile) -> str:
    """Names what the model computes and says, whether it is promoted or not."""
    content = model.model_dump(mode="json", exclude={"stages"})
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def written(model: ModelFile) -> str:
    """The file's text: the same model, the same bytes."""
    return json.dumps(model.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"
