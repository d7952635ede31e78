"""Fields of the small tables beside a model, checked like settings of a user: transformers takes any type for any
field, and fails at some later place that names no file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from bigmodel_studio.core.text.messages import StudioError

GENERATION_FILE = "generation_config.json"
_SHOWN = 40
IsValid = Callable[[Any], bool]


def _number(low: float, high: float) -> IsValid:
    return lambda value: (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and (isinstance(value, int) or math.isfinite(value))
        and low <= value <= high
    )


def _whole(low: int, high: int) -> IsValid:
    number = _number(low, high)
    return lambda value: number(value) and int(value) == value


def _ids(value: Any) -> bool:
    whole = _whole(-1, 2**31)
    return whole(value) or (isinstance(value, list) and all(map(whole, value)))


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _token(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, dict) and isinstance(value.get("content"), str) and value.get("__type") == "AddedToken"
    )


def _tokens(value: Any) -> bool:
    many = list(value.values()) if isinstance(value, dict) else value
    return isinstance(many, list) and all(map(_token, many))


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _classes(value: Any) -> bool:
    return isinstance(value, dict) and all(str(key).isdigit() for key in value)


def _rope(value: Any) -> bool:
    """Return whether it is a way of scaling positions; of nested ones (one a kind of layers) each."""
    if not isinstance(value, dict):
        return False
    if value and all(isinstance(each, dict) for each in value.values()):
        return all(map(_rope, value.values()))
    kind, factor = value.get("rope_type", value.get("type", "default")), value.get("factor", 1)
    known = kind in _ROPES or str(kind).startswith("axial")
    return known and _number(0, 1e6)(factor) and factor > 0 and _positive(value.get("rope_theta", 1))


def _positive(value: Any) -> bool:
    return _number(0, math.inf)(value) and value > 0


def _dtype(value: Any) -> bool:
    return isinstance(value, str) and value in ("float64", "float32", "float16", "bfloat16")


_ROPES = ("default", "linear", "dynamic", "yarn", "longrope", "llama3", "su", "proportional", "mrope")
_FLAG, _ID = (_flag, "true or false"), (_ids, "a token's number, or a list of them")
_TOKEN, _TOKENS, _TEXT = (_token, "a token"), (_tokens, "a list of tokens"), (_text, "a text")
CONFIG: Mapping[str, tuple[IsValid, str]] = {
    "id2label": (_classes, "a table of names by the numbers of the classes"),
    "num_labels": (_whole(1, 10**9), "1 or more"),
    "dtype": (_dtype, "float32, float16, bfloat16 or float64"),
    "torch_dtype": (_dtype, "float32, float16, bfloat16 or float64"),
    "rope_scaling": (_rope, f"a table with “rope_type” ({', '.join(_ROPES[:6])}) and a “factor” over 0"),
    "rope_parameters": (_rope, f"a table with “rope_type” ({', '.join(_ROPES[:6])}) and a “factor” over 0"),
    "rope_theta": (_positive, "over 0"),
}
"""What fields of ``config.json`` may be that transformers uses unseen."""
GENERATION: Mapping[str, tuple[IsValid, str]] = {
    "temperature": (_number(0, 100), "0 (greedy) to 100"),
    "top_k": (_whole(0, 10**9), "0 (off) or more"),
    "top_p": (_number(0, 1), "0 to 1 (off)"),
    "min_p": (_number(0, 1), "0 (off) to 1"),
    "typical_p": (_number(0.001, 1), "0.001 to 1 (off)"),
    "repetition_penalty": (_number(0.01, 100), "0.01 to 100, 1 being off"),
    "length_penalty": (_number(-100, 100), "-100 to 100"),
    "num_beams": (_whole(1, 64), "1 (off) to 64"),
    "no_repeat_ngram_size": (_whole(0, 10**6), "0 (off) or more"),
    "max_length": (_whole(0, 10**9), "0 or more"),
    "max_new_tokens": (_whole(0, 10**9), "0 or more"),
    "min_length": (_whole(0, 10**9), "0 or more"),
    "do_sample": _FLAG,
    "bos_token_id": _ID,
    "eos_token_id": _ID,
    "pad_token_id": _ID,
    "decoder_start_token_id": _ID,
    "forced_bos_token_id": _ID,
    "forced_eos_token_id": _ID,
}
"""What fields of ``generation_config.json`` may be; a field that is null says nothing."""
TOKENIZER: Mapping[str, tuple[IsValid, str]] = {
    "model_max_length": (_number(0, math.inf), "a number of tokens"),
    "clean_up_tokenization_spaces": _FLAG,
    "add_bos_token": _FLAG,
    "add_eos_token": _FLAG,
    "add_prefix_space": _FLAG,
    "do_lower_case": _FLAG,
    "tokenizer_class": _TEXT,
    "padding_side": (lambda value: value in ("left", "right"), "left or right"),
    "truncation_side": (lambda value: value in ("left", "right"), "left or right"),
    "chat_template": (lambda value: isinstance(value, str | list | dict), "a text"),
    "added_tokens_decoder": (lambda value: isinstance(value, dict), "a table"),
    "extra_special_tokens": _TOKENS,
    "additional_special_tokens": _TOKENS,
    **{f"{name}_token": _TOKEN for name in ("bos", "eos", "unk", "sep", "pad", "cls", "mask")},
}
"""What fields of ``tokenizer_config.json`` may be."""


def check_config_fields(table: Mapping[str, Any]) -> None:
    """Raise ``StudioError`` "config-field" with the first field that cannot be used."""
    if (wrong := _first_wrong(table, CONFIG)) is not None:
        field, was, may_be = wrong
        raise StudioError("config-field", field=field, was=was, may_be=may_be)


def check_generation_config(table: Mapping[str, Any]) -> None:
    """Raise ``StudioError`` "generation-config" with the first field that cannot be used."""
    if (wrong := _first_wrong(table, GENERATION)) is not None:
        field, was, may_be = wrong
        raise StudioError("generation-config", field=field, was=was, may_be=may_be)


def check_tokenizer_config(table: Mapping[str, Any]) -> None:
    """Raise ``StudioError`` "tokenizer-field" with the first field that cannot be used."""
    if (wrong := _first_wrong(table, TOKENIZER)) is not None:
        field, was, may_be = wrong
        raise StudioError("tokenizer-field", file="tokenizer_config.json", field=field, was=was, may_be=may_be)


def _first_wrong(table: Mapping[str, Any], rules: Mapping[str, tuple[IsValid, str]]) -> tuple[str, str, str] | None:
    """Return the field, what it is and what it can be; None where all hold."""
    for field, (is_valid, may_be) in rules.items():
        value = table.get(field)
        if value is not None and not is_valid(value):
            was = repr(value)
            return field, was if len(was) <= _SHOWN else was[:_SHOWN] + "…", may_be
    return None
