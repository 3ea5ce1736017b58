"""The fingerprint follows the code that a script uses, and nothing but that code."""

import re
import shutil
from pathlib import Path

import pytest

from mishear.runtime.fingerprint.hashing import fingerprint, hash_of_files, read_code
from mishear.study.figures import FIGURES

ROOT = Path(__file__).parents[4]
SCRIPTS = sorted(path.name for path in (ROOT / "workflow" / "scripts").glob("*.py"))

CODE = {
    "script.py": """
import os
from package import aside, facade, used as renamed
from package.used import Child

def unused(): pass

if __name__ == "__main__":
    print(renamed.f(), facade.exported, Child)
""",
    "package/__init__.py": "",
    "package/used.py": """
from functools import wraps
import package.dotted
from package import aside, deep
from package.deep import CONSTANT as RENAMED
from .near import DEFAULT, decorate
from package.nothing import unused

class Base: steps = 1
class Child(Base): pass

def f(x=DEFAULT):
    from package.late import late
    return helper(x) + package.dotted.value + late.imported + deep.pair

@decorate
def helper(x: RENAMED): return g(x) if x else None
def g(x): return f(x)

def unreached(): return deep.other
""",
    "package/deep.py": """
CONSTANT = 1
first, pair = 1, 2
pair += 1
other = 1
""",
    "package/near.py": "DEFAULT = 1\ndef decorate(f): return f\n",
    "package/late.py": "class late: imported = 1\nother = 1\n",
    "package/dotted.py": "value = 1\nother = 1\n",
    "package/facade.py": "from package.inside import exported\n",
    "package/inside.py": "exported = 1\nother = 1\n",
    "package/aside.py": "value = 1\n",
}


@pytest.fixture
def of(tmp_path_factory):
    """The fingerprint of ``script.py`` among files, each time in another folder."""

    def of(files, *names):
        folder = tmp_path_factory.mktemp("code")
        for name, text in files.items():
            (folder / name).parent.mkdir(exist_ok=True, parents=True)
            (folder / name).write_text(text)
        return fingerprint(folder / "script.py", [folder], names)

    return of


def edited(files, name, old, new):
    assert old in files[name]
    return {**files, name: files[name].replace(old, new)}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("script.py", "print(", "print(1, "),
        ("package/used.py", "helper(x) +", "helper(x) -"),
        ("package/used.py", "return g(x)", "return -g(x)"),
        ("package/used.py", "return f(x)", "return -f(x)"),
        ("package/used.py", "steps = 1", "steps = 2"),
        ("package/used.py", "Child(Base)", "Child"),
        ("package/used.py", "@decorate\n", ""),
        ("package/used.py", "CONSTANT as RENAMED", "other as RENAMED"),
        ("package/near.py", "DEFAULT = 1", "DEFAULT = 2"),
        ("package/near.py", "return f", "return None"),
        ("package/deep.py", "CONSTANT = 1", "CONSTANT = 2"),
        ("package/deep.py", "1, 2", "1, 3"),
        ("package/deep.py", "pair += 1", "pair += 2"),
        ("package/late.py", "imported = 1", "imported = 2"),
        ("package/dotted.py", "value = 1", "value = 2"),
        ("package/inside.py", "exported = 1", "exported = 2"),
        ("package/facade.py", "import exported", "import other as exported"),
    ],
)
def test_a_change_of_used_code_is_seen(of, name, old, new):
    assert of(edited(CODE, name, old, new)) != of(CODE)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("package/used.py", "return deep.other", "return 0"),
        ("package/used.py", "def unreached", "def renamed"),
        ("package/used.py", "def unreached", "def added(): pass\ndef unreached"),
        ("package/used.py", "import wraps", "import cache, wraps"),
        ("package/used.py", "import aside, deep", "import deep"),
        ("script.py", "import os", "import sys"),
        ("package/deep.py", "other = 1", ""),
        ("package/late.py", "other = 1", "other = 2"),
        ("package/dotted.py", "other = 1", "other = 2"),
        ("package/inside.py", "other = 1", "other = 2"),
        ("package/aside.py", "value = 1", "value = 2"),
        ("package/__init__.py", "", "loaded = True\n"),
    ],
)
def test_a_change_of_other_code_is_not_seen(of, name, old, new):
    assert of(edited(CODE, name, old, new)) == of(CODE)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("script.py", "import os", "import os  # why"),
        ("script.py", "print(renamed.f(), ", "print(\n        renamed.f(),\n        "),
        ("package/deep.py", "CONSTANT = 1", '"""What."""\nCONSTANT   = 1\n"""What it is."""\n'),
        ("package/used.py", "    from package", '    """Docs."""\n    from package'),
        ("package/used.py", "class Base: steps = 1", 'class Base:\n    """Docs."""\n    steps = 1'),
        ("package/used.py", "from .near", "from package.near"),
        (
            "package/near.py",
            "DEFAULT = 1\ndef decorate(f): return f\n",
            "def decorate(f): return f\nDEFAULT = 1\n",
        ),
    ],
)
def test_what_is_no_code_is_not_seen(of, name, old, new):
    assert of(edited(CODE, name, old, new)) == of(CODE)


