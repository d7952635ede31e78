"""Settings and the last session: one struct whose fields carry their own label, range and help.

The settings form is drawn from ``Settings`` (``described`` lists what it needs); the file is TOML. A key that this
version does not know is kept, and a value that it cannot take falls back to its default alone. Of a file that is not
TOML the lines that can be read are taken, and a copy is kept. Where it is not certain that the network may be used,
it is locked. Nothing in the file may stop the application, and the problem is reported. Knows nothing of Qt.
"""

from __future__ import annotations

import functools
import re
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import tomli_w

from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.protocol import ModelRef, Problem, Sampling

SETTINGS_SCHEMA = 1

ADDRESS = r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$"
"""Nothing, or an address with a host and perhaps a path."""
AN_ADDRESS = "A URL starts with http:// or https:// and has no spaces."

_REFUSED = object()
"""In the place of a value that a setting cannot take."""

Appearance = Literal["system", "light", "dark"]
Language = Literal["system", "en", "zh"]


class Session(msgspec.Struct, kw_only=True, frozen=True):
    """Where the user left off. ``geometry`` is Qt's, in base64; ``splitters`` are widths in pixels by name."""

    page: str = "chat"
    geometry: str = ""
    splitters: dict[str, tuple[int, ...]] = {}
    models: dict[str, ModelRef] = {}
    """The model chosen last, by page."""
    models_view: str = ""
    """The view of the Models page that was shown."""
    monitor: bool = False
    """Whether the monitor is open."""
    conversation: int = 0
    unsent: str = ""
    drafts: dict[str, str] = {}
    """What was written in the other conversations and not sent, by their numbers."""
    text_task: str = ""
    """What the Text page had a model do."""
    texts: dict[str, str] = {}
    """What was written there, by what is done with it."""
    system_prompt: str = ""
    run_colours: dict[str, int] = {}
    """The number of each run's colour, by its name."""


class Settings(msgspec.Struct, kw_only=True, frozen=True):
    """What the user chose. A field with a title is in the settings form; ``extra`` names its choices there."""

    schema: int = SETTINGS_SCHEMA
    appearance: Annotated[
        Appearance,
        msgspec.Meta(
            title="Appearance",
            description="“System” follows the desktop's light or dark mode.",
            extra={"choices": {"system": "System", "light": "Light", "dark": "Dark"}},
        ),
    ] = "system"
    language: Annotated[
        Language,
        msgspec.Meta(
            title="Language",
            description="“System” follows the language of the desktop. Takes effect when the window is opened again.",
            extra={"choices": {"system": "System", "en": "English", "zh": "简体中文"}},
        ),
    ] = "system"
    threads: Annotated[
        int,
        msgspec.Meta(
            title="Processor threads",
            description="Threads of an engine; 0 = automatic. Takes effect after a restart.",
            ge=0,
            le=1024,
            extra={"zero": "Automatic"},
        ),
    ] = 0
    trash_days: Annotated[
        int,
        msgspec.Meta(
            title="Keep removed items for",
            description="Days that removed items can be restored before they are deleted.",
            ge=1,
            le=365,
        ),
    ] = 7
    runs_at_once: Annotated[
        int,
        msgspec.Meta(
            title="Concurrent runs",
            description="Limit of runs at a time per device. Other runs wait in the queue, as do runs that "
            "don't fit into memory.",
            ge=1,
            le=64,
        ),
    ] = 1
    offline: Annotated[
        bool,
        msgspec.Meta(
            title="Offline",
            description="Opens no connections. Everything on this computer keeps working.",
            extra={"section": "Network"},
        ),
    ] = False
    hub_endpoint: Annotated[
        str,
        msgspec.Meta(
            title="Hub address",
            description="A mirror used instead of huggingface.co. Your access token is sent to it too.",
            pattern=ADDRESS,
            max_length=2000,
            extra={"section": "Network", "example": "https://huggingface.co", "may_be": AN_ADDRESS},
        ),
    ] = ""
    proxy: Annotated[
        str,
        msgspec.Meta(
            title="Proxy",
            description="Leave empty to use the system proxy.",
            pattern=ADDRESS,
            max_length=2000,
            extra={"section": "Network", "example": "http://proxy.example.org:8080", "may_be": AN_ADDRESS},
        ),
    ] = ""
    sampling: Sampling = Sampling()
    presets: dict[str, Sampling] = {}
    """The user's own presets of sampling, by name."""
    new_chat_preset: str = ""
    """The key of the preset that a new chat begins with (``core.chat.presets``); empty: as the last chat was."""
    system_prompts: dict[str, str] = {}
    """The user's own system prompts, by name."""
    session: Session = Session()


