"""The whole main job on the bundled models, done in the real window by clicks and keys, with pictures of each step.

It is what set-up shows where there is no display, and what a check runs: every step reads what the widgets say and
compares it with what is known another way (an answer from the starter's world, the drawn picture's subject, the count
in the weights' header), so that a window over a wrong engine fails. It writes numbered PNGs and ``report.json``, in a
home of its own: nothing of the user's is touched.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bigmodel_studio.cli.tour_hands import WAIT_S, Hands, check
from bigmodel_studio.core.runs import run_queue
from bigmodel_studio.core.runs.run_folder import all_runs, find_run
from bigmodel_studio.ui.pages.train.form.text_subject import TextSubject

if TYPE_CHECKING:
    from bigmodel_studio.app import Application
    from bigmodel_studio.client.fake import FakeLane
    from bigmodel_studio.core.runs.reader import RunSummary
    from bigmodel_studio.ui.pages.images.items import Item
    from bigmodel_studio.ui.pages.train.page import TrainPage

QUESTION = "Tom has a red kite. Mia has a blue ball. What colour is Mia's ball?"
ANSWER = "blue"
CHINESE_QUESTION = "中国的首都在哪里？"
CHINESE_ANSWER = "小模型"
READ = "Lena loved a red ball. One day the ball was gone. Lena was sad."
RUN_NAME = "first-run"
TRAINING_MODEL = {"layers": 2, "heads": 2, "model_width": 64, "context": 64, "vocabulary": 512}
TRAINING = {"steps": 60, "batch": 8, "evaluate": 20}
TRAINING_PROMPT = "Once upon a time"
TRAIN_WAIT_S = 300.0
RUN_STOP_S = 30.0
SIZES = ((1280, 720), (1920, 1080))


class Step(msgspec.Struct, kw_only=True):
    """A step's line in ``report.json``."""

    name: str
    ok: bool
    seconds: float
    detail: str


class Report(msgspec.Struct, kw_only=True):
    """``report.json``. The gap is the longest between two turns of the event loop while steps were waited for."""

    steps: list[Step]
    worst_event_loop_gap_ms: float = 0.0
    ok: bool = False


def main(out: Path, lane: FakeLane | None = None) -> int:
    """Run the tour into ``out`` (made where it is missing); 0 when every step was right, else 1.

    ``lane`` takes the engine's place, for the test that the tour finds a wrong one out.
    """
    out.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    before = os.environ.get("BIGMODEL_STUDIO_HOME")
    with tempfile.TemporaryDirectory(prefix="bigmodel-studio-tour-") as home:
        os.environ["BIGMODEL_STUDIO_HOME"] = home
        try:
            report = _Tour(out, lane).run()
        finally:
            if before is None:
                del os.environ["BIGMODEL_STUDIO_HOME"]
            else:
                os.environ["BIGMODEL_STUDIO_HOME"] = before
    (out / "report.json").write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    for step in report.steps:
        print(f"{'ok  ' if step.ok else 'FAIL'} {step.name:<22} {step.seconds:6.1f} s  {step.detail}")
    print(f"worst gap of the event loop: {report.worst_event_loop_gap_ms:.0f} ms; pictures in {out}")
    return 0 if report.ok else 1