def test_a_swap_of_names_is_seen(of):
    files = {"script.py": "from m import a, b\nprint(a, b)\n", "m.py": "a = 1\nb = 2\n"}
    swapped = "from m import a as b, b as a\nprint(a, b)\n"
    assert of({**files, "script.py": swapped}) != of(files)


@pytest.mark.parametrize(
    "use",
    [
        "import m\nprint(m)",
        "import m as short\nprint(getattr(short, 'a'))",
        "import m\nprint(m.not_there)",
        "from m import not_there\nnot_there()",
        "from m import *",
        "def f():\n    from m import *\nf()",
        "from star import a\na()",
        "try:\n    import m\nexcept ImportError:\n    m = None\nprint(m)",
    ],
)
def test_all_of_a_module_counts_where_its_names_cannot_be_told(of, use):
    files = {
        "script.py": use,
        "m.py": "a = 1\ndef b(): return c\nc = 1\n",
        "star.py": "from m import *",
    }
    for old in ("a = 1", "return c", "c = 1"):
        assert of(edited(files, "m.py", old, old + " + 1")) != of(files)


@pytest.mark.parametrize("trick", ["globals()", "eval('a')", "exec('a')", "sys.modules[__name__]"])
def test_all_of_a_module_counts_that_reads_its_own_names_by_text(of, trick):
    files = {
        "script.py": "import m\nm.f()",
        "m.py": f"import sys\ndef f(): return {trick}\na = 1\n",
    }
    assert of(edited(files, "m.py", "a = 1", "a = 2")) != of(files)


@pytest.mark.parametrize(
    ("first", "trick"),
    [
        ("from sys import modules", "modules[__name__].a"),
        ("from sys import modules as loaded", "loaded[__name__].a"),
        ("import sys as s", "s.modules[__name__].a"),
        ("import builtins", "builtins.eval('a')"),
        ("from builtins import eval as e", "e('a')"),
        ("e = eval", "e('a')"),
        ("e = eval\ng = e", "g('a')"),
        ("from other import e", "e('a')"),
        ("import other as o", "o.e('a')"),
        ("import builtins", "getattr(builtins, 'eval')('a')"),
        ("", "f.__globals__['a']"),
        ("", "(lambda: 1).__globals__['a']"),
        ("", "getattr(f, '__globals__')['a']"),
        ("", "getattr(f, '__glo' + 'bals__')['a']"),
        ("import sys", "getattr(sys, 'modules')['m'].a"),
        ("import sys", "vars(sys)['modules']['m'].a"),
        ("import sys", "sys.__dict__['modules']['m'].a"),
        ("import builtins", "getattr(builtins, 'ev' + 'al')('a')"),
        ("import builtins", "getattr(builtins, name)('a')"),
        ("", "__builtins__['eval']('a')"),
        ("", "(lambda e=eval: e('a'))()"),
        ("import inspect as i", "i.getmodule(f).a"),
        ("from pydoc import locate", "locate('m.a')"),
        ("import pkgutil", "pkgutil.resolve_name('m:a')"),
        ("import inspect", "inspect.currentframe().f_globals['a']"),
        ("", "vars()['a']"),
        ("", "(__import__('m')).a"),
        ("from importlib import import_module", "import_module('m').a"),
    ],
)
def test_names_are_read_by_their_text_under_another_name(of, first, trick):
    files = {
        "script.py": "import m\nm.f()",
        "m.py": f"{first}\ndef f(): return {trick}\na = 1\n",
        "other.py": "e = eval\n",
    }
    assert of(edited(files, "m.py", "a = 1", "a = 2")) != of(files)


