"""Every request: what a user can want of an engine. Whoever adds one gives it a line in ``engine.tasks.TASKS``."""

from __future__ import annotations

import msgspec

from bigmodel_studio.protocol.computer import Devices, MeasurePlan, MeasureQuality, MeasureSpeed, Try
from bigmodel_studio.protocol.data import LookAtData
from bigmodel_studio.protocol.generation import Generate, ShowPrompt
from bigmodel_studio.protocol.hub import (
    CheckCopy,
    Download,
    DownloadDataset,
    LookAtDataset,
    LookAtRepo,
    SearchHub,
    SignIn,
    SignOut,
    WhoAmI,
)
from bigmodel_studio.protocol.inside import LookAtStep, TakeStep
from bigmodel_studio.protocol.loading import Load, Unload
from bigmodel_studio.protocol.models import Describe
from bigmodel_studio.protocol.pictures import Classify, DrawPictures, Preview
from bigmodel_studio.protocol.scoring import ScoreReply, ScoreText
from bigmodel_studio.protocol.text import ClassifyTexts, EmbedTexts, FillMask, PredictNextSentence, Rewrite, TagWords

__all__ = ["DataRequest", "ExportScript", "HubRequest", "InsideRequest", "Request", "TextRequest"]


class ExportScript(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Write a run as a plain PyTorch script, with what it needs, into a new folder. Ends with ``Done(None)``."""

    run: str
    folder: str


HubRequest = SearchHub | LookAtRepo | Download | LookAtDataset | DownloadDataset | CheckCopy | SignIn | SignOut | WhoAmI
DataRequest = LookAtData
InsideRequest = LookAtStep | TakeStep
TextRequest = FillMask | PredictNextSentence | ClassifyTexts | TagWords | EmbedTexts | Rewrite
Request = (
    Load
    | Unload
    | Generate
    | ShowPrompt
    | ScoreReply
    | ScoreText
    | Classify
    | Preview
    | Describe
    | Devices
    | MeasurePlan
    | MeasureQuality
    | MeasureSpeed
    | Try
    | ExportScript
    | DrawPictures
    | HubRequest
    | DataRequest
    | InsideRequest
    | TextRequest
)
