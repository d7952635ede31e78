"""The whole conversation between the window and an engine: read this first.

A *request* is what a user wants, an *event* is what comes back, an *envelope* carries either over the pipe. All are
typed values encoded as msgpack. Whoever adds a request adds it to ``Request``, gives it a line in
``engine.tasks.TASKS`` and a generator there; whoever adds an event adds it to ``Event``, and mypy finds every
``match`` that forgot it. Values and results stand in ``values``, ``models``, ``text``, ``data``, ``inside`` and ``hub``
beside this module, and are had from here. It knows nothing of Qt, of torch or of processes.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from bigmodel_studio.protocol.data import (
    ClassCount,
    ClassShare,
    DataRole,
    DataSeen,
    ExampleShown,
    Finding,
    LookAtData,
    PartCounts,
    Place,
    TokenRole,
    TokenShown,
    Unit,
)
from bigmodel_studio.protocol.hub import (
    Account,
    CheckCopy,
    CopyChecked,
    DatasetCopy,
    DatasetDownloaded,
    DatasetPart,
    DatasetSeen,
    Download,
    DownloadDataset,
    Downloaded,
    Downloading,
    FileProgress,
    FileState,
    HubFile,
    HubModel,
    HubPage,
    HubRepo,
    LookAtDataset,
    LookAtRepo,
    NetworkRequest,
    SearchHub,
    SignIn,
    SignOut,
    Sort,
    WhoAmI,
)
from bigmodel_studio.protocol.inside import (
    ExampleSeen,
    LookAtStep,
    StepSeen,
    StepTaken,
    TakeStep,
    TokenLoss,
    WeightBlock,
)
from bigmodel_studio.protocol.models import (
    Costs,
    Description,
    Example,
    Growth,
    Layer,
    LayerCard,
    LayerKind,
    Measured,
    Method,
    Pass,
    PlanQuestion,
    Purpose,
    Speed,
    Tried,
)
from bigmodel_studio.protocol.text import (
    Candidate,
    ClassifyTexts,
    Embedded,
    EmbedTexts,
    Filled,
    FillMask,
    NextTold,
    Rewrite,
    RewritePurpose,
    Rewritten,
    Similarities,
    Tagged,
    TagWords,
    TellNext,
    TextAnswer,
    TextClassified,
)
from bigmodel_studio.protocol.values import Device, Label, ModelKind, ModelRef, Problem, Source

__all__ = [
    "FRAME_LIMIT_BYTES",
    "PROTOCOL_VERSION",
    "Account",
    "Alternative",
    "Cancel",
    "Cancelled",
    "Candidate",
    "CheckCopy",
    "ClassCount",
    "ClassShare",
    "Classify",
    "ClassifyTexts",
    "CopyChecked",
    "Costs",
    "DataRequest",
    "DataRole",
    "DataSeen",
    "DatasetCopy",
    "DatasetDownloaded",
    "DatasetPart",
    "DatasetSeen",
    "Describe",
    "Description",
    "Device",
    "DeviceReport",
    "Devices",
    "Done",
    "Download",
    "DownloadDataset",
    "Downloaded",
    "Downloading",
    "DrawPictures",
    "EmbedTexts",
    "Embedded",
    "End",
    "Event",
    "Example",
    "ExampleSeen",
    "ExampleShown",
    "Failed",
    "FileProgress",
    "FileState",
    "FillMask",
    "Filled",
    "Finding",
    "FinishReason",
    "FromEngine",
    "Generate",
    "Generated",
    "Growth",
    "Hello",
    "HubFile",
    "HubModel",
    "HubPage",
    "HubRepo",
    "HubRequest",
    "HubResult",
    "InsideRequest",
    "InsideResult",
    "JobEvent",
    "Label",
    "Layer",
    "LayerCard",
    "LayerKind",
    "Load",
    "Loaded",
    "LookAtData",
    "LookAtDataset",
    "LookAtRepo",
    "LookAtStep",
    "MeasurePlan",
    "MeasureSpeed",
    "Measured",
    "MemoryParts",
    "MemoryReport",
    "Method",
    "ModelFacts",
    "ModelKind",
    "ModelRef",
    "NetworkRequest",
    "NextTold",
    "Notice",
    "PartCounts",
    "Pass",
    "Picture",
    "Place",
    "PlanQuestion",
    "Prediction",
    "Preview",
    "Problem",
    "Progress",
    "Purpose",
    "Quit",
    "Request",
    "Result",
    "Rewrite",
    "RewritePurpose",
    "Rewritten",
    "Sampling",
    "SearchHub",
    "Sent",
    "SignIn",
    "SignOut",
    "Similarities",
    "Sort",
    "Source",
    "Speed",
    "StepSeen",
    "StepTaken",
    "Submit",
    "TagWords",
    "Tagged",
    "TakeStep",
    "TellNext",
    "TextAnswer",
    "TextClassified",
    "TextRequest",
    "ToEngine",
    "Token",
    "TokenLoss",
    "TokenRole",
    "TokenShown",
    "Tried",
    "Try",
    "Turn",
    "Unit",
    "Unload",
    "WeightBlock",
    "WhoAmI",
    "decode_for_engine",
    "decode_for_window",
    "encode",
    "to_builtins",
]

PROTOCOL_VERSION = 3
FRAME_LIMIT_BYTES = 64 * 1024 * 1024
"""No envelope is larger; a longer one ends the engine that sent it."""

FinishReason = Literal["stop", "length", "cancelled"]


# ---------------------------------------------------------------------------------------------- requests


class Turn(msgspec.Struct, frozen=True):
    """One message of a conversation, as chat templates take it."""

    role: Literal["system", "user", "assistant"]
    content: str


class Sampling(msgspec.Struct, frozen=True, kw_only=True):
    """How the next token is chosen. None means the model's own ``generation_config``, else the application's default.

    ``greedy`` or a temperature of 0 takes the most probable token; ``beams`` > 1 is beam search (not sampled).
    """

    max_new_tokens: int = 256
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repetition_penalty: float | None = None
    seed: int | None = None
    greedy: bool = False
    beams: int = 1
    stop: tuple[str, ...] = ()


class Load(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Make a model warm in this lane. Ends with ``Done(ModelFacts)``."""

    model: ModelRef