def test_globals_of_a_function_of_another_module_are_all_of_that_module(of):
    files = {
        "script.py": "from m import f\nprint(f.__globals__['a'])",
        "m.py": "def f(): pass\na = 1\n",
    }
    assert of(edited(files, "m.py", "a = 1", "a = 2")) != of(files)


ORDERS = {
    "a name bound twice": ("a = 1\nb = a\na = 2\n", "a = 1\na = 2\nb = a\n"),
    "two functions": (
        "def a(): pass\nb = a\ndef a(): return\n",
        "def a(): pass\ndef a(): return\nb = a\n",
    ),
    "two imports": (
        "from x import a\nfrom y import a\nb = 1",
        "from y import a\nfrom x import a\nb = 1",
    ),
    "an import and a variable": ("from x import a\na = 1\nb = 1", "a = 1\nfrom x import a\nb = 1"),
    "an import and a function": (
        "from x import a\ndef a(): pass\nb = 1",
        "def a(): pass\nfrom x import a\nb = 1",
    ),
    "an import and a class": (
        "import x as a\nclass a: pass\nb = 1",
        "class a: pass\nimport x as a\nb = 1",
    ),
    "an effect": ("a = []\nb = len(a)\na.append(1)\n", "a = []\na.append(1)\nb = len(a)\n"),
}


@pytest.mark.parametrize("what", ORDERS)
def test_the_order_in_which_names_are_bound_is_seen(of, what):
    first, second = (
        {
            "script.py": "from m import a, b\nprint(a, b)",
            "m.py": text,
            "x.py": "a = 1",
            "y.py": "a = 2",
        }
        for text in ORDERS[what]
    )
    assert of(first) != of(second)


def test_the_order_of_other_names_is_not_seen(of):
    files = {"script.py": "from m import a\nprint(a)", "m.py": "a = 1\na = 2\nc = 1\n"}
    assert of(edited(files, "m.py", "a = 1\na = 2\nc = 1", "c = 1\na = 1\na = 2")) == of(files)


FOUND_BY_BASE = {
    "subclasses": ("class Base: pass", "Base.__subclasses__()"),
    "subclasses of what is passed": ("class Base: pass", "type(Base()).__subclasses__()"),
    "a hook": (
        "KNOWN = []\nclass Base:\n    def __init_subclass__(cls): KNOWN.append(cls)",
        "KNOWN",
    ),
    "a metaclass": (
        "KNOWN = []\nclass Meta(type):\n    def __init__(cls, *_): KNOWN.append(cls)\n"
        "class Base(metaclass=Meta): pass",
        "KNOWN",
    ),
}
_REGISTRIES = {
    "a hook": "class Base:\n    def __init_subclass__(cls): KNOWN.append(cls)",
    "an inherited hook": (
        "class Above:\n    def __init_subclass__(cls): KNOWN.append(cls)\nclass Base(Above): pass"
    ),
    "a metaclass": (
        "class Meta(type):\n    def __init__(cls, *_): KNOWN.append(cls)\n"
        "class Base(metaclass=Meta): pass"
    ),
    "an inherited metaclass": (
        "class Meta(type):\n    def __init__(cls, *_): KNOWN.append(cls)\n"
        "class Above(metaclass=Meta): pass\nclass Base(Above): pass"
    ),
}


