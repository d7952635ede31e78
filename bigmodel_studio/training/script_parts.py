"""The text of the scripts that runs are exported as: what all have in common, and a part for each objective.

A script is meant to be read and changed: plain torch, nothing of this application. ``script`` fills in what a run is.
Braces in double are Python's own.
"""

from __future__ import annotations

SCRIPT = '''\
"""{name}: {objective}, exported from Big Model Studio. It gives the losses of the run, update by update.

It needs torch, transformers, tokenizers, safetensors, numpy and Pillow, and the files beside it: `start` (the model
before update {first}) and `data` (what it learns from, prepared). It writes losses.csv and the trained model.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
{imports}

HERE = Path(__file__).resolve().parent
SEED = {seed}
FIRST, STEPS = {first}, {steps}
BATCH, ACCUMULATE = {batch}, {accumulate}  # an update learns from ACCUMULATE batches, one after the other
DEVICE, DTYPE, THREADS = {device!r}, torch.{dtype}, {threads}
LEARNING_RATE, WARMUP, DECAY, FINAL_SHARE = {learning_rate!r}, {warmup}, {decay!r}, {final_share!r}
WEIGHT_DECAY, BETAS, CLIP = {weight_decay!r}, ({beta1!r}, {beta2!r}), {clip}
RECOMPUTE = {recompute}  # gradient checkpointing

# ------------------------------------------------------------------------------- data and loss
{data}

# ------------------------------------------------------------------------------- training


def learning_rate(step: int) -> float:
    if step <= WARMUP:
        return LEARNING_RATE * step / WARMUP
    progress = (step - WARMUP) / max(1, STEPS - WARMUP)
    left = {{"cosine": 0.5 * (1 + math.cos(math.pi * progress)), "linear": 1 - progress}}.get(DECAY)
    return LEARNING_RATE if left is None else LEARNING_RATE * (FINAL_SHARE + (1 - FINAL_SHARE) * left)


def make_optimizer(model: torch.nn.Module) -> torch.optim.Optimizer:
    """Matrices decay, biases and norms do not."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [
        {{"params": [p for p in trained if p.ndim >= 2], "weight_decay": WEIGHT_DECAY}},
        {{"params": [p for p in trained if p.ndim < 2], "weight_decay": 0.0}},
    ]
    groups = [group for group in groups if group["params"]]
{optimizer}


def restore(optimizer: torch.optim.Optimizer, model: torch.nn.Module, path: Path) -> None:
    """What the optimizer knew at the checkpoint that this goes on from."""
    from safetensors.torch import load_file

    parameters = dict(model.named_parameters())
    for key, value in load_file(str(path)).items():
        what, _, name = key.partition("/")
        parameter = parameters[name]
        optimizer.state[parameter][what] = torch.empty_like(parameter).copy_(value) if value.ndim else value.clone()


def main() -> None:
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True, warn_only=DEVICE != "cpu")
    model = load_model().to(DEVICE)
    if RECOMPUTE:
        model.gradient_checkpointing_enable({{"use_reentrant": False}})
    to_training(model)
    optimizer = make_optimizer(model)
    if (HERE / "start" / "trainer.safetensors").exists():
        restore(optimizer, model, HERE / "start" / "trainer.safetensors")
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    with open(HERE / "losses.csv", "w", newline="") as file:
        losses = csv.writer(file)
        losses.writerow(["step", "loss", "learning_rate", "gradient_norm"])
        for step in range(FIRST, STEPS + 1):
            rate = learning_rate(step)
            for group in optimizer.param_groups:
                group["lr"] = rate
            whole = [tensor.to(DEVICE) for tensor in batch(step)]
            torch.manual_seed((SEED * 0x9E3779B97F4A7C15 + step) % 2**63)  # dropout, the same at every run
            optimizer.zero_grad(set_to_none=True)
            total = 0.0
            for at in range(0, len(whole[0]), BATCH):
                part = [tensor[at : at + BATCH] for tensor in whole]
                share = len(part[0]) / len(whole[0])
                with torch.autocast(torch.device(DEVICE).type, dtype=DTYPE, enabled=DTYPE != torch.float32):
                    loss = loss_of(model, *part)
                (loss if share == 1 else loss * share).backward()
                total += loss.item() * share
            norm = torch.nn.utils.clip_grad_norm_(parameters, CLIP).item()
            optimizer.step()
            losses.writerow([step, repr(total), repr(rate), repr(norm)])
            print(f"step {{step}}: loss {{total:.4f}}", flush=True)
    model.save_pretrained(HERE / "trained")


if __name__ == "__main__":
    main()
'''

