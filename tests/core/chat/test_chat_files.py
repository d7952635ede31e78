"""Chats as files: what is written is read again the same, and other programs' exports become trees."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bigmodel_studio.cli import commands
from bigmodel_studio.core.chat import chat_files
from bigmodel_studio.core.chat.conversation_values import ReplyFacts
from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.core.models.presence import is_here
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Alternative, ModelRef, Sampling, Token


@pytest.fixture
def store(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "conversations.sqlite3")


FACTS = ReplyFacts(
    new_tokens=7,
    seed=3,
    sampling=Sampling(temperature=0.5),
    model=ModelRef(source="builtin", id="starter-gpt"),
    system="Be kind.",
)
TOKENS = [
    Token(id=5, text="It is", logprob=-0.1234567, processed_logprob=0.0),
    Token(
        id=6,
        text=" <b>red</b>.",
        logprob=-1.5,
        processed_logprob=-1.25,
        alternatives=(Alternative(7, " up", -2.5, None), Alternative(8, "◌", -math.inf, None)),
    ),
]


def _branching(store: Conversations) -> int:
    """Make a chat with two versions of a reply, of which the first is shown."""
    conversation = store.begin("Kites & <balls>", system="Be kind.")
    asked = store.add(conversation, "user", "Where is the kite?", parent=None)
    first = store.add(conversation, "assistant", "", parent=asked, state="streaming", model="starter-gpt")
    store.finish(first, "It is <b>red</b>.", "done", FACTS, tokens=TOKENS)
    store.add(conversation, "assistant", "Up.", parent=asked, model="starter-gpt")
    store.show(conversation, first)
    return conversation


def _texts(store: Conversations, conversation: int) -> list[tuple[str, str, int, int]]:
    return [(m.role, m.text, m.version, m.versions) for m in store.thread(conversation)]


def test_a_chat_written_as_json_is_read_again_with_every_version(store: Conversations, tmp_path: Path) -> None:
    conversation = _branching(store)
    file = tmp_path / "chat.json"
    file.write_bytes(chat_files.written(chat_files.chat_of(store, conversation), "json"))
    [chat] = chat_files.read(file)
    kept = chat_files.keep(store, chat)
    assert kept != conversation
    assert _texts(store, kept) == _texts(store, conversation)
    assert _texts(store, kept) == [
        ("user", "Where is the kite?", 1, 1),
        ("assistant", "It is <b>red</b>.", 1, 2),
    ]
    reply = store.thread(kept)[-1]
    assert reply.facts == FACTS
    assert store.tokens(reply.id) == TOKENS
    entry = store.get(kept)
    assert entry is not None
    assert (entry.title, entry.system, entry.model) == ("Kites & <balls>", "Be kind.", "starter-gpt")
    while store.index_some():
        pass
    assert {entry.id for entry in store.search("kite")} == {conversation, kept}
    store.close()
    again = Conversations(store.path)  # with every checksum right
    assert again.problem is None
    assert _texts(again, kept) == _texts(again, conversation)
    again.close()


def test_a_model_that_is_not_here_stays_as_a_name(store: Conversations) -> None:
    chat = chat_files.chat_of(store, _branching(store))
    [lost] = chat_files.with_known_models([chat], lambda ref: ref.id != "starter-gpt")
    replies = [message for message in lost.messages if message.tokens]
    assert [(reply.model, reply.facts.model, reply.facts.seed) for reply in replies] == [("starter-gpt", None, 3)]
    assert chat_files.with_known_models([chat], lambda ref: ref.id == "starter-gpt") == [chat]
    store.close()


@pytest.mark.usefixtures("home")
def test_only_models_of_the_library_are_known(tmp_path: Path) -> None:
    assert is_here(ModelRef(source="builtin", id="starter-gpt"))
    assert not is_here(ModelRef(source="builtin", id="starter-gpt-9"))
    assert not is_here(ModelRef(source="local", id=str(tmp_path))), "a path that a file makes up"
    assert not is_here(ModelRef(source="endpoint", id="http://127.0.0.1:1"))


def test_markdown_and_html_show_the_path_and_html_has_no_tag_of_the_chat(store: Conversations) -> None:
    chat = chat_files.chat_of(store, _branching(store))
    store.close()
    markdown = chat_files.written(chat, "md").decode()
    assert markdown == (
        "# Kites & <balls>\n\n> Be kind.\n\n## User\n\nWhere is the kite?\n\n## starter-gpt\n\nIt is <b>red</b>.\n"
    )
    page = chat_files.written(chat, "html").decode()
    assert "It is &lt;b&gt;red&lt;/b&gt;." in page
    assert "<title>Kites &amp; &lt;balls&gt;</title>" in page
    assert "Up." not in page


CHATGPT = [
    {
        "title": "Kites",
        "current_node": "d",
        "mapping": {
            "a": {"parent": None, "message": None},
            "s": {
                "parent": "a",
                "message": {"author": {"role": "system"}, "content": {"content_type": "text", "parts": [""]}},
            },
            "b": {"parent": "s", "message": {"author": {"role": "user"}, "content": {"parts": ["Where?"]}}},
            "c": {
                "parent": "b",
                "message": {
                    "author": {"role": "assistant"},
                    "content": {"parts": ["Here.", {"image": 1}]},
                    "metadata": {"model_slug": "gpt-4o"},
                },
            },
            "t": {"parent": "b", "message": {"author": {"role": "tool"}, "content": {"parts": ["search"]}}},
            "d": {"parent": "t", "message": {"author": {"role": "assistant"}, "content": {"parts": ["There."]}}},
        },
    }
]
WEBUI = [
    {
        "title": "Kites",
        "chat": {
            "history": {
                "currentId": "c",
                "messages": {
                    "b": {"id": "b", "parentId": None, "role": "user", "content": "Where?"},
                    "d": {"id": "d", "parentId": "b", "role": "assistant", "content": "There.", "model": "x"},
                    "c": {"id": "c", "parentId": "b", "role": "assistant", "content": "Here.", "model": "gpt-4o"},
                },
            }
        },
    }
]
SHAREGPT = {
    "conversations": [
        {"from": "system", "value": "Be kind."},
        {"from": "human", "value": "Where?"},
        {"from": "gpt", "value": "Here."},
    ]
}


@pytest.mark.parametrize(
    ("contents", "shown", "versions"),
    [
        (json.dumps(CHATGPT), ["Where?", "There."], 2),
        (json.dumps(WEBUI), ["Where?", "Here."], 2),
        (json.dumps(SHAREGPT), ["Where?", "Here."], 1),
        (json.dumps(SHAREGPT) + "\n" + json.dumps(SHAREGPT), ["Where?", "Here."], 1),
        ("\ufeff" + json.dumps([SHAREGPT]), ["Where?", "Here."], 1),
    ],
)
def test_exports_of_other_programs_are_trees(
    store: Conversations, tmp_path: Path, contents: str, shown: list[str], versions: int
) -> None:
    file = tmp_path / "export.json"
    file.write_text(contents, encoding="utf-8")
    chats = chat_files.read(file)
    conversation = chat_files.keep(store, chats[0])
    thread = store.thread(conversation)
    assert [message.text for message in thread] == shown
    assert thread[-1].versions == versions
    store.close()


def _ours(**changes: Any) -> dict[str, Any]:
    message = {"id": 1, "role": "user", "text": "a"}
    return {"format": chat_files.FORMAT, "version": 1, "title": "t", "messages": [message], "leaf": 1, **changes}


_LOOP = {"id": 1, "parent": 1, "role": "user", "text": ""}


@pytest.mark.parametrize(
    ("contents", "code", "place"),
    [
        (b"\xff\xfe{", "chats-unknown", ""),
        (b"not json", "chats-unknown", ""),
        (b"[]", "chats-unknown", ""),
        (b'{"messages": []}', "chats-unknown", ""),
        (b"[" * 100_000, "chats-unknown", ""),
        (json.dumps(_ours(version=2)).encode(), "chats-broken", "newer version"),
        (json.dumps(_ours(leaf=5)).encode(), "chats-broken", "message 5"),
        (
            json.dumps(_ours(messages=[{"id": 1, "parent": 1, "role": "user", "text": ""}])).encode(),
            "chats-broken",
            "1",
        ),
        (json.dumps(_ours(messages=[{"id": 1, "role": "god", "text": ""}])).encode(), "chats-broken", "god"),
        (b'{"mapping": {"a": 3}}', "chats-broken", "Chat 1"),
        (b'{"conversations": [{"from": "human"}]}', "chats-broken", "a field is missing"),
    ],
)
def test_what_is_no_chat_is_refused_by_its_place(tmp_path: Path, contents: bytes, code: str, place: str) -> None:
    file = tmp_path / "export.json"
    file.write_bytes(contents)
    with pytest.raises(StudioError) as refused:
        chat_files.read(file)
    assert refused.value.problem.code == code
    assert place in str(refused.value)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "mapping",
                    "conversations",
                    "chat",
                    "history",
                    "messages",
                    "from",
                    "value",
                    "parent",
                    "message",
                    "format",
                ]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(value=_VALUES)
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    file = tmp_path_factory.getbasetemp() / "fuzzed-chats.json"
    file.write_text(json.dumps(value), encoding="utf-8")
    try:
        chat_files.read(file)
    except StudioError:
        return


def test_the_commands_list_export_and_import_beside_a_window(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    window = Conversations()
    conversation = _branching(window)
    asked = window.add(conversation, "user", "And now?", parent=None)
    streaming = window.add(conversation, "assistant", "", parent=asked, state="streaming")
    window.append(streaming, "It is ")
    file = tmp_path / "chat.json"
    assert commands.main(["export-chat", str(conversation), "--to", str(file)]) == 0
    assert commands.main(["import-chats", str(file)]) == 0
    capsys.readouterr()
    assert commands.main(["chats", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["title"] for entry in listed] == ["Kites & <balls>"] * 2
    assert window.thread(conversation)[-1].state == "streaming"  # what the window is at is left alone
    assert len(window.all()) == 2
    assert commands.main(["export-chat", "99", "--to", str(file)]) == 2
    assert commands.main(["export-chat", "1", "--to", str(tmp_path / "chat.doc")]) == 2
    window.close()