@pytest.mark.parametrize("what", _REGISTRIES)
@pytest.mark.parametrize(
    "plugin", ["from base import Base\nclass A(Base)", "import base as b\nclass A(b.Base)"]
)
def test_classes_in_a_registry_are_seen_where_only_the_registry_is_used(of, what, plugin):
    files = {
        "script.py": "import plugins, base\nprint(base.KNOWN)",
        "base.py": f"KNOWN = []\n{_REGISTRIES[what]}\n",
        "plugins.py": f"{plugin}: steps = LIMIT\nLIMIT = 1\n",
    }
    assert of(edited(files, "plugins.py", "LIMIT = 1", "LIMIT = 2")) != of(files)
    assert of(edited(files, "plugins.py", "steps = LIMIT", "steps = 3")) != of(files)


@pytest.mark.parametrize("what", FOUND_BY_BASE)
def test_classes_that_are_found_by_their_base_are_seen(of, what):
    base, use = FOUND_BY_BASE[what]
    files = {
        "script.py": f"import plugins\nfrom base import *\nprint({use})",
        "base.py": base,
        "plugins.py": "from base import Base\nclass A(Base): steps = LIMIT\nLIMIT = 1\n",
    }
    assert of(edited(files, "plugins.py", "LIMIT = 1", "LIMIT = 2")) != of(files)


EFFECTS = [
    "class A:\n    register('a')",
    "class A:\n    TABLE['a'] = 1",
    "class A:\n    x = register('a')",
    "class A:\n    @register\n    def f(self): pass",
    "class A:\n    for x in range(3):\n        TABLE[x] = 1",
    "def f(x=register('a')): pass",
    "def f(*, x=register('a')): pass",
    "def f(x=TABLE.setdefault('a', 1)): pass",
    "def f(x=indirectly()): pass",
    "unused = register('a')",
    "unused = lambda x=register('a'): x",
    "unused = Registered()",
]


@pytest.mark.parametrize("statement", EFFECTS)
def test_bodies_of_classes_and_default_arguments_with_effects_are_seen(of, statement):
    module = (
        "TABLE = {}\ndef register(x): TABLE[str(x)] = 1\ndef indirectly(): register(2)\n"
        "class Registered:\n    def __init__(self): TABLE['a'] = self\n"
    )
    files = {"script.py": "from m import TABLE\nprint(TABLE)", "m.py": f"{module}\n{statement}\n"}
    assert of(edited(files, "m.py", f"\n{statement}", "")) != of(files)


def test_calls_without_effects_are_not_seen(of):
    module = (
        "TABLE = {}\ndef double(x):\n    y = []\n    y.append(x)\n    return y\n"
        "class Row:\n    def __init__(self, x): self.x = x\n"
        "value = 1\nother = double(1)\nthird = Row(1)\ndef f(x=double(1)): pass\n"
        "class A:\n    x = Row(1)\n"
    )
    files = {"script.py": "from m import value\nprint(value)", "m.py": module}
    assert of(edited(files, "m.py", "(1)", "(2)")) == of(files)


def code_of(tmp_path, files, *names):
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_code(tmp_path / "script.py", [tmp_path], names)


@pytest.mark.parametrize(
    "use",
    [
        "np.load('w.npy')",
        "np.load(Path(__file__).with_name('w.npy'))",
        "np.load(Path(__file__).parent / 'w.npy')",
        "np.load(WEIGHTS)",
        "np.load(os.path.join(HERE, 'w.npy'))",
    ],
)
def test_files_of_data_that_code_names_are_seen(of, use):
    module = (
        "import os\nimport numpy as np\nfrom pathlib import Path\n"
        "HERE = os.path.dirname(__file__)\n"
        f"WEIGHTS = Path(HERE) / 'w.npy'\nclass A:\n    weights = {use}\n"
    )
    files = {"script.py": "", "mine/a.py": module, "mine/w.npy": "one", "mine/other.npy": "one"}
    name = "mine.a.A"
    assert of({**files, "mine/w.npy": "two"}, name) != of(files, name)
    assert of({**files, "mine/other.npy": "two"}, name) == of(files, name)


