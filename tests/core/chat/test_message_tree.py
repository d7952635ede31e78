"""The tree of a conversation as rows: the shown path is the trunk, other versions hang off it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bigmodel_studio.core.chat.conversations import OUTLINE_CHARACTERS, Conversations
from bigmodel_studio.core.chat.message_tree import Node, TreeRow, tree_rows


def _node(number: int, parent: int | None, text: str = "") -> Node:
    return Node(id=number, parent=parent, role="user", text=text, model="", state="done")


def _ancestors(parents: dict[int, int | None], number: int) -> list[int]:
    path = [number]
    while (parent := parents[path[-1]]) is not None:
        path.append(parent)
    return path


def test_the_shown_path_is_the_trunk_and_other_versions_hang_off_it() -> None:
    nodes = [_node(1, None), _node(2, 1), _node(3, 2), _node(4, 1), _node(5, 4), _node(6, 4)]
    rows = tree_rows(nodes, [1, 2, 3])
    assert [(row.node.id, row.level, row.branches, row.shown) for row in rows] == [
        (1, 0, False, True),
        (4, 1, True, False),
        (5, 2, True, False),
        (6, 1, False, False),  # the newest goes on at the level of its parent
        (2, 0, False, True),
        (3, 0, False, True),
    ]
    assert {row.node.id: (row.version, row.versions) for row in rows} == {
        1: (1, 1),
        2: (1, 2),
        4: (2, 2),
        5: (1, 2),
        6: (2, 2),
        3: (1, 1),
    }


@given(st.lists(st.integers(0, 30), max_size=30), st.integers(0, 30))
def test_every_message_has_one_row_below_its_parent(choices: list[int], leaf: int) -> None:
    parents: dict[int, int | None] = {}
    for number, choice in enumerate(choices):
        parents[number] = choice if choice < number else None
    shown = _ancestors(parents, leaf % len(parents)) if parents else []
    rows = tree_rows([_node(number, parent) for number, parent in parents.items()], shown)
    assert sorted(row.node.id for row in rows) == list(parents)
    seen: dict[int, TreeRow] = {}
    for row in rows:
        parent = parents[row.node.id]
        if parent is not None:
            assert row.level == seen[parent].level + row.branches
        seen[row.node.id] = row
    assert {row.node.id for row in rows if row.shown} == set(shown)
    assert all(row.level == 0 for row in rows if row.shown)


def test_ten_thousand_messages_without_versions_stand_at_one_level() -> None:
    rows = tree_rows([_node(number, number - 1 or None) for number in range(1, 10_001)], range(1, 10_001))
    assert [row.node.id for row in rows] == list(range(1, 10_001))
    assert {row.level for row in rows} == {0}


def test_the_outline_has_the_beginning_of_each_text(tmp_path: Path) -> None:
    store = Conversations(tmp_path / "conversations.sqlite3")
    conversation = store.begin("long")
    first = store.add(conversation, "user", "你好" * OUTLINE_CHARACTERS, parent=None)
    store.add(conversation, "assistant", "short", parent=first, model="tiny")
    outline = store.outline(conversation)
    store.close()
    assert [(node.parent, node.role, node.text, node.model) for node in outline] == [
        (None, "user", "你好" * (OUTLINE_CHARACTERS // 2), ""),
        (first, "assistant", "short", "tiny"),
    ]
