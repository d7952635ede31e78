"""Which model to take for a task: candidates in, the best first out, each with its reasons and its plan.

The score says in one number what is put before what (100 is the most):

- 50: it fits into the memory that it may take;
- 25: it suits the task (a model without a chat template continues text, and is no partner for conversation);
- 12.5: it is as fast as was asked for (or nothing was asked);
- 6.25: it is on this computer already;
- below 6: the larger the better, by the logarithm of its parameters, for loss falls so with size (Kaplan et al. 2020,
  *Scaling Laws for Neural Language Models*, §1.2).

Each is worth more than all that follow together, so that no size, speed or place outweighs that a model does not fit.
What the licence rules out is left out. Pure: the same question gives the same answer. Knows nothing of disks and Hub.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from bigmodel_studio.core.advice.estimated_costs import knows_work
from bigmodel_studio.core.advice.estimated_packed import PACKED
from bigmodel_studio.core.memory.plan import Plan, plan, settled
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Costs, Device, ModelKind, ModelRef, PlanQuestion, Precision, Problem, Speed

COMFORTABLE = 10.0
"""Tokens a second that are about as fast as one reads."""
FITS, SUITS, FAST, HERE, SIZE = 50.0, 25.0, 12.5, 6.25, 6.0
_SMALLEST, _LARGEST = 3.0, 13.0
"""Decimal logarithms of the parameters between which size counts."""

Unit = Literal["tokens", "pictures", "inputs"]
Speeds = Mapping[tuple[str, str], Speed]
"""By device and dtype."""
Examples = Literal["", "texts", "pictures"]


class AdvisedTask(NamedTuple):
    """A thing to be done: by which kinds of models, with how much text at once, and what its speed is counted in.

    ``examples`` are what models can be tried on, "" where that is not done yet (``engine.models.trying``).
    """

    kinds: tuple[ModelKind, ...]
    context: int
    unit: Unit
    examples: Examples = ""


TASKS: dict[str, AdvisedTask] = {
    "chat": AdvisedTask(("causal-lm",), 2048, "tokens", "texts"),
    "write": AdvisedTask(("causal-lm",), 1024, "tokens", "texts"),
    "recognise": AdvisedTask(("image-classifier",), 0, "pictures", "pictures"),
    "classify-text": AdvisedTask(("text-classifier",), 256, "inputs", "texts"),
    "tag": AdvisedTask(("token-classifier",), 256, "inputs"),
    "embed": AdvisedTask(("encoder",), 256, "inputs"),
    "fill-mask": AdvisedTask(("masked-lm",), 256, "inputs", "texts"),
    "summarise": AdvisedTask(("seq2seq",), 512, "inputs"),
    "translate": AdvisedTask(("seq2seq",), 256, "inputs"),
}
"""By the name that ``advise --task`` takes."""

FREE = "free"
FREE_LICENCES = frozenset(
    {
        "apache-2.0",
        "mit",
        "bsd",
        "bsd-2-clause",
        "bsd-3-clause",
        "cc0-1.0",
        "cc-by-4.0",
        "unlicense",
        "isc",
        "zlib",
        "wtfpl",
        "afl-3.0",
        "ecl-2.0",
    }
)
"""Those that let a model be used for anything, by the names that the Hub gives them."""


class AdviceQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked. 0 and "" are no limit; ``per_second`` counts what the task's ``unit`` says.

    ``licence`` is ``FREE`` (any of ``FREE_LICENCES``) or the name of one.
    """

    task: str
    memory_bytes: int = 0
    per_second: float = 0.0
    licence: str = ""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A model that may be taken. ``ref`` is None where it is not here; ``tasks`` empty: any that its kind does.

    ``own``: made or shipped by the user or this application, so that no licence stands in the way.
    """

    id: str
    name: str
    kind: ModelKind
    parameters: int
    bytes: int
    costs: Costs
    ref: ModelRef | None = None
    tasks: tuple[str, ...] = ()
    licence: str = ""
    own: bool = False
    chats: bool = False


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate with its score, why it has it (codes of ``core.text.messages``), and its plan for the task."""

    id: str
    score: float
    reasons: tuple[Problem, ...]
    plan: Plan
    candidate: Candidate
    per_second: float | None

    @property
    def here(self) -> bool:
        """Whether it is on this computer."""
        return self.candidate.ref is not None

    @property
    def ref(self) -> ModelRef | None:
        """The model in the precision that is advised, None where it is not here."""
        ref = self.candidate.ref
        return None if ref is None else replace(ref, precision=self.plan.question.precision)


