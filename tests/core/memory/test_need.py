"""What a run will take, against the tensors of a real network, and what becomes of specs that cannot be looked at."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bigmodel_studio.core.memory import need
from bigmodel_studio.core.models import shape
from bigmodel_studio.core.specs.spec import DataSpec, ModelSpec, OptimizerSpec, RunSpec, ScheduleSpec
from bigmodel_studio.core.system import paths


def spec(**changes: object) -> RunSpec:
    return msgspec.structs.replace(RunSpec(name="a", data=DataSpec(train=("/x",))), **changes)


def parts(needs: tuple[need.Need, ...], number: int = 0) -> dict[str, int]:
    return {part.name: part.bytes for part in needs[number].parts}


@pytest.mark.parametrize(
    ("batch", "context", "width", "layers", "heads", "vocabulary"), [(4, 64, 64, 2, 2, 300), (2, 128, 64, 4, 4, 512)]
)
def test_activations_are_those_that_a_real_network_keeps(
    batch: int, context: int, width: int, layers: int, heads: int, vocabulary: int
) -> None:
    import torch
    import torch.nn.functional as F
    from transformers import GPTNeoConfig, GPTNeoForCausalLM

    config = GPTNeoConfig(
        vocab_size=vocabulary, max_position_embeddings=context, hidden_size=width, num_layers=layers, num_heads=heads,
        attention_types=[[["global", "local"], layers // 2]], window_size=context // 2, resid_dropout=0.0,
        embed_dropout=0.0, attention_dropout=0.0, bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    network = GPTNeoForCausalLM(config).train()
    weights = {parameter.untyped_storage().data_ptr() for parameter in network.parameters()}
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        tokens = torch.randint(0, vocabulary, (batch, context))
        logits = network(input_ids=tokens, use_cache=False).logits
        F.cross_entropy(logits.flatten(0, 1), tokens.flatten())
    estimate = shape.decoder_activation_bytes(
        batch=batch, context=context, width=width, layers=layers, heads=heads, vocabulary=vocabulary
    )
    # Beside what is kept, the peak holds two more rows of logits and three of one layer's attention.
    passing = 4 * batch * context * (2 * vocabulary + 3 * heads * context)
    assert estimate == pytest.approx(sum(kept.values()) + passing, rel=0.05)


def test_every_part_of_a_run_from_scratch_says_how_it_is_known() -> None:
    model = ModelSpec(layers=4, heads=4, width=128, context=128, tokenizer="train:1024")
    (one,) = need.need_of(spec(model=model))
    parameters = shape.gpt_parameters(vocabulary=1024, context=128, width=128, layers=4)
    by_name = {part.name: part for part in one.parts}
    assert [by_name[name].bytes for name in ("weights", "gradients", "optimizer")] == [
        4 * parameters, 4 * parameters, 8 * parameters,
    ]  # fmt: skip
    assert {part.name: part.source for part in one.parts} == {
        "weights": "counted", "gradients": "counted", "optimizer": "counted",
        "activations": "estimated", "process": "measured",
    }  # fmt: skip
    assert one.sure_bytes == shape.training_bytes(parameters) < one.bytes
    small, large = (need.need_of(spec(model=model, schedule=ScheduleSpec(batch=batch)))[0] for batch in (8, 32))
    assert parts((large,))["activations"] == pytest.approx(4 * parts((small,))["activations"], abs=4)
    sgd = need.need_of(spec(model=model, optimizer=OptimizerSpec(name="sgd")))
    assert parts(sgd)["optimizer"] == 4 * parameters


def test_a_model_that_is_trained_on_counts_by_its_weights_header() -> None:
    from bigmodel_studio.core.models.weights import read_weights

    parameters = read_weights(paths.starters() / "starter-gpt").parameters
    found = parts(need.need_of(spec(model=ModelSpec(base="starter-gpt", context=64))))
    assert found["weights"] == 4 * parameters
    assert found["activations"] > 0


def test_a_run_on_a_card_takes_from_the_card_and_a_little_from_the_machine() -> None:
    wanted = need.need_of(spec(), ("cuda:0", "cuda:1"))
    assert [each.device for each in wanted] == ["cuda:0", "cpu"]
    assert wanted[1].bytes < wanted[0].bytes
    assert (
        need.need_of(spec(launch=msgspec.structs.replace(spec().launch, device="cpu")), ("cuda:0",))[0].device == "cpu"
    )


def test_a_model_that_cannot_be_looked_at_is_let_in_to_say_so_itself(tmp_path: Path) -> None:
    for base in ("no-such-model", str(tmp_path)):
        assert need.need_of(spec(model=ModelSpec(base=base)))[0].sure_bytes == 0
