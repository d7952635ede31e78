"""The commands about models: ``models, remove, describe, generate, classify``. What computes is a request, run in this
process without a lane; torch is imported by those alone, so that ``--help`` and ``models`` answer at once.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, get_args

import msgspec
import typer

from bigmodel_studio.cli import output
from bigmodel_studio.core.hub import hub_cache
from bigmodel_studio.core.models import library, removal
from bigmodel_studio.core.models.precisions import PrecisionRecord, packed_records, precision_records
from bigmodel_studio.core.system import network, privacy
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.core.system.trash import Trash
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError, sentence
from bigmodel_studio.protocol import (
    Cancelled,
    Classify,
    Describe,
    Description,
    Done,
    Event,
    Failed,
    Generate,
    Generated,
    Layer,
    ModelRef,
    Notice,
    Precision,
    Prediction,
    Problem,
    Request,
    Sampling,
    Token,
    Turn,
)

Model = Annotated[str, typer.Argument(metavar="MODEL", help="A folder, a bundled id, a run, RUN@STEP, or a Hub id.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")]
DeviceName = Annotated[str, typer.Option("--device", help="cpu, cuda:0, mps, … (auto: the first accelerator).")]
DtypeName = Annotated[str, typer.Option("--dtype", help="float32, bfloat16 or float16 (auto: best for the device).")]
PrecisionName = Annotated[str, typer.Option("--precision", help="stored, 8-bit or 4-bit; --dtype goes with stored.")]
HEADER = ["MODEL", "KIND", "SOURCE", "PARAMETERS", "BYTES", "ON DISK", "AT 4 BITS", ""]


def mount(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    for command in (models, remove, describe, generate, classify):
        app.command()(command)


def models(json: Json = False) -> None:
    """List the models on this machine: bundled, opened folders, runs, the Hub's cache."""
    records = library.records()
    precisions = {record.id: precision_records(record) for record in records}
    if json:
        output.print_json([{**msgspec.to_builtins(each), "precisions": precisions[each.id]} for each in records])
        return
    rows = [
        [
            record.id,
            record.kind,
            record.source,
            numbers.exact(record.parameters) if record.parameters else numbers.NOTHING,
            numbers.size(record.bytes) if record.bytes else numbers.NOTHING,
            numbers.size(record.disk_bytes) if record.disk_bytes else numbers.NOTHING,
            output.in_precision(precisions[record.id], "4-bit"),
            sentence(record.problem) if record.problem else record.dtype,
        ]
        for record in records
    ]
    if rows:
        output.print_table(HEADER, rows, right=(3, 4, 5, 6))
    else:
        output.say("No models yet: give a folder to the other commands, or train one.")
    if any(record.source == "hub" for record in records):
        whole = sum(record.disk_bytes for record in records if record.source == "hub")
        output.say(f"The Hub's cache, {hub_cache.root()}, takes {numbers.size(whole)}.")


def remove(
    model: Annotated[str, typer.Argument(metavar="ID", help="As “models” lists it.")],
    for_good: Annotated[bool, typer.Option("--for-good", help="Delete it now instead of moving it to the trash.")] = (
        False
    ),
    json: Json = False,
) -> None:
    """Remove a model of the Hub's cache, or take an opened folder off the list (its files stay)."""
    record = library.record(library.parse_model(model))
    trash = Trash()
    if for_good and record.source == "hub":
        removal.delete(record)
    else:
        try:
            removed = removal.remove(record, trash)
        except OSError as error:
            problem = Problem(code="trash-failed", arguments={"path": record.path, "detail": error.strerror or ""})
            output.leave(problem, "work")
    if json:
        output.print_json(record)
    elif record.source != "hub":
        output.say(f"{record.id} was removed from the list; its files are unchanged.")
    elif for_good:
        output.say(f"{record.id} was deleted, which freed {numbers.size(record.disk_bytes)}.")
    else:
        size = numbers.size(removed.bytes)
        output.say(f"{record.id} is in the trash; deleting it frees {size}. Until then it can be restored")
        output.say("in the window, under “Recently removed”.")


