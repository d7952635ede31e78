"""Does every objective still learn exactly what it learnt before? The losses of 50 updates, compared bit for bit.

``python benchmarks/losses.py`` compares this checkout with ``losses.json``, the committed record. It holds for one
version of torch on one kind of processor; elsewhere the script says so and compares nothing. ``--against CHECKOUT``
trains the same specs in another checkout on this machine, which works anywhere. ``--record`` writes the record again,
for a change that is meant to alter the losses. ``--only OBJECTIVE`` takes one of the six.

Text, conversations, tables, pictures and the models to begin from are made here from fixed seeds; each training runs on
one thread through ``train SPEC.toml --json``, whose interface stays. Exit status: 0 the same, 1 different.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import tomli_w
import torch
import transformers
from PIL import Image
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import BertConfig, BertModel, GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from benchmarks.measuring import REPOSITORY, Row, print_table

STEPS = 50
RECORD = Path(__file__).with_name("losses.json")
COMPARED = ("loss", "gradient_norm", "evaluation_loss")
"""The fields of a record that have to be equal in every bit."""
CONTEXT = 128
SUBJECTS, VERBS = ("Tom", "Mia", "the dog", "an old king", "my friend"), ("sees", "wants", "finds", "paints")
COLOURS, THINGS = ("red", "blue", "small", "quiet"), ("boat", "house", "bird", "tree", "ball")
Losses = dict[str, list[dict[str, str]]]
"""For each objective, the compared fields of every record in hexadecimal: no digit is rounded away."""

Made = dict[str, Any]


# ---------------------------------------------------------------------------------------------- data and models


def sentence(draw: random.Random) -> str:
    return f"{draw.choice(SUBJECTS)} {draw.choice(VERBS)} a {draw.choice(COLOURS)} {draw.choice(THINGS)}."


def make_text(folder: Path) -> Path:
    """Documents of three to eight sentences, separated by blank lines."""
    draw = random.Random(11)
    documents = ["\n".join(sentence(draw) for _ in range(draw.randrange(3, 9))) for _ in range(400)]
    return written(folder / "text.txt", "\n\n".join(documents) + "\n")


def make_conversations(folder: Path) -> Path:
    draw, lines = random.Random(12), []
    for _ in range(300):
        asked, thing = draw.choice(COLOURS), draw.choice(THINGS)
        messages = [
            {"role": "user", "content": f"What is {asked}?"},
            {"role": "assistant", "content": f"The {thing} is {asked}."},
        ]
        lines.append(json.dumps({"messages": messages}))
    return written(folder / "conversations.jsonl", "\n".join(lines) + "\n")


def make_labelled(folder: Path) -> Path:
    draw, lines = random.Random(13), ["text,label"]
    for _ in range(300):
        label = draw.choice(COLOURS)
        lines.append(f"{draw.choice(SUBJECTS)} has a {label} {draw.choice(THINGS)},{label}")
    return written(folder / "labelled.csv", "\n".join(lines) + "\n")


def make_tagged(folder: Path) -> Path:
    draw, lines = random.Random(14), []
    for _ in range(300):
        lines += [f"{word}\t{tag_of(word)}" for word in sentence(draw)[:-1].split()] + [""]
    return written(folder / "tagged.conll", "\n".join(lines) + "\n")


def tag_of(word: str) -> str:
    return "B-colour" if word in COLOURS else "B-thing" if word in THINGS else "O"


def make_pictures(folder: Path) -> Path:
    """40 noisy pictures of 40 × 40 for each of three classes, told apart by their colour."""
    noise = np.random.default_rng(15)
    for label, colour in {"red": (200, 60, 60), "green": (60, 200, 60), "blue": (60, 60, 200)}.items():
        (folder / "pictures" / label).mkdir(parents=True)
        for number in range(40):
            pixels = noise.normal(colour, 40, (40, 40, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / "pictures" / label / f"{number:02}.png")
    return folder / "pictures"


def make_tokenizer() -> PreTrainedTokenizerFast:
    """Every byte is a token."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE({letter: place for place, letter in enumerate(alphabet)}, []))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<|end|>", pad_token="<|pad|>")


def make_gpt(folder: Path) -> Path:
    torch.manual_seed(16)
    config = GPT2Config(
        n_embd=48, n_layer=2, n_head=2, n_positions=CONTEXT, vocab_size=258, bos_token_id=None, eos_token_id=256
    )
    GPT2LMHeadModel(config).save_pretrained(folder / "gpt")
    make_tokenizer().save_pretrained(folder / "gpt")
    return folder / "gpt"


def make_encoder(folder: Path) -> Path:
    torch.manual_seed(17)
    config = BertConfig(
        hidden_size=48, num_hidden_layers=2, num_attention_heads=2, intermediate_size=96, vocab_size=258,
        max_position_embeddings=CONTEXT,
    )  # fmt: skip
    BertModel(config).save_pretrained(str(folder / "encoder"))
    make_tokenizer().save_pretrained(str(folder / "encoder"))
    return folder / "encoder"


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


# ---------------------------------------------------------------------------------------------- trainings


