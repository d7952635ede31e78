"""The bundled reader as it is shipped, and the recipe that made it, on a training of next to nothing."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from safetensors import safe_open

from bigmodel_studio.core.models.library import parse_model, record
from bigmodel_studio.core.runs.run_folder import RunFolder

SIZE_LIMIT_BYTES = 5_000_000
NAMES = ("starter_bert", "bert_shipping")


@pytest.fixture
def recipes(repository: Path) -> Iterator[dict[str, ModuleType]]:
    """The recipe's modules by name; they are scripts beside each other, not a package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(repository / "packaging/recipes"))
        yield {name: importlib.import_module(name) for name in NAMES}
    for name in NAMES:
        sys.modules.pop(name, None)


def test_it_is_a_small_model_that_guesses_words_and_its_run_is_there(repository: Path) -> None:
    found = record(parse_model("starter-bert"))
    assert (found.kind, found.source) == ("masked-lm", "builtin")
    folder = repository / "resources/starters/starter-bert"
    assert sum(file.stat().st_size for file in folder.iterdir()) < SIZE_LIMIT_BYTES
    with safe_open(folder / "model.safetensors", "np") as weights:
        assert {weights.get_slice(name).get_dtype() for name in weights.keys()} == {"F16"}  # noqa: SIM118
    run = RunFolder(repository / "resources/runs/starter-bert")
    spec = run.spec()
    assert spec is not None
    assert run.status().state == "finished"
    assert run.metrics()[-1]["step"] == spec.schedule.steps
    assert run.status().parameters == found.parameters
    assert f"| {found.parameters:,}, shipped" in (folder / "README.md").read_text("utf-8")


@pytest.mark.slow
def test_the_card_says_what_the_files_score(repository: Path, recipes: dict[str, ModuleType]) -> None:
    folder = repository / "resources/starters/starter-bert"
    card = (folder / "README.md").read_text("utf-8")
    scores = recipes["bert_shipping"].score(folder)
    for name, (right, usual) in scores.words.items():
        assert f"| {name} | 300 | {right:.1%} | {usual:.1%} |" in card
    assert f"{scores.pairs:.1%} were told" in card


@pytest.mark.slow
def test_the_recipe_makes_all_of_it(
    recipes: dict[str, ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipes["bert_shipping"], "QUESTIONS", 3)
    monkeypatch.setattr(recipes["bert_shipping"], "STORIES", 4)
    shape: dict[str, Any] = {"layers": 1, "width": 16, "heads": 2, "context": 64, "vocabulary": 400}
    recipe = recipes["starter_bert"].Recipe(documents=120, steps=4, batch=4, warmup=1, **shape)
    monkeypatch.setenv("BIGMODEL_STUDIO_HOME", "")
    folder = recipes["starter_bert"].train(recipe, tmp_path / "work", "cpu", 1)
    recipes["bert_shipping"].ship(recipe, folder, tmp_path / "starter", tmp_path / "run")
    assert json.loads((tmp_path / "starter/config.json").read_text())["num_hidden_layers"] == 1
    run = RunFolder(tmp_path / "run")
    assert run.status().state == "finished"
    assert run.metrics()[-1]["step"] == 4
    assert run.spec() is not None
    again = recipes["starter_bert"].train(recipe, tmp_path / "work", "cpu", 1)
    assert again.path == folder.path
    assert "work" not in (tmp_path / "run/spec.toml").read_text()
