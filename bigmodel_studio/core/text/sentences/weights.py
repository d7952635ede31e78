"""Files of weights: safetensors and GGUF."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "headers-slow": (
        "{model} is refused: reading its config and header took more than {seconds:g} s.",
        "The files are damaged or hostile: download the model again, from a source that you trust.",
    ),
    "headers-memory": (
        "{model} is refused: reading its config and header took more than {most:,} MB of memory.",
        "The files are damaged or hostile: download the model again, from a source that you trust.",
    ),
    "headers-process": (
        "The process that reads the headers of models did not start.",
        "Free memory, then try again; the log has the details.",
    ),
    "weights-missing": (
        "{folder} has no weights (model.safetensors).",
        "Its download probably didn't finish: download it again.",
    ),
    "weights-not-safetensors": (
        "The weights are only in a format that can run code when opened ({files}).",
        "Choose a copy with model.safetensors, or convert it: https://huggingface.co/spaces/safetensors/convert.",
    ),
    "weights-other-name": (
        "The weights have the wrong name ({files}); the file must be called model.safetensors.",
        "Rename the file to model.safetensors.",
    ),
    "weights-index-missing": (
        "The weights are in several files ({files}), and model.safetensors.index.json is missing.",
        "Download model.safetensors.index.json.",
    ),
    "weights-empty": ("{file} is empty (0 bytes).", "Its download didn't finish: download it again."),
    "weights-no-tensors": ("{file} contains no tensors.", "Download it again."),
    "weights-lfs": ("{file} is a Git LFS pointer, not the weights.", "Download the file itself."),
    "weights-format": (
        "{file} is {format}, not a safetensors file; it was not opened.",
        "Choose a copy of the model with safetensors weights.",
    ),
    "weights-header": ("{file} is damaged or not a safetensors file: {detail}.", "Download it again."),
    "weights-truncated": (
        "{file} is truncated: it has {has:,} of {needs:,} bytes.",
        "Its download didn't finish: download it again.",
    ),
    "weights-index": ("model.safetensors.index.json can't be used: {detail}.", "Download this file again."),
    "weights-shard-missing": ("A shard of the weights is missing: {file}.", "Download this file."),
    "gguf-magic": ("{file} is not a GGUF file.", "Download it again, or choose another file."),
    "gguf-version": ("{file} has GGUF version {version}; supported are 2 and 3.", "Choose a newer copy of the model."),
    "gguf-counts": (
        "{file} claims {tensors:,} tensors and {entries:,} entries, more than fit into the file.",
        "It is damaged or malicious: download it from another source.",
    ),
    "gguf-header": (
        "The header of {file} is too large for any model; reading stopped.",
        "It is damaged or malicious: download it from another source.",
    ),
    "gguf-length": (
        "{file} claims a field of {length:,} bytes, which is impossible.",
        "It is damaged or malicious: download it from another source.",
    ),
    "gguf-list": (
        "{file} claims a list of {count:,} strings, more than fit into the file.",
        "It is damaged or malicious: download it from another source.",
    ),
    "gguf-name": (
        "{file} has a name of {length:,} bytes, which is too long.",
        "It is damaged or malicious: download it from another source.",
    ),
    "gguf-text": ("{file} contains text that is not UTF-8.", "It is damaged: download it again."),
    "gguf-nested": (
        "{file} contains a nested list ({name}), which is not supported.",
        "Choose another copy of the model.",
    ),
    "gguf-twice": ("{file} contains the name {name} twice.", "It is damaged: download it again."),
    "gguf-value-type": ("{name} in {file} has an unknown value type ({type}).", "It is damaged: download it again."),
    "gguf-alignment": (
        "The tensor alignment in {file} is {was}; it must be a power of two.",
        "It is damaged: download it again.",
    ),
    "gguf-shape": ("The tensor {name} in {file} has an invalid shape ({shape}).", "It is damaged: download it again."),
    "gguf-tensor-type": (
        "The tensor {name} in {file} has an unknown type ({type}).",
        "The file may be newer than this application, or it is damaged.",
    ),
    "gguf-overlap": (
        "The tensor {name} in {file} overlaps another tensor or is misaligned.",
        "It is damaged: download it again.",
    ),
    "gguf-no-model": ("{file} is a GGUF file without tensors.", "Choose the file with the weights."),
    "ollama-manifest": ("Ollama's entry for {model} names no readable model.", "Pull it again with Ollama."),
    "gguf-only": (
        "{model} is a GGUF file: it can be run and inspected, but not used for this.",
        "Choose the model with safetensors weights.",
    ),
    "gguf-run-byte-order": (
        "{model} is a big-endian GGUF file, which can't be run here.",
        "Choose the little-endian file.",
    ),
    "gguf-run-architecture": (
        "{model} has the architecture {architecture}, which can't be run from GGUF yet.",
        "Supported: {runs}. Others run from safetensors weights.",
    ),
    "gguf-run-experts": (
        "{model} is a mixture of experts, which can't be run from GGUF yet.",
        "Choose the model with safetensors weights.",
    ),
    "gguf-run-type": (
        "{model} has tensors of type {types}, which can't be run here.",
        "Choose a file with other types: {runs}.",
    ),
    "gguf-run-tokenizer": (
        "The tokenizer type of {model}, “{tokenizer}”, isn't supported.",
        "Supported: {runs}.",
    ),
    "gguf-run-no-pre-tokenizer": (
        "{model} doesn't say how its tokenizer splits text (tokenizer.ggml.pre).",
        "Choose a newer conversion of the model: a guess could give wrong tokens.",
    ),
    "gguf-run-pre-tokenizer": (
        "The tokenizer of {model} splits text in a way that isn't supported: “{pre}”.",
        "Choose the model with safetensors weights.",
    ),
    "gguf-tokenizer": (
        "The file's tokenizer can't be used: {detail}.",
        "Download the file again, or choose another conversion of the model.",
    ),
    "gguf-run-missing": (
        "{model} can't be run: its metadata lacks {key}.",
        "Choose another conversion of the model.",
    ),
    "gguf-run-value": (
        "{model} can't be run: {key} is {was}; allowed: {may_be}.",
        "Choose another conversion of the model.",
    ),
    "gguf-run-unsupported": (
        "{model} can't be run: {key} ({was}) isn't supported.",
        "Choose the model with safetensors weights.",
    ),
    "gguf-run-shape": (
        "The shapes of {count} tensors differ from the metadata: {names}.",
        "The file is damaged: download it again.",
    ),
    "gguf-run-unused": (
        "The file has {count} tensors that its architecture doesn't use here: {names}.",
        "Choose the model with safetensors weights: without them the results would be wrong.",
    ),
    "tensors-missing": (
        "The weights lack {count} of the model's tensors: {names}.",
        "They are damaged or belong to another model: download them again.",
    ),
    "tensors-mismatched": (
        "The shapes of {count} tensors differ from config.json: {names}.",
        "Weights and config.json don't belong together: download both again.",
    ),
    "quantised-weights": (
        "The weights are quantized ({method}), which is not supported.",
        "Download the model in float16, bfloat16 or float32.",
    ),
    "weights-fewer-layers": (
        "The weights have {has} layers; config.json asks for {wants}.",
        "The files don't belong together: download the folder again.",
    ),
    "weights-more-layers": (
        "The weights have {has} layers; config.json uses only {wants}, so the results would be wrong.",
        "Correct the number of layers in config.json.",
    ),
    "weights-too-few": (
        "config.json describes {wants:,} parameters; the weights have only {has:,}.",
        "They don't belong together: download both again.",
    ),
}