@functools.cache
def _hints(struct: type) -> dict[str, Any]:
    return get_type_hints(struct, include_extras=True)


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """A field of the settings form: what it is called, what it may be, and what it means."""

    name: str
    label: str
    help: str
    kind: Literal["choice", "number", "switch", "text"] = "choice"
    choices: dict[str, str] = {}
    minimum: int | None = None
    maximum: int | None = None
    zero: str = ""
    """What a zero is shown as."""
    section: str = ""
    """The heading that it stands under."""
    example: str = ""
    """What could be typed, or what an empty field stands for."""
    may_be: str = ""
    """What is said of a text that it cannot take."""

    def takes(self, value: object) -> bool:
        """Return whether the setting may have this value."""
        try:
            msgspec.convert(value, _hints(Settings)[self.name])
        except msgspec.ValidationError:
            return False
        return True


_KINDS: dict[type, Literal["number", "switch", "text"]] = {int: "number", bool: "switch", str: "text"}


def described() -> Iterator[Described]:
    """Yield the fields of the settings form, in order."""
    for name, hint in _hints(Settings).items():
        meta = next((part for part in get_args(hint)[1:] if isinstance(part, msgspec.Meta)), None)
        if meta is None or not meta.title:
            continue
        extra = meta.extra or {}
        yield Described(
            name=name,
            label=meta.title,
            help=meta.description or "",
            kind=_KINDS.get(get_args(hint)[0], "choice"),
            choices=dict(extra.get("choices", {})),
            minimum=None if meta.ge is None else int(meta.ge),
            maximum=None if meta.le is None else int(meta.le),
            zero=str(extra.get("zero", "")),
            section=str(extra.get("section", "")),
            example=str(extra.get("example", "")),
            may_be=str(extra.get("may_be", "")),
        )


def runs_at_once() -> int:
    """Return the setting of that name as the file has it now, its first value where it cannot be read. Changes
    nothing.
    """
    try:
        chosen = tomllib.loads(paths.settings_file().read_text("utf-8")).get("runs_at_once")
        return int(msgspec.convert(chosen, _hints(Settings)["runs_at_once"]))
    except (OSError, ValueError, msgspec.ValidationError):
        return Settings().runs_at_once


