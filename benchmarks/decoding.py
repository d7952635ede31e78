"""How fast is the fast path, beside llama.cpp on the very same GGUF files and threads? Every promise about decoding.

    XLLAMACPP_PYTHON=…/bin/python python benchmarks/decoding.py [--only ROW,…] [--threads N] [--quick] [--files FOLDER]

Files of random weights are written to a temporary folder (8 GB for all of them), or to one that keeps them for the next
run; ours and llama.cpp are measured by turns. Rows are named in ``decoding_rows.ROWS``; each is printed as soon as it
is measured, and all of them once more at the end, also where Ctrl+C ends it. Run it on a quiet machine: it takes about
20 minutes. ``--quick`` measures everything once, which shows that it works and no more.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.decoding_rows import ROWS, measured
from benchmarks.measuring import Row, print_row, print_table, prints_json
from benchmarks.packed_decoding import ROUNDS, TURNS, VARIABLE, Files
from bigmodel_studio.engine.packed import compiling
from bigmodel_studio.engine.session import physical_cores

NAME_WIDTH = 64


def print_as_measured(files: Files, names: list[str]) -> int:
    """Print each row when it is there, and the table of all of them at the end; 1 where a goal is not reached."""
    rows: list[Row] = []
    try:
        for row in measured(files, names):
            rows.append(row)
            print_row(row, NAME_WIDTH)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    if prints_json():
        return int(not all(row.kept for row in rows))
    print(f"\n{len(rows)} rows, {sum(not row.kept for row in rows)} of them short of their goal")
    return print_table(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(ROWS), help="rows: " + ", ".join(ROWS))
    parser.add_argument("--threads", type=int, default=physical_cores())
    parser.add_argument("--quick", action="store_true", help="measure everything once")
    parser.add_argument("--files", type=Path, help="folder that keeps the files of random weights")
    asked = parser.parse_args()
    unknown = [name for name in asked.only.split(",") if name not in ROWS]
    if unknown:
        parser.error(f"there is no row {unknown[0]}; rows: {', '.join(ROWS)}")
    compiling.kernels()
    print(f"kernels: {compiling.state().instructions}; {asked.threads} threads", file=sys.stderr)
    if not os.environ.get(VARIABLE):
        print(f"llama.cpp: not measured ({VARIABLE} names no interpreter with xllamacpp)", file=sys.stderr)
    turns, rounds = (1, 1) if asked.quick else (TURNS, ROUNDS)
    with tempfile.TemporaryDirectory(prefix="bigmodel-studio-benchmark-") as temporary:
        folder = asked.files or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        files = Files(folder, asked.threads, turns=turns, rounds=rounds)
        try:
            return print_as_measured(files, asked.only.split(","))
        finally:
            files.close()


if __name__ == "__main__":
    raise SystemExit(main())