def specs(folder: Path) -> dict[str, Made]:
    """A spec for each objective, with what it learns from made in ``folder``; dropout wherever there can be some."""
    shape = {"layers": 2, "heads": 2, "width": 48, "context": 64, "dropout": 0.1, "tokenizer": "train:300"}
    text, encoder = str(make_text(folder)), str(make_encoder(folder))
    each: dict[str, Made] = {
        "causal-lm": {"data": {"train": [text]}, "model": shape},
        "chat": {
            "data": {"train": [str(make_conversations(folder))]},
            "model": {"base": str(make_gpt(folder)), "context": CONTEXT},
        },
        "masked-lm": {"data": {"train": [text]}, "model": {**shape, "architecture": "bert"}},
        "classify-text": {"data": {"train": [str(make_labelled(folder))]}, "model": {"base": encoder, "context": 64}},
        "tag": {"data": {"train": [str(make_tagged(folder))]}, "model": {"base": encoder, "context": 64}},
        "classify-images": {
            "data": {"train": [str(make_pictures(folder))], "evaluation": 0.2},
            "model": {"widths": [8, 16], "depths": [1, 1], "image_size": 32},
        },
    }
    schedule = {"steps": STEPS, "batch": 8, "evaluate_every": 10, "evaluation_batches": 2, "checkpoint_every": STEPS}
    common = {
        "seed": 5,
        "schedule": schedule,
        "optimizer": {"learning_rate": 1e-3},
        "launch": {"device": "cpu", "dtype": "float32", "threads": 1},
    }
    return {name: {"name": name, "objective": name, **spec, **common} for name, spec in each.items()}


def train(checkout: Path, spec: Made, folder: Path) -> list[dict[str, str]]:
    """Train in a process of that checkout with an empty home. Raises ``SystemExit`` where it does not finish."""
    file = written(folder / "spec.toml", tomli_w.dumps(spec))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BIGMODEL_STUDIO")}
    environment |= {"PYTHONPATH": str(checkout), "BIGMODEL_STUDIO_HOME": str(folder / "home")}
    words = [sys.executable, "-m", "bigmodel_studio", "train", str(file), "--json", "--now"]
    done = subprocess.run(words, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    losses = [
        {field: float(record[field]).hex() for field in COMPARED if record.get(field) is not None}
        for record in records
        if "gradient_norm" in record  # an update; there are other events, and the run's own record at the end
    ]
    if done.returncode != 0 or len(losses) != STEPS:
        raise SystemExit(
            f"error: {spec['name']} in {checkout}: {len(losses)} updates\n{done.stdout[:2000]}\n{done.stderr}"
        )
    return losses


def train_all(checkout: Path, wanted: Mapping[str, Made], folder: Path) -> Losses:
    """The losses of every spec in one checkout. Raises ``SystemExit`` where its package is not what would be run."""
    look = [sys.executable, "-c", "import bigmodel_studio; print(bigmodel_studio.__file__)"]
    found = subprocess.run(
        look, cwd=checkout, env={**os.environ, "PYTHONPATH": str(checkout)}, capture_output=True, text=True, check=True
    )
    if not Path(found.stdout.strip()).resolve().is_relative_to(checkout.resolve()):
        raise SystemExit(f"error: {checkout} is no checkout of Big Model Studio; {found.stdout.strip()} would be run")
    losses = {}
    for objective, spec in wanted.items():
        with tempfile.TemporaryDirectory(dir=folder, prefix=objective) as own:
            losses[objective] = train(checkout, spec, Path(own))
    return losses


# ---------------------------------------------------------------------------------------------- comparing


def machine() -> dict[str, str]:
    """What floating-point results depend on beside the code. ``processor`` is the name that the system gives it."""
    processor = platform.processor()
    if sys.platform == "linux":
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), processor)
    return {
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "numpy": np.__version__,
        "processor": processor,
        "system": f"{platform.system()} {platform.machine()}",
    }


def first_difference(ours: list[dict[str, str]], theirs: list[dict[str, str]]) -> tuple[int, str]:
    """How many steps differ, and which is the first and in what; (0, "") where none does."""
    different = [step for step, pair in enumerate(zip(ours, theirs, strict=True), 1) if pair[0] != pair[1]]
    if not different:
        return 0, ""
    one, other = ours[different[0] - 1], theirs[different[0] - 1]
    field = next(name for name in COMPARED if one.get(name) != other.get(name))
    shown = [float.fromhex(side[field]) if field in side else None for side in (one, other)]
    return len(different), f"first at step {different[0]}: {field} {shown[0]} here, {shown[1]} there"


def rows(ours: Losses, theirs: Losses, name: str) -> list[Row]:
    """A row for each objective: the steps, of 50, whose losses are not those of ``name``."""
    made = []
    for objective, losses in ours.items():
        count, remark = first_difference(losses, theirs[objective])
        last = float.fromhex(losses[-1]["loss"])
        made.append(
            Row(f"{objective}: steps that differ from {name}", count, "", 0, remark or f"all {STEPS}; last {last:.6f}")
        )
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="another checkout to train the same specs in")
    parser.add_argument("--record", action="store_true", help="write this checkout's losses to losses.json")
    parser.add_argument("--only", metavar="OBJECTIVE", help="one objective instead of all six")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bigmodel-studio-losses-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        wanted = specs(folder)
        if given.only:
            wanted = {given.only: wanted[given.only]}
        if given.against is not None:
            ours = train_all(REPOSITORY, wanted, folder)
            return print_table(rows(ours, train_all(given.against.resolve(), wanted, folder), str(given.against)))
        record = {"machine": machine(), "losses": {}}
        if not given.record:
            record = json.loads(RECORD.read_text("utf-8"))
            others = {name: value for name, value in record["machine"].items() if machine()[name] != value}
            if others:
                print(f"not compared: losses.json is of {others}; use --against CHECKOUT here", file=sys.stderr)
                return 0
        ours = train_all(REPOSITORY, wanted, folder)
        if given.record:
            RECORD.write_text(json.dumps({**record, "losses": ours}, indent=1) + "\n", "utf-8")
            return 0
        return print_table(rows(ours, record["losses"], "losses.json"))


if __name__ == "__main__":
    raise SystemExit(main())
