"""The page on corruptions has the severities that the classes have."""

import re
from pathlib import Path

import yaml

import mishear.corruptions
from mishear.config.loading import load
from mishear.corruptions.building import build_corruptions

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "corruptions.md").read_text()
SHIPPED = (ROOT / "config" / "config.yaml").read_text()


def test_the_table_is_that_of_the_config():
    rows = re.findall(
        r"^\| `([\w-]+)` \| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|", PAGE, re.MULTILINE
    )
    defined = load(yaml.safe_load(SHIPPED)).corruptions
    assert [(name, class_) for name, class_, *_ in rows] == [
        (name, each.class_) for name, each in defined.items()
    ]
    for name, class_, severities, unit, allowed in rows:
        found = getattr(mishear.corruptions, class_)
        assert severities == ", ".join(map("{:g}".format, found.severities)), name
        assert unit == found.unit, name
        assert allowed == "{:g} to {:g}".format(*found.levels), name


def test_the_example_is_accepted():
    raw = yaml.safe_load(SHIPPED)
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    for section, content in yaml.safe_load(example).items():
        raw[section] |= content
    for name, each in load(raw).corruptions.items():
        assert build_corruptions({"name": name, **each.model_dump(by_alias=True)})
