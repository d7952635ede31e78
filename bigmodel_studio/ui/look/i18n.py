"""Languages: which one the window speaks, and the sentences of problems in it.

Every string in ``ui`` goes through Qt's translation; ``packaging/translations.py`` collects them, and what
``packaging/qm.py`` compiles lies in ``resources/i18n`` as ``bigmodel_<language>.qm``. The sentences of
``core.text.messages`` are translated in the context "messages", the words in their arguments in "arguments", the labels
of settings in "settings".
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.settings import Language
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import filled, templates
from bigmodel_studio.core.text.phrases import numberless
from bigmodel_studio.protocol import Problem

SOURCE = QLocale("en")
"""What the strings are written in; its translation holds plural forms alone."""


def install(application: QCoreApplication, language: Language) -> None:
    """Speak the chosen language from here on (the desktop's for "system"; English where that is not translated).

    Called before the window is made: what is shown already stays as it is.
    """
    for translator in application.findChildren(QTranslator):
        application.removeTranslator(translator)
        translator.deleteLater()
    locale = _locale(language)
    ours, qts = str(paths.resources() / "i18n"), QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    _load(application, SOURCE, "bigmodel", ours)
    loaded = _load(application, locale, "bigmodel", ours)
    if loaded:
        _load(application, locale, "qtbase", qts)
    QLocale.setDefault(locale)
    numbers.use_language(loaded[:2], group=locale.groupSeparator(), decimal=locale.decimalPoint())


def is_in_use(language: Language) -> bool:
    """Return whether ``install`` would change nothing: words, numbers and dates are as that language has them."""
    return _locale(language).name() == QLocale().name()


def _locale(language: Language) -> QLocale:
    return QLocale.system() if language == "system" else QLocale(language)


def _load(application: QCoreApplication, locale: QLocale, name: str, folder: str) -> str:
    """Return the language that was found, "" where there is none."""
    translator = QTranslator(application)
    if not translator.load(locale, name, "_", folder):
        translator.deleteLater()
        return ""
    application.installTranslator(translator)
    return translator.language()


def sentences(problem: Problem) -> tuple[str, str]:
    """Return what happened and what to do next, in the window's language."""
    what, hint = templates(problem)
    return _translated(what, problem), _translated(hint, problem)


def sentence(problem: Problem) -> str:
    """Return both in one text."""
    return in_one(sentences(problem))


def in_one(texts: Iterable[str]) -> str:
    """Return sentences one after the other, parted as the language parts them."""
    pair = QCoreApplication.translate("messages", "{before} {after}")
    parts = [part for part in texts if part]
    return functools.reduce(lambda before, after: pair.format(before=before, after=after), parts) if parts else ""


def run_sentence(problem: Problem | None, message: str) -> str:
    """Return what a run's status says: its problem in the window's language, else its words, those of older versions
    too.
    """
    return words_of(message) if problem is None else sentence(problem)


def words_of(text: str) -> str:
    """Return words that came with a problem or from a run, in the window's language as far as they are known."""
    template, figures = numberless(text)
    return QCoreApplication.translate("arguments", template).format(*figures)


def _translated(template: str, problem: Problem) -> str:
    if not template:
        return ""
    arguments = {name: words_of(it) if isinstance(it, str) else it for name, it in problem.arguments.items()}
    return filled(QCoreApplication.translate("messages", template), Problem(code=problem.code, arguments=arguments))


def setting(text: str) -> str:
    """Return a label or a help text of a setting."""
    return QCoreApplication.translate("settings", text) if text else ""