def describe(model: Model, json: Json = False) -> None:
    """Say what a model is: its exact parameters, its layers, what a token or a picture costs."""
    ref = model_to_look_at(model)
    here = _precisions(ref)
    result = result_of(Describe(model=ref, costs=json or here is None))
    assert isinstance(result, Description)
    precisions = here if here is not None else packed_records(result.costs.packed) if result.costs is not None else ()
    if json:
        output.print_json({**msgspec.to_builtins(result), "precisions": precisions})
        return
    cost, unit = (result.flops_per_image, "picture") if result.flops_per_image else (result.flops_per_token, "token")
    facts = [
        ("model", result.id),
        ("architecture", f"{result.architecture} ({result.kind})"),
        ("parameters", numbers.exact(result.parameters)),
        ("weights", f"{numbers.size(result.weight_bytes)}, {result.dtype}"),
        ("context", f"{numbers.exact(result.context_length)} tokens" if result.context_length else numbers.NOTHING),
        (f"FLOPs a {unit}", numbers.count(cost)),
        *((output.PRECISIONS[each.precision], output.in_precision(precisions, each.precision)) for each in precisions),
    ]
    output.print_facts(facts)
    if precisions and all(each.tokens_per_second is None for each in precisions):
        output.say("Tokens per second are shown once “plan” has measured this computer's speed.")
    output.write()
    rows = list(_tree(result.layers))
    output.print_table(["LAYER", "TYPE", "PARAMETERS", "SHAPE"], rows, right=(2,))


def _precisions(ref: ModelRef) -> tuple[PrecisionRecord, ...] | None:
    """Return the precisions of a model by its headers; None where they are not here: then its costs tell."""
    if ref.source != "reference":
        with contextlib.suppress(StudioError, OSError):
            return precision_records(library.record(ref))
    return None


def generate(
    model: Model,
    prompt: Annotated[str, typer.Option(help="The text to continue, or the message to answer.")],
    chat: Annotated[bool, typer.Option("--chat", help="Use the model's chat template.")] = False,
    system: Annotated[str | None, typer.Option(help="A system prompt (with --chat).")] = None,
    reply: Annotated[str | None, typer.Option(help="The beginning of the answer, which goes on (with --chat).")] = None,
    max_new_tokens: Annotated[
        int | None, typer.Option(help="Maximum number of new tokens; default: 256, with a chat template what fits.")
    ] = None,
    temperature: Annotated[float | None, typer.Option(help="Temperature; 0 is greedy.")] = None,
    top_k: Annotated[int | None, typer.Option(help="Sample from the k most likely tokens.")] = None,
    top_p: Annotated[
        float | None, typer.Option(help="Sample from the most likely tokens with total probability p.")
    ] = None,
    min_p: Annotated[float | None, typer.Option(help="Drop tokens below p times the highest probability.")] = None,
    typical_p: Annotated[float | None, typer.Option(help="Sample from the typical tokens with probability p.")] = None,
    repetition_penalty: Annotated[
        float | None, typer.Option(help="Above 1: repeated tokens become less likely.")
    ] = None,
    presence_penalty: Annotated[
        float | None, typer.Option(help="Above 0: tokens that the reply has become less likely.")
    ] = None,
    frequency_penalty: Annotated[
        float | None, typer.Option(help="Above 0: less likely with every time that the reply has a token.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same text.")] = None,
    greedy: Annotated[bool, typer.Option("--greedy", help="Greedy: always the most likely token.")] = False,
    beams: Annotated[int, typer.Option(help="Number of beams for beam search.")] = 1,
    stop: Annotated[list[str] | None, typer.Option(help="Stop before this text; may be repeated.")] = None,
    alternatives: Annotated[int, typer.Option(help="With --json: number of alternatives per token.")] = 0,
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
    precision: PrecisionName = "stored",
    draft: Annotated[
        str | None, typer.Option(help="A smaller model of the same family that guesses tokens ahead.")
    ] = None,
    json: Json = False,
) -> None:
    """Continue a prompt, or answer it through the model's chat template."""
    sampling = Sampling(
        max_new_tokens=max_new_tokens,
        temperature=temperature,
        top_k=top_k,
        top_p=top_p,
        min_p=min_p,
        typical_p=typical_p,
        repetition_penalty=repetition_penalty,
        presence_penalty=presence_penalty,
        frequency_penalty=frequency_penalty,
        seed=seed,
        greedy=greedy,
        beams=beams,
        stop=tuple(stop or ()),
    )
    asked = (Turn("system", system),) if system is not None else ()
    begun = (Turn("assistant", reply),) if reply else ()
    turns = (*asked, Turn("user", prompt), *begun) if chat or asked or begun else ()
    ref = model_of(model, device=device, dtype=dtype, precision=precision)
    request = Generate(
        model=ref,
        prompt="" if turns else prompt,
        turns=turns,
        continue_last=bool(begun),
        sampling=sampling,
        alternatives=alternatives,
        draft=None if draft is None else model_of(draft, device=device, dtype=dtype, precision=precision),
    )
    tokens: list[Token] = []
    for event in events_of(request):
        if isinstance(event, Token):
            tokens.append(event)
            if not json:
                output.write(event.text, end="", flush=True)
        elif isinstance(event, Done | Cancelled):
            _print_generated(event, tokens, chat=bool(turns), json=json)


