"""The reference catalogue: published models, each with what is computed from its structure, and an article checked.

Structures are counted on the ``measure`` lane one after the other, the one that is looked at first.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from bigmodel_studio.client.job import Job
from bigmodel_studio.core.advice.catalog import CATALOG, Reference
from bigmodel_studio.core.advice.scaling_down import WAYS, like
from bigmodel_studio.core.memory.device_memory import rooms
from bigmodel_studio.core.specs.objectives import TRAINABLE
from bigmodel_studio.protocol import Describe, Description, Done, Event, Failed, ModelRef
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.models.cards_panel import CardsPanel
from bigmodel_studio.ui.pages.models.catalogue.article import Article
from bigmodel_studio.ui.pages.models.catalogue.cost_panel import CostPanel
from bigmodel_studio.ui.pages.models.catalogue.figures import Figures
from bigmodel_studio.ui.pages.models.catalogue.table import (
    GIVEN_UP_FIRST,
    REFERENCE,
    CatalogueTable,
    NameDelegate,
    Searched,
)
from bigmodel_studio.ui.pages.models.plan_panel import PlanPanel
from bigmodel_studio.ui.pages.models.planning import Planning
from bigmodel_studio.ui.pages.models.structure_panel import StructurePanel
from bigmodel_studio.ui.pages.models.view import RowsView
from bigmodel_studio.ui.pages.models.views.frame import View
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.widgets.segments import Segments
from bigmodel_studio.ui.window.destinations import Destination, OpenModel, OpenOnHub, TrainLike
from bigmodel_studio.ui.window.studio import Studio


class CatalogueView(View):
    """Made when first shown."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, self.tr("Search the catalogue"))
        self.known: dict[str, Description] = {}
        """Descriptions, by id."""
        self._job: Job | None = None
        self._asked = ""
        self._failed: dict[str, str] = {}
        self.rows = CatalogueTable(self)
        self.searched_rows = Searched(self.rows, self)
        self.table = RowsView(self.searched_rows, NameDelegate(), GIVEN_UP_FIRST)
        self.table.setAccessibleName(self.tr("Published models"))
        self.table.set_widths(self.rows.widths())
        self._build_details()
        self.article = Article()
        self.what = Segments(
            self.tr("Catalogue view"),
            {"models": self.tr("Models"), "article": self.tr("Common claims, checked")},
        )
        self.tools = (self.what,)
        self._lay_out()
        self.table.selectionModel().currentChanged.connect(self._on_current)
        self.tabs.chosen.connect(self._show)
        self.what.chosen.connect(self._on_what)
        self.choose(CATALOG[0].id)
        self.tabs.choose("figures")
        self.what.choose("models")

    # ------------------------------------------------------------------------------- how it is laid out

    def _build_details(self) -> None:
        self.name = label("", "large", wrap=True)
        self.build = QPushButton(self.tr("Build a small copy…"))
        self.build.setToolTip(self.tr("A new run with the same architecture, small enough for this computer"))
        set_look(self.build, "primary")
        self.build.clicked.connect(self._on_build)
        self.on_hub = QPushButton(self.tr("Show on the Hub"))
        self.on_hub.clicked.connect(self._on_look)
        self.tabs = Segments(
            self.tr("Model view"),
            {
                "figures": self.tr("Figures"),
                "cost": self.tr("Training"),
                "structure": self.tr("Structure"),
                "layers": self.tr("Layers"),
                "plan": self.tr("Plan"),
            },
        )
        self.figures, self.cost = Figures(), CostPanel()
        self.structure, self.cards, self.plan = StructurePanel(), CardsPanel(), PlanPanel()
        self.planning = Planning(self.studio, self.plan)
        self.waiting = label("", "secondary", wrap=True)
        self._parts: dict[str, QWidget] = {
            "figures": self.figures,
            "cost": self.cost,
            "structure": self.structure,
            "layers": self.cards,
            "plan": self.plan,
        }
        self.stack = QStackedWidget()
        for part in (*self._parts.values(), self.waiting):
            self.stack.addWidget(part)

    def _lay_out(self) -> None:
        details = QWidget()
        column = QVBoxLayout(details)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.build)
        buttons.addWidget(self.on_hub)
        buttons.addStretch(1)
        column.addWidget(self.name)
        column.addLayout(buttons)
        column.addWidget(self.tabs)
        column.addWidget(self.stack, 1)
        body = QSplitter()
        body.setHandleWidth(1)
        body.setChildrenCollapsible(False)
        body.addWidget(self.table)
        body.addWidget(details)
        body.setStretchFactor(0, 3)
        body.setStretchFactor(1, 2)
        self.table.setMinimumWidth(260)
        self._body = QStackedWidget()
        self._body.addWidget(body)
        self._body.addWidget(self.article)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._body)

    # ------------------------------------------------------------------------------- which model

    @property
    def current(self) -> Reference | None:
        """The model that is shown."""
        index = self.table.currentIndex()
        found: Reference | None = index.data(REFERENCE) if index.isValid() else None
        return found

    def choose(self, id_: str) -> None:
        """Show a model by its id."""
        row = next((row for row, reference in enumerate(CATALOG) if reference.id == id_), 0)
        index = self.searched_rows.mapFromSource(self.rows.index(row, 0))
        if index.isValid():
            self.table.setCurrentIndex(index)

    def open(self, destination: Destination) -> None:
        if isinstance(destination, OpenModel):
            self.what.choose("models")
            self.search_wanted.emit("")
            self.choose(destination.model.id)

    def search(self, text: str) -> None:
        super().search(text)
        self.searched_rows.search(text)
        if self.current is None and self.searched_rows.rowCount():
            self.table.setCurrentIndex(self.searched_rows.index(0, 0))

    def enter(self) -> None:
        self.table.setFocus()

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, _current: QModelIndex, _before: QModelIndex) -> None:
        self.planning.stop()
        self._show()
        self._ask_next(first=True)

    @Slot()
    def _show(self) -> None:
        reference = self.current
        if reference is None:
            return
        description = self.known.get(reference.id)
        self.name.setText(reference.title)
        way = WAYS.get(reference.family)
        self.build.setVisible(way is not None and way[0] in TRAINABLE)
        self.on_hub.setVisible(bool(reference.hub_id))
        self.figures.show_reference(reference, description)
        part = self.tabs.key
        if description is None and part != "figures":
            self.waiting.setText(self._failed.get(reference.id) or self.tr("Computing the structure…"))
            self.stack.setCurrentWidget(self.waiting)
            return
        if description is not None and part == "cost":
            self.cost.show_description(reference, description)
        elif description is not None and part == "structure":
            self.structure.show_description(description)
        elif description is not None and part == "layers":
            self.cards.show_description(description)
        elif description is not None and part == "plan":
            self.planning.about(ModelRef(source="reference", id=reference.id))
            self.plan.show_costs(description.costs, runs_here=_fits(description))
        self.stack.setCurrentWidget(self._parts[part])

    @Slot()
    def _on_what(self) -> None:
        self._body.setCurrentIndex(1 if self.what.key == "article" else 0)
        self._ask_next(first=True)

    # ------------------------------------------------------------------------------- counting

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask_next()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.stop()

    def stop(self) -> None:
        """Count no more for now."""
        self.planning.stop()
        if self._job is not None:
            self._job.ended.disconnect(self._on_described)
            self._job.cancel()
            self._job = None
        self._asked = ""  # what was being counted is asked for anew

    def _ask_next(self, *, first: bool = False) -> None:
        """Have the next structure counted; ``first``: what is looked at has changed, and goes before the others."""
        if not self.isVisible():
            return
        wanted = [reference.id for reference in CATALOG]
        if self.what.key == "article":
            wanted = [*self.article.references, *wanted]
        elif self.current is not None:
            wanted = [self.current.id, *wanted]
        following = next((id_ for id_ in wanted if id_ not in self.known and id_ not in self._failed), None)
        if following is None or following == self._asked:
            return
        if self._job is not None:
            if not first:
                return
            self.stop()
        self._asked = following
        self._job = self.studio.measure.submit(Describe(model=ModelRef(source="reference", id=following)))
        self._job.ended.connect(self._on_described)

    @Slot(object)
    def _on_described(self, end: Event) -> None:
        self._job = None
        asked, self._asked = self._asked, ""
        if isinstance(end, Done) and isinstance(end.result, Description):
            self._take(asked, end.result)
        elif isinstance(end, Failed):
            self._failed[asked] = i18n.sentence(end.problem)
        if self.current is not None and self.current.id == asked:
            self._show()
        self._ask_next()

    def _take(self, id_: str, description: Description) -> None:
        self.known[id_] = description
        self.rows.count(id_, description.parameters)
        self.article.show_description(id_, description)

    # ------------------------------------------------------------------------------- hands

    @Slot()
    def _on_build(self) -> None:
        if self.current is not None:
            best = rooms()[-1]  # an accelerator, where there is one
            found = like(self.current, best.free_bytes, best.device)
            if found is not None:
                self.studio.open(TrainLike(found))

    @Slot()
    def _on_look(self) -> None:
        if self.current is not None:
            self.studio.open(OpenOnHub(self.current.hub_id))

    def shut(self) -> None:
        self.stop()


def _fits(description: Description) -> bool:
    """Return whether random weights of its size can be made here, to measure with."""
    return 4 * description.parameters * 2 < rooms()[0].free_bytes
