"""Tasks of the page, in the order in which they are offered: one table."""

from __future__ import annotations

from bigmodel_studio.ui.pages.text.classify import ClassifyTask
from bigmodel_studio.ui.pages.text.embed import EmbedTask
from bigmodel_studio.ui.pages.text.fill_mask import FillMaskTask
from bigmodel_studio.ui.pages.text.next_sentence import NextSentenceTask
from bigmodel_studio.ui.pages.text.rewrite import SummarizeTask, TranslateTask
from bigmodel_studio.ui.pages.text.tag import TagTask
from bigmodel_studio.ui.pages.text.task import Task

TASKS: tuple[type[Task], ...] = (
    FillMaskTask,
    NextSentenceTask,
    ClassifyTask,
    TagTask,
    EmbedTask,
    SummarizeTask,
    TranslateTask,
)
