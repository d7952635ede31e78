"""On the Hub: models found by words and filters, a page at a time, and beside them the one that is chosen.

Nothing is asked of the Hub before the user searches, and nothing at all while the network is locked. What is found
stays for as long as the window does.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from bigmodel_studio.client.downloads import Item
from bigmodel_studio.core.hub.hub_address import endpoint
from bigmodel_studio.core.memory import device_memory
from bigmodel_studio.protocol import (
    Download,
    Downloaded,
    HubModel,
    HubPage,
    HubRepo,
    ModelRef,
    Problem,
)
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.models.hub import table
from bigmodel_studio.ui.pages.models.hub.anatomy import Anatomy
from bigmodel_studio.ui.pages.models.hub.details import RepoDetails
from bigmodel_studio.ui.pages.models.hub.filters import Filters
from bigmodel_studio.ui.pages.models.hub.looking import Looking
from bigmodel_studio.ui.pages.models.hub.search import HubSearch
from bigmodel_studio.ui.pages.models.hub.table import MODEL, HubNameDelegate, HubTable
from bigmodel_studio.ui.pages.models.view import RowsView
from bigmodel_studio.ui.pages.models.views.frame import View
from bigmodel_studio.ui.widgets.empty import Empty
from bigmodel_studio.ui.widgets.page_frame import label, panel
from bigmodel_studio.ui.window.destinations import Destination, OpenModel, OpenOnHub
from bigmodel_studio.ui.window.studio import Studio

SEARCH_AFTER_MS = 400
"""How long nothing is typed before the Hub is asked."""
SIGN_IN = frozenset({"hub-gated", "hub-private", "hub-token", "hub-denied"})
"""Problems that go away once somebody else, or somebody at all, is signed in."""


class HubView(View):
    """Made when first shown."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, self.tr("Search the Hub"))
        self._chosen = ""
        self._wanted = ""
        self.query = HubSearch(studio.network, self)
        self.looking = Looking(studio.network, self)
        self.model = HubTable()
        self.model.setParent(self)
        self.filters = Filters()
        self.table = RowsView(self.model, HubNameDelegate(), table.GIVEN_UP_FIRST)
        self.table.setAccessibleName(self.tr("Models on the Hub"))
        self.table.set_widths(table.widths())
        self.details = RepoDetails(self._endpoint, Anatomy(studio))
        self.empty = Empty("online")
        self.total = label("", "small")
        self.more = QPushButton(self.tr("Try again"))
        set_look(self.more, "quiet")
        self._lay_out()
        self._search_timer = QTimer(self, singleShot=True, interval=SEARCH_AFTER_MS)
        self._search_timer.timeout.connect(self._ask)
        self._act: Callable[[], object] = self._ask
        self._connect()
        self._on_library()
        self._say()

    def _connect(self) -> None:
        self.filters.changed.connect(self._on_filters)
        self.table.horizontalHeader().sectionClicked.connect(self._on_title)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self.model.more_wanted.connect(self.query.more)
        self.query.changed.connect(self._say)
        self.query.arrived.connect(self._on_page)
        self.empty.button.clicked.connect(self._on_pressed)
        self.more.clicked.connect(self.query.more)
        self.details.download_wanted.connect(self._on_download)
        self.details.show_wanted.connect(self._on_show)
        self.details.retry_wanted.connect(self._look)
        self.looking.arrived.connect(self._on_repo)
        self.looking.failed.connect(self._on_no_repo)
        self.details.sign_in_wanted.connect(self._on_sign_in)
        self.studio.library.changed.connect(self._on_library)
        self.studio.network.changed.connect(self._on_network)
        self.studio.downloads.changed.connect(self._on_downloads)
        self.studio.downloads.progressed.connect(self._on_progressed)
        self.studio.downloads.finished.connect(self._on_fetched)

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)
        self._foot = panel("status")
        line = QHBoxLayout(self._foot)
        line.setContentsMargins(16, 6, 16, 6)
        line.addWidget(self.total)
        line.addWidget(self.more)
        line.addStretch(1)
        column.addWidget(self._foot)
        self._aside = panel("inspector")
        inside = QVBoxLayout(self._aside)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.details)
        self._body = QSplitter(Qt.Orientation.Horizontal)
        self._body.setObjectName("hub")
        self._body.setHandleWidth(1)
        self._body.setChildrenCollapsible(False)
        self._body.addWidget(left)
        self._body.addWidget(self._aside)
        self._body.setStretchFactor(0, 6)
        self._body.setStretchFactor(1, 4)
        left.setMinimumWidth(400)
        self._aside.setMinimumWidth(340)
        self._body.setSizes([820, 398])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.filters)
        whole.addWidget(self._body, 1)

    # ------------------------------------------------------------------------------- searching

    def search(self, text: str) -> None:
        super().search(text)
        self._search_timer.start()

    def enter(self) -> None:
        rooms = device_memory.rooms()
        for part in (self.filters, self.model, self.details):
            part.set_rooms(rooms)

    @Slot()
    def _on_filters(self) -> None:
        if self.query.query is not None or self.filters.narrowed or self.searched.strip():
            self._search_timer.start()

    @Slot(int)
    def _on_title(self, column: int) -> None:
        sort = table.COLUMNS[column].sort
        if sort is not None:
            self.filters.order_by(sort)

    @Slot()
    def _ask(self) -> None:
        """Ask the Hub for what is typed and chosen now."""
        self._search_timer.stop()
        self.model.clear()
        self.looking.stop()
        self._chosen = ""
        self.details.clear()
        self.query.ask(self.filters.query(self.searched))

    @Slot(object)
    def _on_page(self, page: HubPage) -> None:
        self.model.append(page.models, more=bool(page.next))
        if self._wanted and self._select(self._wanted):
            self._wanted = ""
        elif not self._chosen or self.model.row_of(self._chosen) < 0:
            self.table.selectRow(0)
        if page.next and not page.models:
            QTimer.singleShot(0, self.query.more)

    @Slot()
    def _say(self) -> None:
        """Say how it is with the search: in the middle where there are no rows, else below them."""
        rows, state = self.model.rowCount(), self.query.state
        self.table.setVisible(rows > 0)
        self.empty.setVisible(not rows)
        if state not in ("asking", "asking-more"):  # it stays where it was while there is nothing yet
            self._aside.setVisible(self.details.model is not None)
        self.more.setVisible(state == "failed")
        self._foot.setVisible(rows > 0)
        found = self.tr("%n model(s)", "", rows)
        after = {
            "asking-more": self.tr("loading more…"),
            "failed": i18n.sentences(self.query.problem)[0] if self.query.problem is not None else "",
        }.get(state, self.tr("scroll for more") if self.query.next else self.tr("end of list"))
        self.total.setText(f"{found} · {after}" if after else found)
        if not rows:
            self._say_empty()

    def _say_empty(self) -> None:
        problem, state = self.query.problem, self.query.state
        self.empty.button.setIcon(icon("leaves", off="on_accent"))
        if self.studio.network.locked:
            self._say_offline()
        elif state in ("asking", "asking-more"):
            self._offer(self.tr("Contacting the Hub…"), "", self.tr("Stop"), self.query.stop)
            self.empty.button.setIcon(icon("stop", off="on_accent"))
        elif state == "failed" and problem is not None and problem.code in SIGN_IN:
            self._offer(*i18n.sentences(problem), self.tr("Sign in…"), self._on_sign_in)
        elif state == "failed" and problem is not None:
            self._offer(*i18n.sentences(problem), self.tr("Try again"), self._ask)
        elif state == "shown":
            words = self.tr("No model on the Hub matches.")
            clear = self.tr("Clear search") if self.searched or self.filters.narrowed else ""
            self._offer(self.tr("Nothing found"), words, clear, self._clear)
        else:
            words = self.tr("Type to search, or choose a filter. Requests are sent only when you search.")
            self._offer(self.tr("Models on the Hub"), words, self.tr("Show most downloaded"), self._ask)

    def _say_offline(self) -> None:
        """Say that nothing was asked, by whose wish, and how to ask."""
        asked, variable = self.searched.strip(), self.studio.network.locking_variable
        words = self.tr("The application is offline.")
        if asked:
            words = self.tr("The application is offline, so the Hub wasn't searched for “{text}”.").format(text=asked)
        if variable:
            outside = self.tr("{variable} is set: unset it, then start the application again.")
            words = f"{words} {outside.format(variable=variable)}"
        self._offer(self.tr("Offline"), words, "" if variable else self.tr("Go online"), self._go_online)

    def _offer(self, title: str, words: str, button: str, act: Callable[[], object]) -> None:
        self.empty.show_mark("offline" if self.studio.network.locked else "online")
        self.empty.say(title, words, button)
        self._act = act

    @Slot()
    def _on_pressed(self) -> None:
        self._act()

    def _go_online(self) -> None:
        self.studio.set_offline(False)
        if self.query.query is not None:
            self._ask()

    def _clear(self) -> None:
        self.search_wanted.emit("")
        self.filters.clear()

    @Slot()
    def _on_network(self) -> None:
        if not self.model.rowCount():
            self._say()

    # ------------------------------------------------------------------------------- the chosen one

    def open(self, destination: Destination) -> None:
        if not isinstance(destination, OpenOnHub):
            return
        if destination.words:
            self.search_wanted.emit(destination.words)
        elif destination.id and not self._select(destination.id):
            self._choose(HubModel(id=destination.id))

    def _select(self, name: str) -> bool:
        row = self.model.row_of(name)
        if row >= 0:
            self.table.selectRow(row)
        return row >= 0

    @Slot(QModelIndex)
    def _on_current(self, index: QModelIndex) -> None:
        model = index.data(MODEL) if index.isValid() else None
        if isinstance(model, HubModel) and (model.id != self._chosen or self.details.model is None):
            self._choose(model)

    def _choose(self, model: HubModel) -> None:
        self.looking.stop()
        self._chosen = model.id
        item = self.studio.downloads.find(model.id)
        self.details.show_model(model, here=self._is_here(model.id), item=item)
        self._aside.show()
        self.details.show_state(self.tr("Loading files and model card…"))
        self.looking.soon(model.id)

    @Slot()
    def _look(self) -> None:
        self.details.show_state(self.tr("Loading files and model card…"))
        self.looking.again()

    @Slot(object)
    def _on_repo(self, repo: HubRepo) -> None:
        self.details.show_repo(repo)
        self._show_download()

    @Slot(object)
    def _on_no_repo(self, problem: Problem) -> None:
        self.details.show_problem(problem, sign_in=problem.code in SIGN_IN)

    @Slot()
    def _on_sign_in(self) -> None:
        from bigmodel_studio.ui.dialogs.account_dialog import AccountDialog

        dialog = AccountDialog(self.studio, self)
        dialog.changed.connect(self._on_signed_in)
        dialog.open()

    @Slot()
    def _on_signed_in(self) -> None:
        self.looking.known.clear()
        if self._chosen:
            self._look()
        if self.query.state == "failed":
            self.query.more()

    # ------------------------------------------------------------------------------- its download

    @Slot()
    def _on_download(self) -> None:
        repo = self.looking.known.get(self._chosen)
        if repo is None:
            return
        if self.studio.network.locked:
            self.studio.report(Problem(code="hub-locked"))
            return
        self.studio.downloads.begin(Download(id=repo.model.id))

    @Slot()
    def _on_show(self) -> None:
        self.studio.open(OpenModel(ModelRef(source="hub", id=self._chosen)))

    def _endpoint(self) -> str:
        return endpoint(self.studio.settings.values.hub_endpoint)

    def _is_here(self, name: str) -> bool:
        record = self.studio.library.find(ModelRef(source="hub", id=name))
        return record is not None and record.problem is None

    @Slot()
    def _on_library(self) -> None:
        records = self.studio.library.records()
        self.model.set_here({record.ref.id for record in records if record.source == "hub" and record.problem is None})
        self._show_download()

    @Slot()
    def _on_downloads(self) -> None:
        self._show_download()

    @Slot(object)
    def _on_fetched(self, done: Downloaded) -> None:
        self.looking.note_fetched(done.id)

    @Slot(object)
    def _on_progressed(self, item: Item) -> None:
        if item.id == self._chosen:
            self._show_download()

    def _show_download(self) -> None:
        if self.details.model is not None:
            item = self.studio.downloads.find(self._chosen)
            self.details.show_download(item, here=self._is_here(self._chosen))
            if item is not None and item.problem is not None and item.problem.code in SIGN_IN:
                self.details.sign_in.show()

    # ------------------------------------------------------------------------------- what goes on elsewhere

    def shut(self) -> None:
        self._search_timer.stop()
        self.looking.stop()
        self.details.anatomy.stop()
        self.query.stop()
