"""The commands about chats: ``chats``, ``export-chat``, ``import-chats``. None imports torch or Qt."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, get_args

import typer

from bigmodel_studio.cli import output
from bigmodel_studio.cli.models import Json
from bigmodel_studio.core.chat import chat_files
from bigmodel_studio.core.chat.conversations_beside import ConversationsBeside
from bigmodel_studio.core.models.presence import is_here
from bigmodel_studio.core.system.files import not_saved, write_atomic
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import to_builtins


def mount(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command()(chats)
    app.command("export-chat")(export_chat)
    app.command("import-chats")(import_chats)


def chats(json: Json = False) -> None:
    """List the chats, the newest first."""
    store = ConversationsBeside()
    entries = store.all()
    store.close()
    if json:
        output.print_json([to_builtins(entry) for entry in entries])
        return
    rows = [
        (
            str(entry.id),
            entry.title,
            entry.model or "–",
            time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.updated)),
        )
        for entry in entries
    ]
    output.print_table(("number", "title", "model", "changed"), rows, right=(0,))


def export_chat(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As “chats” lists it.")],
    to: Annotated[Path, typer.Option(metavar="FILE", help="Ends in .json (whole), .md or .html (what is shown).")],
) -> None:
    """Write a chat to a file: all versions as JSON, or the shown ones as Markdown or HTML."""
    kind = next((kind for kind in get_args(chat_files.Kind) if to.suffix.lower() == f".{kind}"), None)
    if kind is None:
        raise StudioError("chats-ending", path=str(to))
    store = ConversationsBeside()
    try:
        chat = chat_files.chat_of(store, number)
    finally:
        store.close()
    try:
        write_atomic(to, chat_files.written(chat, kind))
    except OSError as error:
        raise not_saved(to, error) from None
    output.say(f"{numbers.exact(len(chat.messages))} messages were written to {to}.")


def import_chats(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Ours, or an export of ChatGPT, Open WebUI, ShareGPT.")],
    json: Json = False,
) -> None:
    """Add the chats of a file to those that are there."""
    found = chat_files.with_known_models(chat_files.read(file), is_here)
    store = ConversationsBeside()
    try:
        kept = [chat_files.keep(store, chat) for chat in found]
    finally:
        store.close()
    if json:
        output.print_json(kept)
    else:
        output.say(f"{numbers.exact(len(kept))} chats were added.")
