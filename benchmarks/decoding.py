"""How fast is the fast path, beside llama.cpp on the very same GGUF files and threads? Every promise about decoding.

    XLLAMACPP_PYTHON=…/bin/python python benchmarks/decoding.py [--only ROW,…] [--threads N]

Files of random weights are written to a temporary folder (8 GB for all of them); ours and llama.cpp are measured by
turns. Rows are named in ``decoding_rows.ROWS``. Run it on a quiet machine: it takes about 20 minutes.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.decoding_rows import ROWS, measured
from benchmarks.measuring import print_table
from benchmarks.packed_decoding import VARIABLE, Files
from bigmodel_studio.engine.packed import compiling
from bigmodel_studio.engine.session import physical_cores


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(ROWS), help="rows: " + ", ".join(ROWS))
    parser.add_argument("--threads", type=int, default=physical_cores())
    asked = parser.parse_args()
    unknown = [name for name in asked.only.split(",") if name not in ROWS]
    if unknown:
        parser.error(f"there is no row {unknown[0]}; rows: {', '.join(ROWS)}")
    compiling.kernels()
    print(f"kernels: {compiling.state().instructions}; {asked.threads} threads", file=sys.stderr)
    if not os.environ.get(VARIABLE):
        print(f"llama.cpp: not measured ({VARIABLE} names no interpreter with xllamacpp)", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="bigmodel-studio-benchmark-") as folder:
        files = Files(Path(folder), asked.threads)
        try:
            return print_table(measured(files, asked.only.split(",")))
        finally:
            files.close()


if __name__ == "__main__":
    raise SystemExit(main())
