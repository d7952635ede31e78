"""A training, as asked for: ``spec.toml`` as typed values. A mistake is answered with the field, what it was, and what
it may be. The form in the window edits exactly these values; nothing here knows torch.
"""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec
import tomli_w

from bigmodel_studio.core.messages import StudioError

SPEC_SCHEMA = 1

Objective = Literal["causal-lm", "chat", "masked-lm", "classify-text", "tag", "classify-images"]


class _Part(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A table of the spec; an unknown key is a mistake, not a wish."""


class ModelSpec(_Part, frozen=True):
    """What is trained: ``base`` is "scratch" or any MODEL; the shape counts only from scratch."""

    base: str = "scratch"
    architecture: Literal["gpt", "bert", "resnet"] = "gpt"
    layers: int = 4
    heads: int = 4
    width: int = 128
    context: int = 128
    window: int = 0
    """Tokens that a local layer sees back (GPT-3's banded layers); 0 is half the context."""
    tokenizer: str = "train:1024"
    dropout: float = 0.0
    depths: tuple[int, ...] = (2, 2, 2)
    widths: tuple[int, ...] = (32, 64, 128)
    image_size: int = 64


class DataSpec(_Part, frozen=True):
    """Files or folders to learn from; ``evaluation`` is a share of them (0–0.5) or files of their own."""

    train: tuple[str, ...]
    evaluation: float | tuple[str, ...] = 0.05


class MethodSpec(_Part, frozen=True):
    kind: Literal["full", "lora", "frozen"] = "full"


class OptimizerSpec(_Part, frozen=True):
    name: Literal["adamw", "sgd"] = "adamw"
    learning_rate: float = 1e-3
    weight_decay: float = 0.1
    beta1: float = 0.9
    beta2: float = 0.95
    clip: float = 1.0


class ScheduleSpec(_Part, frozen=True):
    """Lengths in optimizer updates. ``warmup`` -1 is a twentieth of the steps; ``keep`` checkpoints stay (0: all)."""

    steps: int = 300
    batch: int = 16
    warmup: int = -1
    decay: Literal["cosine", "linear", "constant"] = "cosine"
    final_share: float = 0.1
    evaluate_every: int = 100
    evaluation_batches: int = 20
    checkpoint_every: int = 100
    keep: int = 0


class SamplesSpec(_Part, frozen=True):
    prompts: tuple[str, ...] = ()
    new_tokens: int = 60
    temperature: float = 0.8


class LaunchSpec(_Part, frozen=True):
    device: str = "auto"
    processes: int = 1
    threads: int = 2


class RunSpec(_Part, frozen=True):
    """One training. ``schema`` is written by the application."""

    name: str
    data: DataSpec
    objective: Objective = "causal-lm"
    seed: int = 1
    model: ModelSpec = ModelSpec()
    method: MethodSpec = MethodSpec()
    optimizer: OptimizerSpec = OptimizerSpec()
    schedule: ScheduleSpec = ScheduleSpec()
    samples: SamplesSpec = SamplesSpec()
    launch: LaunchSpec = LaunchSpec()
    schema: int = SPEC_SCHEMA


def parse_spec(text: str, folder: Path) -> RunSpec:
    """The spec in ``text``, its relative paths made absolute against ``folder``, checked by ``check_spec``.

    Raises ``StudioError`` ("spec-field" names the field, what it was and what it may be; "spec-toml" the line).
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StudioError("spec-toml", detail=str(error)) from error
    _name_unknown_fields(raw, RunSpec, "")
    try:
        spec = msgspec.convert(raw, RunSpec, strict=True)
    except msgspec.ValidationError as error:
        raise _field_error(str(error), raw) from error
    spec = _absolute(spec, folder)
    check_spec(spec)
    return spec


def write_spec(spec: RunSpec) -> str:
    """The spec as TOML; ``parse_spec`` gives the same value back."""
    return tomli_w.dumps(msgspec.to_builtins(spec))


def check_spec(spec: RunSpec) -> None:
    """Whether the values make sense together, without touching files. Raises ``StudioError`` "spec-field"."""
    model, schedule, optimizer = spec.model, spec.schedule, spec.optimizer
    rules: list[tuple[bool, str, object, str]] = [
        (
            bool(spec.name.strip()) and not set(spec.name) & set('/\\:*?"<>|\0') and not spec.name.startswith("."),
            "name",
            spec.name,
            "a name that can be a folder's: no / \\ : * ? \" < > | and no dot in front",
        ),
        (len(spec.name) <= 100, "name", spec.name, "at most 100 characters"),
        (spec.schema <= SPEC_SCHEMA, "schema", spec.schema, f"at most {SPEC_SCHEMA}: a newer version wrote this file"),
        (0 <= spec.seed < 2**63, "seed", spec.seed, "0 or more"),
        (bool(spec.data.train), "data.train", list(spec.data.train), "at least one file or folder"),
        (
            not isinstance(spec.data.evaluation, float | int) or 0 <= spec.data.evaluation <= 0.5,
            "data.evaluation",
            spec.data.evaluation,
            "a share from 0 to 0.5, or a list of files",
        ),
        (
            optimizer.learning_rate > 0 and optimizer.learning_rate < 100,
            "optimizer.learning_rate",
            optimizer.learning_rate,
            "above 0",
        ),
        (optimizer.weight_decay >= 0, "optimizer.weight_decay", optimizer.weight_decay, "0 or more"),
        (0 <= optimizer.beta1 < 1, "optimizer.beta1", optimizer.beta1, "0 to below 1"),
        (0 <= optimizer.beta2 < 1, "optimizer.beta2", optimizer.beta2, "0 to below 1"),
        (optimizer.clip >= 0, "optimizer.clip", optimizer.clip, "0 (off) or more"),
        (1 <= schedule.steps <= 10**9, "schedule.steps", schedule.steps, "1 or more"),
        (1 <= schedule.batch <= 65536, "schedule.batch", schedule.batch, "1 to 65,536"),
        (
            -1 <= schedule.warmup <= schedule.steps,
            "schedule.warmup",
            schedule.warmup,
            "-1 (a twentieth), or 0 up to the steps",
        ),
        (0 <= schedule.final_share <= 1, "schedule.final_share", schedule.final_share, "0 to 1"),
        (schedule.evaluate_every >= 1, "schedule.evaluate_every", schedule.evaluate_every, "1 or more"),
        (schedule.evaluation_batches >= 1, "schedule.evaluation_batches", schedule.evaluation_batches, "1 or more"),
        (schedule.checkpoint_every >= 1, "schedule.checkpoint_every", schedule.checkpoint_every, "1 or more"),
        (schedule.keep >= 0, "schedule.keep", schedule.keep, "0 (all) or more"),
        (spec.samples.new_tokens >= 1, "samples.new_tokens", spec.samples.new_tokens, "1 or more"),
        (spec.samples.temperature >= 0, "samples.temperature", spec.samples.temperature, "0 (greedy) or more"),
        (spec.launch.processes >= 1, "launch.processes", spec.launch.processes, "1 or more"),
        (1 <= spec.launch.threads <= 1024, "launch.threads", spec.launch.threads, "1 or more"),
    ]
    if model.base == "scratch":
        rules += [
            (1 <= model.layers <= 1000, "model.layers", model.layers, "1 to 1,000"),
            (1 <= model.heads <= 1024, "model.heads", model.heads, "1 to 1,024"),
            (1 <= model.width <= 65536, "model.width", model.width, "1 to 65,536"),
            (
                model.heads < 1 or model.width % model.heads == 0,
                "model.width",
                model.width,
                f"a multiple of model.heads ({model.heads})",
            ),
            (2 <= model.context <= 1_048_576, "model.context", model.context, "2 to 1,048,576"),
            (model.window >= 0, "model.window", model.window, "0 (half the context) or more"),
            (0 <= model.dropout < 1, "model.dropout", model.dropout, "0 to below 1"),
        ]
    for holds, field, was, may_be in rules:
        if not holds:
            raise StudioError("spec-field", field=field, was=repr(was), may_be=may_be)


def _absolute(spec: RunSpec, folder: Path) -> RunSpec:
    def made(path: str) -> str:
        return str((folder / Path(path).expanduser()).absolute())

    data = spec.data
    evaluation = data.evaluation if isinstance(data.evaluation, float | int) else tuple(map(made, data.evaluation))
    model = spec.model
    if model.base.startswith("."):
        model = msgspec.structs.replace(model, base=made(model.base))
    if model.tokenizer.startswith(".") or "/" in model.tokenizer:
        model = msgspec.structs.replace(model, tokenizer=made(model.tokenizer))
    data = msgspec.structs.replace(data, train=tuple(map(made, data.train)), evaluation=evaluation)
    return msgspec.structs.replace(spec, data=data, model=model)


def _name_unknown_fields(raw: dict[str, Any], struct: type[msgspec.Struct], prefix: str) -> None:
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(struct)}
    for key, value in raw.items():
        if key not in fields:
            near = difflib.get_close_matches(key, fields, n=1)
            may_be = f"did you mean {near[0]}?" if near else "one of " + ", ".join(sorted(fields))
            raise StudioError("spec-unknown", field=prefix + key, may_be=may_be)
        inner = fields[key]
        if isinstance(value, dict) and isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            _name_unknown_fields(value, inner, prefix + key + ".")


def _field_error(text: str, raw: dict[str, Any]) -> StudioError:
    """msgspec says ``Expected `int`, got `str` - at `$.schedule.steps```: take it apart for the sentence."""
    message, _, where = text.partition(" - at `$")
    field = where.strip("`").lstrip(".")
    missing = message.partition("missing required field `")[2].rstrip("`")
    if missing:
        return StudioError("spec-missing", field=".".join(filter(None, (field, missing))))
    value: Any = raw
    for part in field.split("."):
        value = value.get(part) if isinstance(value, dict) else value
    return StudioError("spec-field", field=field, was=repr(value), may_be=_may_be(message, field))


def _may_be(message: str, field: str) -> str:
    struct: Any = RunSpec
    for part in field.split("[")[0].split("."):
        if not (isinstance(struct, type) and issubclass(struct, msgspec.Struct)):
            break
        struct = next((f.type for f in msgspec.structs.fields(struct) if f.encode_name == part), None)
    choices = getattr(struct, "__args__", ())
    if choices and all(isinstance(choice, str) for choice in choices):
        return "one of " + ", ".join(choices)
    return message[:1].lower() + message[1:]
