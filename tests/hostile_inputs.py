"""Files that strangers made, for every reader: what is well-formed, how it is changed, and who reads it.

A reader may return, or raise ``StudioError``; of what the system refuses, ``OSError``. Anything else is a fault. Used
by ``tests/test_hostile_inputs.py`` (a few of each kind, always the same) and ``benchmarks/hostile.py`` (many).
"""

from __future__ import annotations

import dataclasses
import io
import json
import random
import struct
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image

from bigmodel_studio.core.data.columns import Columns
from bigmodel_studio.core.data.conll import sentences_in
from bigmodel_studio.core.data.faults import readable
from bigmodel_studio.core.data.labelled_texts import labelled_in
from bigmodel_studio.core.models import gguf_lists, gguf_models
from bigmodel_studio.core.models.weights import read_header, read_weights
from bigmodel_studio.core.runs import tensorboard
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.spec import parse_spec
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.engine.images.pictures import read_picture
from bigmodel_studio.engine.models import loading
from bigmodel_studio.engine.models.checks import check_config
from bigmodel_studio.engine.templates.renderer import RENDERER
from bigmodel_studio.training.data.chat_files import read_chats
from bigmodel_studio.training.data.readers import use_all
from tests.gguf_files import written
from tests.small_models import byte_tokenizer

VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 2**31, 2**63, 10**30, -(10**30), 1e308, float("nan"), float("inf"), "", "\x00", "\u202e",
    "x" * 5000, "\ud800", [], {}, [[]], [None], {"": None}, "{{", "../..", [1] * 3000,
)  # fmt: skip
"""What a field of a table may turn into."""
BYTES = (
    b"\x00",
    b"\xff",
    b"\xff" * 8,
    b"{",
    b"[" * 2000,
    b'"',
    b"\n",
    b"\r",
    b"\x80",
    b"9" * 400,
    b"\xef\xbb\xbf",
    b",,,,",
)
"""What may stand in the middle of a file."""


@dataclasses.dataclass(frozen=True)
class Kind:
    """Inputs of one kind: the name that their file has, well-formed ones, and what reads the file.

    ``table``: its fields are changed, too. ``prepare`` puts beside it what the reader needs.
    """

    file: str
    seeds: Callable[[], Sequence[bytes]]
    read: Callable[[Path], object]
    table: bool = False
    prepare: Callable[[Path], object] = lambda folder: None


# ---------------------------------------------------------------------------------------------- what is well-formed


def _safetensors() -> list[bytes]:
    header = {
        "__metadata__": {"format": "pt"},
        "a.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
        "b": {"dtype": "BF16", "shape": [4], "data_offsets": [24, 32]},
    }
    text = json.dumps(header).encode()
    return [struct.pack("<Q", len(text)) + text + bytes(32)]


def _gguf() -> list[bytes]:
    metadata = {
        "general.architecture": "llama", "general.name": "x", "general.alignment": 32, "llama.context_length": 64,
        "llama.embedding_length": 32, "llama.block_count": 1, "llama.attention.head_count": 4,
        "llama.rope.freq_base": 10000.0, "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.tokens": ["a", "b", "ab"],
        "tokenizer.ggml.token_type": [1, 1, 1], "tokenizer.ggml.merges": ["a b"], "tokenizer.ggml.add_bos_token": True,
    }  # fmt: skip
    tensors: dict[str, tuple[Sequence[int], int]] = {"token_embd.weight": ([3, 32], 8), "output_norm.weight": ([32], 0)}
    return [written(metadata, tensors, order=order) for order in ("<", ">")]