def test_files_in_folders_beside_the_module_are_found(of):
    module = "from pathlib import Path\nW = Path(__file__).parent / 'data' / 'w.npy'\n"
    files = {"script.py": "", "mine/a.py": module, "mine/__init__.py": "", "mine/data.py": ""}
    files |= {"mine/data/w.npy": "one"}
    assert of({**files, "mine/data/w.npy": "two"}, "mine.a.W") != of(files, "mine.a.W")


UNSEEN = {
    "np.load(path)": "content does not count",
    "open(path).read()": "content does not count",
    "path.read_text()": "content does not count",
    "importlib.import_module(path)": "its code does not count",
    "__import__(path)": "its code does not count",
    "exec(path)": "run time",
    "subprocess.run(path)": "another program",
    "os.environ['X']": "environment variable",
}


@pytest.mark.parametrize("use", UNSEEN)
def test_what_cannot_be_seen_is_said_with_its_line(tmp_path, use):
    module = (
        f"import importlib, os, subprocess\nimport numpy as np\n\ndef f(path):\n    return {use}\n"
    )
    code = code_of(tmp_path, {"script.py": "", "mine.py": module}, "mine.f")
    (said,) = code.unseen
    assert said.startswith(f"{tmp_path / 'mine.py'}:5 ")
    assert UNSEEN[use] in said


@pytest.mark.parametrize(
    "use", ["open('w.npy')", "open(path, 'w')", "importlib.import_module('os')", "eval('path')"]
)
def test_what_is_seen_or_written_is_not_said(tmp_path, use):
    files = {
        "script.py": "",
        "mine.py": f"import importlib\ndef f(path): return {use}",
        "w.npy": "",
    }
    assert code_of(tmp_path, files, "mine.f").unseen == ()


def test_nothing_is_said_of_mishear_itself():
    names = [f"mishear.attacks.{name}" for name in ("building", "running")]
    scripts = ROOT / "workflow" / "scripts"
    assert read_code(scripts / "evaluate.py", [ROOT / "src"], names).unseen == ()


def test_libraries_are_those_of_the_code_that_is_used(tmp_path):
    module = (
        "import os, foolbox\nimport numpy as np\ndef f(): return np, os\ndef g(): return foolbox\n"
    )
    files = {"script.py": "import torch, scipy\nfrom mishear import f\nprint(f, torch.nn)"}
    files |= {
        "mishear.py": module,
        "mine.py": "class A:\n    def f(self):\n        import yaml; yaml.x\n",
    }
    code = code_of(tmp_path, files, "mine.A", "foolbox.attacks.B")
    assert code.libraries & {"torch", "scipy", "numpy", "foolbox"} == {"torch", "numpy"}
    assert code.libraries_of_others == {"yaml"}
    assert code.libraries_of_names == {"foolbox"}


@pytest.mark.parametrize(
    ("script", "used", "unused"),
    [
        ("train.py", {"torch", "numpy"}, {"foolbox", "pyautoattack", "torchaudio"}),
        ("evaluate.py", {"torch", "foolbox"}, {"torchaudio"}),
        ("download.py", set(), {"torch", "numpy", "foolbox"}),
        ("unpack.py", set(), {"torch", "numpy", "foolbox"}),
        ("waveforms.py", {"numpy", "soundfile", "torchaudio"}, {"foolbox"}),
    ],
)
def test_each_script_has_libraries_of_its_own(script, used, unused):
    found = read_code(ROOT / "workflow" / "scripts" / script, [ROOT / "src"]).libraries
    assert found >= used
    assert not found & unused


