"""GGUF models on the fast path: the file's own blocks, against transformers with the same numbers dequantised."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import gguf
import msgspec
import numpy as np
import pytest
import torch

from bigmodel_studio.engine.gguf.loading import GgufModel
from bigmodel_studio.engine.gguf.packing import GgufSource
from bigmodel_studio.engine.packed import compiling, ops
from bigmodel_studio.engine.packed.families import shape_of
from bigmodel_studio.engine.packed.model import PackedModel
from bigmodel_studio.engine.packed.weights import dequantised
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Done, Generate, Generated, Precision, Sampling
from tests.gguf_written import MODELS, small_model, write
from tests.small_models import local

Kernel = Callable[..., Any]
IDS = [int(each) for each in np.random.default_rng(2).integers(0, 257, 60)]
KINDS = {"Q8_0": ops.Q8, "Q4_0": ops.Q4, "Q4_1": ops.Q4_MIN, "Q4_K": ops.Q4_K}
ROUNDED = ("Q5_0", "Q5_1", "Q5_K", "Q6_K")


def packed(stored: GgufModel, kernel: Kernel, kind: int | None = None) -> PackedModel:
    shape = shape_of(stored.config)
    return PackedModel(shape, GgufSource(stored.tensors, stored.sources, shape, kind), kernel)


def logits(model: PackedModel) -> torch.Tensor:
    sequence = model.sequence()
    found = model.feed([(sequence, id_) for id_ in IDS], range(len(IDS)))
    model.close()
    return found


def reference(stored: GgufModel) -> torch.Tensor:
    with torch.inference_mode():
        found: torch.Tensor = stored.load(torch.float32).train(False)(torch.tensor([IDS])).logits[0]
    return found


@pytest.mark.parametrize("name", MODELS)
def test_each_family_computes_what_transformers_does(tmp_path: Path, kernel: Kernel, name: str) -> None:
    """Floats as stored: no block is rounded on either side."""
    stored = GgufModel(write(tmp_path / "m.gguf", small_model(name)))
    assert torch.allclose(logits(packed(stored, kernel)), reference(stored), rtol=0, atol=1e-4)


@pytest.mark.parametrize("kind", [*KINDS, "F16", "BF16"])
@pytest.mark.parametrize("name", ["llama", "phi3", "qwen2"])
def test_repacked_weights_are_those_of_the_reference_bit_for_bit(
    tmp_path: Path, kernel: Kernel, name: str, kind: str
) -> None:
    path = write(tmp_path / "m.gguf", small_model(name), kind)
    model = packed(GgufModel(path), kernel)
    theirs = {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}

    def expected(tensor: str) -> torch.Tensor:
        found = theirs[tensor]
        values = np.array(gguf.quants.dequantize(found.data, found.tensor_type), np.float32)
        return torch.from_numpy(values)

    assert model.weights["1.down"].kind == KINDS.get(kind, model.weights["1.down"].kind)
    assert torch.equal(dequantised(model.weights["1.down"]), expected("blk.1.ffn_down.weight"))
    assert torch.equal(dequantised(model.weights["embedding"]), expected("token_embd.weight"))
    queries = dequantised(model.weights["0.q"])
    if name == "phi3":
        fused = expected("blk.0.attn_qkv.weight")
        parts = [dequantised(model.weights[f"0.{piece}"]) for piece in "qkv"]
        assert torch.equal(torch.cat(parts), fused)
    elif name == "llama":  # llama.cpp's converter put each head's halves side by side
        pairs = expected("blk.0.attn_q.weight").reshape(4, 32, 2, 256)
        assert torch.equal(queries, torch.cat((pairs[:, :, 0], pairs[:, :, 1]), dim=1).reshape(256, 256))
    else:
        assert torch.equal(queries, expected("blk.0.attn_q.weight"))


@pytest.mark.parametrize("kind", [*KINDS, *ROUNDED])
def test_blocks_are_computed_with_as_8_bit_activations_explain(tmp_path: Path, kernel: Kernel, kind: str) -> None:
    """Activations of 8 bits move logits by hundredths of their deviation, weights rounded to 8 bits as much again."""
    stored = GgufModel(write(tmp_path / "m.gguf", small_model("llama"), kind))
    expected = reference(stored)
    off = (logits(packed(stored, kernel)) - expected).square().mean().sqrt() / expected.std()
    assert 0 < off < (0.03 if kind in KINDS else 0.06)


def test_gpt2_is_packed_without_changing_rows_and_columns(tmp_path: Path, kernel: Kernel) -> None:
    path = write(tmp_path / "m.gguf", small_model("gpt2"), "Q8_0")
    stored = GgufModel(path)
    model = packed(stored, kernel)
    fused = torch.cat([dequantised(model.weights[f"0.{piece}"]) for piece in "qkv"])
    tensor = next(each for each in gguf.GGUFReader(path).tensors if each.name == "blk.0.attn_qkv.weight")
    assert torch.equal(fused, torch.from_numpy(np.array(gguf.quants.dequantize(tensor.data, tensor.tensor_type))))
    off = (logits(model) - (expected := reference(stored))).square().mean().sqrt() / expected.std()
    assert off < 0.03


def test_a_tied_head_shares_the_memory_of_the_embedding(tmp_path: Path, kernel: Kernel) -> None:
    path = write(tmp_path / "m.gguf", small_model("qwen2"), "Q4_0")
    model = packed(GgufModel(path), kernel)
    assert model.weights["head"].address == model.weights["embedding"].address
    blocks = sum(tensor.n_bytes for tensor in gguf.GGUFReader(path).tensors if tensor.tensor_type != 0)
    assert model.weight_bytes < 1.1 * blocks  # rows are filled up to tiles, and nothing is kept twice
    model.close()


@pytest.mark.parametrize("kind", [ops.Q8, ops.Q4_MIN])
def test_a_file_of_floats_is_rounded_where_it_is_asked_for(tmp_path: Path, kernel: Kernel, kind: int) -> None:
    stored = GgufModel(write(tmp_path / "m.gguf", small_model("llama"), "F16"))
    model = packed(stored, kernel, kind)
    assert {model.weights[name].kind for name in ("0.q", "1.down", "head")} == {kind}
    exact = stored.load(torch.float32).state_dict()["model.layers.0.self_attn.q_proj.weight"]
    step = exact.abs().max() / (127 if kind == ops.Q8 else 7)
    assert (dequantised(model.weights["0.q"]) - exact).abs().max() <= step
    model.close()


# ---------------------------------------------------------------------------------------------- as a user has it


@pytest.fixture
def ready(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernels are compiled and may be used."""
    monkeypatch.delenv(compiling.VARIABLE)


