"""Requests to the Hugging Face Hub and its answers; only lanes that may use the network take these."""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = [
    "Account",
    "CheckCopy",
    "CopyChecked",
    "DatasetCopy",
    "DatasetDownloaded",
    "DatasetListing",
    "DatasetPart",
    "Download",
    "DownloadDataset",
    "Downloaded",
    "Downloading",
    "FileProgress",
    "FileState",
    "HubFile",
    "HubModel",
    "HubPage",
    "HubRepo",
    "LookAtDataset",
    "LookAtRepo",
    "NetworkRequest",
    "SearchHub",
    "SignIn",
    "SignOut",
    "Sort",
    "WhoAmI",
]

Sort = Literal["downloads", "likes", "trending", "updated"]
FileState = Literal["waiting", "loading", "checking", "done"]


class SearchHub(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Models on the Hub by words and filters, a page at a time. Ends with ``Done(HubPage)``.

    ``after`` is the ``next`` of the page before; a parameter limit of 0 is none.
    """

    words: str = ""
    task: str = ""
    library: str = ""
    licence: str = ""
    least_parameters: int = 0
    most_parameters: int = 0
    sort: Sort = "downloads"
    limit: int = 50
    after: str = ""


class LookAtRepo(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A repository's card and files. Ends with ``Done(HubRepo)``."""

    id: str
    revision: str | None = None


class Download(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Fetch a repository into the Hub's cache and check what came. ``files`` empty: those that are needed to use it.

    Says ``Downloading``; ends with ``Done(Downloaded)``. Ended in the middle, it goes on where it stopped.
    """

    id: str
    revision: str | None = None
    files: tuple[str, ...] = ()


class LookAtDataset(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What a dataset on the Hub has, by configuration and split. Ends with ``Done(DatasetListing)``.

    Without a ``revision`` it is the Hub's own Parquet of it, or, where there is none, the repository's files.
    """

    id: str
    revision: str | None = None


class DownloadDataset(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Fetch a dataset's files into the Hub's cache and check what came; from then on they are files of this computer.

    ``config`` "": the only one, or the one called "default"; ``split`` "": all of them. Says ``Downloading``; ends with
    ``Done(DatasetDownloaded)``. Ended in the middle, it goes on where it stopped.
    """

    id: str
    config: str = ""
    split: str = ""
    revision: str | None = None


class CheckCopy(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Compare a copy on disk with the Hub's checksums. Ends with ``Done(CopyChecked)``."""

    id: str
    revision: str | None = None


class SignIn(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Try a token and keep it where huggingface_hub does. Ends with ``Done(Account)``. Its text hides the token."""

    token: str

    def __repr__(self) -> str:
        return "SignIn(token=…)"


class SignOut(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Forget the token. Ends with ``Done(Account)`` of nobody."""


class WhoAmI(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Whose token is kept here. Ends with ``Done(Account)``."""


class HubModel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A repository in a list. 0 and "" are what the Hub does not report. ``updated``: seconds since 1970."""

    id: str
    task: str = ""
    library: str = ""
    licence: str = ""
    parameters: int = 0
    bytes: int = 0
    downloads: int = 0
    likes: int = 0
    updated: float = 0.0
    gated: bool = False
    private: bool = False
    base_model: str = ""


class HubPage(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A page of the search; ``next`` is "" where it was the last."""

    models: tuple[HubModel, ...]
    next: str = ""


class HubFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file of a repository. ``needed``: fetched where nothing else is asked for. ``here``: it is in the cache."""

    name: str
    bytes: int = 0
    sha256: str = ""
    needed: bool = False
    here: bool = False


class HubRepo(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A repository looked at. ``revision`` is the commit; ``card`` its Markdown, cut where it is very long."""

    model: HubModel
    revision: str
    card: str
    files: tuple[HubFile, ...]
    needed_bytes: int
    """Of the needed files, those that are not here yet."""


class FileProgress(msgspec.Struct, frozen=True, array_like=True):
    """How far one file is, in bytes."""

    name: str
    done_bytes: int
    total_bytes: int
    state: FileState


class Downloading(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How far a download is: in all, and each file. ``seconds_left`` is None until the speed is known."""

    files: tuple[FileProgress, ...]
    done_bytes: int
    total_bytes: int
    bytes_per_s: float = 0.0
    seconds_left: float | None = None


class Downloaded(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The copy is whole and checked. ``again`` are the files whose checksum was wrong and that were fetched anew."""

    id: str
    revision: str
    path: str
    bytes: int
    fetched_bytes: int
    again: tuple[str, ...] = ()


class DatasetPart(msgspec.Struct, frozen=True, kw_only=True):
    """A split of a configuration of a dataset on the Hub: its files, their bytes, and how many of these are here."""

    config: str
    split: str
    files: tuple[str, ...]
    bytes: int
    here_bytes: int = 0


class DatasetListing(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A dataset looked at. ``revision`` is the commit."""

    id: str
    revision: str
    parts: tuple[DatasetPart, ...]


class DatasetCopy(msgspec.Struct, frozen=True, kw_only=True):
    """A split that is on this computer, whole and checked: ``paths`` are what a training is given."""

    id: str
    revision: str
    config: str
    split: str
    paths: tuple[str, ...]
    bytes: int


class DatasetDownloaded(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The splits that are here now; the rest as in ``Downloaded``."""

    id: str
    revision: str
    copies: tuple[DatasetCopy, ...]
    bytes: int
    fetched_bytes: int
    again: tuple[str, ...] = ()


class CopyChecked(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Which files of a copy are not what the Hub has, and how many are."""

    id: str
    revision: str
    good: int
    bad: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Account(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Who is signed in on the Hub: "" is nobody."""

    name: str = ""


class NetworkRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request that left this process, for the ledger. ``purpose`` is a code; ``path`` without its query.

    It is said when it leaves and again, with the same ``time``, when its answer is over.

    ``time``: seconds since 1970; ``status`` 0: there was no answer; bytes are those of the bodies.
    """

    time: float
    method: str
    host: str
    path: str
    purpose: str
    status: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0
    seconds: float = 0.0
