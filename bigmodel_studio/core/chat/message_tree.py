"""The whole tree of a conversation as rows to list: the shown path is the trunk, other versions hang off it indented.

Rows, not nested nodes: a chat of 10,000 messages without versions is a list at one level, however deep its tree is.
It knows neither the store nor what is drawn.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from bigmodel_studio.core.chat.conversation_values import MessageState, Role, role_of, state_of


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A message of the tree, with the beginning of its text; ``parent`` is the one before it (None: the first)."""

    id: int
    parent: int | None
    role: Role
    text: str
    model: str
    state: MessageState


class TreeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row: ``level`` counts the branches that lead off the trunk; ``branches``: a branch begins here.

    ``joined``: it follows a row of its level; ``continues``: something hangs below it. ``version`` counts from 1.
    """

    node: Node
    level: int
    branches: bool
    joined: bool
    continues: bool
    shown: bool
    version: int
    versions: int


def node_of(row: tuple[Any, ...]) -> Node:
    """Return the node of a row of the file: id, parent, role, beginning of the text, model, state."""
    number, parent, role, text, model, state = row
    return Node(
        id=number,
        parent=parent,
        role=role_of(role),
        text=text,
        model=model,
        state=state_of(state),
    )


def tree_rows(nodes: Sequence[Node], shown: Collection[int]) -> list[TreeRow]:
    """Return a row for each node, parents before children; ``nodes`` come in the order in which they were said.

    ``shown`` are the ids of the shown path. Of the versions behind one message the shown one goes on at its level
    (off the path: the newest), after the others and all that follows them.
    """
    path = set(shown)
    children: dict[int | None, list[Node]] = {}
    known = {node.id for node in nodes}
    for node in nodes:
        children.setdefault(node.parent if node.parent in known else None, []).append(node)
    rows: list[TreeRow] = []
    waiting: list[tuple[Node, int, bool]] = []

    def put_off(parent: int | None, level: int) -> None:
        """Have what follows a message wait, in the reverse of the order in which it is listed."""
        versions = children.get(parent, [])
        if versions:
            trunk = next((node for node in versions if node.id in path), versions[-1])
            waiting.append((trunk, level, False))
            waiting.extend((node, level + 1, True) for node in reversed(versions) if node is not trunk)

    put_off(None, 0)
    places = {node.id: (at, len(same)) for same in children.values() for at, node in enumerate(same, 1)}
    first = {node.id for node in children.get(None, [])}
    while waiting:
        node, level, branches = waiting.pop()
        version, versions = places[node.id]
        rows.append(
            TreeRow(
                node=node,
                level=level,
                branches=branches,
                joined=not branches and (node.id not in first or versions > 1),
                continues=node.id in children,
                shown=node.id in path,
                version=version,
                versions=versions,
            )
        )
        put_off(node.id, level)
    return rows
