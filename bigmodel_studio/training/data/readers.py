"""The readers of formats that need an optional library: put into ``core.data``'s tables where a process learns.

``core`` may not know this package, and the window never loads what reads Parquet.
"""

from __future__ import annotations

from bigmodel_studio.core.data import picture_listing, records
from bigmodel_studio.training.data import parquet, parquet_pictures


def use_all() -> None:
    """Let ``core.data`` read Parquet in this process. Loads no optional library; calling it again changes nothing."""
    records.READERS[records.PARQUET] = parquet.records
    picture_listing.READERS[records.PARQUET] = parquet_pictures.of_table
