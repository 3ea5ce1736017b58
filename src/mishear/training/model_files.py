"""Files of trained models: which kind a file is, and what is read from it."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from mishear.core.errors import UserError

Kind = Literal["safetensors", "torch", "torchscript", "exported"]
"""``torch`` is whatever ``torch.save`` writes: a state dict, or a pickled module."""

CONVERSION = (
    "import torch; from safetensors.torch import save_file; "
    "save_file({{k: v.clone().contiguous() for k, v in {model}.state_dict().items()}}, "
    "'weights.safetensors')"
)
OPENED = {
    "torch": "torch.load('{path}', weights_only=False)",
    "torchscript": "torch.jit.load('{path}')",
    "exported": "torch.export.load('{path}').module()",
}
"""How the model in a file that brings code is opened, where its author is trusted."""

NOUNS = {
    "torch": "a pickled module",
    "torchscript": "a TorchScript program",
    "exported": "a program of torch.export",
}
LARGEST_HEADER = 100_000_000
"""Bytes of a safetensors header; its own library refuses longer ones."""


def kind_of(path: Path, where: str) -> Kind:
    """Tell the kind of a file from its content. Nothing in it is run.

    Parameters
    ----------
    path
        The file.
    where
        Key in the config, for the message.

    Raises
    ------
    UserError
        If it cannot be read, or is of no kind that is known.
    """
    try:
        with path.open("rb") as file:
            start = file.read(9)
    except OSError as error:
        raise UserError(f"{where}: '{path}' cannot be read: {error.strerror}.") from error
    if zipfile.is_zipfile(path):
        return _kind_of_archive(path)
    length = int.from_bytes(start[:8], "little")
    if start[8:9] == b"{" and length <= min(LARGEST_HEADER, path.stat().st_size):
        return "safetensors"
    if start[:1] == b"\x80":  # a pickle, as torch.save wrote them before version 1.6
        return "torch"
    raise UserError(
        f"{where}: '{path}' is neither a safetensors file nor a file of PyTorch. Save the model's "
        f"state dict as safetensors: {CONVERSION.format(model='model')}."
    )


def _kind_of_archive(path: Path) -> Kind:
    with zipfile.ZipFile(path) as archive:
        names = [name.partition("/")[2] or name for name in archive.namelist()]
    if "archive_format" in names or any("serialized_exported_program" in name for name in names):
        return "exported"
    if "constants.pkl" in names or any(name.startswith("code/") for name in names):
        return "torchscript"
    return "torch"


def untrusted(path: Path, kind: Kind, where: str, seen: str = "") -> UserError:
    """Return the refusal of a file whose loading would run code, with what to do instead.

    Parameters
    ----------
    path
        The file.
    kind
        Its kind.
    where
        Key of the network in the config.
    seen
        What in it cannot be read as numbers, for a pickle.
    """
    model = OPENED[kind].format(path=path)
    return UserError(
        f"{where}.weights: '{path}' is {NOUNS[kind]}{seen}, and loading it may run any code that "
        f'is in it. Convert it where you trust it, python -c "{CONVERSION.format(model=model)}", '
        f"and name weights.safetensors with the class of the network here; or set "
        f"{where}.trust: true and leave out the class."
    )


def read_state(path: Path, where: str) -> dict[str, Any]:
    """Read the numbers of a model. No code in the file is run.

    Parameters
    ----------
    path
        Safetensors, or a state dict that ``torch.save`` wrote.
    where
        Key of the network in the config.

    Returns
    -------
    dict
        Tensors on the CPU by their keys.

    Raises
    ------
    UserError
        If the file is damaged, of another kind, or holds more than a state dict.
    """
    kind = kind_of(path, f"{where}.weights")
    if kind == "safetensors":
        return _safetensors(path, where)
    if kind != "torch":
        raise untrusted(path, kind, where)
    return _state_dict(_unpickled(path, where), path, where)


def _safetensors(path: Path, where: str) -> dict[str, Any]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except SafetensorError as error:
        raise UserError(f"{where}.weights: '{path}' is damaged: {error}.") from error


def _unpickled(path: Path, where: str) -> Any:
    import pickle

    import torch

    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if found := _global_in(str(error)):
            raise untrusted(path, "torch", where, f" (it names {found})") from error
        raise _unreadable(path, where, error) from error
    except (RuntimeError, EOFError, ValueError) as error:
        raise _unreadable(path, where, error) from error


def _unreadable(path: Path, where: str, error: Exception) -> UserError:
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    return UserError(
        f"{where}.weights: '{path}' cannot be read by torch.load ({first}). Copy it again, or save "
        f"the model again: {CONVERSION.format(model='model')}."
    )


def _global_in(message: str) -> str:
    """Return the class or function that torch refused to load, from its message."""
    _, _, rest = message.partition("GLOBAL ")
    return rest.split()[0] if rest else ""


def _state_dict(content: Any, path: Path, where: str) -> dict[str, Any]:
    """Return the content of a file if it is a state dict."""
    if _is_state_dict(content):
        return dict(content)
    parts = content.items() if isinstance(content, Mapping) else ()
    inner = [key for key, value in parts if _is_state_dict(value)]
    if not inner:
        kind = type(content).__name__
        raise UserError(
            f"{where}.weights: '{path}' holds a {kind}, not a state dict. Save the model's: "
            f"{CONVERSION.format(model='model')}."
        )
    # Of several the largest is the model; an optimiser's state has other types.
    key = max(inner, key=lambda name: len(content[name]))
    raise UserError(
        f"{where}.weights: '{path}' is a checkpoint with the keys "
        f"{', '.join(map(str, content))}, not a state dict. Save its part '{key}' alone: "
        f"python -c \"import torch; torch.save(torch.load('{path}')['{key}'], 'weights.pt')\"."
    )


def _is_state_dict(content: Any) -> bool:
    import torch

    return (
        isinstance(content, Mapping)
        and bool(content)
        and all(isinstance(key, str) for key in content)
        and all(isinstance(value, torch.Tensor) for value in content.values())
    )


def read_module(path: Path, where: str, device: Any = "cpu") -> Any:
    """Load a model with its own code. Only for files that the user trusts.

    It is loaded onto its device: the weights of a frozen program are constants, which cannot be
    moved afterwards.

    Parameters
    ----------
    path
        TorchScript, a program of ``torch.export``, or a pickled module.
    where
        Key of the network in the config.
    device
        A ``torch.device``, or its name.

    Returns
    -------
    torch.nn.Module
        On the device.

    Raises
    ------
    UserError
        If it cannot be loaded, or holds no module.
    """
    import torch

    kind = kind_of(path, f"{where}.weights")
    if kind == "safetensors":
        raise UserError(f"{where}: needs the key class; '{path}' holds numbers only.")
    try:
        if kind == "torchscript":
            return torch.jit.load(path, map_location=device)
        if kind == "exported":
            with path.open("rb") as file:
                return _moved(torch.export.load(file), device).module()
        found = torch.load(path, map_location=device, weights_only=False)
    except (RuntimeError, AttributeError, ImportError, EOFError, ValueError) as error:
        raise UserError(
            f"{where}.weights: '{path}' cannot be loaded: {str(error).splitlines()[0]}. The "
            f"modules that it needs must be in the working directory, on PYTHONPATH or installed."
        ) from error
    if not isinstance(found, torch.nn.Module):
        raise UserError(
            f"{where}.weights: '{path}' holds a {type(found).__name__}, not a module. Give the "
            f"class of the network, and leave out trust."
        )
    return found


def _moved(program: Any, device: Any) -> Any:
    """Move a program of ``torch.export`` to a device, its constants too."""
    from torch.export.passes import move_to_device_pass

    return program if str(device) == "cpu" else move_to_device_pass(program, str(device))