ADAMW = (
    "    return torch.optim.AdamW(groups, lr=LEARNING_RATE, betas=BETAS, eps=1e-8, "
    'fused=DEVICE.startswith(("cpu", "cuda")))'
)
SGD = "    return torch.optim.SGD(groups, lr=LEARNING_RATE, momentum=BETAS[0])"

TEXT_IMPORTS = "from transformers import AutoModelForCausalLM, PreTrainedModel"
TEXT = '''
CONTEXT = {context}
TOKENS = np.memmap(HERE / "data" / "train.bin", dtype={dtype!r}, mode="r")


def load_model() -> PreTrainedModel:
    return AutoModelForCausalLM.from_pretrained(HERE / "start", dtype=torch.float32)


def to_training(model: PreTrainedModel) -> None:
    model.train()


def batch(step: int) -> list[torch.Tensor]:
    """Windows of CONTEXT + 1 tokens at random places; they depend on the seed and the step alone."""
    random = np.random.Generator(np.random.Philox(key=SEED, counter=[0, 0, 0, step]))
    starts = random.integers(0, len(TOKENS) - CONTEXT, size=BATCH * ACCUMULATE)
    windows = [TOKENS[start : start + CONTEXT + 1].astype(np.int64) for start in starts]
    return [torch.from_numpy(np.stack(windows))]


def loss_of(model: PreTrainedModel, tokens: torch.Tensor) -> torch.Tensor:
    """The mean loss of each next token."""
    logits = model(input_ids=tokens[:, :-1], use_cache=False).logits
    return F.cross_entropy(logits.flatten(0, 1).float(), tokens[:, 1:].flatten())
'''

PICTURE_IMPORTS = """from PIL import Image
from transformers import AutoModelForImageClassification, PreTrainedModel"""
PICTURES = '''
SIZE = ({height}, {width})
SMALLEST_CROP, FLIP, WIDEST_ASPECT = {smallest_crop!r}, {flip}, {widest_aspect!r}
SCALE = torch.tensor({scale!r}).view(3, 1, 1)  # of a byte, channel by channel
SHIFT = torch.tensor({shift!r}).view(3, 1, 1)
BLUE_FIRST = {flipped}
FINE_TUNED, TRAINED_ONLY = {fine_tuned}, {trained_only!r}  # names of the parameters that are trained; all if empty
PLACES = np.load(HERE / "data" / "train.npy", allow_pickle=False)  # start, height, width, class of each picture
BYTES = np.memmap(HERE / "data" / "train.bin", dtype=np.uint8, mode="r")


def load_model() -> PreTrainedModel:
    model = AutoModelForImageClassification.from_pretrained(HERE / "start", dtype=torch.float32)
    if TRAINED_ONLY:
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(name in TRAINED_ONLY)
    return model.to(memory_format=torch.channels_last)


def to_training(model: PreTrainedModel) -> None:
    """A model that is fine-tuned keeps the statistics of its batch normalisations."""
    model.train()
    if FINE_TUNED and TRAINED_ONLY:
        model.base_model.eval()
    for module in model.modules():
        if FINE_TUNED and isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.eval()


def picture(number: int) -> np.ndarray:
    start, height, width = (int(value) for value in PLACES[number, :3])
    return BYTES[start : start + height * width * 3].reshape(height, width, 3)


def random_of(stream: int, number: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=SEED, counter=[0, 0, stream, number]))


def batch(step: int) -> list[torch.Tensor]:
    """Pictures, cut and mirrored by chance, and their classes: in an endless row of shuffles, the next ones."""
    size = BATCH * ACCUMULATE
    chosen: list[int] = []
    while len(chosen) < size:
        epoch, place = divmod((step - 1) * size + len(chosen), len(PLACES))
        chosen += random_of(1, epoch).permutation(len(PLACES))[place : place + size - len(chosen)].tolist()
    draws = random_of(0, step).random((size, 5))
    cuts = [cut(picture(n), SIZE, d[:4], SMALLEST_CROP, mirrored=FLIP and d[4] < 0.5) for n, d in zip(chosen, draws)]
    return [torch.from_numpy(np.stack(cuts)), torch.from_numpy(PLACES[chosen, 3].copy())]


{cut}

def loss_of(model: PreTrainedModel, pictures: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean loss of each picture's class."""
    pixels = pictures.permute(0, 3, 1, 2)
    pixels = pixels.flip(1) if BLUE_FIRST else pixels
    values = pixels.float() * SCALE.to(pixels.device) - SHIFT.to(pixels.device)
    logits = model(pixel_values=values.contiguous(memory_format=torch.channels_last)).logits
    return F.cross_entropy(logits.float(), labels)
'''
