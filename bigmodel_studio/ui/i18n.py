"""Languages: which one the window speaks, and the sentences of problems in it.

Every string in ``ui`` goes through Qt's translation; the compiled translations lie in ``resources/i18n`` as
``bigmodel_<language>.qm``. The sentences of ``core.messages`` are translated in the context "messages", the pages'
titles in "pages", the actions' texts in "actions", the labels of settings in "settings".
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from bigmodel_studio.core import numbers, paths
from bigmodel_studio.core.messages import SENTENCES, filled
from bigmodel_studio.core.settings import Language
from bigmodel_studio.protocol import Problem


def install(application: QCoreApplication, language: Language) -> list[QTranslator]:
    """Load the translations of the chosen language (the desktop's for "system"), and group numbers as it does."""
    locale = QLocale.system() if language == "system" else QLocale(language)
    QLocale.setDefault(locale)
    numbers.use_separators(locale.groupSeparator(), locale.decimalPoint())
    loaded = []
    folders = (str(paths.resources() / "i18n"), QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    for folder, name in zip(folders, ("bigmodel", "qtbase"), strict=True):
        translator = QTranslator(application)
        if translator.load(locale, name, "_", folder):
            application.installTranslator(translator)
            loaded.append(translator)
    return loaded


def told(problem: Problem) -> tuple[str, str]:
    """What happened and what to do next, in the window's language."""
    sentence, hint = SENTENCES.get(problem.code, (problem.code, ""))
    return _said(sentence, problem), _said(hint, problem)


def _said(template: str, problem: Problem) -> str:
    return filled(QCoreApplication.translate("messages", template), problem) if template else ""


def setting(text: str) -> str:
    """A label or a help text of a setting."""
    return QCoreApplication.translate("settings", text) if text else ""
