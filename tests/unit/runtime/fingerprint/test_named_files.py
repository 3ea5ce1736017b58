"""Files of data are found beside the code that names them."""

import pytest

from mishear.runtime.fingerprint.named_files import named_file
from mishear.runtime.fingerprint.resolving import Source


@pytest.fixture
def roots(tmp_path, monkeypatch):
    for name in ("top/p/q/w.npy", "top/p/w.npy", "top/v.npy", "here/u.npy"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.chdir(tmp_path / "here")
    return (str(tmp_path / "top"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("w.npy", "/top/p/q/w.npy"),
        ("q/w.npy", "/top/p/q/w.npy"),
        ("v.npy", "/top/v.npy"),
        ("u.npy", "/here/u.npy"),
        ("none.npy", None),
        ("q", None),
    ],
)
def test_the_nearest_file_is_named(roots, tmp_path, text, expected):
    found = named_file(text, Source("p.q.m", f"{roots[0]}/p/q/m.py"), roots)
    assert found == (expected and f"{tmp_path}{expected}")


def test_code_of_mishear_names_files_beside_it_alone(roots):
    source = Source("mishear.m", f"{roots[0]}/p/q/m.py")
    assert named_file("w.npy", source, roots) == f"{roots[0]}/p/q/w.npy"
    assert named_file("u.npy", source, roots) is None
    assert named_file("w.npy", Source("", f"{roots[0]}/p/q/m.py"), roots) is None
