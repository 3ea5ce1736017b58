"""Versions of what a report was made with."""

from mishear.report import versions as module
from mishear.report.versions import versions


def test_versions_are_named(monkeypatch):
    monkeypatch.setattr(module, "PACKAGES", ("numpy", "no-such-package"))
    found = versions()
    assert list(found) == ["mishear", "Python", "numpy", "no-such-package"]
    assert found["no-such-package"] == "not installed"
    assert found["numpy"][0].isdigit()