@pytest.mark.parametrize(
    "statement",
    [
        "register(f)",
        "TABLE['f'] = f",
        "f.attribute = 1",
        "if True:\n    register(f)",
        "for each in [f]:\n    register(each)",
        "try:\n    pass\nexcept ValueError:\n    register(f)",
        "@register\ndef g(): return f",
        "@TABLE.setdefault('g')\ndef g(): return f",
        "if True:\n    @register\n    def g(): return f",
        "assert f",
    ],
)
@pytest.mark.parametrize("use", ["from m import value\nprint(value)", "import m", "import m.sub"])
def test_what_a_module_does_when_imported_is_seen(of, statement, use):
    module = (
        f"value = 1\nTABLE = {{}}\ndef register(f): return f\ndef f(): return 1\n\n{statement}\n"
    )
    home = "m/__init__.py" if "sub" in use else "m.py"
    files = {"script.py": use, home: module}
    if "sub" in use:
        files["m/sub.py"] = ""
    assert of(edited(files, home, "return 1", "return 2")) != of(files)
    assert of(edited(files, home, f"\n\n{statement}", "\n")) != of(files)


def test_an_unused_import_is_not_seen(of):
    files = {"script.py": "import os\n", "m.py": "a = 1\nif a:\n    b = 1\n"}
    for line in ("import m", "from m import a", "from m import not_there", "import numpy"):
        assert of(edited(files, "script.py", "import os", line)) == of(files)


def test_a_library_decorator_does_not_make_code_count(of):
    module = "from functools import cache\nvalue = 1\n@cache\ndef f(): return 1\n"
    files = {"script.py": "from m import value\nprint(value)", "m.py": module}
    assert of(edited(files, "m.py", "return 1", "return 2")) == of(files)


def test_a_conditional_block_counts_as_a_whole(of):
    module = (
        "try:\n    from fast import f\nexcept ImportError:\n    def f(): return g()\n"
        "def g(): return 1\nif f:\n    other = 1\n"
    )
    fast = "def f(): return 1\nother = 1\n"
    files = {"script.py": "import m\nm.f()", "m.py": module, "fast.py": fast}
    assert of(edited(files, "m.py", "return g()", "return -g()")) != of(files)
    assert of(edited(files, "m.py", "return 1", "return 2")) != of(files)
    assert of(edited(files, "fast.py", "return 1", "return 2")) != of(files)
    assert of(edited(files, "m.py", "other = 1", "other = 2")) == of(files)
    assert of(edited(files, "fast.py", "other = 1", "other = 2")) == of(files)


def test_modules_may_import_each_other(of):
    files = {
        "script.py": "from a import f\nf()",
        "a/__init__.py": "from . import b\nfrom .b import f\nfrom .b.x import x as y\n",
        "a/b/__init__.py": "import a\nimport a.b.x as here\ndef f(): return a.y, here.x\n",
        "a/b/x.py": "from a import b, f\nx = 1\nother = 1\n",
    }
    assert of(edited(files, "a/b/x.py", "x = 1", "x = 2")) != of(files)


def test_relative_imports_climb(of):
    files = {
        "script.py": "from a.b import f\nf()",
        "a/__init__.py": "",
        "a/b.py": "from . import c\nfrom .c import g\ndef f(): return c.x, g\n",
        "a/c.py": "x = 1\ng = 1\nother = 1\n",
    }
    assert of(edited(files, "a/c.py", "x = 1", "x = 2")) != of(files)
    assert of(edited(files, "a/c.py", "g = 1", "g = 2")) != of(files)
    assert of(edited(files, "a/c.py", "other = 1", "other = 2")) == of(files)


def test_a_class_named_in_the_config_is_followed(of):
    mine = "class Attack: steps = LIMIT\nLIMIT = 1\nclass Other: steps = 1\n"
    files = {"script.py": "", "mine.py": mine, "folder/mine.py": mine}
    for module in ("mine", "folder.mine"):
        name = module.replace(".", "/") + ".py"
        changed = edited(files, name, "LIMIT = 1", "LIMIT = 2")
        other = edited(files, name, "steps = 1", "steps = 2")
        assert of(changed) == of(files)
        assert of(changed, f"{module}.Attack") != of(files, f"{module}.Attack")
        assert of(other, f"{module}.Attack") == of(files, f"{module}.Attack")
        assert of(other, module) != of(files, module)
    assert of(files, "library.Attack") == of(files)


