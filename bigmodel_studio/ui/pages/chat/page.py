"""The Chat page: widgets and wiring. What a conversation does is in ``Talk``, what is kept in ``Conversations``."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget

from bigmodel_studio.core.chat.conversation_values import Message
from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.core.models.library import name_of
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.trash import Removed
from bigmodel_studio.protocol import ModelRef, Problem
from bigmodel_studio.ui.dialogs.links import open_link
from bigmodel_studio.ui.pages.chat.chat_model import ChatModel
from bigmodel_studio.ui.pages.chat.chat_settings import ChatSettingsKeeper
from bigmodel_studio.ui.pages.chat.column import Column
from bigmodel_studio.ui.pages.chat.composer import Composer
from bigmodel_studio.ui.pages.chat.context_words import ContextWords
from bigmodel_studio.ui.pages.chat.draft_picker import DraftPicker
from bigmodel_studio.ui.pages.chat.inspector import Inspector
from bigmodel_studio.ui.pages.chat.listing.conversation_list import ConversationList
from bigmodel_studio.ui.pages.chat.listing.exchange import ChatExchange
from bigmodel_studio.ui.pages.chat.listing.find_bar import ChatFinder
from bigmodel_studio.ui.pages.chat.listing.tree_view import ChatTree
from bigmodel_studio.ui.pages.chat.listing.unsaved_note import UnsavedNote
from bigmodel_studio.ui.pages.chat.microscope.pane import Microscope
from bigmodel_studio.ui.pages.chat.prompt_pane import PromptPane
from bigmodel_studio.ui.pages.chat.prompt_turns import MOST_TURNS
from bigmodel_studio.ui.pages.chat.queue_view import QueueView
from bigmodel_studio.ui.pages.chat.reply import Branch
from bigmodel_studio.ui.pages.chat.settings_panel import SettingsPanel
from bigmodel_studio.ui.pages.chat.talk import Talk
from bigmodel_studio.ui.pages.chat.transcript import LOADED_AT_ONCE, Transcript
from bigmodel_studio.ui.pages.chat.welcome import STARTER, Welcome
from bigmodel_studio.ui.widgets.model_picker import ModelPicker
from bigmodel_studio.ui.widgets.page_frame import Page
from bigmodel_studio.ui.widgets.travel_badge import TravelBadge
from bigmodel_studio.ui.window.destinations import Destination, OpenChat, UseModel
from bigmodel_studio.ui.window.studio import Studio

INDEX_MS = 50


class ChatPage(Page):
    """Made when first shown."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, "chat", "")
        self.title_label.setText(self.tr("Chat"))
        self.store = Conversations(trash_days=studio.settings.values.trash_days)
        self.talk = Talk(studio, self.store, self)
        self.draft = DraftPicker(studio)
        self.talk.draft_of = self.draft.request_ref
        self._drafts: dict[int, str] = {}
        """What was written and not sent, by conversation (0: the one not begun)."""
        self.picker = ModelPicker(studio.library, ("causal-lm",))
        self.model = ChatModel(studio, self.picker, self.talk, self)
        self.context = ContextWords(self.model)
        self.new_button = QPushButton(self.tr("New chat"))
        self.badge = TravelBadge(studio, "chat", self.picker)
        self.add_to_header(self.picker)
        self.add_to_header(self.badge)
        self.add_to_header(self.context, right=True)
        self.list = ConversationList(self.store)
        self.exchange = ChatExchange(studio, self.store, self.talk, self)
        self.transcript = Transcript(self._earlier)
        self.finder = ChatFinder(self.store, self.talk, self.transcript)
        self.tree = ChatTree(self.talk, self.finder, self)
        self.add_to_header(self.tree.button, right=True)
        self.add_to_header(self.new_button, right=True)
        self.welcome = Welcome()
        self.middle = QStackedWidget()
        self.middle.addWidget(self.welcome)
        self.middle.addWidget(self.transcript)
        self.composer = Composer()
        self.unsaved = UnsavedNote(studio, self.store)
        self.queue = QueueView(self.talk)
        self.panel = SettingsPanel(studio.settings, self.draft)
        self.sampling, self.system = self.panel.sampling, self.panel.system
        self.settings = ChatSettingsKeeper(self.talk, self.panel, self.draft, self.picker, self.badge, self.model, self)
        prompt = PromptPane(studio, self.talk, self.model, self.composer)
        self.inspector = Inspector(self.panel, Microscope(studio, self.talk), prompt)
        self.set_list(self.list)
        self.set_body(Column(self.middle, (self.unsaved, self.queue), self.composer))
        self.set_inspector(self.inspector)
        self._index_timer = QTimer(self, interval=INDEX_MS)
        self._index_timer.timeout.connect(self._index)
        self._connect()
        self._restore()
        self.badge.begin()

    def _connect(self) -> None:
        self.model.changed.connect(self._say_model)
        self.model.refused.connect(self._on_refused)
        self.composer.editor.textChanged.connect(self._on_written)
        self.picker.refused.connect(self.studio.report)
        self.new_button.clicked.connect(self.new_item)
        self.list.chosen.connect(self.open_conversation)
        self.list.found.connect(self._on_found)
        self.list.remove_wanted.connect(self.remove)
        self.list.export_wanted.connect(self.exchange.export)
        self.list.import_wanted.connect(self.exchange.import_chats)
        self.exchange.imported.connect(self._on_imported)
        self.studio.removals.restored.connect(self._on_restored)
        self.composer.sent.connect(self._on_sent)
        self.composer.stopped.connect(self.talk.stop)
        self.welcome.asked.connect(self._on_sent)
        self.welcome.folder_wanted.connect(self.picker.open_folder)
        self.transcript.regenerate_wanted.connect(self.talk.regenerate)
        self.transcript.prompt_wanted.connect(self._on_prompt_wanted)
        self.transcript.tokens_wanted.connect(self._on_tokens_wanted)
        self.inspector.microscope.branch_wanted.connect(self._on_branch_wanted)
        self.transcript.continue_wanted.connect(self.talk.go_on)
        self.queue.withdrawn.connect(self.composer.take_back)
        self.transcript.version_wanted.connect(self._on_version)
        self.transcript.edited.connect(self.talk.edit)
        self.transcript.link_wanted.connect(self._on_link)
        self.transcript.latest_wanted.connect(self._show_thread)
        self.unsaved.saved.connect(self._on_saved)
        self.talk.message_added.connect(self._on_added)
        self.talk.message_ended.connect(self._on_ended)
        self.talk.text_added.connect(self.transcript.add_text)
        self.talk.named.connect(self.transcript.name)
        self.talk.counted.connect(self.transcript.show_counts)
        self.talk.waiting.connect(self.transcript.show_waiting)
        self.talk.busy_changed.connect(self.composer.set_busy)
        self.talk.busy_changed.connect(self.transcript.set_busy)
        self.talk.listed.connect(self._on_listed)
        self.studio.facts_changed.connect(self._say_model)
        self.studio.library.changed.connect(self._say_model)

    def _restore(self) -> None:
        session = self.studio.settings.values.session
        self.settings.restore(self.studio.settings)
        self.unsaved.begin()
        self._index_timer.start()
        self.list.refresh()
        known = self.store.get(session.conversation) is not None
        self.open_conversation(session.conversation if known else 0)
        self._drafts = {int(key): text for key, text in session.drafts.items() if key.isdigit()}
        self.composer.set_text(session.unsent)
        chosen = session.models.get("chat")
        if chosen is not None:
            self.picker.choose(chosen)
        elif (paths.starters() / STARTER / "config.json").is_file():
            self.picker.choose(ModelRef(source="builtin", id=STARTER))  # before the library has been read
        else:
            self.picker.choose_first()
        self._say_model()

    # ------------------------------------------------------------------------------- what the window asks for

    def open(self, destination: Destination) -> None:
        match destination:
            case UseModel():
                self.picker.choose(destination.model)
            case OpenChat():
                self.open_conversation(destination.conversation)

    @Slot()
    def new_item(self) -> None:
        self.open_conversation(0)
        self.composer.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.talk.busy:
            self.talk.stop()
        else:
            super().keyPressEvent(event)

    def enter(self) -> None:
        self.composer.setFocus()  # a proxy would have Tab pass over what stands before it

    def remember(self) -> None:
        models = dict(self.studio.settings.values.session.models)
        if (ref := self.badge.settled()) is not None:
            models["chat"] = ref
        self.studio.settings.change(sampling=self.sampling.value())
        drafts = {str(key): text for key, text in self._drafts.items() if text.strip() and self._is_known(key)}
        self.studio.settings.change_session(
            unsent=self._unsent(),
            drafts=drafts,
            conversation=self.talk.conversation,
            system_prompt=self.system.toPlainText(),
            models=models,
        )

    def shut(self) -> None:
        self.talk.shut()
        self.list.shut()
        self.exchange.shut()
        self._index_timer.stop()
        self.unsaved.shut()
        self.model.shut()
        self.store.close()

    # ------------------------------------------------------------------------------- conversations

    @Slot(int)
    def open_conversation(self, conversation: int) -> None:
        """Show a conversation (0: a new one)."""
        if conversation and conversation == self.talk.conversation:
            return
        before = self.talk.conversation
        self._drafts[before] = self._unsent()
        self.talk.open(conversation)
        self.composer.set_text(self._drafts.pop(conversation, ""))
        kept = self.store.get(conversation) if conversation else None
        if kept is not None:
            self.settings.open(kept)
        elif not conversation and self.talk.conversation != before:
            self.panel.begin_chat()
        self.list.show_current(conversation)
        self._show_thread()

    @Slot()
    def _show_thread(self) -> None:
        self.talk.flush()
        conversation = self.talk.conversation
        messages = self.store.thread(conversation, limit=LOADED_AT_ONCE) if conversation else []
        self.transcript.show_messages(messages, whole=len(messages) < LOADED_AT_ONCE)
        self.middle.setCurrentWidget(self.transcript if messages else self.welcome)
        self.tree.show_after(bool(messages))
        self.context.show_after(messages[-1] if messages else None)
        self.inspector.microscope.refresh()

    def _unsent(self) -> str:
        """Return what is written or waits, and was not sent."""
        return "\n\n".join(filter(None, (*self.talk.queue, self.composer.text())))

    def _is_known(self, conversation: int) -> bool:
        return not conversation or self.store.get(conversation) is not None

    def _earlier(self, before: int, limit: int) -> list[Message]:
        return self.store.thread(self.talk.conversation, before=before, limit=limit)

    @Slot(int, str)
    def remove(self, conversation: int, title: str) -> None:
        """Put a conversation in the trash."""
        if self.studio.removals.remove_conversation(conversation, title):
            self.store.delete(conversation)
            self.list.refresh()
            if conversation == self.talk.conversation:
                self.open_conversation(0)

    @Slot(object)
    def _on_restored(self, removed: Removed) -> None:
        if removed.kind == "conversation":
            self.list.refresh()
            self.open_conversation(int(removed.origin))

    @Slot(int, int, str)
    def _on_found(self, conversation: int, message: int, words: str) -> None:
        """Open a conversation where a search found something in it."""
        self.open_conversation(conversation)
        self.finder.jump(message, words)

    @Slot(int)
    def _on_imported(self, conversation: int) -> None:
        self.list.refresh()
        self._index_timer.start()
        if conversation:
            self.open_conversation(conversation)

    @Slot()
    def _on_listed(self) -> None:
        self.list.refresh()
        self.list.show_current(self.talk.conversation)

    @Slot()
    def _index(self) -> None:
        """Index what was said for search, a little at a time, while nothing is said."""
        if not self.talk.busy and not self.store.index_some():
            self._index_timer.stop()
            self.store.fold()

    @Slot()
    def _on_saved(self) -> None:
        """Note that what was kept in memory is in the file now, with what the file gained meanwhile."""
        self._on_listed()
        self._index_timer.start()

    # ------------------------------------------------------------------------------- talking

    @Slot(str)
    def _on_sent(self, text: str) -> None:
        self.settings.use()
        self.talk.folder = self.list.folders.folder or ""
        if self.talk.send(text):
            self.composer.set_text("")

    @Slot(object)
    def _on_added(self, message: Message) -> None:
        self.middle.setCurrentWidget(self.transcript)
        self.tree.show_after(True)
        if self.transcript.follows(message):
            self.transcript.add(message)
        else:  # it was said on a path that one has left meanwhile
            self._show_thread()

    @Slot(object)
    def _on_ended(self, message: Message) -> None:
        self.transcript.end(message)
        self.draft.show_reply(message.facts)
        if self.transcript.view_of(message.id) is not None:
            self.context.show_after(message)
        self._index_timer.start()

    @Slot(object, int)
    def _on_version(self, message: Message, by: int) -> None:
        """Show another version of a message, in its place, with what followed it."""
        if not self.talk.step(message, by):
            return
        path = self.store.thread(self.talk.conversation, limit=MOST_TURNS)
        at = next((at for at, each in enumerate(path) if each.parent == message.parent), None)
        if at is None:  # its beginning is too far back
            self._show_thread()
            return
        self.transcript.replace(message.id, path[at:])
        self.context.show_after(path[-1])
        self.inspector.microscope.refresh()
        view = self.transcript.view_of(path[at].id)
        if view is not None and view.versions is not None:
            view.versions.take_focus(by)

    @Slot(QUrl)
    def _on_link(self, url: QUrl) -> None:
        open_link(url, self.tr("This link was written by the model. Open it in the browser?"), self)

    # ------------------------------------------------------------------------------- the model

    @Slot()
    def _on_written(self) -> None:
        if self.composer.text():
            self.model.prepare()

    @Slot(object)
    def _on_prompt_wanted(self, reply: Message) -> None:
        self.show_inspector()
        self.inspector.show_prompt_of(reply)

    @Slot(object)
    def _on_tokens_wanted(self, reply: Message) -> None:
        self.show_inspector()
        self.inspector.show_tokens_of(reply)

    @Slot(object, object)
    def _on_branch_wanted(self, reply: Message, branch: Branch) -> None:
        """Go on from a token of a reply, and put the focus on the new one."""
        if self.talk.branch(reply, branch):
            self.transcript.views[-1].setFocus()

    @Slot(object)
    def _on_refused(self, problem: Problem) -> None:
        if self.middle.currentWidget() is not self.welcome:
            self.studio.report(problem)

    @Slot()
    def _say_model(self) -> None:
        ref = self.picker.ref()
        loaded, failed = self.model.facts(), self.model.problem
        self.welcome.show_model(
            name_of(ref) if ref is not None else "",
            loaded,
            looking=not self.studio.library.ready,
            loading=self.model.loading,
            problem=failed.problem if failed is not None else None,
        )
        self.panel.show_model(loaded)
        self.draft.show_model(ref)
        self.context.show_after(self.transcript.views[-1].message if self.transcript.views else None)
