"""What the hash of code does not cover is said, however it is spelled."""

import pytest

from mishear.runtime.fingerprint import unseen as module
from mishear.runtime.fingerprint.following import Part, follow
from mishear.runtime.fingerprint.resolving import find
from mishear.runtime.fingerprint.unseen import unseen


@pytest.fixture
def said(tmp_path_factory, monkeypatch):
    """What is said of the function ``f`` of a module, with the lines."""

    def said(text):
        folder = tmp_path_factory.mktemp("code")
        (folder / "m.py").write_text(text)
        (folder / "conf.json").write_text("{}")
        (folder / "const.py").write_text("HERE = 'conf.json'\nTHERE = HERE\nNOWHERE = 'no.json'")
        (folder / "other.py").write_text("from subprocess import run\n")
        monkeypatch.chdir(folder)
        roots = (str(folder),)
        source = find("m", roots)
        found = unseen(follow([Part(source, "f")], roots), roots)
        return {
            (int(line), what)
            for line, what in (each.removeprefix(f"{source.path}:").split(" ", 1) for each in found)
        }

    return said


CALLS = [
    ("import subprocess as sp", "sp.run(x)", module.STARTS),
    ("from subprocess import run", "run(x)", module.STARTS),
    ("import subprocess", "getattr(subprocess, 'run')(x)", module.STARTS),
    ("from subprocess import Popen as P", "P(x)", module.STARTS),
    ("from other import run", "run(x)", module.STARTS),
    ("import os as o", "o.system(x)", module.STARTS),
    ("from os import execv", "execv(x, y)", module.STARTS),
    ("from ctypes import CDLL", "CDLL(x)", module.STARTS),
    ("from ctypes import cdll as c", "c.LoadLibrary(x)", module.STARTS),
    ("import cffi", "cffi.FFI()", module.STARTS),
    ("import subprocess", "map(subprocess.run, x)", module.STARTS),
    ("from os import environ", "environ['X']", module.ENVIRONMENT),
    ("from os import environ as e", "e.get('X')", module.ENVIRONMENT),
    ("from os import getenv", "getenv('X')", module.ENVIRONMENT),
    ("import os as o", "o.environ['X']", module.ENVIRONMENT),
    ("import os", "os.path.expandvars('$X')", module.ENVIRONMENT),
    ("import os", "vars(os)['environ']", module.ENVIRONMENT),
    ("import os\nE = os.environ", "E['X']", module.ENVIRONMENT),
    ("import os", "sorted(os.listdir('.'))", module.LISTS),
    ("from os import scandir as s", "s(x)", module.LISTS),
    ("from glob import glob", "glob('*.json')", module.LISTS),
    ("from pathlib import Path", "list(Path('.').glob('*.json'))", module.LISTS),
    ("", "sorted(x.iterdir())", module.LISTS),
    ("e = exec", "e(x)", module.RUNS_TEXT),
    ("from builtins import eval as e", "e(x)", module.RUNS_TEXT),
    ("import builtins", "getattr(builtins, 'ev' + 'al')(x)", module.RUNS_TEXT),
    ("", "list(map(eval, x))", module.RUNS_TEXT),
    ("from importlib import import_module as i", "i(x)", module.IMPORTS_BY_TEXT),
    ("import runpy as r", "r.run_path(x)", module.IMPORTS_BY_TEXT),
    ("import runpy", "runpy.run_module(x)", module.IMPORTS_BY_TEXT),
    (
        "import importlib.util as u",
        "u.spec_from_file_location('h', 'h.py')",
        module.IMPORTS_BY_TEXT,
    ),
    (
        "from importlib.machinery import SourceFileLoader as L",
        "L('h', x).load_module()",
        module.IMPORTS_BY_TEXT,
    ),
    ("from numpy import load", "load(x)", module.READS),
    ("import torch as th", "th.load(x)", module.READS),
    ("import torch", "torch.jit.load(x)", module.READS),
    ("import numpy\nl = numpy.load", "l(x)", module.READS),
    ("import numpy", "map(numpy.load, x)", module.READS),
    ("from safetensors import safe_open", "safe_open(x, 'pt')", module.READS),
    ("from safetensors.torch import load_file as lf", "lf(x)", module.READS),
    ("import h5py", "h5py.File(x)", module.READS),
    ("import scipy.io", "scipy.io.loadmat(x)", module.READS),
    ("from scipy.io import wavfile", "wavfile.read(x)", module.READS),
    ("import pandas as pd", "pd.read_pickle(x)", module.READS),
    ("import soundfile as sf", "sf.SoundFile(x)", module.READS),
    ("import onnxruntime as o", "o.InferenceSession(x)", module.READS),
    ("from zipfile import ZipFile", "ZipFile(x)", module.READS),
    ("import const", "open(const.NOWHERE)", module.READS),
    ("", "Path(x).read_text()", module.READS),
    ("", "x.open()", module.READS),
    ("", "open(x, 'rb')", module.READS),
]