CHECKS = {"check_attack.py", "check_baselines.py"}
DATA_OF_TRAINING = {"detect.py", "probe_libraries.py", "train.py", "train_with_art.py"}


def of_scripts(folder):
    names = ["mishear.training.networks.PaperCNN"]
    scripts = folder / "workflow" / "scripts"
    return {name: fingerprint(scripts / name, [folder / "src", folder], names) for name in SCRIPTS}


@pytest.fixture(scope="module")
def before():
    return of_scripts(ROOT)


@pytest.mark.parametrize(
    ("module", "definition", "scripts"),
    [
        (
            "evaluation/recordings",
            "def gallery_rows(",
            {"attack_every_class.py", "listening_page.py", "check_waveform_attack.py", *CHECKS},
        ),
        ("training/trainer", "def train(", {"train.py"}),
        ("poisoning/training_set", "def poisoned_rows(", DATA_OF_TRAINING),
        (
            "evaluation/measurements",
            "def of_setting(",
            {"write_report.py", "listening_page.py"},
        ),
        ("training/networks/paper_cnn", "class PaperCNN(", set(SCRIPTS)),
        ("attacks/building", "def check_attack(", set()),
        ("preflight/checks", "def checked_settings(", set()),
        ("config/study", "class Study(", set()),
    ],
)
def test_a_change_in_mishear_reaches_the_scripts_that_use_it(
    tmp_path, before, module, definition, scripts
):
    shutil.copytree(ROOT / "src", tmp_path / "src")
    shutil.copytree(ROOT / "workflow" / "scripts", tmp_path / "workflow" / "scripts")
    file = tmp_path / "src" / "mishear" / f"{module}.py"
    text = re.sub(
        rf"^{re.escape(definition)}", f"@print\n{definition}", file.read_text(), flags=re.M
    )
    assert text != file.read_text()
    file.write_text(text)
    after = of_scripts(tmp_path)
    assert {name for name in SCRIPTS if after[name] != before[name]} == scripts


def of_figures(folder):
    script = folder / "workflow" / "scripts" / "draw_figure.py"
    return {
        kind: fingerprint(script, [folder / "src"], [f"mishear.report.figures.{kind}.draw"])
        for kind in FIGURES
    }


@pytest.mark.parametrize(
    ("module", "old", "new", "kinds"),
    [
        (
            "evaluation/measurements",
            "def of_setting(",
            "@print\ndef of_setting(",
            {
                "accuracy",
                "audio_quality",
                "certificates",
                "corruptions",
                "poisoning",
                "snr",
                "targeted",
                "tradeoff",
                "waveform",
            },
        ),
        ("report/figures/gallery", "def _name_row(", "@print\ndef _name_row(", {"gallery"}),
        ("report/figures/gallery", "def caption(", "@print\ndef caption(", set()),
        ("report/drawing/inputs", '"auto"', '"equal"', {"gallery", "recording"}),
        ("study/figures", 'title="confusion', 'title="other', set()),
    ],
)
def test_a_change_reaches_the_figures_that_use_it(tmp_path, module, old, new, kinds):
    shutil.copytree(ROOT / "src", tmp_path / "src")
    shutil.copytree(ROOT / "workflow" / "scripts", tmp_path / "workflow" / "scripts")
    file = tmp_path / "src" / "mishear" / f"{module}.py"
    assert file.read_text().count(old) == 1
    file.write_text(file.read_text().replace(old, new))
    before, after = of_figures(ROOT), of_figures(tmp_path)
    assert {kind for kind in FIGURES if after[kind] != before[kind]} == kinds


def test_files_that_are_not_code_are_hashed_by_their_content(tmp_path):
    first, second = tmp_path / "a.j2", tmp_path / "b.j2"
    first.write_text("one")
    second.write_text("two")
    before = hash_of_files([first, second])
    assert hash_of_files([second, first]) == before
    second.write_text("three")
    assert hash_of_files([first, second]) != before
