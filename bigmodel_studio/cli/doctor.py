"""``doctor``: versions, devices and folders, and what is wrong with them beside the one command that mends it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from bigmodel_studio import __version__
from bigmodel_studio.cli import output
from bigmodel_studio.core.hub import hub_cache
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.torch_choice import torch_problem
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import command, sentence
from bigmodel_studio.protocol import Device, Problem, to_builtins

LEAST_FREE_BYTES = 1_000_000_000


class Card(NamedTuple):
    """An NVIDIA card as its driver reports it, whatever torch thinks; the version of CUDA that the driver offers."""

    name: str
    driver_cuda: tuple[int, int] | None
    capability: tuple[int, int] | None


def report() -> dict[str, Any]:
    """Return everything that ``doctor --json`` prints."""
    torch_version, devices, problems = _torch()
    qt_version, qt_problems = _qt()
    problems += qt_problems + _folder_problems()
    return {
        "version": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "torch": torch_version,
        "transformers": _version("transformers"),
        "kernels": _kernels(),
        "qt": qt_version,
        "devices": [to_builtins(device) for device in devices],
        "paths": {
            "home": str(paths.home()),
            "runs": str(paths.home() / "runs"),
            "logs": str(paths.home() / "logs"),
            "resources": str(paths.resources()),
            "hub_cache": str(hub_cache.root()),
        },
        "problems": [
            {"code": problem.code, "problem": sentence(problem), "hint": command(problem)} for problem in problems
        ],
    }


def print_report(found: dict[str, Any]) -> None:
    """Print the report for a person."""
    output.print_facts([(name, str(found[name])) for name in ("version", "python", "platform", "torch", "qt")])
    kernels = found["kernels"]
    if kernels:
        when = "being compiled" if kernels["compiling"] else "compiled at first use"
        when = "compiled" if kernels["compiled"] else when
        output.print_facts([("kernels", f"{kernels['instructions']}, {when}")])
    for device in found["devices"]:
        free, total = numbers.size(device["free_bytes"]), numbers.size(device["total_bytes"])
        output.print_facts([("device", f"{device['id']}: {device['name']}, {free} free of {total}")])
    output.print_facts(list(found["paths"].items()))
    for problem in found["problems"]:
        print(f"problem: {problem['problem']}")
        print(f"  {problem['hint']}")
    if not found["problems"]:
        print("No problems found.")


def _torch() -> tuple[str | None, list[Device], list[Problem]]:
    try:
        import torch

        from bigmodel_studio.engine import devices
    except Exception as error:
        return None, [], [Problem(code="torch-missing", arguments={"detail": str(error)[:200]})]
    card = nvidia_card()
    trouble = torch_problem(
        card=card.name if card else None,
        torch_version=str(torch.__version__),
        torch_cuda=torch.version.cuda,
        cuda_available=torch.cuda.is_available(),
        driver_cuda=card.driver_cuda if card else None,
        capability=card.capability if card else None,
        checkout=(Path(__file__).resolve().parents[2] / "packaging" / "dev.py").is_file(),
    )
    problems = [Problem(code=trouble.code, arguments=trouble.arguments)] if trouble else []
    return str(torch.__version__), devices.all_devices(), problems


def _kernels() -> dict[str, Any] | None:
    """Return which instructions the fast path decodes with, and whether its kernels are compiled; None where it can't
    run.
    """
    try:
        from bigmodel_studio.engine.packed import compiling

        return compiling.state()._asdict()
    except Exception:  # numba or LLVM does not load here: the reference decodes
        return None


def nvidia_card() -> Card | None:
    """Return the first NVIDIA card that the driver shows; None where there is no driver or no card."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:
        return None
    try:
        if pynvml.nvmlDeviceGetCount() == 0:
            return None
        handle = pynvml.nvmlDeviceGetHandleByIndex(0)
        name = pynvml.nvmlDeviceGetName(handle)
        cuda = pynvml.nvmlSystemGetCudaDriverVersion()
        return Card(
            name if isinstance(name, str) else name.decode("utf-8", "replace"),
            (cuda // 1000, cuda % 1000 // 10),
            tuple(pynvml.nvmlDeviceGetCudaComputeCapability(handle)),
        )
    except pynvml.NVMLError:
        return None
    finally:
        pynvml.nvmlShutdown()


def _qt() -> tuple[str | None, list[Problem]]:
    version = _version("PySide6_Essentials") or _version("PySide6")
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:  # a shared library of the system's is missing, mostly
        return version, [Problem(code="qt-broken", arguments={"detail": str(error)[:200]})]
    return version, []


def _folder_problems() -> list[Problem]:
    home = paths.home()
    at = next(folder for folder in (home, *home.parents) if folder.exists())
    if not os.access(at, os.W_OK):
        return [Problem(code="home-not-writable", arguments={"path": str(home)})]
    free = shutil.disk_usage(at).free
    if free < LEAST_FREE_BYTES:
        return [Problem(code="disk-almost-full", arguments={"path": str(at), "free": numbers.size(free)})]
    return []


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