@pytest.mark.parametrize(("first", "use", "what"), CALLS)
def test_what_is_not_covered_is_said_however_it_is_spelled(said, first, use, what):
    line = first.count("\n") + 3
    assert said(f"{first}\ndef f(x, y):\n    return {use}\n") == {(line, what)}
    inner = first.split("\n") if "=" not in first else []
    if inner:
        body = "\n".join(f"    {each}" for each in [*inner, f"return {use}"])
        assert said(f"def f(x, y):\n{body}\n") == {(len(inner) + 2, what)}


@pytest.mark.parametrize(
    ("first", "use"),
    [
        ("", "open('conf.json')"),
        ("", "open(x, 'w')"),
        ("", "open(x, mode='ab')"),
        ("from zipfile import ZipFile", "ZipFile(x, 'w')"),
        ("W = 'conf.json'", "open(W)"),
        ("W = 'conf.json'\nV = here / W", "open(V)"),
        ("import const", "open(const.HERE)"),
        ("from const import THERE as T", "open(T)"),
        ("", "[open(n) for n in ('conf.json',)]"),
        ("", "network.load(x)"),
        ("", "eval('x')"),
        ("from importlib import import_module as i", "i('os')"),
        ("import importlib", "importlib.import_module('.const', __package__)"),
        ("import os", "os.path.join(x, y)"),
        ("from mine import run", "run(x)"),
        ("import numpy as np", "isinstance(x, np.ndarray)"),
        ("import subprocess", "subprocess.PIPE"),
    ],
)
def test_what_is_covered_is_not_said(said, first, use):
    assert said(f"{first}\ndef f(x, y):\n    return {use}\n") == set()


READS = [
    ("    a = json.load(open('conf.json'))\n    return np.load(x)", {4}),
    ("    p = HERE / 'conf.json'\n    return np.load(p)", set()),
    ("    p = HERE / 'conf.json'\n    return np.load(p), np.load(x)", {4}),
    ("    p = HERE / 'conf.json'\n    def g(p): return np.load(p)\n    return g(p)", {4}),
    ("    for p in ('conf.json', 'b.npy'):\n        np.load(HERE / p)", set()),
    ("    with open(x) as file:\n        return json.load(file, 'conf.json')", {3}),
    ("    l = np.load\n    return l(x)", {3, 4}),
]


@pytest.mark.parametrize(("body", "lines"), READS)
def test_each_call_is_judged_by_the_file_that_it_is_given(said, body, lines):
    assert {line for line, _ in said(f"import numpy as np\ndef f(x):\n{body}\n")} == lines


def test_attributes_of_a_class_name_files(said):
    text = (
        "import numpy as np\nclass f:\n    a = 'conf.json'\n    def __init__(self, x):\n"
        "        self.b = x\n        self.c = HERE / 'conf.json'\n    def g(self):\n"
        "        return np.load(self.a)\n    def h(self):\n        return np.load(self.b)\n"
        "    def i(self):\n        return np.load(self.c)\n"
    )
    assert said(text) == {(10, module.READS)}


def test_annotations_run_nothing(said):
    assert said("import subprocess\ndef f(x: subprocess.run) -> subprocess.run: pass") == set()
