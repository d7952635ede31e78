"""Objectives of the new-run form, in the order in which they are offered: one table."""

from __future__ import annotations

from bigmodel_studio.ui.pages.train.form.chat_subject import ChatSubject
from bigmodel_studio.ui.pages.train.form.heads_subject import ClassesSubject, TagsSubject
from bigmodel_studio.ui.pages.train.form.masked_subject import MaskedSubject
from bigmodel_studio.ui.pages.train.form.picture_subject import PictureSubject
from bigmodel_studio.ui.pages.train.form.preference_subject import PreferenceSubject
from bigmodel_studio.ui.pages.train.form.subject import Subject
from bigmodel_studio.ui.pages.train.form.text_subject import TextSubject

SUBJECTS: tuple[type[Subject], ...] = (
    TextSubject,
    ChatSubject,
    PreferenceSubject,
    MaskedSubject,
    ClassesSubject,
    TagsSubject,
    PictureSubject,
)
"""A class for each line of ``core.specs.objectives.TRAINABLE``."""
