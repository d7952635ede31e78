"""Every event that a request may answer with: the last is exactly one of ``Done``, ``Cancelled``, ``Failed``."""

from __future__ import annotations

from typing import Literal

import msgspec

from bigmodel_studio.protocol.computer import DeviceReport
from bigmodel_studio.protocol.data import DataPreview
from bigmodel_studio.protocol.generation import Generated, PromptTokens, Token
from bigmodel_studio.protocol.hub import (
    Account,
    CopyChecked,
    DatasetDownloaded,
    DatasetListing,
    Downloaded,
    Downloading,
    HubPage,
    HubRepo,
)
from bigmodel_studio.protocol.inside import StepExamples, StepTaken
from bigmodel_studio.protocol.loading import Loaded, ModelFacts
from bigmodel_studio.protocol.models import Description, Measured, Quality, Speed, Tried
from bigmodel_studio.protocol.pictures import Picture, Prediction
from bigmodel_studio.protocol.scoring import Scored, ScoredToken
from bigmodel_studio.protocol.text import Similarities, TextAnswer
from bigmodel_studio.protocol.values import Problem

__all__ = ["Cancelled", "Done", "End", "Event", "Failed", "HubResult", "InsideResult", "Notice", "Progress", "Result"]

InsideResult = StepExamples | StepTaken
HubResult = HubPage | HubRepo | Downloaded | DatasetListing | DatasetDownloaded | CopyChecked | Account
Result = (
    Generated
    | PromptTokens
    | Scored
    | Description
    | ModelFacts
    | DeviceReport
    | Measured
    | Quality
    | Speed
    | Similarities
    | DataPreview
    | HubResult
    | InsideResult
)


class Progress(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something takes time: what (a code of ``core.text.messages``), and how far where that is known (total 0:
    unknown).
    """

    what: str
    done: float = 0.0
    total: float = 0.0


class Notice(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something the user should know that does not end the job."""

    problem: Problem


class Done(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    result: Result | None = None


class Cancelled(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The user stopped it. ``forced``: it would not stop and the engine was ended."""

    result: Result | None = None
    forced: bool = False


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """It could not be done. ``id`` is in the log beside the traceback; ``engine_lost``: the process is gone.

    ``blame``: "input" is a user's mistake (a model, file or spec that cannot be used), "work" a failure of the work.
    """

    problem: Problem
    id: str
    engine_lost: bool = False
    blame: Literal["input", "work"] = "work"


End = Done | Cancelled | Failed
Event = (
    Progress
    | Loaded
    | Token
    | ScoredToken
    | Prediction
    | Picture
    | TextAnswer
    | Notice
    | Downloading
    | Tried
    | Done
    | Cancelled
    | Failed
)
