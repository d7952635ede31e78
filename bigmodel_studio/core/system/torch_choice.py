"""Which build of torch fits a machine, and what is wrong with the one that is installed.

Pure decisions over plain values. Set-up (`packaging/dev.py`) reads this file before anything is installed, so it may
import the standard library only, and nothing of this package.
"""

from typing import NamedTuple

# Of the versions of torch that pyproject.toml allows, these CUDA builds exist for each; the first is the preferred one.
# CUDA 13 left the cards before Turing (compute capability 7.5) behind.
# https://github.com/pytorch/pytorch/blob/main/RELEASE.md#release-compatibility-matrix
_CUDA_BUILDS = (("cu130", 13, (7, 5)), ("cu126", 12, (5, 0)))


class TorchProblem(NamedTuple):
    """A code of `core.text.messages.SENTENCES` with its arguments; `command` among them is the one that mends it."""

    code: str
    arguments: dict[str, str | int | float]


def cuda_build(driver_cuda: tuple[int, int] | None, capability: tuple[int, int] | None) -> str | None:
    """Return the CUDA build for an NVIDIA card, as the end of a package index's address ("cu130"), or None if none fits
    it.

    `driver_cuda` is the highest CUDA version that the driver offers, `capability` that of the oldest card in use;
    None where it is not known: then the newest build, which is also what PyPI has for Linux.
    """
    for tag, major, oldest in _CUDA_BUILDS:
        if (driver_cuda is None or driver_cuda[0] >= major) and (capability is None or capability >= oldest):
            return tag
    return None


def torch_problem(
    *,
    card: str | None,
    torch_version: str,
    torch_cuda: str | None,
    cuda_available: bool,
    driver_cuda: tuple[int, int] | None = None,
    capability: tuple[int, int] | None = None,
    checkout: bool = True,
) -> TorchProblem | None:
    """Return what keeps the installed torch from using an NVIDIA card, or None where nothing does or there is no card.

    `card` is the card's name, `torch_cuda` is `torch.version.cuda` (None in a CPU build), `cuda_available` is
    `torch.cuda.is_available()`, and `checkout` says that `packaging/dev.py` is at hand.
    """
    if card is None or cuda_available:
        return None
    build = cuda_build(driver_cuda, capability)
    facts: dict[str, str | int | float] = {"card": card, "torch": torch_version}
    if build is None:
        return TorchProblem("torch-no-build", facts)
    facts["command"] = install_command(build, torch_version, checkout=checkout)
    if torch_cuda is None:
        return TorchProblem("torch-cpu-build", facts)
    facts["cuda"] = torch_cuda
    if f"cu{torch_cuda.replace('.', '')}" == build:  # the right build, and yet it does not start
        del facts["command"]
        return TorchProblem("torch-driver", facts)
    return TorchProblem("torch-other-build", facts)


def install_command(build: str, torch_version: str, *, checkout: bool) -> str:
    """Return the one command that replaces the installed torch by `build` of the same version."""
    if checkout:
        return f"python3 packaging/dev.py run --torch {build}"
    version = torch_version.partition("+")[0]
    return f"python -m pip install torch=={version}+{build} --extra-index-url https://download.pytorch.org/whl/{build}"
