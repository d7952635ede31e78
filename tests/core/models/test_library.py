"""What a model's name means, and what is listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bigmodel_studio.core.models import library
from bigmodel_studio.core.models.folder import kind_of
from bigmodel_studio.core.runs.run_folder import RunFolder, RunStatus, dump_status
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import ModelRef
from tests.core.models.test_weights import write


def model_folder(folder: Path, architecture: str = "GPT2LMHeadModel") -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"model_type": "gpt2", "architectures": [architecture]}))
    write(folder / "model.safetensors")
    return folder


def run_folder(root: Path, name: str, *steps: int) -> Path:
    run = root / name
    run.mkdir(parents=True)
    (run / "spec.toml").write_text(f'name = "{name}"\n[data]\ntrain = ["a.txt"]\n')
    for step in steps:
        checkpoint = model_folder(run / "checkpoints" / f"step-{step:06d}")
        (checkpoint / "MANIFEST.json").write_text("{}")
    return run


@pytest.fixture
def places(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, resources and a Hub cache of this test's own, with a model in each; returns the folder above them."""
    resources = tmp_path / "resources"
    monkeypatch.setattr(paths, "resources", lambda: resources)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    model_folder(resources / "starters" / "starter-gpt")
    run_folder(home / "runs", "tale", 100, 200)
    snapshot = tmp_path / "hf" / "hub" / "models--some--model"
    model_folder(snapshot / "snapshots" / "abc123", "BertForMaskedLM")
    (snapshot / "refs").mkdir()
    (snapshot / "refs" / "main").write_text("abc123")
    model_folder(tmp_path / "mine")
    return tmp_path


def test_the_best_checkpoint_of_a_run_has_a_name(places: Path) -> None:
    run = RunFolder(paths.runs() / "tale")
    (run.path / "status.json").write_bytes(dump_status(RunStatus(best_step=100)))
    assert library.parse_model("tale@best") == ModelRef(source="run", id="tale", step=100)


def test_every_kind_of_name(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(places)
    mine = str(places / "mine")
    meanings = {
        "starter-gpt": ModelRef(source="builtin", id="starter-gpt"),
        mine: ModelRef(source="local", id=mine),
        "./mine": ModelRef(source="local", id=mine),
        "tale": ModelRef(source="run", id="tale"),
        "tale@100": ModelRef(source="run", id="tale", step=100),
        "some/model": ModelRef(source="hub", id="some/model"),
        "reference:llama-3": ModelRef(source="reference", id="llama-3"),
        str(paths.runs() / "tale"): ModelRef(source="run", id="tale"),
    }
    for text, ref in meanings.items():
        parsed = library.parse_model(text)
        assert (parsed.source, parsed.step) == (ref.source, ref.step), text
        if ref.source == "local":
            assert Path(parsed.id).resolve() == Path(ref.id).resolve()
        else:
            assert parsed.id == ref.id


def test_a_name_leads_to_its_folder(places: Path) -> None:
    assert library.resolve(library.parse_model("tale")).name == "step-000200"
    assert library.resolve(library.parse_model("tale@100")).name == "step-000100"
    assert library.resolve(library.parse_model("some/model")).name == "abc123"
    assert library.resolve(library.parse_model("starter-gpt")).name == "starter-gpt"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nothing", "model-unknown"),
        ("", "model-unknown"),
        ("./nothing", "folder-missing"),
        ("no/model", "hub-not-here"),
        ("no/such/model", "folder-missing"),
        ("tale@5", "run-no-checkpoint"),
        ("tale@best", "run-no-checkpoint"),
        ("nobody@5", "run-unknown"),
        ("reference:llama-3", "model-not-on-disk"),
    ],
)
def test_what_is_not_there_is_said(places: Path, text: str, code: str) -> None:
    with pytest.raises(StudioError) as caught:
        library.resolve(library.parse_model(text))
    assert caught.value.problem.code == code


def test_a_slip_of_the_pen_is_noticed(places: Path) -> None:
    with pytest.raises(StudioError) as caught:
        library.parse_model("starter-gtp")
    assert "starter-gpt" in str(caught.value.problem.arguments["near"])


@pytest.mark.parametrize("source", ["builtin", "hub", "run"])
def test_a_name_does_not_climb_out_of_its_place(places: Path, source: str) -> None:
    with pytest.raises(StudioError):
        library.resolve(ModelRef(source=source, id="../../mine"))  # type: ignore[arg-type]


def test_one_bad_folder_hides_no_other(places: Path) -> None:
    library.remember(places / "mine")
    (places / "mine" / "model.safetensors").write_bytes(b"")
    records = {record.name: record for record in library.records()}
    assert set(records) == {"starter-gpt", "mine", "tale", "some/model"}
    assert records["mine"].problem is not None
    assert records["mine"].problem.code == "weights-empty"
    assert records["mine"].kind == "causal-lm"
    assert records["some/model"].kind == "masked-lm"
    assert (records["tale"].source, records["tale"].parameters, records["tale"].bytes) == ("run", 11, 42)
    for record in records.values():
        assert library.parse_model(record.id) == record.ref


def test_a_runs_checkpoints_are_models(places: Path) -> None:
    assert [record.id for record in library.run_records("tale")] == ["tale@200", "tale@100"]


def test_opened_folders_are_remembered_until_forgotten(places: Path, home: Path) -> None:
    (home / "library.json").write_text('{"schema": 1, "folders": [], "of_a_newer_version": 5}')
    library.remember(places / "mine")
    library.remember(places / "mine")
    assert library.remembered() == [places / "mine"]
    library.forget(places / "mine")
    assert library.remembered() == []
    assert json.loads((home / "library.json").read_text())["of_a_newer_version"] == 5
    assert (places / "mine").is_dir()


def test_what_is_no_model_is_not_remembered(places: Path) -> None:
    with pytest.raises(StudioError):
        library.remember(places)
    assert library.remembered() == []


def test_a_spoilt_list_is_as_good_as_none(places: Path, home: Path) -> None:
    (home / "library.json").write_text("[1, 2")
    assert library.remembered() == []
    library.remember(places / "mine")
    assert library.remembered() == [places / "mine"]


@pytest.mark.parametrize(
    ("architecture", "kind"),
    [
        ("LlamaForCausalLM", "causal-lm"),
        ("GPT2LMHeadModel", "causal-lm"),
        ("BertForPreTraining", "masked-lm"),
        ("T5ForConditionalGeneration", "seq2seq"),
        ("ResNetForImageClassification", "image-classifier"),
        ("BertForTokenClassification", "token-classifier"),
        ("BertModel", "encoder"),
        ("Strange", "other"),
    ],
)
def test_the_architecture_says_the_kind(architecture: str, kind: str) -> None:
    assert kind_of({"architectures": [architecture]}) == kind
