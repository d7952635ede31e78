"""The bundled chat model as it is shipped: its files, its scores on held-out questions, and the recipe that made it."""

import importlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from safetensors import safe_open
from transformers import AutoModelForCausalLM, AutoTokenizer

from bigmodel_studio.core.runs.run_folder import RunFolder

SIZE_LIMIT_BYTES = 8_000_000
ANSWERED_ALL = 0.9
ANSWERED_EACH = 0.8
NEIGHBOUR_ALL = 0.5
OUTSIDE = "I am a small model and I only know a small world."

Talk = Any


@pytest.fixture(scope="module")
def starter() -> Path:
    return Path(__file__).resolve().parents[2] / "resources/starters/starter-gpt"


@pytest.fixture
def run(repository: Path) -> RunFolder:
    return RunFolder(repository / "resources/runs/starter-gpt")


@pytest.fixture(scope="module")
def model(starter: Path) -> Any:
    auto: Any = AutoModelForCausalLM
    loaded, report = auto.from_pretrained(
        starter, dtype=torch.float32, use_safetensors=True, trust_remote_code=False, output_loading_info=True
    )
    assert not any(report[kind] for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"))
    return loaded.train(False)


@pytest.fixture(scope="module")
def tokenizer(starter: Path) -> Any:
    tokenizer: Any = AutoTokenizer
    return tokenizer.from_pretrained(starter)


@pytest.fixture(scope="module")
def talk(model: Any, tokenizer: Any) -> Talk:
    """Asks a chat, given as (role, text) pairs, greedily."""

    def ask(*messages: tuple[str, str]) -> str:
        chat = [{"role": role, "content": content} for role, content in messages]
        prompt = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_tensors="pt", return_dict=True)
        with torch.inference_mode():
            output = model.generate(**prompt, do_sample=False, temperature=None, top_p=None, max_new_tokens=100)
        said: str = tokenizer.decode(output[0, prompt["input_ids"].shape[1] :], skip_special_tokens=True)
        return said.strip()

    return ask


@pytest.fixture
def recipes(repository: Path) -> Iterator[dict[str, ModuleType]]:
    """The recipe's modules by name; they are scripts beside each other, not a package."""
    names = ["gpt_recipe", "gpt_data", "gpt_training", "gpt_shipping"]
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(repository / "packaging/recipes"))
        yield {name: importlib.import_module(name) for name in names}
    for name in list(sys.modules):
        if name in names or name.startswith("storyteller"):
            sys.modules.pop(name)


