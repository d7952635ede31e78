"""A GGUF file as a model: by its path, from Ollama's folder, and in parts, through the tasks that anybody uses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bigmodel_studio.core.models import library
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Done, Failed, Generate, Generated, Loaded, ModelRef, Sampling, Token, Turn
from tests.gguf_written import small_model, write
from tests.small_models import byte_tokenizer, local

GREEDY = Sampling(temperature=0.0, max_new_tokens=12)


def said(ref: ModelRef, session: Session, turns: tuple[Turn, ...] = ()) -> tuple[list[int], Generated, Loaded]:
    events = list(run_task(Generate(model=ref, prompt="" if turns else "Hello", turns=turns, sampling=GREEDY), session))
    end = events[-1]
    assert isinstance(end, Done), end
    assert isinstance(end.result, Generated)
    loaded = next(event for event in events if isinstance(event, Loaded))
    return [event.id for event in events if isinstance(event, Token)], end.result, loaded


@pytest.mark.parametrize("name", ["llama", "gpt2", "qwen2"])
def test_a_file_says_what_the_same_folder_says(tmp_path: Path, session: Session, name: str) -> None:
    model = small_model(name)
    model.save_pretrained(tmp_path / "folder")
    byte_tokenizer().save_pretrained(tmp_path / "folder")
    write(tmp_path / "m.gguf", model)
    session.release()
    expected, _result, _loaded = said(local(tmp_path / "folder"), session)
    ids, _result, loaded = said(local(tmp_path / "m.gguf"), session)
    assert ids == expected
    assert loaded.facts.kind == "causal-lm"
    assert loaded.facts.architecture == type(model).__name__
    assert loaded.facts.context_length == 128
    assert loaded.facts.has_chat_template
    assert loaded.facts.dtype == "float32"


def test_its_chat_template_is_used(tmp_path: Path, session: Session) -> None:
    write(tmp_path / "m.gguf", small_model("llama"), "Q8_0")
    _ids, result, _loaded = said(local(tmp_path / "m.gguf"), session, (Turn(role="user", content="hi"),))
    assert result.template
    assert result.prompt_tokens == len("<user>hi\n<assistant>")


def test_a_model_of_ollama_and_one_in_a_folder(tmp_path: Path, session: Session) -> None:
    data = write(tmp_path / "folder" / "m.gguf", small_model("llama"), "Q4_0").read_bytes()
    manifest = tmp_path / "manifests/registry.ollama.ai/library/tiny/1b"
    manifest.parent.mkdir(parents=True)
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:" + "a" * 64, "size": len(data)}
    manifest.write_text(json.dumps({"schemaVersion": 2, "layers": [layer]}))
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / ("sha256-" + "a" * 64)).write_bytes(data)
    session.release()
    ids, _result, loaded = said(library.parse_model(str(manifest)), session)
    assert loaded.facts.name == "tiny:1b"
    assert said(local(tmp_path / "folder"), session)[0] == ids


def test_a_file_that_was_replaced_is_loaded_anew(tmp_path: Path, session: Session) -> None:
    path = write(tmp_path / "m.gguf", small_model("llama"))
    said(local(path), session)
    assert not any(isinstance(e, Loaded) for e in run_task(Generate(model=local(path), prompt="a"), session))
    write(path, small_model("qwen2"))
    assert said(local(path), session)[2].facts.architecture == "Qwen2ForCausalLM"


def test_bfloat16_is_used_where_it_is_asked_for(tmp_path: Path, session: Session) -> None:
    write(tmp_path / "m.gguf", small_model("llama"), "Q5_K")
    ref = ModelRef(source="local", id=str(tmp_path / "m.gguf"), dtype="bfloat16")
    loaded = said(ref, session)[2]
    assert loaded.facts.dtype == "bfloat16"
    assert loaded.facts.weight_bytes == pytest.approx(2 * loaded.facts.parameters, rel=0.01)


def test_a_damaged_file_leaves_nothing_loaded(tmp_path: Path, session: Session) -> None:
    path = write(tmp_path / "m.gguf", small_model("llama"))
    path.write_bytes(path.read_bytes()[:-1000])
    *_, end = run_task(Generate(model=local(path), prompt="a"), session)
    assert isinstance(end, Failed)
    assert (end.problem.code, end.blame) == ("weights-truncated", "input")
    assert session.parts().weights_bytes == 0


def test_training_from_a_file_is_refused_with_the_way_out(tmp_path: Path) -> None:
    from bigmodel_studio.engine.models.checks import check_folder

    path = write(tmp_path / "m.gguf", small_model("llama"))
    with pytest.raises(StudioError) as caught:
        check_folder(path)
    assert caught.value.problem.code == "gguf-only"
