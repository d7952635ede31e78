"""Folders that are whole, and yet not used here, are called what they are: nobody is told to fetch them again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from bigmodel_studio.core.text.messages import StudioError, hint
from bigmodel_studio.engine.models.checks import check_folder, check_tokenizer
from bigmodel_studio.engine.models.loading import load_tokenizer, open_stored


def _change(path: Path, **fields: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | fields), "utf-8")


def _refusal(folder: Path) -> StudioError:
    with pytest.raises(StudioError) as refused:
        open_stored(folder, folder.name)
    said = f"{refused.value} {hint(refused.value.problem)}".lower()
    assert "again" not in said
    assert "finish" not in said
    return refused.value


@pytest.mark.parametrize(
    ("fields", "code", "named"),
    [
        ({"architectures": ["LlavaForConditionalGeneration"], "vision_config": {"a": 1}}, "model-of-pictures-and-text",
         "LlavaForConditionalGeneration"),
        ({"architectures": ["LlavaLlamaForCausalLM"], "mm_vision_tower": "clip"}, "model-of-pictures-and-text",
         "LlavaLlamaForCausalLM"),
        ({"architectures": ["Qwen2_5_VLModel"], "model_type": "qwen2_5_vl", "vision_config": {"a": 1}},
         "model-of-pictures-and-text", "Qwen2_5_VLModel"),
        ({"architectures": ["Qwen2AudioModel"], "audio_config": {"a": 1}}, "model-of-sound", "Qwen2AudioModel"),
        ({"architectures": ["VisionEncoderDecoderModel"]}, "model-of-pictures-and-text", "VisionEncoderDecoderModel"),
        ({"architectures": ["AudioForConditionalGeneration"], "audio_config": {"a": 1}}, "model-of-sound", "Audio"),
        ({"architectures": ["BertForQuestionAnswering"]}, "architecture-unused", "BertForQuestionAnswering"),
        ({"architectures": ["WhisperForConditionalGeneration"], "model_type": "whisper"}, "model-of-sound", "Whisper"),
        ({"architectures": ["VitsModel"], "model_type": "vits"}, "model-of-sound", "VitsModel"),
        ({"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.2"}, "model-other-program", "Diffusers"),
        ({"quantization": {"bits": 4, "group_size": 64}}, "quantised-weights", "MLX, 4 bits"),
        ({"quantization_config": {"quant_method": "fp8"}}, "quantised-weights", "fp8"),
        ({"quantization_config": {"quant_method": "awq"}}, "quantised-weights", "awq"),
    ],
)  # fmt: skip
def test_what_its_config_says_it_is(gpt_folder: Path, fields: dict[str, Any], code: str, named: str) -> None:
    _change(gpt_folder / "config.json", **fields)
    error = _refusal(gpt_folder)
    assert error.problem.code == code
    assert named in str(error)


def test_a_timm_model_has_a_config_of_another_kind(tmp_path: Path) -> None:
    config = {"architecture": "resnet18", "num_classes": 10, "pretrained_cfg": {}}
    (tmp_path / "config.json").write_text(json.dumps(config), "utf-8")
    error = _refusal(tmp_path)
    assert error.problem.code == "model-timm"
    assert "resnet18" in str(error)


@pytest.mark.parametrize(("file", "method"), [("quantize_config.json", "GPTQ"), ("quant_config.json", "AWQ")])
def test_what_a_quantizer_wrote_beside_the_config(gpt_folder: Path, file: str, method: str) -> None:
    (gpt_folder / file).write_text('{"bits": 4}', "utf-8")
    assert _refusal(gpt_folder).problem.arguments["method"] == method


def test_packed_tensors_are_quantized_whatever_the_config_says(gpt_folder: Path) -> None:
    tensors = load_file(gpt_folder / "model.safetensors")
    name = next(name for name in tensors if name.endswith("c_fc.weight"))
    tensors[name.replace(".weight", ".qweight")] = torch.zeros(2, 2, dtype=torch.int32)
    save_file(tensors, gpt_folder / "model.safetensors")
    assert _refusal(gpt_folder).problem.code == "quantised-weights"
    tensors[name] = tensors[name].to(torch.float8_e4m3fn)
    del tensors[name.replace(".weight", ".qweight")]
    save_file(tensors, gpt_folder / "model.safetensors")
    assert _refusal(gpt_folder).problem.arguments == {"method": "FP8"}
    tensors[name] = torch.zeros(tensors[name].shape, dtype=torch.int8)
    save_file(tensors, gpt_folder / "model.safetensors")
    assert "8 bits" in str(_refusal(gpt_folder))


def test_weights_under_another_name_are_named(gpt_folder: Path) -> None:
    (gpt_folder / "model.safetensors").rename(gpt_folder / "story.safetensors")
    error = _refusal(gpt_folder)
    assert error.problem.code == "weights-other-name"
    assert "story.safetensors" in str(error)
    assert "model.safetensors" in hint(error.problem)


def test_shards_without_their_index_say_which_file_is_missing(gpt_folder: Path) -> None:
    (gpt_folder / "model.safetensors").rename(gpt_folder / "model-00001-of-00002.safetensors")
    assert _refusal(gpt_folder).problem.code == "weights-index-missing"


@pytest.mark.parametrize("inside", [True, False])
def test_a_bare_pickle_is_no_damaged_model(tmp_path: Path, *, inside: bool) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(b"PK\x03\x04")
    error = _refusal(tmp_path if inside else path)
    assert error.problem.code == "weights-not-safetensors"
    assert "model.pt" in str(error)


def test_a_pipeline_of_several_models(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text("{}", "utf-8")
    assert _refusal(tmp_path).problem.code == "model-of-parts"


def test_a_config_with_a_byte_order_mark_is_not_called_cut_off(gpt_folder: Path) -> None:
    path = gpt_folder / "config.json"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    error = _refusal(gpt_folder)
    assert error.problem.code == "json-byte-order-mark"
    assert "config.json" in str(error)


@pytest.mark.parametrize(
    ("names", "code", "said"),
    [
        ("model.onnx", "model-other-program", "ONNX"),
        ("config.json onnx/model_quantized.onnx", "model-other-program", "model_quantized.onnx"),
        ("config.json openvino_model.xml openvino_model.bin", "model-other-program", "OpenVINO"),
        ("saved_model.pb variables/x", "model-other-program", "TensorFlow"),
        ("model.keras metadata.json", "model-other-program", "Keras"),
        ("open_clip_config.json open_clip_model.safetensors", "model-other-program", "OpenCLIP"),
        ("consolidated.safetensors params.json tekken.json", "model-other-program", "Mistral's own code"),
        ("pytorch_lora_weights.safetensors", "model-other-program", "Diffusers"),
        ("checkpoint-500/config.json trainer_state.json", "model-deeper", "checkpoint-500"),
        ("snapshots/abc/config.json refs/main", "model-deeper", "snapshots/abc"),
        ("model.safetensors", "config-missing-beside", "model.safetensors"),
        ("notes.md", "config-missing", "is not a model"),
    ],
)
def test_folders_of_other_programs_and_around_models(tmp_path: Path, names: str, code: str, said: str) -> None:
    for name in names.split():
        path = tmp_path / "m" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"model_type": "bert", "architectures": ["BertModel"]}' if name == "config.json" else "x")
    error = _refusal(tmp_path / "m")
    assert error.problem.code == code
    assert said in str(error)


@pytest.mark.parametrize("file", ["model.safetensors", "config.json"])
def test_a_link_to_nowhere_is_called_that(gpt_folder: Path, file: str) -> None:
    (gpt_folder / file).unlink()
    (gpt_folder / file).symlink_to("blobs/abc")
    error = _refusal(gpt_folder)
    assert error.problem.code == "link-broken"
    assert "blobs/abc" in str(error)


def test_other_files_in_place_of_json_are_called_what_they_are(gpt_folder: Path) -> None:
    for text, said in (("version https://git-lfs.github.com/spec/v1", "Git LFS"), ("<!DOCTYPE html>", "a web page")):
        (gpt_folder / "config.json").write_text(text, "utf-8")
        with pytest.raises(StudioError, match=said):
            check_folder(gpt_folder)


def test_a_tokenizer_of_another_kind_is_named(gpt_folder: Path) -> None:
    (gpt_folder / "tokenizer.json").rename(gpt_folder / "tekken.json")
    with pytest.raises(StudioError, match=r"tekken\.json alone") as caught:
        check_tokenizer(gpt_folder, "m")
    assert caught.value.problem.code == "tokenizer-other"


def test_an_adapter_says_of_which_kind_it_is_and_for_what(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text(
        '{"peft_type": "LORA", "base_model_name_or_path": "org/base"}', "utf-8"
    )
    error = _refusal(tmp_path)
    assert error.problem.code == "adapter-folder"
    assert "(LORA) for org/base" in str(error)
    (tmp_path / "adapter_config.json").write_text(
        '{"peft_type": "PROMPT_TUNING", "base_model_name_or_path": "b"}', "utf-8"
    )
    assert _refusal(tmp_path).problem.code == "adapter-not-merged"


def test_a_whole_model_beside_an_adapter_says_that_both_are_there(gpt_folder: Path) -> None:
    adapter = '{"base_model_name_or_path": "elsewhere", "peft_type": "LORA"}'
    (gpt_folder / "adapter_config.json").write_text(adapter, "utf-8")
    assert _refusal(gpt_folder).problem.code == "adapter-beside-model"
    (gpt_folder / "model.safetensors").unlink()
    assert _refusal(gpt_folder).problem.code == "adapter-folder"


def test_sentencepiece_alone_is_named(gpt_folder: Path) -> None:
    for file in ("tokenizer.json", "vocab.json", "vocab.txt"):
        (gpt_folder / file).unlink(missing_ok=True)
    (gpt_folder / "tokenizer.model").write_bytes(b"\n\x0e\n\x05<unk>")
    with pytest.raises(StudioError) as refused:
        check_tokenizer(gpt_folder, "a model")
    for error in (refused.value, _refusal(gpt_folder)):
        assert error.problem.code == "tokenizer-sentencepiece"
        assert "tokenizer.model" in str(error)


# ------------------------------------------------------------------------------------ fields of the small tables


@pytest.mark.parametrize(
    ("field", "value"),
    [("temperature", "warm"), ("temperature", -1), ("top_p", 2.5), ("top_k", 1.5), ("eos_token_id", "</s>"),
     ("eos_token_id", [1, "2"]), ("repetition_penalty", float("nan")), ("do_sample", "yes"), ("num_beams", 0)],
)  # fmt: skip
def test_a_generation_config_is_checked_like_settings(gpt_folder: Path, field: str, value: Any) -> None:
    _change(gpt_folder / "generation_config.json", **{field: value})
    with pytest.raises(StudioError) as refused:
        check_folder(gpt_folder)
    assert refused.value.problem.code == "generation-config"
    assert refused.value.problem.arguments["field"] == field


@pytest.mark.parametrize(
    ("field", "value"),
    [("model_max_length", {"a": 1}), ("model_max_length", "long"), ("clean_up_tokenization_spaces", "aaa"),
     ("eos_token", 7), ("eos_token", ["a"]), ("chat_template", 5), ("extra_special_tokens", "a"),
     ("added_tokens_decoder", []), ("padding_side", "top")],
)  # fmt: skip
def test_a_tokenizer_config_names_its_field(gpt_folder: Path, field: str, value: Any) -> None:
    _change(gpt_folder / "tokenizer_config.json", **{field: value})
    with pytest.raises(StudioError) as refused:
        load_tokenizer(gpt_folder, "a model")
    assert refused.value.problem.code == "tokenizer-field"
    assert refused.value.problem.arguments["field"] == field
    assert "tokenizer_config.json" in str(refused.value)


def test_fields_that_are_right_or_null_are_taken(gpt_folder: Path) -> None:
    right = {"temperature": 0.6, "top_k": 50, "top_p": None, "eos_token_id": [256, 2], "do_sample": True}
    _change(gpt_folder / "generation_config.json", **right)
    _change(gpt_folder / "tokenizer_config.json", model_max_length=1e30, extra_special_tokens={"image": "<i>"})
    check_folder(gpt_folder)
    assert load_tokenizer(gpt_folder, "a model").eos_token_id == 256


def test_a_panic_of_the_tokenizers_library_is_a_refusal(
    gpt_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The class that pyo3 raises is a BaseException of this name and module.
    panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})

    def panicking(*args: object, **named: object) -> None:
        raise panic("index out of bounds")

    monkeypatch.setattr("transformers.AutoTokenizer.from_pretrained", panicking)
    copy = Path(shutil.copytree(gpt_folder, tmp_path / "copy"))
    with pytest.raises(StudioError) as refused:
        load_tokenizer(copy, "a model")
    assert refused.value.problem.code == "tokenizer-broken"
    assert "out of bounds" in str(refused.value)