class Unload(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Give back what the lane holds. Ends with ``Done(None)``."""


class Generate(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Continue ``prompt`` as it is, or answer ``turns`` through the chat template where the model has one.

    Exactly one of ``prompt`` and ``turns`` is used: ``turns`` where it is not empty. Streams ``Token``; ends with
    ``Done(Generated)``.
    """

    model: ModelRef
    prompt: str = ""
    turns: tuple[Turn, ...] = ()
    sampling: Sampling = Sampling()
    alternatives: int = 0


class Classify(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Say what is on pictures, by absolute path. One ``Prediction`` a picture, in order; ends with ``Done(None)``.

    ``preview_px`` > 0 asks for a re-encoded PNG of at most that many pixels a side, so that the window never decodes a
    stranger's file.
    """

    model: ModelRef
    images: tuple[str, ...]
    top_k: int = 5
    preview_px: int = 0


class Preview(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Small PNGs of pictures, by absolute path, so that the window never decodes a stranger's file.

    One ``Picture`` a file, in order; ends with ``Done(None)``.
    """

    images: tuple[str, ...]
    most_px: int = 160


class Describe(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What a model is: counts, structure, costs. Ends with ``Done(Description)``.

    ``lora_rank`` > 0 tells trainable from frozen parameters as LoRA of that rank would have them. A model of the Hub
    that is not here is described from its config and the headers of its weights, on a lane that may use the network.
    """

    model: ModelRef
    lora_rank: int = 0


class Devices(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What torch can compute on here. Ends with ``Done(DeviceReport)``."""


class MeasurePlan(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Run two real steps of what a plan is about. Ends with ``Done(Measured)``."""

    model: ModelRef
    question: PlanQuestion


class MeasureSpeed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Measure how fast a device multiplies and streams. Ends with ``Done(Speed)``."""

    device: str = "auto"
    dtype: str = "auto"


class Try(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Run models on a few examples, one model after the other. One ``Tried`` each; ends with ``Done(None)``."""

    models: tuple[ModelRef, ...]
    task: str
    examples: tuple[Example, ...]


class ExportScript(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Write a run as a plain PyTorch script, with what it needs, into a new folder. Ends with ``Done(None)``."""

    run: str
    folder: str


class DrawPictures(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Draw pictures of simple shapes, so many of each, into a new folder. ``Progress``, then ``Done(None)``."""

    folder: str
    each: int


HubRequest = SearchHub | LookAtRepo | Download | LookAtDataset | DownloadDataset | CheckCopy | SignIn | SignOut | WhoAmI
DataRequest = LookAtData
InsideRequest = LookAtStep | TakeStep
TextRequest = FillMask | TellNext | ClassifyTexts | TagWords | EmbedTexts | Rewrite
Request = (
    Load
    | Unload
    | Generate
    | Classify
    | Preview
    | Describe
    | Devices
    | MeasurePlan
    | MeasureSpeed
    | Try
    | ExportScript
    | DrawPictures
    | HubRequest
    | DataRequest
    | InsideRequest
    | TextRequest
)


# ---------------------------------------------------------------------------------------------- results


class DeviceReport(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The devices, and what stands in the way of using one (each problem a code with its arguments)."""

    torch: str
    cuda: str | None
    threads: int
    devices: tuple[Device, ...]


class MemoryParts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Bytes of tensors that one process holds on a device, by what they are for, counted in that process.

    ``reserved_bytes``: what torch's allocator has taken for them and for later ones on an accelerator; 0 on a CPU.
    """

    device: str = "cpu"
    weights_bytes: int = 0
    cache_bytes: int = 0
    gradients_bytes: int = 0
    optimizer_bytes: int = 0
    reserved_bytes: int = 0


class ModelFacts(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What is loaded now: exact parameters (tied weights once), bytes of the tensors as held, and how to talk to it."""

    model: ModelRef
    name: str
    kind: ModelKind
    architecture: str
    parameters: int
    weight_bytes: int
    dtype: str
    device: str
    context_length: int | None = None
    has_chat_template: bool = False
    labels: int = 0
    load_s: float = 0.0
    sampling: Sampling | None = None
    """What a text model is sampled with where the user says nothing: its ``generation_config``'s values, else ours."""


class Alternative(msgspec.Struct, frozen=True):
    """What a token could have been: probabilities before (``logprob``) and after the processors (None: ruled out)."""

    id: int
    text: str
    logprob: float
    processed_logprob: float | None


class Generated(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The end of a generation. ``text`` is ``decode(prompt + new)`` less ``decode(prompt)``; times in seconds."""

    text: str
    prompt_tokens: int
    new_tokens: int
    finish_reason: FinishReason
    seed: int
    time_to_first_token_s: float
    tokens_per_second: float
    template: bool = False
    trimmed_turns: int = 0
    trimmed_tokens: int = 0


InsideResult = StepSeen | StepTaken
HubResult = HubPage | HubRepo | Downloaded | DatasetSeen | DatasetDownloaded | CopyChecked | Account
Result = (
    Generated
    | Description
    | ModelFacts
    | DeviceReport
    | Measured
    | Speed
    | Similarities
    | DataSeen
    | HubResult
    | InsideResult
)


# ---------------------------------------------------------------------------------------------- events


class Progress(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something takes time: what (a code of ``core.text.messages``), and how far where that is known (total 0:
    unknown).
    """

    what: str
    done: float = 0.0
    total: float = 0.0


class Loaded(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The lane now holds this model."""

    facts: ModelFacts


class Token(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One new token. ``text`` is what became readable with it: "" while a UTF-8 character is half finished.

    ``logprob`` is the raw model's (natural logarithm), ``processed_logprob`` after temperature, top-k and so on.
    """

    id: int
    text: str
    logprob: float
    processed_logprob: float
    alternatives: tuple[Alternative, ...] = ()


class Prediction(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What one picture is, or why it could not be read (``error``: a code with arguments). Sizes in pixels."""

    image: str
    predictions: tuple[Label, ...] = ()
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    preview: bytes | None = None
    error: Problem | None = None


class Picture(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A small PNG of one picture, or why it could not be read. Sizes in pixels, of the picture itself."""

    image: str
    preview: bytes | None = None
    width: int = 0
    height: int = 0
    error: Problem | None = None


class Notice(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something the user should know that does not end the job."""

    problem: Problem


class Done(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    result: Result | None = None


class Cancelled(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The user stopped it. ``forced``: it would not stop and the engine was ended."""

    result: Result | None = None
    forced: bool = False


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """It could not be done. ``id`` is in the log beside the traceback; ``engine_lost``: the process is gone.

    ``blame``: "input" is a user's mistake (a model, file or spec that cannot be used), "work" a failure of the work.
    """

    problem: Problem
    id: str
    engine_lost: bool = False
    blame: Literal["input", "work"] = "work"


End = Done | Cancelled | Failed
Event = (
    Progress
    | Loaded
    | Token
    | Prediction
    | Picture
    | TextAnswer
    | Notice
    | Downloading
    | Tried
    | Done
    | Cancelled
    | Failed
)


# ---------------------------------------------------------------------------------------------- envelopes


class Submit(msgspec.Struct, frozen=True, tag=True):
    job: int
    request: Request


class Cancel(msgspec.Struct, frozen=True, tag=True):
    job: int


class Quit(msgspec.Struct, frozen=True, tag=True):
    pass


class Hello(msgspec.Struct, frozen=True, tag=True):
    version: int
    pid: int


class JobEvent(msgspec.Struct, frozen=True, tag=True):
    job: int
    event: Event


class MemoryReport(msgspec.Struct, frozen=True, tag=True):
    """What the engine's process holds now: said when it changed, at most about once a second while a job runs."""

    parts: MemoryParts


class Sent(msgspec.Struct, frozen=True, tag=True):
    """What this engine's process asked of the network, for the window's ledger of requests."""

    requests: tuple[NetworkRequest, ...]


ToEngine = Submit | Cancel | Quit
FromEngine = Hello | JobEvent | MemoryReport | Sent

_encoder = msgspec.msgpack.Encoder()
_to_engine: msgspec.msgpack.Decoder[ToEngine] = msgspec.msgpack.Decoder(ToEngine)
_from_engine: msgspec.msgpack.Decoder[FromEngine] = msgspec.msgpack.Decoder(FromEngine)


def encode(envelope: ToEngine | FromEngine) -> bytes:
    """The envelope as one msgpack frame."""
    return _encoder.encode(envelope)


def decode_for_engine(frame: bytes) -> ToEngine:
    """The window's envelope. Raises ``msgspec.DecodeError`` (or its ``ValidationError``) on anything else."""
    return _to_engine.decode(frame)


def decode_for_window(frame: bytes) -> FromEngine:
    """The engine's envelope. Raises ``msgspec.DecodeError`` (or its ``ValidationError``) on anything else."""
    return _from_engine.decode(frame)


def to_builtins(value: Any) -> Any:
    """A struct as plain dictionaries and lists, for ``--json``."""
    return msgspec.to_builtins(value)
