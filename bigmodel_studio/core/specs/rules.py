"""Whether the values of a spec make sense together: each rule names the field, what it was and what it may be.

Looks at no file, but for the table of what can be trained. Types were checked before (``core.specs.spec``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bigmodel_studio.core.specs.objectives import ADAPTERS, SCRATCH, TRAINABLE
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.core.text.printable import steers

if TYPE_CHECKING:
    from bigmodel_studio.core.specs.spec import ModelSpec, RunSpec

SPEC_SCHEMA = 1
MOST_STAGES = 8
MOST_IMAGE_PX = 2048
LEAST_MASKED_CONTEXT = 8
FILES_NEEDED = "at least one file or folder"
Rule = tuple[bool, str, object, str]
"""Whether it holds, the field, what it was, and what it may be."""


def check_spec(spec: RunSpec) -> None:
    """Raise ``StudioError``: "spec-field", or "objective-not-built", "method-not-built", "architecture-not-built"
    where the application has no way to do it.
    """
    for is_valid, field, was, words in _rules(spec):
        if not is_valid:
            raise StudioError("spec-field", field=field, was=repr(was), may_be=words)
    _check_built(spec)


def may_be(spec: RunSpec) -> list[str]:
    """Return what the fields of such a spec may be, in the words of its rules."""
    return [words for _, _, _, words in _rules(spec)]


def _check_built(spec: RunSpec) -> None:
    """Refuse what no line of ``TRAINABLE`` promises."""
    found = TRAINABLE.get(spec.objective)
    if found is None:
        raise StudioError("objective-not-built", objective=spec.objective, built=", ".join(TRAINABLE))
    if spec.method.kind not in found.methods:
        raise StudioError(
            "method-not-built", objective=spec.objective, method=spec.method.kind, built=", ".join(found.methods)
        )
    if spec.model.base == SCRATCH and not found.architectures:
        raise StudioError("base-needed", objective=spec.objective)
    if spec.method.kind != "full" and spec.model.base == SCRATCH:
        raise StudioError("frozen-from-scratch")
    if spec.method.kind in ADAPTERS and spec.launch.strategy == "fsdp" and spec.launch.processes > 1:
        raise StudioError("spec-field", field="launch.strategy", was="'fsdp'", may_be="ddp (LoRA doesn't support fsdp)")
    if spec.model.base == SCRATCH and spec.model.architecture not in found.architectures:
        raise StudioError(
            "architecture-not-built",
            objective=spec.objective,
            architecture=spec.model.architecture,
            built=", ".join(found.architectures),
        )


def _rules(spec: RunSpec) -> list[Rule]:
    of_model = _MODEL_RULES.get(spec.model.architecture) if spec.model.base == SCRATCH else None
    return [
        *_name_rules(spec),
        *_data_rules(spec),
        *_masking_rules(spec),
        *_method_rules(spec),
        *_optimizer_rules(spec),
        *_schedule_rules(spec),
        *(of_model(spec.model) if of_model is not None else ()),
    ]


def _name_rules(spec: RunSpec) -> list[Rule]:
    return [
        (
            bool(spec.name.strip()) and not set(spec.name) & set('/\\:*?"<>|\0') and not spec.name.startswith("."),
            "name",
            spec.name,
            'a valid folder name: no / \\ : * ? " < > | and no leading dot',
        ),
        (not steers(spec.name), "name", spec.name, "a name without control characters"),
        (len(spec.name) <= 100, "name", spec.name, "at most 100 characters"),
        (spec.schema <= SPEC_SCHEMA, "schema", spec.schema, f"at most {SPEC_SCHEMA}: a newer version wrote this file"),
        (0 <= spec.seed < 2**63, "seed", spec.seed, "0 to 9223372036854775807 (2^63 − 1)"),
    ]


def _data_rules(spec: RunSpec) -> list[Rule]:
    data = spec.data
    return [
        (bool(data.train), "data.train", list(data.train), FILES_NEEDED),
        (
            not isinstance(data.evaluation, float | int) or 0 <= data.evaluation <= 0.5,
            "data.evaluation",
            data.evaluation,
            "a share from 0 to 0.5, or a list of files or folders",
        ),
        (
            not data.pair_column or spec.objective == "classify-text",
            "data.pair_column",
            data.pair_column,
            "empty unless the objective is classify-text",
        ),
        (
            not data.multi_label or spec.objective == "classify-text",
            "data.multi_label",
            data.multi_label,
            "false but for classify-text",
        ),
        (
            not data.label_separator or data.multi_label,
            "data.label_separator",
            data.label_separator,
            "empty unless data.multi_label is true",
        ),
        (
            len(data.label_separator) <= 3
            and not any(each.isalnum() or each in "\"'\r\n" for each in data.label_separator),
            "data.label_separator",
            data.label_separator,
            "up to three characters that are no letters, digits, quotes or line breaks, such as ;",
        ),
        (0 <= data.mixup <= 10, "data.mixup", data.mixup, "0 (off) to 10; 0.2 is usual"),
        (0.01 <= data.smallest_crop <= 1, "data.smallest_crop", data.smallest_crop, "0.01 to 1 (no crops)"),
    ]


def _masking_rules(spec: RunSpec) -> list[Rule]:
    if spec.objective != "masked-lm":
        return []
    return [
        (0.01 <= spec.masking.share <= 0.9, "masking.share", spec.masking.share, "0.01 to 0.9"),
        (
            spec.model.context >= LEAST_MASKED_CONTEXT,
            "model.context",
            spec.model.context,
            f"{LEAST_MASKED_CONTEXT} or more: two sentences and three tokens around them",
        ),
    ]


def _method_rules(spec: RunSpec) -> list[Rule]:
    method = spec.method
    return [
        (1 <= method.rank <= 4096, "method.rank", method.rank, "1 to 4,096"),
        (method.alpha > 0, "method.alpha", method.alpha, "above 0"),
        (0 <= method.dropout < 1, "method.dropout", method.dropout, "0 to below 1"),
        (0 <= method.label_smoothing < 1, "method.label_smoothing", method.label_smoothing, "0 to below 1"),
        (0 < method.beta <= 100, "method.beta", method.beta, "above 0, at most 100; 0.1 is usual"),
    ]


def _optimizer_rules(spec: RunSpec) -> list[Rule]:
    optimizer = spec.optimizer
    return [
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
    ]


def _schedule_rules(spec: RunSpec) -> list[Rule]:
    schedule = spec.schedule
    return [
        (1 <= schedule.steps <= 10**9, "schedule.steps", schedule.steps, "1 or more"),
        (1 <= schedule.batch <= 65536, "schedule.batch", schedule.batch, "1 to 65,536"),
        (1 <= schedule.accumulate <= 65536, "schedule.accumulate", schedule.accumulate, "1 to 65,536"),
        (schedule.patience >= 0, "schedule.patience", schedule.patience, "0 (off) or more"),
        (
            not schedule.patience or bool(spec.data.evaluation),
            "schedule.patience",
            schedule.patience,
            "0 (off) without data.evaluation",
        ),
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
        (schedule.keep_state >= 0, "schedule.keep_state", schedule.keep_state, "0 (all) or more"),
        (
            0 <= schedule.disk_budget < 2**63,
            "schedule.disk_budget",
            schedule.disk_budget,
            "0 (no limit), a share of the free disk up to 1, or bytes",
        ),
        (spec.samples.new_tokens >= 1, "samples.new_tokens", spec.samples.new_tokens, "1 or more"),
        (spec.samples.temperature >= 0, "samples.temperature", spec.samples.temperature, "0 (greedy) or more"),
        (
            spec.telemetry.layers_every >= -1,
            "telemetry.layers_every",
            spec.telemetry.layers_every,
            "-1 (automatic), 0 (never) or more",
        ),
        (1 <= spec.launch.processes <= 4096, "launch.processes", spec.launch.processes, "1 or more"),
        (
            schedule.update % max(1, spec.launch.processes) == 0,
            "launch.processes",
            spec.launch.processes,
            f"a divisor of the {schedule.update} examples of an update",
        ),
        (
            not spec.launch.checkpointing or spec.model.base != SCRATCH or "resnet" not in spec.model.architecture,
            "launch.checkpointing",
            True,
            "false for a ResNet from scratch",
        ),
        (1 <= spec.launch.threads <= 1024, "launch.threads", spec.launch.threads, "1 or more"),
    ]


def _transformer_rules(model: ModelSpec) -> list[Rule]:
    return [
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


def _resnet_rules(model: ModelSpec) -> list[Rule]:
    """Return the rules of a ResNet: its stem takes a quarter of the picture's sides, each stage but the first a
    half.
    """
    stages = len(model.widths)
    least = 2 ** (stages + 1)
    return [
        (1 <= stages <= MOST_STAGES, "model.widths", list(model.widths), f"1 to {MOST_STAGES} numbers"),
        (
            len(model.depths) == stages,
            "model.depths",
            list(model.depths),
            f"as many numbers as model.widths has ({stages})",
        ),
        (all(1 <= depth <= 200 for depth in model.depths), "model.depths", list(model.depths), "each 1 to 200"),
        (all(1 <= width <= 8192 for width in model.widths), "model.widths", list(model.widths), "each 1 to 8,192"),
        (
            least <= model.image_size <= MOST_IMAGE_PX,
            "model.image_size",
            model.image_size,
            f"{least} to {MOST_IMAGE_PX:,} pixels with {stages} stages",
        ),
    ]


def _cifar_resnet_rules(model: ModelSpec) -> list[Rule]:
    return [
        (model.layers >= 8 and model.layers % 6 == 2, "model.layers", model.layers, "6n + 2: 8, 14, 20, 32, 44, 56, …"),
        (model.layers <= 1202, "model.layers", model.layers, "at most 1,202"),
        (len(model.widths) == 3, "model.widths", list(model.widths), "three numbers"),
        (
            all(1 <= width <= 8192 for width in model.widths) and list(model.widths) == sorted(model.widths),
            "model.widths",
            list(model.widths),
            "each 1 to 8,192, in ascending order",
        ),
        (
            8 <= model.image_size <= MOST_IMAGE_PX,
            "model.image_size",
            model.image_size,
            f"8 to {MOST_IMAGE_PX:,} pixels",
        ),
    ]


_MODEL_RULES: dict[str, Callable[[ModelSpec], list[Rule]]] = {
    "gpt": _transformer_rules,
    "bert": _transformer_rules,
    "resnet": _resnet_rules,
    "cifar-resnet": _cifar_resnet_rules,
}
"""By architecture, for a model from scratch."""
