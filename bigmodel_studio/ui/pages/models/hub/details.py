"""One repository of the Hub: its facts, whether it fits, its download, its files, and what its makers say of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.client.downloads import Item
from bigmodel_studio.core.advice import fits
from bigmodel_studio.core.memory.device_memory import CPU, Room
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import HubModel, HubRepo, ModelRef, Problem
from bigmodel_studio.ui.dialogs.links import open_link
from bigmodel_studio.ui.look import i18n, theme
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.look.times import ago
from bigmodel_studio.ui.pages.models.hub.anatomy import Anatomy
from bigmodel_studio.ui.pages.models.hub.files import FilesView
from bigmodel_studio.ui.pages.models.hub.table import task_words
from bigmodel_studio.ui.widgets.card_view import CardView
from bigmodel_studio.ui.widgets.page_frame import label, panel
from bigmodel_studio.ui.widgets.segments import Segments

_SHOWN_OF_A_COMMIT = 12


class RepoDetails(QWidget):
    """Told what to show; says what the user wants of the model that is shown."""

    download_wanted = Signal()
    show_wanted = Signal()
    """It is on this computer: show it there."""
    retry_wanted = Signal()
    sign_in_wanted = Signal()

    def __init__(self, endpoint: Callable[[], str], anatomy: Anatomy, parent: QWidget | None = None) -> None:
        """``endpoint`` says where the Hub is; ``anatomy`` shows how the model is built."""
        super().__init__(parent)
        self._endpoint = endpoint
        self.model: HubModel | None = None
        self._repo: HubRepo | None = None
        self._item: Item | None = None
        self._here = False
        self._rooms: tuple[Room, ...] = ()
        self.name = label("", "large", wrap=True)
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.fit = label("", wrap=True)
        self.download = QPushButton()
        self.download.setIcon(icon("leaves", off="on_accent"))
        set_look(self.download, "primary")
        self.show_here = QPushButton(self.tr("Show local copy"))
        self.sign_in = QPushButton(self.tr("Sign in…"))
        self.sign_in.setIcon(icon("leaves"))
        self.page = QPushButton(self.tr("Model page…"))
        self.page.setIcon(icon("leaves"))
        self.page.setToolTip(self.tr("Opens the model's page in the browser, after showing its address"))
        self.state = label("", "secondary", wrap=True)
        self.retry = QPushButton(self.tr("Try again"))
        self.facts = QFormLayout()
        self.facts.setHorizontalSpacing(24)
        self.facts.setVerticalSpacing(8)
        self.files = FilesView()
        self.files.setAccessibleName(self.tr("Files"))
        self.files_total = label("", "small")
        self.card = CardView()
        self.tabs = Segments(
            self.tr("Model view"),
            {
                "about": self.tr("About"),
                "structure": self.tr("Structure"),
                "layers": self.tr("Layers"),
                "plan": self.tr("Plan"),
            },
        )
        self.anatomy = anatomy
        self.stack = QStackedWidget()
        self._lay_out()
        self.tabs.chosen.connect(self._on_tab)
        self.download.clicked.connect(self.download_wanted)
        self.show_here.clicked.connect(self.show_wanted)
        self.sign_in.clicked.connect(self.sign_in_wanted)
        self.retry.clicked.connect(self.retry_wanted)
        self.page.clicked.connect(self._on_page)
        self.card.link_wanted.connect(self._on_link)
        self.clear()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.download, self.show_here, self.sign_in, self.page):
            buttons.addWidget(button)
        buttons.addStretch(1)
        asked = QHBoxLayout()
        asked.setSpacing(12)
        asked.addWidget(self.state, 1)
        asked.addWidget(self.retry)
        facts, inside = _card(self.tr("Facts"))
        inside.addLayout(self.facts)
        self._files_card, inside = _card(self.tr("Files"))
        inside.addWidget(self.files)
        inside.addWidget(self.files_total)
        self._words_card, inside = _card(self.tr("Model card"))
        inside.addWidget(self.card)
        about = QWidget()
        inside = QVBoxLayout(about)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.setSpacing(12)
        for frame in (facts, self._files_card, self._words_card):
            inside.addWidget(frame)
        inside.addStretch(1)
        area = QScrollArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(about)
        self._about = area
        for page in (area, self.anatomy):
            self.stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.name)
        column.addWidget(self.fit)
        column.addLayout(buttons)
        column.addLayout(asked)
        column.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.stack, 1)
        for part in (self.name, self.fit, self.state):
            part.setMinimumWidth(1)  # a name without a break in it does not widen the pane
            part.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    # ------------------------------------------------------------------------------- what is shown

    def clear(self) -> None:
        """Clear: nothing is chosen."""
        self.model = self._repo = None
        self.hide()

    def set_rooms(self, rooms: tuple[Room, ...]) -> None:
        """Set what the devices of this machine have room for."""
        self._rooms = rooms

    def show_model(self, model: HubModel, *, here: bool, item: Item | None) -> None:
        """Show what the list says of it; the files and the card come later (``show_repo``)."""
        self.model, self._repo, self._here, self._item = model, None, here, item
        self.name.setText(model.id)
        self._show_fit(model)
        self._show_facts()
        self.show_state("")
        self._files_card.hide()
        self._words_card.hide()
        self._show_actions()
        self.anatomy.about(ModelRef(source="hub", id=model.id), here=here)
        self._about.verticalScrollBar().setValue(0)
        self.show()

    @Slot(str)
    def _on_tab(self, key: str) -> None:
        self.stack.setCurrentWidget(self._about if key == "about" else self.anatomy)
        if key != "about":
            self.anatomy.show_part(key)

    def show_repo(self, repo: HubRepo) -> None:
        """Show its files and its card."""
        self._repo, self.model = repo, repo.model
        self._show_fit(repo.model)
        self._show_facts()
        self.files.files.show_files(repo.files)
        needed = [file for file in repo.files if file.needed]
        words = self.tr("%n file(s) needed, {size} total", "", len(needed))
        self.files_total.setText(words.format(size=numbers.size(sum(file.bytes for file in needed))))
        self._files_card.setVisible(bool(repo.files))
        self.card.show_card(repo.card)
        self._words_card.setVisible(not self.card.empty)
        self.show_state("" if repo.files else self.tr("It has no files."))
        self._show_actions()

    def show_state(self, text: str, *, retry: bool = False, sign_in: bool = False) -> None:
        """Say that its files are asked for, or why they did not come."""
        self.state.setText(text)
        self.state.setVisible(bool(text))
        self.retry.setVisible(retry)
        self.sign_in.setVisible(sign_in)

    def show_problem(self, problem: Problem, *, sign_in: bool) -> None:
        """Show why its files did not come; ``sign_in``: because of who asks."""
        self.show_state(i18n.sentence(problem), retry=True, sign_in=sign_in)

    def show_download(self, item: Item | None, *, here: bool) -> None:
        """Show how its download is (None: there is none), and whether it is on this computer."""
        self._item, self._here = item, here
        if self.model is not None:
            self.anatomy.about(ModelRef(source="hub", id=self.model.id), here=here)
        progress = item.progress if item is not None else None
        self.files.files.show_progress(progress.files if progress is not None else ())
        self._show_actions()

    def _show_actions(self) -> None:
        repo, item = self._repo, self._item
        self.show_here.setVisible(self._here and item is None)
        self.download.setVisible(not self._here or item is not None)
        self.download.setEnabled(item is None and repo is not None and any(file.needed for file in repo.files))
        if item is not None:
            share = numbers.percent(item.share, 0) if item.share is not None else ""
            words = {"paused": self.tr("Paused {share}"), "failed": self.tr("Stopped {share}")}
            self.download.setText(words.get(item.stage, self.tr("Downloading… {share}")).format(share=share).strip())
        else:
            size = numbers.size(repo.needed_bytes) if repo is not None and repo.needed_bytes else ""
            self.download.setText(self.tr("Download {size}").format(size=size).strip())
        self.download.setToolTip(self.tr("Downloads the needed files from the Hub into the local cache"))

    def _show_fit(self, model: HubModel) -> None:
        found = fits.best(model.parameters, self._rooms) if model.parameters else None
        if found is None:
            self.fit.setText(self.tr("Unknown number of parameters: can't tell whether it fits."))
            set_look(self.fit, "secondary")
            return
        room, need = found
        good = need <= room.free_bytes
        device = self.tr("the CPU") if room.device == CPU else room.device
        words = (
            self.tr("Fits: about {need} needed on {device}, {free} free.")
            if good
            else self.tr("Too large: about {need} needed on {device}, {free} free.")
        )
        self.fit.setText(words.format(device=device, need=numbers.size(need), free=numbers.size(room.free_bytes)))
        set_look(self.fit, "good" if good else "warn")

    def _show_facts(self) -> None:
        while self.facts.rowCount():
            self.facts.removeRow(0)
        for name, value in self._facts().items():
            value_label = label(value, wrap=True)
            value_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            theme.tabular(value_label)
            self.facts.addRow(label(name, "secondary"), value_label)

    def _facts(self) -> dict[str, str]:
        model, repo = self.model, self._repo
        if model is None:
            return {}
        has_facts = repo is not None or bool(
            model.updated or model.downloads or model.likes
        )  # else only its name is known
        access = self.tr("gated: accept its terms on its page, then sign in") if model.gated else ""
        found = {
            self.tr("Task"): task_words(model.task),
            self.tr("Library"): model.library,
            self.tr("License"): model.licence,
            self.tr("Parameters"): numbers.exact(model.parameters) if model.parameters else "",
            self.tr("Size"): numbers.size(model.bytes) if model.bytes else "",
            self.tr("Base model"): model.base_model,
            self.tr("Downloads"): numbers.exact(model.downloads) if has_facts else "",
            self.tr("Likes"): numbers.exact(model.likes) if has_facts else "",
            self.tr("Updated"): ago(model.updated) if model.updated else "",
            self.tr("Access"): access or (self.tr("private") if model.private else ""),
            self.tr("Revision"): repo.revision[:_SHOWN_OF_A_COMMIT] if repo is not None else "",
        }
        return {name: value for name, value in found.items() if value}

    def fact_texts(self) -> dict[str, str]:
        """Return what the facts say now, by name."""
        pairs = []
        for row in range(self.facts.rowCount()):
            items = [self.facts.itemAt(row, role) for role in _ROLES]
            pairs.append([item.widget() for item in items if item is not None])
        return {a.text(): b.text() for a, b in pairs if isinstance(a, QLabel) and isinstance(b, QLabel)}

    # ------------------------------------------------------------------------------- where links lead

    @Slot()
    def _on_page(self) -> None:
        if self.model is not None:
            page = QUrl(f"{self._endpoint()}/{self.model.id}")
            open_link(page, self.tr("Open the model page in the browser?"), self)

    @Slot(QUrl)
    def _on_link(self, url: QUrl) -> None:
        if url.isRelative() and self.model is not None and not url.path().startswith("/"):
            url = QUrl(f"{self._endpoint()}/{self.model.id}/blob/main/").resolved(url)
        question = self.tr("This link is from the model card. Open it in the browser?")
        open_link(url, question, self)


_ROLES = (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole)


def _card(title: str) -> tuple[QWidget, QVBoxLayout]:
    """Return a card with a title, and what is put into it."""
    frame = panel("card")
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(16, 16, 16, 12)
    inside.setSpacing(8)
    inside.addWidget(label(title, "heading"))
    return frame, inside
