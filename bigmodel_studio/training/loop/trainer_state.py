"""The tensors of a trainer's state in a checkpoint's folder, each under a name: in one safetensors file, or in parts.

In parts where several processes share the state (``fsdp``): each writes what it has, and reads what it then needs,
however many they are by then (``torch.distributed.checkpoint``). Such a folder is opened only where this installation
has made it, for what says where each part lies is a pickle (``core.runs.manifest``).
"""

from __future__ import annotations

import contextlib
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from bigmodel_studio.core.runs import manifest
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.failures import is_out_of_memory
from bigmodel_studio.protocol import Problem
from bigmodel_studio.training.distributed.dtensor import fill
from bigmodel_studio.training.distributed.ranks import Ranks

if TYPE_CHECKING:
    from torch.distributed.checkpoint.api import CheckpointException

TRAINER_TENSORS = manifest.STATE_FILE
ADAPTER = "adapter/"
"""Before the names of an adapter's tensors."""


class TrainerState(ABC):
    """What was saved, to be read: ``shapes`` by name."""

    shapes: dict[str, tuple[int, ...]]

    @abstractmethod
    def read(self, targets: dict[str, torch.Tensor]) -> None:
        """Fill each target with the tensor of its name, or, where it is spread over processes, with this one's part:
        then all of them have to ask for the same. Raises ``StudioError`` "checkpoint-damaged".
        """

    def whole(self, begin: str = "") -> dict[str, torch.Tensor]:
        """Return the tensors whose names begin so, on the CPU, in float32 as all of a trainer's state is."""
        found = {name: torch.empty(shape) for name, shape in self.shapes.items() if name.startswith(begin)}
        self.read(found)
        return found


def write(folder: Path, tensors: dict[str, torch.Tensor], *, in_parts: bool) -> None:
    """Put them into a checkpoint's folder. ``in_parts``: all processes together, each what it has of them.

    Raises ``OSError`` or ``SafetensorError``.
    """
    if in_parts:
        _write_parts(folder / manifest.SHARED_STATE, tensors)
    else:
        save_file({name: value.cpu().contiguous() for name, value in tensors.items()}, str(folder / TRAINER_TENSORS))


def open_state(folder: Path, ranks: Ranks) -> TrainerState:
    """Return the state in a checkpoint's folder, empty where it was removed; all of the ranks have to open it.

    Raises ``StudioError``: "checkpoint-damaged", and "checkpoint-foreign" as ``core.runs.manifest.check_own``.
    """
    if not manifest.has_state(folder):
        return _Removed()
    if not (folder / manifest.PICKLE).exists():
        return _OneFile(folder / TRAINER_TENSORS)
    if (refused := ranks.same(lambda: _refused(folder))) is not None:  # the first has the home, and reads all once
        raise StudioError.of(refused)
    return _Parts(folder / manifest.SHARED_STATE)


def _refused(folder: Path) -> Problem | None:
    """Return why what this installation did not write, or not so, is not read."""
    try:
        manifest.check_own(folder)
        manifest.verify(folder, under=f"{manifest.SHARED_STATE}/")
    except StudioError as error:
        return error.problem
    return None


class _Removed(TrainerState):
    """What an older checkpoint has, whose state made room for others: nothing."""

    def __init__(self) -> None:
        self.shapes = {}

    def read(self, targets: dict[str, torch.Tensor]) -> None:
        if targets:
            raise _damaged(Path(next(iter(targets))), ValueError("its trainer state was removed"))


class _OneFile(TrainerState):
    def __init__(self, path: Path) -> None:
        self._path = path
        with self._opened() as tensors:
            self.shapes = {name: tuple(tensors.get_slice(name).get_shape()) for name in tensors.keys()}  # noqa: SIM118

    def read(self, targets: dict[str, torch.Tensor]) -> None:
        with self._opened() as tensors, torch.no_grad():
            for name, target in targets.items():
                fill(target, tensors.get_tensor(name))

    @contextlib.contextmanager
    def _opened(self) -> Iterator[Any]:
        try:
            with safe_open(str(self._path), framework="pt") as tensors:
                yield tensors
        except (OSError, SafetensorError) as error:
            raise _damaged(self._path, error) from error


class _Parts(TrainerState):
    def __init__(self, folder: Path) -> None:
        """Open a folder that is known to be this installation's own."""
        from torch.distributed.checkpoint.filesystem import FileSystemReader
        from torch.distributed.checkpoint.metadata import TensorStorageMetadata

        self._folder = folder
        self._reader = FileSystemReader(folder)
        try:
            stored = self._reader.read_metadata().state_dict_metadata
        except Exception as error:  # whatever a pickle of another version of torch may raise
            raise _damaged(folder, error) from error
        self.shapes = {
            name: tuple(value.size) for name, value in stored.items() if isinstance(value, TensorStorageMetadata)
        }

    def read(self, targets: dict[str, torch.Tensor]) -> None:
        from torch.distributed.checkpoint.api import CheckpointException
        from torch.distributed.checkpoint.state_dict_loader import load

        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="torch.distributed is disabled")  # one process alone
                load(targets, storage_reader=self._reader, no_dist=not dist.is_initialized())
        except CheckpointException as error:
            cause = _cause(error)
            raise cause if is_out_of_memory(cause) else _damaged(self._folder, cause) from error


def _write_parts(folder: Path, tensors: dict[str, torch.Tensor]) -> None:
    from torch.distributed.checkpoint.api import CheckpointException
    from torch.distributed.checkpoint.filesystem import FileSystemWriter
    from torch.distributed.checkpoint.state_dict_saver import save

    try:
        save(tensors, storage_writer=FileSystemWriter(folder))  # which flushes each file to the disk
    except CheckpointException as error:
        cause = _cause(error)
        raise cause if isinstance(cause, OSError) or is_out_of_memory(cause) else OSError(str(cause)) from error


def _cause(error: CheckpointException) -> BaseException:
    """Return what the first of the processes that failed met. (Torch's own is none that ``except Exception`` takes
    up.)
    """
    return next((failure for failure, _trace in error.failures.values()), OSError(str(error)))


def _damaged(path: Path, error: BaseException) -> StudioError:
    return StudioError("checkpoint-damaged", path=str(path), detail=str(error).strip()[:500])
