"""Names of the parts of a memory plan."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def part_words() -> dict[str, str]:
    """Return what the parts of a plan are called."""
    return {
        "weights": QCoreApplication.translate("PlanPanel", "Weights"),
        "gradients": QCoreApplication.translate("PlanPanel", "Gradients"),
        "optimizer": QCoreApplication.translate("PlanPanel", "Optimizer"),
        "activations": QCoreApplication.translate("PlanPanel", "Activations"),
        "kv_cache": QCoreApplication.translate("PlanPanel", "Key/value cache"),
        "logits": QCoreApplication.translate("PlanPanel", "Logits"),
        "overhead": QCoreApplication.translate("PlanPanel", "Process overhead"),
    }
