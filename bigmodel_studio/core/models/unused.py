"""Names for model folders that are whole, and yet not used here: what each is, by its config and its files.

Without a name they would look damaged, and their user would download them again for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bigmodel_studio.core.models.weights import Tensor
from bigmodel_studio.core.text.messages import StudioError

_WITH_PICTURES = ("vision_config", "mm_vision_tower", "vision_tower", "visual")
_WITH_SOUND = ("audio_config", "audio_encoder")
_SOUND_TYPES = frozenset(
    {"audio-spectrogram-transformer", "bark", "csm", "dac", "data2vec-audio", "dia", "encodec", "fastspeech2_conformer",
     "hubert", "mimi", "moshi", "musicgen", "musicgen_melody", "seamless_m4t", "seamless_m4t_v2", "sew", "sew-d",
     "speech_to_text", "speecht5", "unispeech", "unispeech-sat", "univnet", "vits", "wav2vec2", "wav2vec2-bert",
     "wav2vec2-conformer", "wavlm", "whisper"}
)  # fmt: skip
"""Model types whose input or output is sound."""
_COMPARING = frozenset(
    {"aimv2", "align", "altclip", "blip", "blip-2", "chinese_clip", "clap", "clip", "clipseg", "flava", "groupvit",
     "metaclip_2", "owlv2", "owlvit", "siglip", "siglip2", "vision-text-dual-encoder", "xclip"}
)  # fmt: skip
"""Model types with parts for pictures (or sounds) and for texts that compare the two: their texts are embedded."""
TOKENIZER_FILES = ("tokenizer.json", "vocab.json", "vocab.txt", "tokenizer.model", "spiece.model")
"""What tokenizers are made from; any of the first three is enough for transformers to make a fast one."""
_SENTENCEPIECE_FILES = {"tokenizer.model", "spiece.model"}
_OTHER_TOKENIZERS = ("tekken.json", "*.tiktoken", "tokenizer.bin", "rwkv_vocab*.txt")
_QUANTIZER_FILES = {"quantize_config.json": "GPTQ", "quant_config.json": "AWQ"}
"""Written beside the config by tools that quantized before configs could say it."""

_PACKED_NAMES = {
    ".qweight": "GPTQ or AWQ",
    ".weight_packed": "compressed tensors",
    ".quant_state.bitsandbytes__nf4": "bitsandbytes, 4 bits",
    ".SCB": "bitsandbytes, 8 bits",
    ".q_weight": "EXL2",
    ".W_q": "HQQ",
}


def refuse_unused(folder: Path, config: Mapping[str, Any], architecture: str) -> None:
    """Raise ``StudioError`` where a folder is of a kind that is known and not used here.

    Codes: "model-timm", "model-of-pictures-and-text", "model-of-sound", "quantised-weights".
    """
    if (isinstance(config.get("architecture"), str) and not architecture) or config.get("model_type") == "timm_wrapper":
        raise StudioError("model-timm", name=str(config.get("architecture") or folder.name)[:60])
    if "_diffusers_version" in config:
        raise StudioError("model-other-program", path=str(folder), program="Diffusers", file="config.json")
    if not (architecture.endswith("Model") and str(config.get("model_type")) in _COMPARING):
        _refuse_parts(config, architecture)
    if (method := _quantized(folder, config)) is not None:
        raise StudioError("quantised-weights", method=method)


def refuse_sentencepiece(folder: Path, name: str) -> None:
    """Raise ``StudioError`` "tokenizer-sentencepiece" or "tokenizer-other" where a tokenizer is there, and none to
    use.
    """
    there = [file for file in TOKENIZER_FILES if (folder / file).is_file()]
    other = next((file for pattern in _OTHER_TOKENIZERS for file in folder.glob(pattern)), None)
    if not there and other is not None:
        raise StudioError("tokenizer-other", model=name, file=other.name)
    if there and set(there) <= _SENTENCEPIECE_FILES:
        raise StudioError("tokenizer-sentencepiece", model=name, file=there[0])


def _refuse_parts(config: Mapping[str, Any], architecture: str) -> None:
    named = architecture or str(config.get("model_type") or "")
    if architecture == "VisionEncoderDecoderModel" or any(config.get(field) for field in _WITH_PICTURES):
        raise StudioError("model-of-pictures-and-text", architecture=named[:60])
    if any(config.get(field) for field in _WITH_SOUND) or str(config.get("model_type")) in _SOUND_TYPES:
        raise StudioError("model-of-sound", architecture=named[:60])


def _quantized(folder: Path, config: Mapping[str, Any]) -> str | None:
    """Return how the weights are quantized, None where they are not."""
    if (transformers := config.get("quantization_config")) is not None:
        method = transformers.get("quant_method") if isinstance(transformers, dict) else None
        return str(method)[:40] if method else "unknown"
    mlx = config.get("quantization")
    if isinstance(mlx, dict) and "bits" in mlx:
        return f"MLX, {str(mlx['bits'])[:8]} bits"
    return next((method for file, method in _QUANTIZER_FILES.items() if (folder / file).is_file()), None)


def refuse_quantized_tensors(tensors: Mapping[str, Tensor]) -> None:
    """Raise ``StudioError`` "quantised-weights" where tensors are packed, FP8 or integers, and no config said so."""
    for name, tensor in tensors.items():
        method = next((method for end, method in _PACKED_NAMES.items() if name.endswith(end)), None)
        if method is None and tensor.dtype.startswith(("F8", "F4", "F6")):
            method = "FP" + tensor.dtype[1]
        if method is None and tensor.dtype[0] in "IU" and len(tensor.shape) > 1 and name.endswith(".weight"):
            method = f"integers of {tensor.dtype[1:]} bits"
        if method is not None:
            raise StudioError("quantised-weights", method=method)