def advise(
    question: AdviceQuestion, candidates: Iterable[Candidate], device: Device, speeds: Speeds | None = None
) -> list[Advice]:
    """Return the candidates that do the task under such a licence, the best first.

    ``speeds`` are what was measured; without them no model is slow. Raises ``StudioError`` "task-unknown".
    """
    if question.task not in TASKS:
        raise StudioError("task-unknown", task=question.task, tasks=", ".join(TASKS))
    if question.memory_bytes:
        device = replace(device, free_bytes=question.memory_bytes)
    able = [each for each in candidates if _does(each, question.task) and allowed(each, question.licence)]
    planned = [(each, _planned(each, question, device, speeds or {})) for each in able]
    most = max((each.parameters for each, made in planned if made.fits), default=0)
    found = [
        _advice(each, made, question, device, speeds or {}, largest=len(able) > 1 and each.parameters == most)
        for each, made in planned
    ]
    return sorted(found, key=lambda each: (-each.score, each.id))


def allowed(candidate: Candidate, licence: str) -> bool:
    """Return whether its licence is the one that was asked for; one that is not known is none."""
    if not licence or candidate.own:
        return True
    named = candidate.licence.casefold()
    return named in FREE_LICENCES if licence == FREE else named == licence.casefold()


def _does(candidate: Candidate, task: str) -> bool:
    return candidate.kind in TASKS[task].kinds and (not candidate.tasks or task in candidate.tasks)


def _planned(candidate: Candidate, question: AdviceQuestion, device: Device, speeds: Speeds) -> Plan:
    """Return the plan in the finest precision that fits and is fast enough; else the fastest that fits, or nearly."""
    plans = [_in_precision(candidate, each, question, device, speeds) for each in _precisions(candidate, device)]
    good = (made for made in plans if made.fits and _is_fast(_rate(made), question))
    return next(good, plans[-1])


def _precisions(candidate: Candidate, device: Device) -> tuple[Precision, ...]:
    packed = candidate.costs.packed if device.kind == "cpu" else {}
    return ("stored", *(each for each in PACKED if each in packed))


def _in_precision(
    candidate: Candidate, precision: Precision, question: AdviceQuestion, device: Device, speeds: Speeds
) -> Plan:
    costs, wanted = candidate.costs, TASKS[question.task].context
    context = min(wanted, costs.context_length or wanted)
    dtype = candidate.ref.dtype if candidate.ref is not None and precision == "stored" else "auto"
    asked = PlanQuestion(context=context, dtype=dtype, precision=precision)
    speed = speeds.get((device.id, settled(costs, asked, device).dtype))
    known = knows_work(costs) or precision in costs.packed
    return plan(costs, asked, device, speed if known else None)


def _rate(made: Plan) -> float | None:
    return 1 / made.seconds_per_step if made.seconds_per_step else None


def _is_fast(rate: float | None, question: AdviceQuestion) -> bool:
    return not question.per_second or rate is None or rate >= question.per_second


def _advice(
    candidate: Candidate, made: Plan, question: AdviceQuestion, device: Device, speeds: Speeds, *, largest: bool
) -> Advice:
    unit = TASKS[question.task].unit
    rate = _rate(made)
    suits = question.task != "chat" or candidate.chats
    fast = _is_fast(rate, question)
    here = candidate.ref is not None
    reasons = [Problem(code="advice-here") if here else _reason("advice-fetch", size=numbers.size(candidate.bytes))]
    sizes = {"needs": numbers.size(made.total_bytes), "free": numbers.size(made.free_bytes)}
    fits = "advice-fits" if made.question.precision == "stored" else f"advice-fits-{made.question.precision}"
    reasons.append(_reason(fits if made.fits else "advice-too-large", **sizes))
    if made.fits and largest:
        reasons.append(_reason("advice-largest", parameters=numbers.count(candidate.parameters)))
    if not suits:
        reasons.append(Problem(code="advice-no-chat"))
    if rate is not None:
        reasons.append(_reason(f"advice-{unit}" if fast else "advice-slow", rate=_figure(rate)))
        reasons += _faster(candidate, question, device, speeds, rate)
    elif question.per_second:
        reasons.append(Problem(code="advice-speed-unknown"))
    score = FITS * made.fits + SUITS * suits + FAST * fast + HERE * here + SIZE * _size(candidate.parameters)
    return Advice(
        id=candidate.id,
        score=round(score, 3),
        reasons=tuple(reasons),
        plan=made,
        candidate=candidate,
        per_second=rate,
    )


def _faster(
    candidate: Candidate, question: AdviceQuestion, device: Device, speeds: Speeds, rate: float
) -> Iterator[Problem]:
    """Yield what 4 bits would give where the model is read more slowly than a person reads."""
    if rate < COMFORTABLE and "4-bit" in _precisions(candidate, device):
        packed = _rate(_in_precision(candidate, "4-bit", question, device, speeds))
        if packed is not None and packed > 2 * rate:
            yield _reason("advice-faster", rate=_figure(packed))


def _size(parameters: int) -> float:
    """From 0 to 1."""
    share = (math.log10(max(1, parameters)) - _SMALLEST) / (_LARGEST - _SMALLEST)
    return min(1.0, max(0.0, share))


def _reason(code: str, **arguments: str | int | float) -> Problem:
    return Problem(code=code, arguments=arguments)


def _figure(rate: float) -> str:
    return numbers.decimal(rate, 0 if rate >= 10 else 1)
