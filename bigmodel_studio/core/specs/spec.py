"""A training, as asked for: ``spec.toml`` as typed values. A mistake is answered with the field, what it was, and what
it may be. The form in the window edits exactly these values; nothing here knows torch.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec
import tomli_w

from bigmodel_studio.core.specs.objectives import SCRATCH, defaults_of
from bigmodel_studio.core.specs.rules import SPEC_SCHEMA, check_spec
from bigmodel_studio.core.text.messages import StudioError

HUB_ADDRESS = "hf://"
Objective = Literal["causal-lm", "chat", "preference", "masked-lm", "classify-text", "tag", "classify-images"]


class _Part(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A table of the spec; an unknown key is a mistake, not a wish."""


class ModelSpec(_Part, frozen=True):
    """What is trained: ``base`` is "scratch" or any MODEL; the shape counts only from scratch."""

    base: str = "scratch"
    architecture: Literal["gpt", "bert", "resnet", "cifar-resnet"] = "gpt"
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
    shortcuts: bool = True
    """Of a "cifar-resnet" (He et al. 2015, section 4.2: ``layers`` 6n + 2, three ``widths``): whether it has them."""


class DataSpec(_Part, frozen=True):
    """Files or folders to learn from; ``evaluation`` is a share of them (0–0.5) or files and folders of its own.

    For pictures they are folders that hold a folder of pictures for each class, named as the class is, or tables with a
    picture's path and its class in each row; each picture is shown in part, at least ``smallest_crop`` of its area (1:
    always the whole of it), and, with ``flip``, mirrored half of the time.
    """

    train: tuple[str, ...]
    evaluation: float | tuple[str, ...] = 0.05
    text_column: str = ""
    """Of tables: what the column of the text (or of the picture, or its path) is called, and that of its class ("":
    found by their names)."""
    label_column: str = ""
    pair_column: str = ""
    """Of "classify-text": the column of a second text, which is read after the first ("": there is none)."""
    multi_label: bool = False
    """Of "classify-text": whether a text may have several classes, or none: a list in its record, or in a table its
    classes with ``label_separator`` between them ("": a list, or what is found where that is certain)."""
    label_separator: str = ""
    smallest_crop: float = 0.35
    flip: bool = True
    mixup: float = 0.0
    """Above 0, each picture is mixed with another in a share drawn from Beta(mixup, mixup), and so are their classes
    (Zhang et al. 2018, arXiv 1710.09412; they took 0.2)."""


class MaskingSpec(_Part, frozen=True):
    """What masked-lm hides and asks (Devlin et al. 2018, section 3.1): ``share`` of the tokens, of which 80% become
    [MASK], 10% another token and 10% stay; with ``whole_words`` all pieces of a word or none. With ``next_sentence``
    an example is two stretches of sentences, and the model says whether the second followed the first.
    """

    share: float = 0.15
    whole_words: bool = False
    next_sentence: bool = True


class MethodSpec(_Part, frozen=True):
    """``full`` trains every parameter, ``frozen`` only the last layer, the one that says the classes, and ``lora``
    products of rank ``rank`` beside some matrices, scaled by ``alpha``/``rank`` (``targets``: the last names of those
    modules; none: the usual ones); ``qlora`` does so with all linear layers but the head frozen in 4 bits (Dettmers et
    al. 2023). ``label_smoothing`` takes that share of each example's class for all classes alike
    (Szegedy et al. 2016, section 7). ``beta`` is how strongly "preference" stays near the model that it began with
    (Rafailov et al. 2023, arXiv 2305.18290, equation 7).
    """

    kind: Literal["full", "lora", "qlora", "frozen"] = "full"
    rank: int = 8
    alpha: float = 16.0
    dropout: float = 0.0
    targets: tuple[str, ...] = ()
    label_smoothing: float = 0.0
    beta: float = 0.1


class OptimizerSpec(_Part, frozen=True):
    name: Literal["adamw", "sgd"] = "adamw"
    learning_rate: float = 1e-3
    weight_decay: float = 0.1
    beta1: float = 0.9
    beta2: float = 0.95
    clip: float = 1.0