class _Tour(Hands):
    """Steps in order; one that fails does not keep the next from being tried."""

    def __init__(self, out: Path, lane: FakeLane | None) -> None:
        from bigmodel_studio.app import Application

        self.report = Report(steps=[])
        began = time.perf_counter()
        self.app: Application = Application([], lane=lane)
        self.app.theme.set_appearance("light")
        self.app.window.resize(*SIZES[0])
        self.started_s = time.perf_counter() - began
        super().__init__(self.app.window, out)

    def run(self) -> Report:
        steps: list[tuple[str, Callable[[], str]]] = [
            ("the window opens", self.opens),
            ("the GPT answers", self.chats),
            ("in Chinese too", self.chats_in_chinese),
            ("pictures recognised", self.recognises),
            ("texts read", self.reads),
            ("a training, live", self.trains),
            ("what models are", self.describes),
            ("dark and large", self.dresses),
        ]
        try:
            for name, step in steps:
                self._do(name, step)
        finally:
            self._stop_runs()
            self.gaps.stop()
            self.window.close()
            self.app.close()
        self.report.worst_event_loop_gap_ms = round(self.gaps.worst_s * 1000, 1)
        self.report.ok = all(step.ok for step in self.report.steps)
        return self.report

    def _stop_runs(self) -> None:
        """Stop the tour's runs: a run outlives its window by design; one of the tour's must not outlive the tour's
        home.
        """
        runs = all_runs()
        for run in runs:
            run_queue.end(run)
        deadline = time.monotonic() + RUN_STOP_S
        while any(run.at_work() for run in runs) and time.monotonic() < deadline:
            self.gaps.turn()

    def _do(self, name: str, step: Callable[[], str]) -> None:
        began = time.perf_counter()
        try:
            detail, ok = step(), True
        except Exception as error:
            detail, ok = str(error) or type(error).__name__, False
        self.picture(name)
        self.report.steps.append(Step(name=name, ok=ok, seconds=round(time.perf_counter() - began, 2), detail=detail))

    # ------------------------------------------------------------------------------- the steps

    def opens(self) -> str:
        """Check that the starter is loaded and that the status bar says its exact size."""
        self.wait(lambda: self.app.studio.facts is not None, "the starter to be loaded")
        from bigmodel_studio.core.models.weights import read_weights
        from bigmodel_studio.core.system import paths
        from bigmodel_studio.core.text import numbers

        known = numbers.exact(read_weights(paths.starters() / "starter-gpt").parameters)
        text = self.window.status.loaded.text() + " · " + self.window.status.loaded.toolTip()
        check("starter-gpt" in text and known in text, f"the status bar says “{text}”, not {known} parameters")
        return f"made in {self.started_s * 1000:.0f} ms; {self.window.status.loaded.text()}"

    def chats(self) -> str:
        """Type a question from the starter's world and wait for the answer."""
        page = self.chat_page()
        if not page.sampling.greedy.isChecked():
            self.click(page.sampling.greedy)
        reply = self.ask(QUESTION)
        check(ANSWER in reply.lower(), f"“{reply}” does not say {ANSWER}")
        facts = self.last_reply().facts.text()
        check("/s" in facts, f"the reply's line says “{facts}”")
        return f"“{reply}” · {facts}"

    def chats_in_chinese(self) -> str:
        """Asked in Chinese, out of its world, it answers in Chinese that it is a small model."""
        self.click(self.chat_page().new_button)
        reply = self.ask(CHINESE_QUESTION)
        check(CHINESE_ANSWER in reply, f"“{reply}” does not say {CHINESE_ANSWER}")
        return f"“{reply}”"

    def recognises(self) -> str:
        """Drop pictures on the window, one of them no picture; the drawn one is what it shows."""
        from bigmodel_studio.core.system import paths
        from bigmodel_studio.ui.pages.images.page import ImagesPage

        drawn = sorted((paths.samples() / "pictures").glob("*.png"))
        check(drawn, "there are no sample pictures")
        broken = self.out / "notes.jpg"
        broken.write_text("These are notes, not a picture.\n")
        self.drop([*drawn, broken])
        page = self.page("images", ImagesPage)
        known = {picture.name for picture in drawn}
        self.wait(lambda: _all_looked_at(page.items.items(), len(known) + 1), "the pictures to be looked at")
        results = []
        for row, picture in enumerate(drawn):
            page.strip.setCurrentIndex(page.items.index(row))
            texts = page.result.bars.texts()
            check(texts and texts[0].startswith(picture.stem), f"{picture.name} is said to be {texts[:1]}")
            results.append(texts[0])
        reasons = " ".join(page.result.unreadable.texts())
        check(broken.name in reasons, f"the unreadable file is not named: “{reasons}”")
        page.strip.setCurrentIndex(page.items.index(0))
        broken.unlink()
        return ", ".join(results)

    def reads(self) -> str:
        """Try the example of the Text page: the starter finds the words that are hidden in it."""
        from bigmodel_studio.ui.pages.text.fill_mask import FilledSentence
        from bigmodel_studio.ui.pages.text.page import TextPage

        page = self.page("text", TextPage)
        self.wait(lambda: page.picker.ref() is not None, "a model that reads")
        self.click(page.empty.button)
        self.wait(lambda: page.reader.running is None, "the words that were hidden")
        sentences = [sentence.text() for sentence in page.findChildren(FilledSentence)]
        check(READ in sentences, f"the example is filled in as “{' '.join(sentences)}”")
        return " ".join(sentences)

    def trains(self) -> str:
        """Train a small model on the bundled stories, from the form, and watch it until it is finished."""
        from bigmodel_studio.ui.pages.train.page import TrainPage

        page = self.page("train", TrainPage)
        bundled = [run.name for run in page.runs.runs if run.bundled]
        check(bundled, "the runs that made the starters are not in the list")
        self.click(page.new_button)
        form = page.form
        form.name.setText(RUN_NAME)
        for owner, fields in ((form.of(TextSubject), TRAINING_MODEL), (form.schedule, TRAINING)):
            for field, value in fields.items():
                getattr(owner, field).setValue(value)
        form.of(TextSubject).prompts.setPlainText(TRAINING_PROMPT)
        counted = _parameters_of_the_training()
        self.wait(lambda: counted in form.cost.text(), f"the form to say {counted} parameters")
        self.picture("a new run")
        self.click(form.start_button)
        self.wait(lambda: _run_of(page) is not None, "the run to appear")
        self.wait(lambda: len(page.curves.series["loss"]) > 5, "the first points", TRAIN_WAIT_S)
        self.picture("a run begins")
        self.wait(lambda: not _live(page), "the run to end", TRAIN_WAIT_S)
        run = _run_of(page)
        check(run is not None and run.state == "finished", f"the run is {run and run.state}: {run and run.message}")
        self.wait(lambda: len(page.curves.series["loss"]) == TRAINING["steps"], "every point of the curve")
        losses = [record["loss"] for record in find_run(RUN_NAME).metrics()]
        check(losses[-1] < 0.9 * losses[0], f"the loss went from {losses[0]:.2f} to {losses[-1]:.2f}")
        check(page.story.model.rowCount() > 0, "no sample is shown")
        self.picture("a training ends")
        answer = self.talks_to_the_trained()
        return f"{counted} parameters; loss {losses[0]:.2f} → {losses[-1]:.2f} in {len(losses)} steps; {answer}"

    def talks_to_the_trained(self) -> str:
        """Choose the finished model in Chat's picker, where it is at once, and have it continue a text."""
        from bigmodel_studio.ui.pages.train.page import TrainPage

        train = self.page("train", TrainPage)
        self.wait(lambda: train.run_actions.use_button.isEnabled(), "the model to be usable")
        self.click(train.run_actions.use_button)
        page = self.chat_page()
        self.wait(lambda: any(record.ref.id == RUN_NAME for record in page.picker.choices()), "the picker to list it")
        self.wait(lambda: self.app.studio.facts is not None and self.app.studio.facts.name == RUN_NAME, "its loading")
        self.click(page.new_button)
        reply = self.ask(TRAINING_PROMPT)
        answer = _answer_from_a_shell(RUN_NAME, TRAINING_PROMPT, self.last_reply().message.facts.new_tokens)
        check("".join(reply.split()) == "".join(answer.split()), f"the window shows “{reply}”, a shell says “{answer}”")
        return f"“{reply[:60]}…”"

    def describes(self) -> str:
        """Check that the structure of the starter adds up to the count in its weights' header."""
        from bigmodel_studio.core.models.weights import read_weights
        from bigmodel_studio.core.system import paths
        from bigmodel_studio.core.text import numbers
        from bigmodel_studio.protocol import ModelRef
        from bigmodel_studio.ui.pages.models.page import ModelsPage
        from bigmodel_studio.ui.pages.models.views.local import LocalView
        from bigmodel_studio.ui.window.destinations import OpenModel

        host = self.page("models", ModelsPage)
        host.open(OpenModel(ModelRef(source="builtin", id="starter-gpt")))
        page = host.current
        assert isinstance(page, LocalView)
        self.wait(lambda: page.details.tree.model() is not None, "the structure")
        parameters_text = page.details.fact_texts()["Parameters"]
        known = numbers.exact(read_weights(paths.starters() / "starter-gpt").parameters)
        first = page.details.tree.model().index(0, 2).data()
        check(
            parameters_text == known and first == known,
            f"the page says {parameters_text} parameters, the tree {first}, the file {known}",
        )
        return f"{known} parameters, {page.model.rowCount()} models"

    def dresses(self) -> str:
        """Draw every page dark and light, small and large; each says afterwards what it said before."""
        from bigmodel_studio.ui.pages import PAGES
        from bigmodel_studio.ui.pages.images.page import ImagesPage

        for scheme in ("dark", "light"):
            self.app.theme.set_appearance(scheme)
            for size in SIZES:
                self.window.resize(*size)
                for page in PAGES:
                    self.window.rail.buttons[page].click()
                    self.settle()
                    check(self.window.size().width() == size[0], f"the window does not become {size[0]} wide")
                    self.picture(f"{page} {scheme} {size[0]}x{size[1]}")
        images = self.page("images", ImagesPage)
        label_text, drawn = images.result.name.text(), images.result.bars.texts()
        check(drawn and drawn[0].startswith(Path(label_text).stem), f"Images now says that {label_text} is {drawn[:1]}")
        return f"{len(PAGES)} pages in 2 sizes and 2 schemes"