class SettingsStore:
    """The settings file, read once and written whole. ``problems`` says what could not be taken from it."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or paths.settings_file()
        self.problems: list[Problem] = []
        self._raw: dict[str, Any] = self._read()
        self.values: Settings = self._converted(self._raw)

    def change(self, **changes: Any) -> Settings:
        """Set fields of ``Settings``; what is new is saved. Raises ``msgspec.ValidationError`` on a bad value."""
        wanted = msgspec.structs.replace(self.values, **changes)
        if wanted != self.values:
            self.values = msgspec.convert(msgspec.to_builtins(wanted), Settings)
            self.save()
        return self.values

    def change_session(self, **changes: Any) -> Settings:
        """Set fields of ``Session`` and save."""
        return self.change(session=msgspec.structs.replace(self.values.session, **changes))

    def save(self) -> None:
        """Write the file, keeping keys that this version does not know. What cannot be written is in ``problems``."""
        known = _without_none(msgspec.to_builtins(self.values))
        self._raw = _merged(self._raw, known, Settings)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(self.path, tomli_w.dumps(self._raw).encode(), durable=False)
        except OSError as error:
            self._say("settings-unwritable", path=str(self.path), detail=error.strerror or str(error))

    def _read(self) -> dict[str, Any]:
        try:
            data = self.path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return {}  # there were never any
        except OSError as error:
            self._say("settings-unreadable", path=str(self.path), detail=error.strerror or str(error))
            return {"offline": True}
        raw, whole = _parsed(data)
        written_by_us = "schema" in raw
        if whole and ("offline" in raw or not written_by_us):
            return raw
        locked = "offline" not in raw
        raw.setdefault("offline", True)
        self._keep_damaged(data, raw, "settings-damaged-locked" if locked else "settings-damaged")
        return raw

    def _keep_damaged(self, data: bytes, raw: dict[str, Any], code: str) -> None:
        """Copy the damaged file, then replace it: the next start must find the network locked as well."""
        aside = self.path.with_name(f"{self.path.stem}.damaged-{time.strftime('%Y%m%d-%H%M%S')}{self.path.suffix}")
        try:
            write_atomic(aside, data)
            write_atomic(self.path, tomli_w.dumps(raw).encode())
        except OSError as error:
            self._say("settings-unreadable", path=str(self.path), detail=error.strerror or str(error))
        else:
            self._say(code, path=str(aside))

    def _converted(self, raw: dict[str, Any]) -> Settings:
        settings: Settings = self._struct(raw, Settings, "")
        offline = raw.get("offline", False)
        return settings if isinstance(offline, bool) else msgspec.structs.replace(settings, offline=True)

    def _struct(self, raw: dict[str, Any], struct: Any, prefix: str) -> Any:
        """Return a struct of those fields that can be taken; one that cannot costs itself alone."""
        values: dict[str, Any] = {}
        hints = _hints(struct)
        for name in sorted(hints.keys() & raw.keys() - {"schema"}):
            value, hint, field = raw[name], hints[name], prefix + name
            if isinstance(hint, type) and issubclass(hint, msgspec.Struct) and isinstance(value, dict):
                values[name] = self._struct(value, hint, f"{field}.")
            elif get_origin(hint) is dict and isinstance(value, dict):
                inner = get_args(hint)[1]
                taken = {key: self._taken(each, inner, f"{field}.{key}") for key, each in value.items()}
                values[name] = {key: each for key, each in taken.items() if each is not _REFUSED}
            elif (taken_value := self._taken(value, hint, field)) is not _REFUSED:
                values[name] = taken_value
        return struct(**values)

    def _taken(self, value: Any, hint: Any, field: str) -> Any:
        try:
            return msgspec.convert(value, hint)
        except msgspec.ValidationError:
            self._say("settings-field", field=field, was=repr(value)[:80])
            return _REFUSED

    def _say(self, code: str, **arguments: str) -> None:
        self.problems.append(Problem(code=code, arguments=dict(arguments)))


def _parsed(data: bytes) -> tuple[dict[str, Any], bool]:
    """Return the settings in a file, and whether all of it could be read: lines that are not TOML are left out."""
    text = data.decode("utf-8", "replace")
    lines, whole = text.splitlines(), text.encode() == data and bool(text.strip())
    for _ in range(len(lines) + 1):
        try:
            return tomllib.loads("\n".join(lines)), whole
        except tomllib.TOMLDecodeError as error:
            whole = False
            at = re.search(r"at line (\d+)", str(error))
            place = int(at[1]) - 1 if at else len(lines) - 1
            del lines[min(place, len(lines) - 1)]
        except RecursionError:
            break
    return {}, False


def _without_none(value: Any) -> Any:
    """TOML has no null: a field that is None is left out."""
    if isinstance(value, dict):
        return {key: _without_none(inner) for key, inner in value.items() if inner is not None}
    return value


def _merged(raw: dict[str, Any], known: dict[str, Any], struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Return ``known``, and of ``raw`` what ``struct`` has no field for."""
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(struct)}
    merged = {key: value for key, value in raw.items() if key not in fields} | known
    for key, inner in fields.items():
        before = raw.get(key)
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct) and isinstance(before, dict) and key in known:
            merged[key] = _merged(before, known[key], inner)
    return merged