class ScheduleSpec(_Part, frozen=True):
    """Lengths in optimizer updates. ``warmup`` -1 is a twentieth of the steps; ``keep`` checkpoints stay (0: all), and
    beside them the one with the best evaluation.

    The newest ``keep_state`` of them have the trainer's state too, with which a run resumes bit for bit (0: all; an
    adapter's is small, and stays). ``disk_budget`` is what the run's folder may take: above 1 in bytes, up to 1 as a
    share of the free disk at the start and what the run has taken of it already (0: no limit). Beyond it older
    checkpoints go, so that the others lie evenly; never the newest two, the best, one that was forked or that the run's
    note names ("@200").

    An update learns from ``accumulate`` batches of ``batch`` examples, computed one after the other: the same as one of
    ``batch`` times ``accumulate``, in less memory (but for batch normalisation and dropout, which see each alone).
    After ``patience`` evaluations in a row that were no better than the best before them the run is finished (0: off).
    """

    steps: int = 300
    batch: int = 16
    accumulate: int = 1
    warmup: int = -1
    decay: Literal["cosine", "linear", "constant"] = "cosine"
    final_share: float = 0.1
    evaluate_every: int = 100
    evaluation_batches: int = 20
    checkpoint_every: int = 100
    keep: int = 0
    keep_state: int = 2
    disk_budget: float = 0.1
    patience: int = 0

    @property
    def update(self) -> int:
        """Examples that an update learns from."""
        return self.batch * self.accumulate


class SamplesSpec(_Part, frozen=True):
    """What the model shows at each evaluation: ``prompts`` continued, or ``pictures`` (files; none: some of those that
    are evaluated on) classified.
    """

    prompts: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    new_tokens: int = 60
    temperature: float = 0.8


class LaunchSpec(_Part, frozen=True):
    """Where and how it is computed. ``dtype`` is what matrices are multiplied in (the weights stay float32): "auto" is
    bfloat16 where a CUDA device computes in it, else float32; float16 scales the loss, and CUDA alone has it.
    ``checkpointing`` keeps only what goes into each layer and computes the rest again: a third slower, less memory.

    Of several ``processes`` each learns from its part of every batch: with "ddp" each holds the whole model, with
    "fsdp" they share weights, gradients and the optimizer's state.
    """

    device: str = "auto"
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    checkpointing: bool = False
    processes: int = 1
    strategy: Literal["ddp", "fsdp"] = "ddp"
    threads: int = 2


class TelemetrySpec(_Part, frozen=True):
    """What is recorded beside the metrics: ``layers_every`` so many steps the norms and activations of each layer (-1:
    as often as costs next to nothing; 0: never, and no histograms), and with ``examples`` the loss of each example.
    """

    layers_every: int = -1
    examples: bool = True


class RunSpec(_Part, frozen=True):
    """One training. ``schema`` is written by the application."""

    name: str
    data: DataSpec
    objective: Objective = "causal-lm"
    seed: int = 1
    model: ModelSpec = ModelSpec()
    masking: MaskingSpec = MaskingSpec()
    method: MethodSpec = MethodSpec()
    optimizer: OptimizerSpec = OptimizerSpec()
    schedule: ScheduleSpec = ScheduleSpec()
    samples: SamplesSpec = SamplesSpec()
    launch: LaunchSpec = LaunchSpec()
    telemetry: TelemetrySpec = TelemetrySpec()
    schema: int = SPEC_SCHEMA


def parse_spec(text: str, folder: Path) -> RunSpec:
    """Return the spec in ``text``, its relative paths made absolute against ``folder``, checked by ``check_spec``.

    Raises ``StudioError`` ("spec-field" names the field, what it was and what it may be; "spec-toml" the line).
    """
    raw = read_tables(text)
    if "sweep" in raw:
        raise StudioError("spec-sweep")
    return spec_of(raw, folder)


