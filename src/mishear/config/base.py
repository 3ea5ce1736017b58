"""The base classes of the config's sections, and the types of their keys."""

from collections import Counter
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from mishear.core.files import one_spelling
from mishear.core.ranges import LARGEST, SMALLEST

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
"""Names become folders, so they are restricted to what is safe in a path."""


def canonical_number(value: float) -> float:
    """Round to six significant digits, so that a number and its name in a path are the same."""
    return float(f"{value:g}")


def no_repeats(values: list) -> list:
    """Refuse a list in which a value is given more than once."""
    repeated = [value for value, count in Counter(values).items() if count > 1]
    if repeated:
        raise ValueError(f"given more than once: {', '.join(map(str, sorted(repeated)))}")
    return values


def location(text: str) -> str:
    """Return an address as it is, and the path of a file or folder in the one way it is spelled."""
    return text if "://" in text else one_spelling(text)


def _class_as_text(name: Any) -> Any:
    if isinstance(name, bool):
        raise ValueError("YAML reads this word as true or false; put it in quotes")
    if isinstance(name, float):
        raise ValueError("YAML reads 1.1, 1.10 and 11e-1 as the same number; put it in quotes")
    return str(name) if isinstance(name, int) else name


Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=100)]
Location = Annotated[str, AfterValidator(location)]
Count = Annotated[int, Field(gt=0, le=1_000_000)]
Repeats = Annotated[int, Field(gt=0, le=10_000)]
UniqueNames = Annotated[list[Name], AfterValidator(no_repeats)]
Names = Annotated[list[Name], Field(min_length=1), AfterValidator(no_repeats)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Seeds = Annotated[list[Seed], Field(min_length=1, max_length=1000), AfterValidator(no_repeats)]
Share = Annotated[float, Field(ge=0, le=1), AfterValidator(canonical_number)]
Rates = Annotated[
    list[Annotated[float, Field(gt=0, le=1), AfterValidator(canonical_number)]],
    Field(min_length=1),
    AfterValidator(no_repeats),
]
Size = Annotated[float, Field(ge=SMALLEST, le=LARGEST), AfterValidator(canonical_number)]
Amplitudes = Annotated[list[Size], Field(min_length=1), AfterValidator(no_repeats)]
Factor = Annotated[float, Field(gt=0, le=1_000_000)]
Epsilons = Annotated[
    list[Annotated[float, AfterValidator(canonical_number)]],
    Field(min_length=1),
    AfterValidator(no_repeats),
]
Sizes = Size | dict[Name, Size] | None
"""A size of a perturbation: for all front ends, or by their names."""
NamedClass = Annotated[Name, BeforeValidator(_class_as_text)]
"""A class that becomes a name, as those of a corpus do."""
ClassName = Annotated[str, Field(min_length=1), BeforeValidator(_class_as_text)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Shown = Count | Annotated[list[str], Field(min_length=1)]
"""A number of recordings, or their names."""


class Section(BaseModel):
    """A mapping of the config in which only the keys listed are allowed."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _numbers_are_no_truth_values(cls, data: Any) -> Any:
        """Refuse ``yes`` and ``off`` where a number belongs; Python takes them as 1 and 0."""
        for key, value in data.items() if isinstance(data, dict) else ():
            given = value if isinstance(value, list) else [value]
            if any(type(each) is bool for each in given) and key in cls.model_fields:
                allowed = _types(cls.model_fields[key].annotation)
                if allowed & {int, float} and bool not in allowed:
                    raise ValueError(
                        f"{key}: YAML reads this word as true or false; write a number"
                    )
        return data


class ClassSection(Section):
    """A section that names a class; see :mod:`mishear.core.plugins`."""

    class_: str = Field(alias="class")
    params: dict[str, Any] = Field(default={}, description="Keyword arguments of the class.")


def _types(annotation: Any) -> set[type]:
    """Return the types that a key, or an item of its list, may have."""
    parts = get_args(annotation)
    if get_origin(annotation) is Literal:
        return set(map(type, parts))
    if not parts:
        return {annotation} if isinstance(annotation, type) else set()
    return set().union(*map(_types, parts))


def item_classes(annotation: Any) -> list[type[Section]]:
    """Return the sections that a list of a key may hold.

    Parameters
    ----------
    annotation
        Type of the key, also of one that may be unset.
    """
    parts = get_args(annotation)
    if get_origin(annotation) is list:
        return section_classes(parts[0])
    if get_origin(annotation) in (None, dict):
        return []
    return [found for part in parts for found in item_classes(part)]


def section_classes(annotation: Any) -> list[type[Section]]:
    """Return the sections that a key may hold: several of a union, none of another type.

    Parameters
    ----------
    annotation
        Type of the key. A mapping of sections is none.
    """
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return [annotation]
    if get_origin(annotation) in (None, dict, list):
        return []
    return [found for part in get_args(annotation) for found in section_classes(part)]