def _answer_from_a_shell(model: str, prompt: str, new_tokens: int) -> str:
    """Return what the model says in a process that the window has nothing to do with."""
    command = [sys.executable, "-m", "bigmodel_studio", "generate", model, "--chat", "--greedy", "--json"]
    command += ["--prompt", prompt, "--max-new-tokens", str(new_tokens)]
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT_S, check=False)
    check(ran.returncode == 0, f"a shell says: {ran.stderr.decode(errors='replace')[-300:]}")
    return str(json.loads(ran.stdout)["text"])


def _parameters_of_the_training() -> str:
    """Return what the form must say of the model that is to be trained, once it has counted what was put in."""
    from bigmodel_studio.core.models.shape import gpt_parameters
    from bigmodel_studio.core.text import numbers

    shape = TRAINING_MODEL
    return numbers.exact(
        gpt_parameters(
            vocabulary=shape["vocabulary"], context=shape["context"], width=shape["model_width"], layers=shape["layers"]
        )
    )


def _run_of(page: TrainPage) -> RunSummary | None:
    row = page.runs.row_of(RUN_NAME)
    return page.runs.runs[row] if row is not None else None


def _live(page: TrainPage) -> bool:
    run = _run_of(page)
    return run is None or run.live or run.waiting


def _all_looked_at(items: list[Item], expected: int) -> bool:
    return len(items) == expected and all(item.prediction is not None for item in items)
