"""Which evaluation was the best so far, and how many came since. Knows numbers only."""

from __future__ import annotations

import msgspec


class Best(msgspec.Struct, frozen=True):
    """``loss`` is the smallest evaluation loss and ``step`` where it was (0: nowhere yet); ``waited`` evaluations came
    since that were no better.
    """

    step: int = 0
    loss: float | None = None
    waited: int = 0

    def better(self, loss: float) -> bool:
        """Return whether this would be the best."""
        return self.loss is None or loss < self.loss

    def after(self, step: int, loss: float) -> Best:
        """Return the best with one evaluation more."""
        return Best(step, loss) if self.better(loss) else Best(self.step, self.loss, self.waited + 1)
