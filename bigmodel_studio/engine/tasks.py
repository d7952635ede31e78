"""The table from a request to the generator that does it, and the one way to run it.

The contract of a task, ``def generate(request, session) -> Iterator[Event]``:

- It yields events and, last, exactly one ``Done``. It knows nothing of ids, pipes, Qt or cancel flags.
- It may be ended at any yield: ``close()`` (the lane quits) or ``throw(Stopped())`` (the user cancelled). ``finally``
  is where things are put back. A task that has something to show for its work catches ``Stopped``, yields one last
  ``Done(result)`` and returns; one that does not is simply over.
- It raises ``StudioError`` for what a person can understand; anything else that escapes is a fault of ours.

The contract of ``run_task``, for the server and the command line: iterate; the last event is exactly one of ``Done``,
``Cancelled``, ``Failed``, whatever the task does, and nothing is raised. To cancel, call ``events.throw(Stopped())``
between two events: it returns the last event, ``Cancelled`` with the task's result where it left one (or ``Failed``
where even stopping failed). To give up silently, call ``events.close()``.

Tasks are named, not imported: an engine that only classifies never loads what ``describe`` needs.
"""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING

from bigmodel_studio.engine import inspection
from bigmodel_studio.engine.failures import Stopped, failed, is_panic
from bigmodel_studio.protocol import (
    Cancelled,
    CheckCopy,
    Classify,
    ClassifyTexts,
    Describe,
    Devices,
    Done,
    Download,
    DownloadDataset,
    DrawPictures,
    EmbedTexts,
    End,
    Event,
    ExportScript,
    Failed,
    FillMask,
    Generate,
    Load,
    LookAtData,
    LookAtDataset,
    LookAtRepo,
    LookAtStep,
    MeasurePlan,
    MeasureQuality,
    MeasureSpeed,
    PredictNextSentence,
    Preview,
    Request,
    Rewrite,
    ScoreReply,
    ScoreText,
    SearchHub,
    ShowPrompt,
    SignIn,
    SignOut,
    TagWords,
    TakeStep,
    Try,
    Unload,
    WhoAmI,
)

if TYPE_CHECKING:
    from bigmodel_studio.engine.session import Session

Task = Callable[[Request, "Session"], Iterator[Event]]

TASKS: dict[type[Request], str] = {
    Load: "bigmodel_studio.engine.session:load",
    Unload: "bigmodel_studio.engine.session:unload",
    FillMask: "bigmodel_studio.engine.text.masked_lm:fill_mask",
    PredictNextSentence: "bigmodel_studio.engine.text.masked_lm:predict_next_sentence",
    ClassifyTexts: "bigmodel_studio.engine.text.classify:classify_texts",
    TagWords: "bigmodel_studio.engine.text.tag:tag_words",
    EmbedTexts: "bigmodel_studio.engine.text.embed:embed_texts",
    Rewrite: "bigmodel_studio.engine.text.rewrite:rewrite",
    Generate: "bigmodel_studio.engine.generation.generate:generate",
    ShowPrompt: "bigmodel_studio.engine.generation.prompt_view:show_prompt",
    ScoreReply: "bigmodel_studio.engine.generation.scoring:score_reply",
    ScoreText: "bigmodel_studio.engine.generation.scoring:score_text",
    Classify: "bigmodel_studio.engine.images.classify:classify",
    Preview: "bigmodel_studio.engine.images.preview:preview",
    Describe: "bigmodel_studio.engine.models.describe:describe",
    Devices: "bigmodel_studio.engine.devices:devices",
    SearchHub: "bigmodel_studio.engine.hub.search:search_hub",
    LookAtRepo: "bigmodel_studio.engine.hub.repo:look_at_repo",
    Download: "bigmodel_studio.engine.hub.download:download",
    LookAtDataset: "bigmodel_studio.engine.hub.dataset:look_at_dataset",
    DownloadDataset: "bigmodel_studio.engine.hub.dataset:download_dataset",
    CheckCopy: "bigmodel_studio.engine.hub.check:check_copy",
    SignIn: "bigmodel_studio.engine.hub.account:sign_in",
    SignOut: "bigmodel_studio.engine.hub.account:sign_out",
    WhoAmI: "bigmodel_studio.engine.hub.account:who_am_i",
    MeasurePlan: "bigmodel_studio.engine.measuring.measure:measure_plan",
    MeasureQuality: "bigmodel_studio.engine.measuring.quality:measure_quality",
    MeasureSpeed: "bigmodel_studio.engine.measuring.measure:measure_speed",
    Try: "bigmodel_studio.engine.models.trying:try_",
    ExportScript: "bigmodel_studio.training.script.writing:export_script",
    LookAtData: "bigmodel_studio.training.preview.look:look_at_data",
    DrawPictures: "bigmodel_studio.engine.images.drawn_pictures:draw_pictures",
    LookAtStep: "bigmodel_studio.training.inside.look:look_at_step",
    TakeStep: "bigmodel_studio.training.inside.slow_step:take_step",
}


def resolve(request: Request) -> Task:
    """Return the task of a request, its module imported now. Raises ``KeyError`` for a request without a line in
    ``TASKS``.
    """
    module, _, function = TASKS[type(request)].partition(":")
    task: Task = getattr(importlib.import_module(module), function)
    return task


def run_task(request: Request, session: Session) -> Generator[Event, None, None]:
    """Yield the events of a request, ending with exactly one ``End``; see the module's contract."""
    yield from guarded(lambda: _begun(request, session))


def _begun(request: Request, session: Session) -> Iterator[Event]:
    answered = inspection.answer(request)
    if answered is not None:
        return answered
    task = resolve(request)
    if not gc.get_freeze_count():
        gc.freeze()  # torch's modules stay: each collection that looked through them again took a tenth of a second
    return task(request, session)


def guarded(start: Callable[[], Iterator[Event]]) -> Generator[Event, None, None]:
    """Run a task's generator under the contract above; ``start`` makes it (and may fail, too)."""
    events: Iterator[Event] | None = None
    end: End | None = None
    try:
        events = start()
        for event in events:
            if isinstance(event, Done | Cancelled | Failed):
                end = event
                break
            yield event
        else:
            raise RuntimeError("the task ended without a result")
    except Stopped:
        end = _stop(events)
    except Exception as error:
        end = failed(error)
    except BaseException as error:
        if not is_panic(error):
            raise
        end = failed(error)
    finally:
        _close(events)
    yield end


def _stop(events: Iterator[Event] | None) -> End:
    """Throw ``Stopped`` into the task at its last yield; what it says until its end is dropped, its result is kept."""
    if not isinstance(events, Generator):
        return Cancelled()
    try:
        event = events.throw(Stopped())
        while not isinstance(event, Done | Cancelled | Failed):
            event = next(events)
    except (Stopped, StopIteration):
        return Cancelled()
    except Exception as error:
        return failed(error)
    return Cancelled(result=event.result) if isinstance(event, Done) else event


def _close(events: Iterator[Event] | None) -> None:
    if isinstance(events, Generator):
        try:
            events.close()
        except Exception as error:  # the end is known; a fault while putting things back is logged, not told
            failed(error)