_CONFIG = {
    "model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_embd": 8, "n_layer": 1, "n_head": 2,
    "vocab_size": 257, "n_positions": 16, "bos_token_id": 0, "eos_token_id": 256,
    "torch_dtype": "float32", "layer_norm_epsilon": 1e-5, "activation_function": "gelu_new",
    "tie_word_embeddings": True, "id2label": {"0": "a"}, "initializer_range": 0.02,
}  # fmt: skip
_GENERATION = {"temperature": 0.7, "top_k": 5, "top_p": 0.9, "do_sample": True, "eos_token_id": [1, 2],
               "max_length": 20, "num_beams": 1, "pad_token_id": 0, "suppress_tokens": [1], "bad_words_ids": [[1]],
               "cache_implementation": None, "transformers_version": "5.0.0",
               "sequence_bias": [[[1], 0.5]], "num_return_sequences": 1}  # fmt: skip
_TEMPLATES = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}\n{% endfor %}{{ bos_token }}",
    (
        "{% set ns = namespace(n=0) %}{% for i in range(3) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n * 2 }}"
        "{{ messages[0]['content'].split(' ')[-1] | tojson(indent=2) }}{{ 'x' | center(9) | indent(2) }}"
    ),
)


def _tokenizer_json() -> list[bytes]:
    return [byte_tokenizer().backend_tokenizer.to_str().encode()]


def _tokenizer_config() -> list[bytes]:
    table = {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "legacy": True,
        "eos_token": {"__type": "AddedToken", "content": "</s>", "lstrip": False, "rstrip": False, "normalized": False},
        "model_max_length": 64, "clean_up_tokenization_spaces": False, "padding_side": "left",
        "add_prefix_space": False,
        "chat_template": _TEMPLATES[0], "additional_special_tokens": ["<x>"], "model_input_names": ["input_ids"],
        "added_tokens_decoder": {"3": {"content": "<y>", "special": True, "normalized": False}},
        "extra_special_tokens": {"image_token": "<i>"}, "split_special_tokens": False, "backend": "tokenizers",
    }  # fmt: skip
    return [json.dumps(table).encode()]


def _beside_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_bytes(_tokenizer_json()[0])
    (folder / "config.json").write_text(json.dumps(_CONFIG), "utf-8")


def _beside_config(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps(_CONFIG), "utf-8")


def _events() -> list[bytes]:
    made = b""
    for step in range(4):
        scalar = b"\x0a\x04loss\x15" + struct.pack("<f", step)
        summary = b"\x0a" + bytes([len(scalar)]) + scalar
        event = b"\x09" + struct.pack("<d", 1e9 + step) + bytes([16, step, 42, len(summary)]) + summary
        head = struct.pack("<Q", len(event))
        made += head + struct.pack("<I", tensorboard._masked_crc(head)) + event + bytes(4)
    return [made]


def _pictures() -> list[bytes]:
    made = []
    picture = Image.linear_gradient("L").resize((24, 16))
    options: list[tuple[str, str, dict[str, Any]]] = [
        ("JPEG", "RGB", {}), ("JPEG", "L", {"progressive": True}), ("JPEG", "CMYK", {}), ("PNG", "RGBA", {}),
        ("PNG", "P", {}), ("PNG", "I;16", {}), ("GIF", "P", {}), ("BMP", "RGB", {}), ("WEBP", "RGB", {}),
        ("TIFF", "F", {}), ("TIFF", "RGB", {"compression": "tiff_lzw"}),
    ]  # fmt: skip
    for form, mode, more in options:
        stream = io.BytesIO()
        picture.convert("L" if mode == "I;16" else mode).convert(mode).save(stream, form, **more)
        made.append(stream.getvalue())
    return made


def _jsonl(*rows: object) -> Callable[[], list[bytes]]:
    return lambda: ["".join(json.dumps(row) + "\n" for row in rows).encode()]


