"""Join the other processes of a run, where there are any: the one place that chooses between ``Ranks`` and
``DistributedRanks``.
"""

from __future__ import annotations

from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.engine import devices
from bigmodel_studio.training.distributed.environment import is_worker
from bigmodel_studio.training.distributed.ranks import Ranks


def join_ranks(spec: RunSpec) -> Ranks:
    """Return this process among those that torchrun started, or alone. Raises ``StudioError`` as ``devices.choose``."""
    if not is_worker():
        return Ranks()
    from bigmodel_studio.training.distributed.process_group import DistributedRanks

    ranks = DistributedRanks(spec.launch.strategy)
    ranks.join(devices.choose(spec.launch.device))
    return ranks