def _print_generated(end: Done | Cancelled, tokens: list[Token], *, chat: bool, json: bool) -> None:
    result = end.result
    if isinstance(result, Generated):
        if json:
            output.print_json({**_plain(result), "tokens": [_plain(token) for token in tokens]})
        else:
            output.write()
            if chat and not result.template:
                output.say("This model has no chat template: the text was continued as plain text.")
            output.say(
                f"{result.new_tokens} tokens, {numbers.rate(result.tokens_per_second, 'tokens')}, "
                f"first after {numbers.duration(result.time_to_first_token_s)}, seed {result.seed}, "
                f"{result.finish_reason}"
            )
            if result.drafted_tokens:
                accepted = numbers.percent(result.accepted_tokens / result.drafted_tokens)
                output.say(f"{accepted} of {numbers.exact(result.drafted_tokens)} drafted tokens were accepted.")
    if isinstance(end, Cancelled):
        raise typer.Exit(output.EXIT_STOPPED)


def classify(
    model: Model,
    images: Annotated[list[str], typer.Argument(metavar="IMAGE…", help="Picture files.")],
    top_k: Annotated[int, typer.Option(help="Number of labels per picture.")] = 5,
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
    precision: PrecisionName = "stored",
    json: Json = False,
) -> None:
    """Say what is on pictures; one that cannot be read is reported and spoils no other."""
    ref = model_of(model, device=device, dtype=dtype, precision=precision)
    request = Classify(model=ref, images=tuple(images), top_k=top_k)
    answers: list[dict[str, Any]] = []
    stopped = False
    for event in events_of(request):
        if isinstance(event, Prediction):
            answers.append(_answer(event))
            if not json:
                _print_prediction(event)
        stopped = stopped or isinstance(event, Cancelled)
    if json:
        output.print_json(answers)
    if stopped:
        raise typer.Exit(output.EXIT_STOPPED)
    if all(answer["error"] for answer in answers):
        output.leave(Problem(code="no-pictures-read"), "input")


def _answer(prediction: Prediction) -> dict[str, Any]:
    return {
        "image": prediction.image,
        "predictions": [_plain(label) for label in prediction.predictions],
        "heatmap": None,
        "error": sentence(prediction.error) if prediction.error else None,
        "code": prediction.error.code if prediction.error else None,
        "width": prediction.width,
        "height": prediction.height,
        "seconds": prediction.seconds,
    }