_TABLE = "text,label\n" + "".join(f'"words of text, {n}",{"cd"[n % 2]}\n' for n in range(12))
_CONLL = "-DOCSTART- -X- O O\n\n" + "Ann NNP B-NP B-PER\nran VBD B-VP O\n\n" * 4 + "# text = x\nin IN O\n"
_CONLLU = (
    "# sent_id = 1\n1\tAnn\tAnn\tPROPN\tNNP\t_\t2\tnsubj\t_\t_\n"
    "1.1\tx\t_\t_\t_\t_\t_\t_\t_\t_\n2\tran\trun\tVERB\tVBD\t_\t0\troot\t_\t_\n\n"
)
_CHAT = {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "q"}]},
                      {"role": "assistant", "content": "a", "weight": 1, "tool_calls": None}]}  # fmt: skip


def _parquet() -> list[bytes]:
    import pyarrow as pa
    from pyarrow import parquet

    stream = io.BytesIO()
    columns = {"text": ["a b c", "d e", "f g h"] * 4, "label": ["x", "y", "x"] * 4, "n": list(range(12))}
    parquet.write_table(pa.table(columns), stream, row_group_size=5)
    return [stream.getvalue()]


# ---------------------------------------------------------------------------------------------- who reads it


def _all_of_gguf(path: Path) -> object:
    header = gguf_models.read_model(path)
    for key, place in header.lists.items():
        if place.type == 8:
            gguf_lists.read_texts(path, header, key)
        else:
            gguf_lists.read_numbers(path, header, key)
    return header.mix(), header.dtype, gguf_models.kind_of(header), header.context_length


def _structure(path: Path) -> object:
    from bigmodel_studio.core.models.folder import context_length_of, kind_of

    config = check_config(path.parent)
    return context_length_of(config), loading.build_on_meta(
        path.parent, loading.auto_class_of(kind_of(config), path.parent)
    )


def _rendered(path: Path) -> str:
    messages = [{"role": "user", "content": "hello there"}]
    template = path.read_bytes().decode("utf-8", "replace")
    return RENDERER.render(template, messages, {"bos_token": "<s>", "add_generation_prompt": True}, file=path.name)


def _encoded(path: Path) -> object:
    tokenizer = loading.load_tokenizer(path.parent, "model")
    return tokenizer.decode(tokenizer.encode("hello, wörld\n"))


def _events_read(path: Path) -> object:
    return list(tensorboard.read_scalars(path, lambda *_: None))


def _labelled(path: Path) -> object:
    use_all()
    with readable():
        return list(labelled_in([str(path)], Columns("text", "label"))), list(labelled_in([str(path)]))


def _tagged(path: Path) -> object:
    with readable():
        return list(sentences_in([str(path)]))


def _chats(path: Path) -> object:
    return list(read_chats(path))


def _run(path: Path) -> object:
    run = RunFolder(path.parent)
    return run.status(), run.metrics(), run.samples(), run.state_now()


_SHARDS = {"weight_map": {"a": "b.safetensors"}}
_SETTINGS = b'schema = 1\noffline = true\nlanguage = "en"\nruns_at_once = 2\n[session]\npage = "chat"\n'
_STATUS = {"state": "running", "step": 3, "steps": 9, "started": 1.5, "pid": 1, "last": {"loss": 1.0}}
_METRICS = ({"step": 1, "time": 2.0, "loss": 0.5}, {"step": 2, "loss": None})
_SPEC = b'name = "a"\nobjective = "causal-lm"\n[data]\ntrain = ["a.txt"]\n[schedule]\nsteps = 5\n[optimizer]\n'
_ROWS = tuple({"text": f"a {n}", "label": "xy"[n % 2]} for n in range(6))


def _one(table: object) -> Callable[[], list[bytes]]:
    return lambda: [json.dumps(table).encode()]


def _texts(*texts: str) -> Callable[[], list[bytes]]:
    return lambda: [text.encode() for text in texts]


