"""What a build makes before it packs: the compiled translations, which git does not keep."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))

import qm


class CompiledTranslations(BuildHookInterface):  # type: ignore[misc] # its types are not read
    """Found by hatchling, as the one hook of this file; also for an editable installation."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile what is missing or older than its source."""
        qm.bring_up_to_date(Path(self.root) / "resources" / "i18n")
