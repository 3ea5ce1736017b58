"""Section `split`: how recordings are divided."""

import math
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from mishear.config.base import Location, Section, Seed, no_repeats

_TAKES = re.compile(r"(\d+)-(\d+)|[^\s,]+")


def _takes(value: Any) -> Any:
    return [str(take) for take in (value if isinstance(value, list) else [value])]


def _are_takes(takes: list[str]) -> list[str]:
    for take in takes:
        found = _TAKES.fullmatch(take)
        if found is None:
            raise ValueError(f"'{take}' is neither a take nor a range such as 0-4")
        if found[1] and int(found[1]) > int(found[2]):
            raise ValueError(f"the range {take} is empty")
    return takes


Takes = Annotated[
    list[str],
    Field(min_length=1),
    BeforeValidator(_takes),
    AfterValidator(no_repeats),
    AfterValidator(_are_takes),
]
Share = Annotated[float, Field(gt=0, lt=1)]

ONLY_BY = {"folds": "speaker", "test_takes": "take", "file": "file"}
"""Keys that belong to one way of dividing."""


class Split(Section):
    """How recordings are divided; no recording is ever in two splits."""

    by: Literal["random", "speaker", "take", "file", "all"] = Field(
        default="random",
        description="`random`: stratified by class; `speaker`: no speaker is in two splits; "
        "`take`: `test_takes` are the test split; `file`: as given in `file`; `all`: every "
        "recording is in the test split, for a study that trains nothing.",
    )
    train: Share = Field(default=0.8, description="Fraction of the recordings.")
    validation: Share = Field(
        default=0.12,
        description="Fraction of the recordings. If folds or takes determine the test split: "
        "`validation` / (`train` + `validation`) of the other recordings.",
    )
    test: Share = Field(
        default=0.08,
        description="Fraction of the recordings. No effect if folds or takes determine the test "
        "split.",
    )
    seed: Seed = Field(default=0, description="Seed of the division.")
    folds: Literal["all"] | Annotated[int, Field(ge=2)] | None = Field(
        default=None,
        description="With `by: speaker`, the number of folds into which the speakers are divided. "
        "For each fold a victim is trained, which is tested on the speakers of that fold. `all`: "
        "a fold for each speaker (leave one speaker out), for the sources `espeak`, `fsdd` and "
        "`audiomnist`.",
    )
    test_takes: Takes | None = Field(
        default=None,
        description="With `by: take`, the takes of the test split: a list, or a range such as "
        "`0-4`. The take of a recording is the group `take` of the corpus's pattern.",
    )
    file: Location | None = Field(
        default=None,
        description="With `by: file`, a CSV file with the columns `recording` (as in "
        "`results/corpora/<corpus>/index.csv`) and `split` (`train`, `validation` or `test`). "
        "Recordings that it does not name are not used.",
    )

    @model_validator(mode="after")
    def _sums_to_one(self) -> "Split":
        total = self.train + self.validation + self.test
        if not math.isclose(total, 1, abs_tol=1e-6):
            raise ValueError(f"train + validation + test is {total:g}, must be 1")
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> "Split":
        for key, by in ONLY_BY.items():
            if getattr(self, key) is not None and self.by != by:
                raise ValueError(
                    f"{key} is for by: {by}, but by is {self.by}. Remove it, or set by: {by}"
                )
        for by, key in (("take", "test_takes"), ("file", "file")):
            if self.by == by and getattr(self, key) is None:
                raise ValueError(f"by: {by} needs the key {key}")
        return self

    def is_test_take(self, take: str) -> bool:
        """Tell whether a take is among ``test_takes``; whole numbers are compared as such."""
        return any(_contains(each, take) for each in self.test_takes or ())


def _contains(takes: str, take: str) -> bool:
    """Tell whether a take is the one, or in the range, that an item of ``test_takes`` names."""
    if not take.isdecimal():
        return takes == take
    first, _, last = takes.partition("-")
    if not first.isdecimal() or not (last or first).isdecimal():
        return False
    return int(first) <= int(take) <= int(last or first)