KINDS: dict[str, Kind] = {
    "safetensors": Kind("model.safetensors", _safetensors, read_header),
    "shard index": Kind(
        "model.safetensors.index.json", _one(_SHARDS), lambda path: read_weights(path.parent), table=True
    ),
    "gguf": Kind("model.gguf", _gguf, _all_of_gguf),
    "config": Kind("config.json", _one(_CONFIG), _structure, table=True),
    "tokenizer": Kind("tokenizer.json", _tokenizer_json, _encoded, True, _beside_config),
    "tokenizer_config": Kind("tokenizer_config.json", _tokenizer_config, _encoded, True, _beside_tokenizer),
    "special_tokens": Kind("special_tokens_map.json", _one({"bos_token": "<s>"}), _encoded, True, _beside_tokenizer),
    "generation_config": Kind(
        "generation_config.json",
        _one(_GENERATION),
        lambda path: loading.load_generation_config(path.parent),
        table=True,
    ),
    "template": Kind("chat_template.jinja", _texts(*_TEMPLATES), _rendered),
    "event file": Kind("events.out.tfevents.1", _events, _events_read),
    "picture": Kind("picture", _pictures, read_picture),
    "table": Kind("table.csv", _texts(_TABLE, _TABLE.replace(",", ";")), _labelled),
    "tsv": Kind("table.tsv", _texts(_TABLE.replace(",", "\t")), _labelled),
    "records": Kind("rows.jsonl", _jsonl(*_ROWS), _labelled),
    "columns": Kind("words.conll", _texts(_CONLL), _tagged),
    "conllu": Kind("words.conllu", _texts(_CONLLU), _tagged),
    "chats": Kind("chats.jsonl", _jsonl(_CHAT, {"instruction": "a", "output": "b"}), _chats),
    "chat array": Kind("chats.json", _one([_CHAT] * 3), _chats, table=True),
    "settings": Kind("settings.toml", lambda: [_SETTINGS], lambda path: SettingsStore(path).values),
    "run status": Kind("status.json", _one(_STATUS), _run, table=True),
    "spec": Kind(
        "spec.toml", lambda: [_SPEC], lambda path: parse_spec(path.read_text("utf-8", "replace"), path.parent)
    ),
    "metrics": Kind("metrics.jsonl", _jsonl(*_METRICS), _run),
}
if find_spec("pyarrow") is not None:
    KINDS["parquet"] = Kind("rows.parquet", _parquet, _labelled)


# ---------------------------------------------------------------------------------------------- how it is changed


def changed(kind: Kind, draw: random.Random) -> bytes:
    """Return a well-formed input with some bytes, or fields of its table, made others."""
    seed = draw.choice(kind.seeds())
    if kind.table and draw.random() < 0.7:
        table = json.loads(seed)
        for _ in range(draw.randint(1, 2)):
            table = _change_field(table, draw)
        return json.dumps(table).encode()
    data = bytearray(seed)
    for _ in range(draw.choice((1, 1, 2, 8))):
        at = draw.randrange(len(data) + 1)
        what = draw.random()
        if what < 0.4 and at < len(data):
            data[at] = draw.choice((0, 255, draw.randrange(256), data[at] ^ 1 << draw.randrange(8)))
        elif what < 0.6:
            data[at:at] = draw.choice(BYTES)
        elif what < 0.75:
            del data[at : at + draw.choice((1, 4, 100))]
        elif what < 0.85:
            data[at:at] = data[draw.randrange(len(data) + 1) :][:200]
        else:
            del data[at:]
    return bytes(data)


def _change_field(table: Any, draw: random.Random) -> Any:
    """Replace, remove or add one value, anywhere in a value of JSON."""
    inside: list[Any] = list(table.values()) if isinstance(table, dict) else table if isinstance(table, list) else []
    if not inside or (draw.random() < 0.15 and not isinstance(table, dict)):
        return draw.choice(VALUES)
    place = draw.choice(list(table)) if isinstance(table, dict) else draw.randrange(len(table))
    made = dict(table) if isinstance(table, dict) else list(table)
    what = draw.random()
    if what < 0.1:
        del made[place]
    elif what < 0.6 or not isinstance(table[place], dict | list):
        made[place] = draw.choice(VALUES)
    else:
        made[place] = _change_field(table[place], draw)
    return made
