"""The microscope in the inspector: a reply as tokens, what each was chosen from, and going on with another one.

What was kept with the reply is shown at once; the engine then scores it anew, with the model and the settings that it
was written with. It is asked only while the pane is shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.client.job import Job
from bigmodel_studio.core.chat.conversation_values import Message
from bigmodel_studio.core.models.library import name_of
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import (
    Alternative,
    Cancelled,
    Done,
    End,
    Event,
    Failed,
    ModelRef,
    Sampling,
    Scored,
    ScoredToken,
    ScoreReply,
    Token,
    TokenOption,
)
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.chat.microscope.options_table import TABLE_PX, OptionsTable
from bigmodel_studio.ui.pages.chat.microscope.score_dialog import ScoreDialog
from bigmodel_studio.ui.pages.chat.microscope.scored_view import VIEW_PX, LevelLegend, Measure, ScoredView, measures
from bigmodel_studio.ui.pages.chat.reply import Branch
from bigmodel_studio.ui.pages.chat.talk import KEPT_ALTERNATIVES, Talk
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.widgets.segments import Segments
from bigmodel_studio.ui.widgets.token_looks import shown_text
from bigmodel_studio.ui.window.studio import Studio

ALTERNATIVES = 10
SAID_PX = 32
"""Two lines, so that nothing moves under the pointer."""
KEPT_COLUMNS = ("raw", "processed")


class Microscope(QWidget):
    """Shows the reply that was chosen, else the last one of the conversation."""

    branch_wanted = Signal(object, object)
    """The ``Message`` and the ``Branch`` that goes on from one of its tokens."""

    def __init__(self, studio: Studio, talk: Talk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._talk = studio, talk
        self._reply: Message | None = None
        self._shown: Message | None = None
        """The reply whose tokens are shown or asked for."""
        self._job: Job | None = None
        self._arriving: list[ScoredToken] = []
        self._columns: tuple[str, ...] = ()
        self._ref: ModelRef | None = None
        """The model that scored what is shown; None where it is what was kept."""
        self._sampling = Sampling()
        self.measure = Segments(
            self.tr("Color by"),
            {"probability": self.tr("Probability"), "rank": self.tr("Rank"), "entropy": self.tr("Entropy")},
        )
        self.measure.chosen.connect(self._on_measure)
        self.view = ScoredView()
        self.view.setMinimumHeight(VIEW_PX)
        self.view.token_chosen.connect(self._on_chosen)
        self.legend = LevelLegend()
        self.said = label("", "small", wrap=True)
        self.said.setFixedHeight(SAID_PX)
        self.said.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.view.read_out.connect(self._on_read_out)
        self.state = label("", "small", wrap=True)
        self.stop = QPushButton(self.tr("Stop"))
        set_look(self.stop, "link")
        self.stop.clicked.connect(self._on_stop)
        self.score = QPushButton(self.tr("Score a text…"))
        set_look(self.score, "link")
        self.score.clicked.connect(self._on_score)
        self.chosen = label("", "heading", wrap=True)
        self.table = OptionsTable()
        self.table.setMinimumHeight(TABLE_PX)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.go_on = QPushButton()
        self.go_on.clicked.connect(self._on_go_on)
        self._build()
        talk.busy_changed.connect(self._on_busy)
        self._say_choice()

    def _build(self) -> None:
        above = QHBoxLayout()
        above.addWidget(self.state, 1)
        above.addWidget(self.stop)
        above.addWidget(self.score)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.measure)
        column.addLayout(above)
        column.addWidget(self.view, 2)
        column.addWidget(self.legend)
        column.addWidget(self.said)
        column.addWidget(self.chosen)
        column.addWidget(self.table, 3)
        column.addWidget(self.go_on)
        self.stop.hide()

    # ------------------------------------------------------------------------------- which reply

    def show_reply(self, reply: Message | None) -> None:
        """Show the tokens of a reply, None: of the last one."""
        self._reply, self._shown = reply, None
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._cancel()

    @Slot()
    def refresh(self) -> None:
        """Show the reply, where another one is shown."""
        if not self.isVisible():
            return
        if self._reply is not None and self._reply.conversation != self._talk.conversation:
            self._reply = None
        if self._talk.busy:
            self.state.setText(self.tr("Shown after this reply."))
            return
        reply = self._reply or self._last()
        if reply is None:
            self._shown = None
            self._show((), (), None)
            self.state.setText(self.tr("Replies appear here as tokens."))
        elif reply != self._shown:
            self._ask(reply)

    def _last(self) -> Message | None:
        path = self._talk.store.thread(self._talk.conversation, limit=2) if self._talk.conversation else []
        return next((message for message in reversed(path) if message.role == "assistant"), None)

    @Slot(bool)
    def _on_busy(self, busy: bool) -> None:
        if busy:
            self._cancel()
            self._reply = self._shown = None  # what is said now is the last reply
        self._say_choice()
        self.refresh()

    # ------------------------------------------------------------------------------- scoring

    def _ask(self, reply: Message) -> None:
        self._cancel()
        self._shown, self.view.chosen = reply, None
        kept = self._talk.store.tokens(reply.id)
        self._show(list(map(_as_scored, kept)), KEPT_COLUMNS, None)
        ref = self._writer(reply)
        if ref is None:
            self.state.setText(
                self.tr(
                    "{model} wrote this reply and isn't on this computer. Shown are the values kept with it."
                ).format(model=reply.model)
                if kept
                else self.tr("{model} wrote this reply and isn't on this computer.").format(model=reply.model)
            )
            return
        self._sampling = reply.facts.sampling or self._talk.sampling
        turns, _ = self._talk.turns(reply)
        ids = tuple(token.id for token in kept)
        self._job = self._studio.submit(
            ScoreReply(
                model=ref,
                turns=turns,
                ids=ids,
                text="" if ids else reply.text,
                sampling=self._sampling,
                alternatives=ALTERNATIVES,
            )
        )
        self._arriving = []
        self._job.happened.connect(self._on_happened)
        self._job.ended.connect(self._on_ended)
        self.state.setText(self.tr("Scoring the tokens…"))
        self.stop.show()

    def _writer(self, reply: Message) -> ModelRef | None:
        """Return the model that wrote a reply; of one that names it only, the present one where it is called so."""
        if reply.facts.model is not None:
            return reply.facts.model
        present = self._talk.model
        return present if present is not None and name_of(present) == reply.model else None

    @Slot()
    def _on_stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _cancel(self) -> None:
        """Give up what was asked for; it is asked for anew when the pane is shown again."""
        if self._job is not None:
            self._job.cancel()
            self._job, self._shown = None, None
        self.stop.hide()

    @Slot(object)
    def _on_happened(self, event: Event) -> None:
        if isinstance(event, ScoredToken) and self.sender() is self._job:
            self._arriving.append(event)

    @Slot(object)
    def _on_ended(self, end: End) -> None:
        job = self._job
        if job is None or self.sender() is not job:
            return
        self._job = None
        self.stop.hide()
        if isinstance(end, Done | Cancelled) and isinstance(end.result, Scored) and self._arriving:
            request = job.request
            assert isinstance(request, ScoreReply)
            self._show(self._arriving, end.result.columns, request.model)
            self.state.setText(self._summary(end.result))
        elif isinstance(end, Failed):
            self.state.setText(i18n.sentence(end.problem))
        else:
            self.state.setText(self.tr("Stopped. Shown are the values kept with the reply."))

    def _summary(self, scored: Scored) -> str:
        parts = [
            self.tr("{count} tokens").format(count=numbers.exact(scored.tokens)),
            self.tr("perplexity {value}").format(value=numbers.decimal(scored.perplexity)),
        ]
        if scored.left_out:
            left = self.tr("{count} more don't fit into the context")
            parts.append(left.format(count=numbers.exact(scored.left_out)))
        return " · ".join(parts)

    @Slot()
    def _on_score(self) -> None:
        if self._talk.model is not None:
            ScoreDialog(self._studio, self._talk.model, self.window()).show()

    # ------------------------------------------------------------------------------- what is shown

    def _show(self, tokens: Sequence[ScoredToken], columns: tuple[str, ...], ref: ModelRef | None) -> None:
        chosen = self.view.chosen if self.view.chosen is not None and self.view.chosen < len(tokens) else None
        self._columns, self._ref = columns, ref
        self.view.show_scored(tokens, chosen)
        self._say_choice()

    @Slot(str)
    def _on_measure(self, key: str) -> None:
        measure: Measure = "rank" if key == "rank" else "entropy" if key == "entropy" else "probability"
        self.view.set_measure(measure)
        self.legend.set_measure(measure)

    @Slot(str)
    def _on_read_out(self, words: str) -> None:
        """Say the token under the pointer; the chosen one is said below."""
        self.said.setText(words if self.view.at != self.view.chosen else "")

    @Slot(int)
    def _on_chosen(self, _number: int) -> None:
        self._say_choice()

    def _say_choice(self) -> None:
        number = self.view.chosen
        token = self.view.scored[number] if number is not None else None
        if token is None:
            words = self.tr("Choose a token to see its alternatives.") if self.view.scored else ""
            self.chosen.setText(words)
            self.table.show_options((), (), None)
        else:
            self.chosen.setText(" · ".join([f"“{shown_text(token.text or token.shown)}”", *measures(token)]))
            self.table.show_options(token.options, self._columns, token.id)
        self.table.setVisible(token is not None)
        self._on_row()

    @Slot()
    def _on_row(self) -> None:
        option, number = self.table.option(), self.view.chosen
        other = option is not None and number is not None and option.id != self.view.scored[number].id
        words = self.tr("Continue from “{token}”").format(token=shown_text(option.text)) if option and other else ""
        self.go_on.setText(words or self.tr("Choose another token to continue from it"))
        self.go_on.setEnabled(other and self._ref is not None and not self._talk.busy)
        self.go_on.setVisible(number is not None)

    @Slot()
    def _on_go_on(self) -> None:
        option, number, reply = self.table.option(), self.view.chosen, self._shown
        if option is None or number is None or reply is None or self._ref is None:
            return
        begun = tuple(map(_as_token, self.view.scored[:number]))
        system = self._talk.system if reply.facts.system is None else reply.facts.system
        branch = Branch(model=self._ref, sampling=self._sampling, system=system, begun=begun, first_id=option.id)
        self.view.chosen = None
        self.branch_wanted.emit(reply, branch)


def _as_scored(token: Token) -> ScoredToken:
    """Return a token as it was kept with its reply."""
    options = [TokenOption(each.id, each.text, (each.logprob, each.processed_logprob)) for each in token.alternatives]
    if all(option.id != token.id for option in options):
        options.append(TokenOption(token.id, token.text, (token.logprob, token.processed_logprob)))
    return ScoredToken(id=token.id, text=token.text, logprob=token.logprob, options=tuple(options))


def _as_token(scored: ScoredToken) -> Token:
    """Return a token as it is kept with a reply."""
    own = next((option.logprobs for option in scored.options if option.id == scored.id), ())
    logprob = scored.logprob or 0.0
    others = [option for option in scored.options if option.logprobs[0] is not None][:KEPT_ALTERNATIVES]
    return Token(
        id=scored.id,
        text=scored.text,
        logprob=logprob,
        processed_logprob=own[-1] if own and own[-1] is not None else logprob,
        alternatives=tuple(
            Alternative(option.id, option.text, option.logprobs[0] or 0.0, option.logprobs[-1]) for option in others
        ),
    )
