"""Files of weights: safetensors and GGUF."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "weights-missing": (
        "{folder} has no weights (no model.safetensors).",
        "Its download was probably not finished: fetch it again.",
    ),
    "weights-not-safetensors": (
        "The weights are only in a format that can run code when it is opened ({files}), and that is refused.",
        "Take a copy with model.safetensors, or convert it first: https://huggingface.co/spaces/safetensors/convert.",
    ),
    "weights-empty": ("{file} is empty (0 bytes).", "Its download was not finished: fetch it again."),
    "weights-no-tensors": ("{file} holds no tensors.", "Fetch it again."),
    "weights-lfs": (
        "{file} is only a Git LFS pointer, not the weights.",
        "Run “git lfs pull” in that folder, or download the file itself.",
    ),
    "weights-format": (
        "{file} is not a safetensors file but {format}; it was not opened.",
        "Take a copy of the model with real safetensors weights.",
    ),
    "weights-header": ("{file} is damaged, or not a safetensors file: {detail}.", "Fetch it again."),
    "weights-truncated": (
        "{file} is cut off: it has {has:,} bytes and needs {needs:,}.",
        "Its download was not finished: fetch it again.",
    ),
    "weights-index": ("model.safetensors.index.json cannot be used: {detail}.", "Fetch that file again."),
    "weights-shard-missing": ("A part of the weights is missing: {file}.", "Fetch that file again."),
    "gguf-magic": ("{file} is not a GGUF file.", "Fetch it again, or take another."),
    "gguf-version": (
        "{file} is of GGUF version {version}; versions 2 and 3 are read.",
        "Take a newer copy of the model.",
    ),
    "gguf-counts": (
        "{file} says that it has {tensors:,} tensors and {entries:,} entries, more than fit into it.",
        "It is damaged, or made to do harm: fetch it from another source.",
    ),
    "gguf-header": (
        "The header of {file} is larger than any model needs, so that it was not read to its end.",
        "It is damaged, or made to do harm: fetch it from another source.",
    ),
    "gguf-length": (
        "{file} says that a part of it is {length:,} bytes long, which cannot be.",
        "It is damaged, or made to do harm: fetch it from another source.",
    ),
    "gguf-list": (
        "{file} says that it has a list of {count:,} texts, more than it can hold.",
        "It is damaged, or made to do harm: fetch it from another source.",
    ),
    "gguf-name": (
        "{file} has a name of {length:,} bytes, and names are short.",
        "It is damaged, or made to do harm: fetch it from another source.",
    ),
    "gguf-text": ("{file} holds a text that is not UTF-8.", "It is damaged: fetch it again."),
    "gguf-nested": ("{file} holds a list of lists ({name}), which no model needs.", "Take another copy of the model."),
    "gguf-twice": ("{file} has the name {name} twice.", "It is damaged: fetch it again."),
    "gguf-value-type": (
        "{file} gives {name} a value of a type that does not exist ({type}).",
        "It is damaged: fetch it again.",
    ),
    "gguf-alignment": (
        "{file} says that its tensors are aligned to {was}, and that must be a power of two.",
        "It is damaged: fetch it again.",
    ),
    "gguf-shape": (
        "The tensor {name} of {file} has a shape that makes no sense ({shape}).",
        "It is damaged: fetch it again.",
    ),
    "gguf-tensor-type": (
        "The tensor {name} of {file} is of a type that is not known here ({type}).",
        "The file may be newer than this application; else it is damaged: fetch it again.",
    ),
    "gguf-overlap": (
        "The tensor {name} of {file} lies over another, or where none may begin.",
        "It is damaged: fetch it again.",
    ),
    "gguf-no-model": ("{file} is a GGUF file without tensors, so it is no model.", "Take the file with the weights."),
    "ollama-manifest": (
        "Ollama’s entry for {model} leads to no model that can be read.",
        "“ollama pull {model}” fetches it again.",
    ),
    "gguf-not-run": (
        "{model} is a GGUF file: it can be looked at and planned with here, but not run yet.",
        "To use the model here, take it with safetensors weights; llama.cpp, LM Studio and Ollama run this file.",
    ),
    "tensors-missing": (
        "The weights lack {count} of the model's tensors: {names}.",
        "They belong to another model, or are damaged: fetch them again.",
    ),
    "tensors-mismatched": (
        "{count} tensors have another shape than config.json says: {names}.",
        "Weights and config.json do not belong together: fetch both again.",
    ),
    "quantised-weights": (
        "The weights are quantised ({method}), which is not read here.",
        "Take the model in float16, bfloat16 or float32.",
    ),
    "weights-fewer-layers": (
        "The weights are those of {has} layers, and config.json asks for {wants}.",
        "Fetch the folder again from its source: its files do not belong together.",
    ),
    "weights-too-few": (
        "config.json describes a model of {wants:,} parameters, and the weights hold only {has:,}.",
        "They do not belong together: fetch both again.",
    ),
}
