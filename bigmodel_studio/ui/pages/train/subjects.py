"""What the form of a new run offers to train, in the order in which it is offered: one table."""

from __future__ import annotations

from bigmodel_studio.ui.pages.train.chat_subject import ChatSubject
from bigmodel_studio.ui.pages.train.heads_subject import ClassesSubject, TagsSubject
from bigmodel_studio.ui.pages.train.masked_subject import MaskedSubject
from bigmodel_studio.ui.pages.train.picture_subject import PictureSubject
from bigmodel_studio.ui.pages.train.subject import Subject
from bigmodel_studio.ui.pages.train.text_subject import TextSubject

SUBJECTS: tuple[type[Subject], ...] = (
    TextSubject,
    ChatSubject,
    MaskedSubject,
    ClassesSubject,
    TagsSubject,
    PictureSubject,
)
"""A class for each line of ``core.objectives.TRAINABLE``."""