def said(path: Path, session: Session, precision: Precision = "stored", dtype: str = "auto") -> Generated:
    ref = msgspec.structs.replace(local(path), precision=precision, dtype=dtype)
    request = Generate(model=ref, prompt="Hello", sampling=Sampling(greedy=True, max_new_tokens=12))
    *_, end = run_task(request, session)
    assert isinstance(end, Done), end
    assert isinstance(end.result, Generated)
    return end.result


def test_a_file_is_decoded_from_its_blocks_by_default(ready: None, tmp_path: Path, session: Session) -> None:
    path = write(tmp_path / "m.gguf", small_model("llama"), "Q4_0")
    result = said(path, session)
    assert result.decoder == "packed"
    loaded = session._loaded
    assert loaded is not None
    assert loaded.facts.dtype == "Q4_0"
    assert loaded.facts.weight_bytes < 0.7 * loaded.facts.parameters  # and no floats beside them
    assert all(parameter.is_meta for parameter in loaded.model.parameters())
    assert said(path, session, "8-bit").decoder == "packed"
    assert said(path, session, dtype="float32").decoder == "packed"  # dequantised for transformers, which shares it
    session.release()


def test_what_the_fast_path_cannot_compute_runs_on_transformers(ready: None, tmp_path: Path, session: Session) -> None:
    model = small_model("llama")
    factors = {"rope_factors_long.weight": np.linspace(1, 4, 32), "rope_factors_short.weight": np.linspace(1, 2, 32)}
    phi = write(
        tmp_path / "p.gguf",
        small_model("phi3"),
        "Q8_0",
        changed={"phi3.rope.scaling.original_context_length": 64},
        extra=factors,
    )
    assert said(phi, session).decoder == "transformers"
    # Llama 3.1's factors don't depend on how long the text is.
    llama = write(tmp_path / "l.gguf", model, "Q8_0", extra={"rope_freqs.weight": np.linspace(1, 8, 32)})
    assert said(llama, session).decoder == "packed"
    session.release()


def test_llama_3_factors_are_computed_as_transformers_does(tmp_path: Path, kernel: Kernel) -> None:
    extra = {"rope_freqs.weight": np.linspace(1, 8, 32)}
    stored = GgufModel(write(tmp_path / "m.gguf", small_model("llama"), extra=extra))
    assert torch.allclose(logits(packed(stored, kernel)), reference(stored), rtol=0, atol=1e-4)


def test_the_reference_speaks_until_the_kernels_are_compiled(
    ready: None, tmp_path: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled, begun = False, list[int]()
    monkeypatch.setattr(compiling, "is_ready", lambda: compiled)
    monkeypatch.setattr(compiling, "begin", lambda: begun.append(1))
    path = write(tmp_path / "m.gguf", small_model("llama"), "Q4_0")
    assert said(path, session).decoder == "transformers"
    assert begun
    compiled = True
    assert said(path, session).decoder == "packed"
    assert session._loaded is not None
    assert session._loaded.facts.dtype == "Q4_0"
    session.release()


def test_kernels_are_waited_for_where_the_model_dequantised_does_not_fit(
    ready: None, tmp_path: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[int] = []
    path = write(tmp_path / "m.gguf", small_model("llama"), "Q4_0")
    with monkeypatch.context() as patched:
        patched.setattr(compiling, "is_ready", lambda: False)
        patched.setattr(compiling, "begin", lambda: None)
        patched.setattr(compiling, "wait_until_ready", lambda: waited.append(1))
        patched.setattr("bigmodel_studio.engine.gguf.loading.psutil.virtual_memory", lambda: Memory(1000))
        assert said(path, session).decoder == "packed"
    assert waited
    session.release()


class Memory(NamedTuple):
    available: int
    total: int = 2000


def test_two_models_in_turn_leave_nothing_of_the_first(ready: None, tmp_path: Path, session: Session) -> None:
    first, second = (write(tmp_path / f"{n}.gguf", small_model("llama"), "Q4_0") for n in (1, 2))
    said(first, session)
    assert session._loaded is not None
    model = session._loaded.fast.model
    assert model is not None
    gone = [weakref.ref(model), weakref.ref(model.weights["0.down"].keeps[0].base)]
    del model
    said(second, session)
    gc.collect()
    assert [each() for each in gone] == [None, None]
    assert session.parts().weights_bytes > 0
    session.release()
    assert session.parts().weights_bytes == 0
