"""What a process says that it holds, against sizes worked out from shapes."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from bigmodel_studio.engine.models.tensor_bytes import cache_bytes, storage_bytes, training_parts
from bigmodel_studio.engine.server import Server
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import (
    Done,
    Generate,
    Load,
    MemoryParts,
    MemoryReport,
    Progress,
    Sampling,
    Submit,
    Token,
    Unload,
    decode_for_window,
)
from tests.small_models import local

FLOAT32_BYTES = 4


def test_weights_are_held_while_the_model_is(causal_folders: dict[str, Path], session: Session) -> None:
    folder = causal_folders["gpt2"]
    stored = sum(tensor.nbytes for tensor in load_file(folder / "model.safetensors").values())
    list(run_task(Unload(), session))  # whatever another test has left
    assert session.parts() == MemoryParts()
    list(run_task(Load(model=local(folder)), session))
    assert session.parts() == MemoryParts(weights_bytes=stored)
    list(run_task(Unload(), session))
    assert session.parts() == MemoryParts()


@pytest.mark.parametrize(("name", "width"), [("gpt2", 32), ("llama", 16)])
def test_the_cache_grows_by_a_key_and_a_value_a_token_and_is_kept_until_the_model_is_unloaded(
    causal_folders: dict[str, Path], session: Session, name: str, width: int
) -> None:
    a_token = 2 * 2 * width * FLOAT32_BYTES  # two layers, a key and a value each; llama shares heads
    request = Generate(model=local(causal_folders[name]), prompt="Hello", sampling=Sampling(max_new_tokens=6, seed=1))
    events = run_task(request, session)
    sizes = [session.parts().cache_bytes for event in events if isinstance(event, Token)]
    assert sizes[0] == 5 * a_token
    assert [after - before for before, after in itertools.pairwise(sizes)] == [a_token] * (len(sizes) - 1)
    assert session.parts().cache_bytes == sizes[-1]
    assert session.parts().weights_bytes > 0
    list(run_task(Unload(), session))
    assert session.parts() == MemoryParts()


def test_gradients_and_moments_are_counted_once_they_are_there() -> None:
    model = nn.Linear(30, 20)
    optimizer = torch.optim.AdamW(model.parameters())
    device = torch.device("cpu")
    weights = (30 * 20 + 20) * FLOAT32_BYTES
    assert training_parts(model, optimizer, device) == MemoryParts(weights_bytes=weights)
    model(torch.ones(1, 30)).sum().backward()
    optimizer.step()
    steps = 2 * FLOAT32_BYTES  # AdamW's count of its steps, a number for each parameter
    held = training_parts(model, optimizer, device)
    assert held == MemoryParts(weights_bytes=weights, gradients_bytes=weights, optimizer_bytes=2 * weights + steps)


def test_memory_that_is_shared_counts_once_and_no_cache_is_nothing() -> None:
    whole = torch.zeros(100)
    assert storage_bytes([whole, whole[10:], whole.view(10, 10), torch.zeros(2)]) == 102 * FLOAT32_BYTES
    assert cache_bytes(None) == 0
    assert cache_bytes(((whole, whole[:5]), [torch.zeros(3)])) == 103 * FLOAT32_BYTES


class Wire:
    """A channel that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[object] = []

    def send_bytes(self, frame: bytes) -> None:
        self.sent.append(decode_for_window(frame))


def test_an_engine_says_what_it_holds_when_that_changes_and_after_the_end_of_the_job() -> None:
    held = [MemoryParts(weights_bytes=5)]
    wire = Wire()
    server = Server(wire, lambda: held[0])  # type: ignore[arg-type]
    server.answer(Submit(1, Unload()), lambda request: (event for event in (Progress(what="loading"), Done())))
    server.answer(Submit(2, Unload()), lambda request: (event for event in (Done(),)))
    assert [said.parts for said in wire.sent if isinstance(said, MemoryReport)] == [MemoryParts(weights_bytes=5)]
    held[0] = MemoryParts()
    server.answer(Submit(3, Unload()), lambda request: (event for event in (Done(),)))
    assert wire.sent[-1] == MemoryReport(MemoryParts())
