"""Where the window can be sent: a type for each thing that can be opened, with the page that opens it.

``Studio.open`` takes one from anywhere; the window shows its ``page`` and hands it on to ``Page.open``. A page that
opens something new has a type here, and a case in its ``open``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from bigmodel_studio.protocol import ModelRef

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from bigmodel_studio.core.advice.scaling_down import Like


@dataclass(frozen=True)
class OpenPage:
    """A page as it was left."""

    page: str


@dataclass(frozen=True)
class UseModel:
    """A model on the page that uses its kind (``ui.window.uses.USE_IN``): Chat, Images or Text."""

    page: str
    model: ModelRef


# ----------------------------------------------------------------------------------- Chat


@dataclass(frozen=True)
class OpenChat:
    """A conversation, by its number."""

    page: ClassVar[str] = "chat"
    conversation: int


# ----------------------------------------------------------------------------------- Images


@dataclass(frozen=True)
class OpenPictures:
    """Pictures and folders of them."""

    page: ClassVar[str] = "images"
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class OpenImage:
    """A picture without a file, as a browser hands one over."""

    page: ClassVar[str] = "images"
    image: QImage


# ----------------------------------------------------------------------------------- Train


@dataclass(frozen=True)
class OpenRun:
    """A run, now or as soon as it is there."""

    page: ClassVar[str] = "train"
    name: str


@dataclass(frozen=True)
class TrainLike:
    """The form of a new run, filled in like that."""

    page: ClassVar[str] = "train"
    like: Like


@dataclass(frozen=True)
class TrainModel:
    """The form of a new run that goes on from a model."""

    page: ClassVar[str] = "train"
    model: ModelRef


@dataclass(frozen=True)
class LearnFrom:
    """The form of a new run that learns from files and folders."""

    page: ClassVar[str] = "train"
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class OpenEventFiles:
    """TensorBoard's event files and folders of them, read as runs."""

    page: ClassVar[str] = "train"
    paths: tuple[Path, ...]


# ----------------------------------------------------------------------------------- Models


@dataclass(frozen=True)
class OpenModel:
    """What is known of a model, in the view that shows models of its source."""

    page: ClassVar[str] = "models"
    model: ModelRef


@dataclass(frozen=True)
class OpenOnHub:
    """A model on the Hub by its id, whether it is here or not, or a search for words; nothing is asked for "" ."""

    page: ClassVar[str] = "models"
    id: str = ""
    words: str = ""


@dataclass(frozen=True)
class OpenAdvice:
    """The adviser."""

    page: ClassVar[str] = "models"


Destination = (
    OpenPage
    | UseModel
    | OpenChat
    | OpenPictures
    | OpenImage
    | OpenRun
    | TrainLike
    | TrainModel
    | LearnFrom
    | OpenEventFiles
    | OpenModel
    | OpenOnHub
    | OpenAdvice
)
