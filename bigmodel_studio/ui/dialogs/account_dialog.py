"""Who this computer is on the Hub: a token that is tried and kept where every Hugging Face tool keeps it.

The token goes from the field to the engine, and nowhere else: it is in no setting, log or argument.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.client.job import Job
from bigmodel_studio.core.hub.hub_address import endpoint
from bigmodel_studio.protocol import Account, Done, Event, Failed, Problem, SignIn, SignOut, WhoAmI
from bigmodel_studio.ui.dialogs.links import open_link
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio

WIDTH_PX = 480
TOKENS = "settings/tokens"


class AccountDialog(QDialog):
    """Asks who is signed in when it opens; ``changed`` says that it is another."""

    changed = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Account on the Hub"))
        self.setMinimumWidth(WIDTH_PX)
        self._studio = studio
        self._job: Job | None = None
        self._problem: Problem | None = None
        self._account = Account()
        self.who = label("", "strong", wrap=True)
        self.problem = label("", "bad", wrap=True)
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setPlaceholderText("hf_…")
        self.token.setAccessibleName(self.tr("Access token"))
        self.where = QPushButton(self.tr("Create a token…"))
        self.where.setIcon(icon("leaves"))
        self.sign_in = QPushButton(self.tr("Sign in"))
        self.sign_in.setIcon(icon("leaves", off="on_accent"))
        self.sign_in.setDefault(True)
        set_look(self.sign_in, "primary")
        self.sign_out = QPushButton(self.tr("Sign out"))
        self.close_button = QPushButton(self.tr("Close"))
        self._lay_out()
        self.token.textChanged.connect(self._show)
        self.where.clicked.connect(self._on_where)
        self.sign_in.clicked.connect(self._on_sign_in)
        self.sign_out.clicked.connect(self._on_sign_out)
        self.close_button.clicked.connect(self.reject)
        self.finished.connect(self._drop_job)
        self.token.setFocus()
        self._ask(WhoAmI())

    def _lay_out(self) -> None:
        words = self.tr(
            "Sign in to download private or gated models. A read token is enough. It is stored "
            "where every Hugging Face tool on this computer finds it."
        )
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.token, 1)
        line.addWidget(self.sign_in)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for button in (self.where, self.sign_out):
            button.setAutoDefault(False)
            foot.addWidget(button)
        self.close_button.setAutoDefault(False)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.who)
        column.addWidget(label(words, "small", wrap=True))
        column.addLayout(line)
        column.addWidget(self.problem)
        column.addSpacing(4)
        column.addLayout(foot)

    # ------------------------------------------------------------------------------- what is asked

    def _ask(self, request: SignIn | SignOut | WhoAmI) -> None:
        self._drop_job()
        self._problem = None
        if self._studio.network.locked and not isinstance(request, SignOut):
            self._problem = Problem(code="hub-locked")
        else:
            self._job = self._studio.network.lane().submit(request)
            self._job.ended.connect(self._on_ended)
        self._show()

    @Slot(object)
    def _on_ended(self, end: Event) -> None:
        job, self._job = self._job, None
        if isinstance(end, Failed):
            self._problem = end.problem
        elif isinstance(end, Done) and isinstance(end.result, Account):
            self._account = end.result
            if job is not None and not isinstance(job.request, WhoAmI):
                self.token.clear()
                self.changed.emit()
        self._show()

    @Slot()
    def _drop_job(self) -> None:
        if self._job is not None:
            self._job.ended.disconnect(self._on_ended)
            self._job.cancel()
            self._job = None

    @Slot()
    def _show(self) -> None:
        asking = self._job is not None
        name = self._account.name
        if asking:
            self.who.setText(self.tr("Contacting the Hub…"))
        else:
            words = self.tr("Signed in as {name}") if name else self.tr("Not signed in")
            self.who.setText(words.format(name=name))
        self.problem.setText(i18n.sentence(self._problem) if self._problem is not None else "")
        self.problem.setVisible(self._problem is not None)
        self.sign_in.setEnabled(not asking and bool(self.token.text().strip()))
        self.sign_out.setVisible(bool(name))
        self.sign_out.setEnabled(not asking)

    # ------------------------------------------------------------------------------- what is pressed

    @Slot()
    def _on_sign_in(self) -> None:
        self._ask(SignIn(token=self.token.text().strip()))

    @Slot()
    def _on_sign_out(self) -> None:
        self._ask(SignOut())

    @Slot()
    def _on_where(self) -> None:
        page = QUrl(f"{endpoint(self._studio.settings.values.hub_endpoint)}/{TOKENS}")
        open_link(page, self.tr("Open the access token page in the browser?"), self)