def _print_prediction(prediction: Prediction) -> None:
    output.write(prediction.image)
    if prediction.error is not None:
        output.write(f"  error: {sentence(prediction.error)}")
    for label in prediction.predictions:
        output.write(f"  {numbers.percent(label.probability):>6}  {label.label}")


def events_of(request: Request) -> Iterator[Event]:
    """Yield a request's events, Ctrl-C stopping it as the window's stop does. Ends the command where it failed.

    Until the first event, while files are checked and torch is imported, there is nothing to stop in order:
    the command ends at once, in the code of a stopped one.
    """
    from bigmodel_studio.engine.failures import Stopped
    from bigmodel_studio.engine.session import Session
    from bigmodel_studio.engine.tasks import run_task

    wanted, begun = True, False

    def stop(number: int, frame: object) -> None:
        nonlocal wanted
        wanted = False
        signal.signal(signal.SIGINT, before)  # a second Ctrl-C ends it at once
        if not begun:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    events = run_task(request, Session())
    try:
        for event in events:
            begun = True
            stopping = not wanted and not isinstance(event, Done | Cancelled | Failed)
            last = events.throw(Stopped()) if stopping else event
            if isinstance(last, Failed):
                output.leave(last.problem, last.blame)
            if isinstance(last, Notice):
                output.say(f"note: {sentence(last.problem)}")
            yield last
            if stopping:
                return
    except KeyboardInterrupt:  # typer would end in 130
        raise typer.Exit(output.EXIT_STOPPED) from None
    finally:
        signal.signal(signal.SIGINT, before)


def result_of(request: Request) -> object:
    """Return the result of a request that streams nothing."""
    for event in events_of(request):
        if isinstance(event, Done):
            return event.result
    raise typer.Exit(output.EXIT_STOPPED)


def model_of(text: str, *, device: str = "auto", dtype: str = "auto", precision: str = "stored") -> ModelRef:
    """Return the model that `text` names, to be loaded so.

    Raises ``StudioError`` as ``library.parse_model``, and "precision-unknown", "precision-dtype".
    """
    return load_as(library.parse_model(text), device=device, dtype=dtype, precision=precision)


def load_as(ref: ModelRef, *, device: str, dtype: str, precision: str) -> ModelRef:
    """Return a copy of `ref` that is loaded so. Raises ``StudioError`` "precision-unknown", "precision-dtype"."""
    if precision not in get_args(Precision):
        raise StudioError("precision-unknown", precision=precision, known=", ".join(get_args(Precision)))
    if precision != "stored" and dtype != "auto":
        raise StudioError("precision-dtype", precision=precision, dtype=dtype)
    return msgspec.structs.replace(ref, device=device, dtype=dtype, precision=precision)


def model_to_look_at(text: str, *, device: str = "auto", dtype: str = "auto") -> ModelRef:
    """Return as ``model_of`` does; a model of the Hub that is not here is asked about there, for which this process
    goes online.
    """
    try:
        return model_of(text, device=device, dtype=dtype)
    except StudioError as error:
        if error.problem.code != "hub-not-here":
            raise
        go_online()
        return ModelRef(source="hub", id=text, device=device, dtype=dtype)


def go_online() -> None:
    """Let this process use the network, as the settings say. Raises ``StudioError`` "hub-locked"."""
    settings = SettingsStore().values
    if network.is_locked(settings):
        raise StudioError("hub-locked")
    os.environ.update(network.environment_of(settings))
    privacy.share_as_the_user_does()


def _tree(layers: Sequence[Layer], depth: int = 0) -> Iterator[list[str]]:
    for layer in layers:
        shape = " × ".join(map(str, layer.shape))
        yield ["  " * depth + layer.name, layer.type, numbers.exact(layer.parameters), shape]
        yield from _tree(layer.children, depth + 1)


def _plain(value: Any) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(value)
    plain.pop("type", None)
    return plain
