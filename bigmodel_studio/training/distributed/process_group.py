"""Several processes that train one run, as torchrun starts them.

Every process draws the whole batch and takes its part of it, so that the same spec learns the same on one process and
on several. ``ddp`` keeps the model whole on each (Li et al. 2020, arXiv 2006.15704); ``fsdp`` spreads weights,
gradients and the optimizer's state over them (Zhao et al. 2023, arXiv 2304.11277; torch's ``fully_shard``). Both
average gradients over the processes: a part's loss is weighed so that the mean is that of the whole batch.

All processes do the same in the same order: what one of them alone knows (a wish, a clock) is sent to the others first.
"""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard

from bigmodel_studio.core.runs.run_folder import Rank
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.models.tensor_bytes import training_parts
from bigmodel_studio.training.distributed.dtensor import whole_tensor
from bigmodel_studio.training.distributed.ranks import Ranks
from bigmodel_studio.training.loop.telemetry import RunControl
from bigmodel_studio.training.objectives import Batch, Objective

_Value = TypeVar("_Value")
WAIT = timedelta(hours=12)
"""How long a process waits for the others: preparing large data takes the first one long."""
REPORT_S = 1.0
START = ".start"
"""In the run's folder, while its processes begin: the model that they begin with."""


class DistributedRanks(Ranks):
    """One of several processes, as torchrun's environment says. Raises torch's error where the others do not come."""

    def __init__(self, strategy: str) -> None:
        self.rank, self.world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
        self.sharded = strategy == "fsdp"
        self._model: Any = None
        self._read_at = 0.0
        self._reports = False
        self._device = torch.device("cpu")

    def join(self, chosen: torch.device) -> torch.device:
        """Meet the others; where this process computes. Raises ``StudioError`` "processes-cards"."""
        if chosen.type == "cuda":
            if (here := int(os.environ["LOCAL_WORLD_SIZE"])) > (cards := torch.cuda.device_count()):
                raise StudioError("processes-cards", processes=here, cards=cards)
            self._device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
            torch.cuda.set_device(self._device)
        else:
            self._device = chosen
        # RunControl and objects go over gloo in any case, beside NCCL where there are cards.
        backend = "cpu:gloo,cuda:nccl" if self._device.type == "cuda" else "gloo"
        dist.init_process_group(backend, timeout=WAIT)
        return self._device

    def device(self, chosen: torch.device) -> torch.device:
        return self._device

    def spread(self, model: nn.Module) -> Any:
        if self.sharded:
            self._model = _sharded(model, self._device, self.world)
        else:
            devices = [self._device] if self._device.type == "cuda" else None
            self._model = nn.parallel.DistributedDataParallel(model, device_ids=devices)
        return self._model

    def part(self, objective: Objective, batch: Batch) -> tuple[Batch, float]:
        whole = next(iter(batch.values())).shape[0]
        size = whole // self.world
        parts = [
            {name: tensor[at * size : (at + 1) * size] for name, tensor in batch.items()} for at in range(self.world)
        ]
        weights = [objective.weight(part) for part in parts]
        return parts[self.rank], weights[self.rank] / sum(weights)

    @contextlib.contextmanager
    def adding_up(self, *, last: bool) -> Iterator[None]:
        if self.sharded:
            self._model.set_requires_gradient_sync(last)
            yield
        else:
            with contextlib.nullcontext() if last else self._model.no_sync():
                yield

    def total(
        self, loss: torch.Tensor, each: torch.Tensor | None, examples: int
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        size = examples // self.world
        own = loss.new_full((size,), math.nan) if each is None or len(each) != size else each.float()
        # Both at once: each process adds nothing to the others' examples.
        message = torch.nn.functional.pad(own, (self.rank * size + 1, examples - (self.rank + 1) * size))
        message[0] = loss
        dist.all_reduce(message)
        return message[0], None if each is None else message[1:]

    def read(self, control: RunControl) -> int | None:
        seq = control.read()
        # A signal may have reached any of them; the first alone reads the folder.
        due = time.monotonic() - self._read_at > REPORT_S
        message = torch.tensor(
            [control.stop, control.save, control.release, control.want == "pause", due], dtype=torch.int32
        )
        if not self.first:
            message[1:] = 0
        dist.all_reduce(message, dist.ReduceOp.MAX)
        stop, save, release, pause, self._reports = (bool(each) for each in message.tolist())
        control.stop, control.save, control.release = stop, save, release
        control.want = "pause" if pause else "run"
        return seq

    def same(self, make: Callable[[], _Value]) -> _Value:
        message: list[Any] = [make() if self.first else None]
        dist.broadcast_object_list(message, src=0, device=torch.device("cpu"))
        made: _Value = message[0]
        return made

    def build(self, make: Callable[[Path | None], Objective], start: Path | None, beside: Path) -> Objective:
        """Return the first prepares the data and the model, which the others then find; all begin with the same
        weights.
        """
        made = make(start) if self.first else None
        at = start
        if made is not None and start is None:
            at = beside / START
            made.model.save_pretrained(str(at))
            made.save_beside(at)
        at = self.same(lambda: at)
        objective = made if made is not None else make(at)
        dist.barrier()
        if self.first:
            shutil.rmtree(beside / START, ignore_errors=True)
        return objective

    def whole(self, model: nn.Module) -> dict[str, torch.Tensor] | None:
        if not self.sharded:
            return None
        for module in model.modules():
            if isinstance(module, FSDPModule):
                module.reshard()  # an evaluation leaves some gathered, and those are not what the optimizer knows
        found = {}
        for name, value in model.state_dict().items():
            whole = whole_tensor(value)  # one at a time, and kept by the first alone
            if self.first:
                found[name] = whole.cpu()
        return found

    def ranks(self, model: nn.Module, optimizer: torch.optim.Optimizer, seconds: float) -> tuple[Rank, ...] | None:
        if not self._reports:
            return None
        self._read_at, self._reports = time.monotonic(), False
        own = Rank(
            rank=self.rank,
            host=socket.gethostname(),
            pid=os.getpid(),
            seconds_per_step=round(seconds, 4),
            memory=training_parts(model, optimizer, self._device),
        )
        every: list[Any] = [None] * self.world
        dist.all_gather_object(every, own)
        return tuple(every)

    def close(self) -> None:
        if dist.is_initialized():
            dist.destroy_process_group()


def _sharded(model: nn.Module, device: torch.device, world: int) -> Any:
    """Return ``fully_shard`` on each layer of a stack, so that one at a time is whole, and on the rest."""
    mesh = init_device_mesh(device.type, (world,))
    for module in model.modules():
        if isinstance(module, nn.ModuleList):
            for layer in module:
                if next(layer.parameters(), None) is not None:
                    fully_shard(layer, mesh=mesh)
    return fully_shard(model, mesh=mesh)