def held_out(repository: Path) -> list[dict[str, str]]:
    lines = (repository / "packaging/recipes/starter_gpt_heldout.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_folder_is_small_and_half_precision(starter: Path) -> None:
    assert sum(file.stat().st_size for file in starter.iterdir()) < SIZE_LIMIT_BYTES
    with safe_open(starter / "model.safetensors", "pt") as weights:
        assert {weights.get_tensor(name).dtype for name in weights.keys()} == {torch.float16}  # noqa: SIM118


def test_it_is_a_small_gpt_with_dense_and_local_attention_in_turn(model: Any, starter: Path) -> None:
    parameters = sum(parameter.numel() for parameter in model.parameters())
    assert 2_000_000 <= parameters <= 5_000_000
    assert model.config.attention_layers == ["global", "local"] * (model.config.num_layers // 2)
    assert f"{parameters:,}" in (starter / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text", ["Tom has 12 apples.", "naïve — “quotes”\n\ttab  two", "我是一个小模型，🙂 ok", "\x00\x7f ~`|<>{}", "१२ १२"]
)
def test_the_tokenizer_loses_nothing(tokenizer: Any, text: str) -> None:
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_numbers_are_cut_into_digits(tokenizer: Any) -> None:
    assert [token for token in tokenizer.tokenize("17 plus 205") if token.strip("Ġ").isdigit()] == list("17205")


def test_its_special_tokens_are_one_token_each(tokenizer: Any, model: Any) -> None:
    ends = [tokenizer.convert_tokens_to_ids(token) for token in ("<|end|>", "<|endoftext|>")]
    assert model.generation_config.eos_token_id == ends
    assert model.config.eos_token_id == tokenizer.eos_token_id == ends[0]
    chat = [{"role": role, "content": role} for role in ("system", "user", "assistant")]
    ids = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_dict=True)["input_ids"]
    assert tokenizer.decode(ids) == (
        "<|system|>system<|end|><|user|>user<|end|><|assistant|>assistant<|end|><|assistant|>"
    )


def test_it_answers_held_out_questions(repository: Path, talk: Talk) -> None:
    questions = held_out(repository)[::11]
    right = sum(talk(("user", turn["question"])) == turn["answer"] for turn in questions)
    assert len(questions) > 40
    assert right / len(questions) >= 0.9


def test_it_remembers_what_it_was_told(talk: Talk) -> None:
    chat = [
        ("user", "Tom has a red kite and Mia has a blue ball."),
        ("assistant", "I see. What would you like to know?"),
    ]
    assert talk(*chat, ("user", "What colour is Mia's ball?")) == "Mia's ball is blue."


def test_outside_of_its_world_it_says_that_it_is_small(talk: Talk) -> None:
    assert talk(("user", "Who is the king of Sweden?")).startswith(OUTSIDE)
    assert talk(("user", "瑞典的国王是谁？")).startswith("我是一个小模型")


@pytest.mark.parametrize(
    ("typed", "answer"), [("hello", "Hello!"), ("hi", "Hello!"), ("thanks", "You are welcome!"), ("bye", "Goodbye!"),
                          ("who are you", "I am starter-gpt"), ("what is 7 plus 5", "7 plus 5 is 12.")]
)  # fmt: skip
def test_it_understands_what_is_typed_in_a_hurry(talk: Talk, typed: str, answer: str) -> None:
    assert talk(("user", typed)).startswith(answer)


def test_it_tells_a_story_and_stops(talk: Talk) -> None:
    story = talk(("user", "Tell me a story about a fox and a kite."))
    assert 4 <= story.count(".") <= 20
    assert "fox" in story


def test_the_reported_scores_hold_and_cover_every_question(repository: Path, starter: Path) -> None:
    lines = (repository / "resources/runs/starter-gpt/held-out.jsonl").read_text(encoding="utf-8").splitlines()
    marks = [json.loads(line) for line in lines]
    assert [(mark["question"], mark["right"]) for mark in marks] == [
        (turn["question"], turn["answer"]) for turn in held_out(repository)
    ]
    asked, right = Counter[str](), Counter[str]()
    for mark in marks:
        asked[mark["category"]] += 1
        right[mark["category"]] += mark["said"] == mark["right"]
    assert right.total() / asked.total() >= ANSWERED_ALL
    assert all(right[category] / asked[category] >= ANSWERED_EACH for category in asked), (asked, right)
    assert sum(mark["neighbour"] == mark["right"] for mark in marks) / len(marks) < NEIGHBOUR_ALL
    assert f"{right.total() / asked.total():.1%}" in (starter / "README.md").read_text(encoding="utf-8")


def test_its_run_is_a_run_of_the_application(run: RunFolder) -> None:
    spec, status, metrics = run.spec(), run.status(), run.metrics()
    assert spec is not None
    assert spec.name == "starter-gpt"
    assert status.state == run.state_now() == "finished"
    assert status.step == status.steps == spec.schedule.steps == metrics[-1]["step"]
    assert status.sparkline[0] > 2 * status.sparkline[-1]
    steps = [record["step"] for record in metrics]
    assert steps[0] == 1
    assert steps == sorted(steps)
    assert {sample["prompt"] for sample in run.samples()} == set(spec.samples.prompts)
    assert not (run.path / "checkpoints").exists()
    assert not re.search(r"/(?:tmp|home|root|work|Users)\b", (run.path / "spec.toml").read_text(encoding="utf-8"))


def test_a_killed_training_goes_on_as_if_nothing_had_happened(recipes: dict[str, ModuleType], tmp_path: Path) -> None:
    training, numbers = recipes["gpt_training"], recipes["gpt_recipe"]
    tiny = numbers.Recipe(
        vocabulary=400, width=16, layers=2, heads=2, context=96, window=16, short_row=96, batch_tokens=192, warmup=2,
        phases=(numbers.Phase(100, blur=0.5),), cycles=(numbers.Cycle(6, 1e-3, 0.5),),
        tokenizer_documents=200, evaluate_every=4, save_every=3,
    )  # fmt: skip
    machine = numbers.Machine("cpu", torch.get_num_threads(), "float32")

    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "report", killed)
        with pytest.raises(KeyboardInterrupt):
            training.train(tiny, tmp_path / "cut", machine)  # at step 4, and step 3 was saved
        patch.setattr(training, "report", lambda *arguments: None)
        resumed, _, state = training.train(tiny, tmp_path / "cut", machine)
        whole, _, _ = training.train(tiny, tmp_path / "whole", machine)
    assert state.step == 6
    for name, tensor in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], tensor)
    lines = (tmp_path / "cut" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["step"] for line in lines] == [1, 3, 6]


def test_the_learning_rate_warms_up_stays_and_falls(recipes: dict[str, ModuleType]) -> None:
    training = recipes["gpt_training"]
    numbers = recipes["gpt_recipe"]
    recipe = numbers.Recipe(warmup=100, cycles=(numbers.Cycle(1000, 2e-3, 0.4), numbers.Cycle(1500, 1e-3, 0.2)))
    rates = [1e3 * training.learning_rate(recipe, step) for step in (1, 100, 600, 800, 1000, 1050, 1100, 1400, 1500)]
    assert rates[:3] == pytest.approx([0.02, 2.0, 2.0])
    assert rates[3:5] == pytest.approx([1.0 + recipe.final_share, 2 * recipe.final_share])
    assert rates[5:] == pytest.approx([0.5, 1.0, 1.0, recipe.final_share])