def read_tables(text: str) -> dict[str, Any]:
    """Return the tables of a TOML text. Raises ``StudioError`` "spec-toml"."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise StudioError("spec-toml", detail=str(error)) from error


def spec_of(raw: dict[str, Any], folder: Path) -> RunSpec:
    """Return the checked spec of these tables; raises as ``parse_spec`` does."""
    _name_unknown_fields(raw, RunSpec, "")
    spec = _absolute(make_spec(raw), folder)
    check_spec(spec)
    return spec


def make_spec(raw: dict[str, Any]) -> RunSpec:
    """Return the spec of these tables; what they leave out is as the objective wants it. Raises ``StudioError``
    "spec-field".

    The paths stay as they are and nothing is checked but types: see ``check_spec``.
    """
    try:
        return msgspec.convert(_with_defaults(raw), RunSpec, strict=True)
    except msgspec.ValidationError as error:
        raise _field_error(str(error), raw) from error


def _with_defaults(raw: dict[str, Any]) -> dict[str, Any]:
    def value_in(table: str, field: str, usual: str) -> str:
        given = raw.get(table)
        return str(given.get(field, usual)) if isinstance(given, dict) else usual

    whole = dict(raw)
    objective = str(raw.get("objective", "causal-lm"))
    defaults = defaults_of(objective, value_in("model", "base", SCRATCH), value_in("method", "kind", "full"))
    for table, values in defaults.items():
        given = raw.get(table, {})
        if isinstance(given, dict):
            whole[table] = {**values, **given}
    return whole


def write_spec(spec: RunSpec) -> str:
    """Return the spec as TOML; ``parse_spec`` gives the same value back."""
    return tomli_w.dumps(msgspec.to_builtins(spec))


def _absolute(spec: RunSpec, folder: Path) -> RunSpec:
    def made(path: str) -> str:
        if path.startswith(HUB_ADDRESS):
            raise StudioError("data-on-hub", path=path)
        return str((folder / Path(path).expanduser()).absolute())

    data = spec.data
    evaluation = data.evaluation if isinstance(data.evaluation, float | int) else tuple(map(made, data.evaluation))
    model = spec.model
    if model.base.startswith("."):
        model = msgspec.structs.replace(model, base=made(model.base))
    if model.tokenizer.startswith(".") or "/" in model.tokenizer:
        model = msgspec.structs.replace(model, tokenizer=made(model.tokenizer))
    data = msgspec.structs.replace(data, train=tuple(map(made, data.train)), evaluation=evaluation)
    samples = msgspec.structs.replace(spec.samples, pictures=tuple(map(made, spec.samples.pictures)))
    return msgspec.structs.replace(spec, data=data, model=model, samples=samples)


def _all_fields(struct: type[msgspec.Struct], prefix: str = "") -> Iterator[str]:
    for field in msgspec.structs.fields(struct):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            yield from _all_fields(field.type, f"{prefix}{field.encode_name}.")
        else:
            yield prefix + field.encode_name


def _near(name: str) -> str:
    """Return the field that an unknown one most likely means: of the same last name, else spelt alike; "" for none."""
    known = list(_all_fields(RunSpec))
    last = name.rpartition(".")[2]
    alike = [field for field in known if field.rpartition(".")[2] == last]
    near = difflib.get_close_matches(name, alike or known, n=1, cutoff=0.0 if alike else 0.7)
    if not near:
        lasts = {field.rpartition(".")[2]: field for field in known}
        near = [lasts[one] for one in difflib.get_close_matches(last, lasts, n=1, cutoff=0.75)]
    return near[0] if near else ""


def _name_unknown_fields(raw: dict[str, Any], struct: type[msgspec.Struct], prefix: str) -> None:
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(struct)}
    for key, value in raw.items():
        if key not in fields:
            inside = [f"{prefix}{key}.{inner}" for inner in value] if isinstance(value, dict) else []
            name = inside[0] if inside else prefix + key
            if near := _near(name):
                raise StudioError("spec-misspelt", field=name, near=near)
            raise StudioError("spec-unknown", field=name, may_be="one of " + ", ".join(sorted(fields)))
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
