"""CIFAR-10 as tensors: the archive of JPEGs, the split that choices are made on, and the batches a network sees.

For the recipe that makes the bundled picture classifier, and for its tests. It knows pictures and nothing of networks
or training; it reads the archive in memory (nothing is unpacked to disk) and writes nothing. CIFAR-10 is Krizhevsky,
"Learning Multiple Layers of Features from Tiny Images", 2009.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


@dataclass(frozen=True)
class Pictures:
    """Equal-sized pictures: `images` uint8 [count, 3, side, side], `labels` int64 [count], `names` in the archive."""

    images: torch.Tensor
    labels: torch.Tensor
    names: tuple[str, ...]

    def take(self, indices: torch.Tensor) -> Pictures:
        """The pictures at `indices` (int64 [n]), in that order."""
        names = tuple(self.names[i] for i in indices.tolist())
        return Pictures(self.images[indices], self.labels[indices], names)

    def batches(self, size: int) -> Iterator[Pictures]:
        """The pictures in order, `size` at a time; the last batch may be smaller."""
        for begin in range(0, len(self.names), size):
            part = slice(begin, begin + size)
            yield Pictures(self.images[part], self.labels[part], self.names[part])

    def to(self, device: torch.device) -> Pictures:
        return Pictures(self.images.to(device), self.labels.to(device), self.names)


def read_archive(archive: Path, part: str, limit: int | None = None) -> Pictures:
    """The pictures of `part` ("train" or "test") of a tar of `part/class/name.jpg`, sorted by name.

    With `limit`, the first so many in an order that takes the classes in turn. Raises ValueError where the archive
    holds none, or holds a class that is not one of CIFAR-10's.
    """
    found: dict[str, bytes] = {}
    with tarfile.open(archive, "r|*") as members:
        for member in members:
            pieces = member.name.removeprefix("./").split("/")
            if not member.isfile() or len(pieces) != 3 or pieces[0] != part:
                continue
            if pieces[1] not in CLASSES:
                raise ValueError(f"{archive.name}: {member.name}: the class is not one of {', '.join(CLASSES)}")
            content = members.extractfile(member)
            assert content is not None
            found["/".join(pieces)] = content.read()
    if not found:
        raise ValueError(f"{archive.name} holds no pictures under {part}/<class>/")
    names = sorted(found)
    if limit is not None:
        names = sorted(names, key=lambda name: (name.rsplit("/", 1)[1], name))[:limit]
    labels = torch.tensor([CLASSES.index(name.split("/")[1]) for name in names])
    return Pictures(torch.stack([_decode(found[name]) for name in names]), labels, tuple(names))


def _decode(content: bytes) -> torch.Tensor:
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
        return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)


def split(pictures: Pictures, held_out_per_class: int, seed: int) -> tuple[Pictures, Pictures]:
    """Training and validation parts: a seeded draw of `held_out_per_class` pictures of every class is held out."""
    generator = torch.Generator().manual_seed(seed)
    held_out = torch.zeros(len(pictures.names), dtype=torch.bool)
    for label in range(len(CLASSES)):
        (members,) = torch.where(pictures.labels == label)
        held_out[members[torch.randperm(len(members), generator=generator)[:held_out_per_class]]] = True
    return pictures.take(torch.where(~held_out)[0]), pictures.take(torch.where(held_out)[0])


def channel_statistics(images: torch.Tensor) -> tuple[list[float], list[float]]:
    """Mean and standard deviation of each channel of uint8 [count, 3, side, side], scaled to 0–1, to four places."""
    counts = torch.stack([torch.bincount(images[:, c].flatten().int(), minlength=256) for c in range(3)]).double()
    levels = torch.arange(256, dtype=torch.float64) / 255
    share = counts / counts.sum(dim=1, keepdim=True)
    mean = (share * levels).sum(dim=1)
    deviation = ((share * levels.square()).sum(dim=1) - mean.square()).sqrt()
    return [round(value, 4) for value in mean.tolist()], [round(value, 4) for value in deviation.tolist()]


def to_pixels(images: torch.Tensor, size: int, mean: list[float], std: list[float]) -> torch.Tensor:
    """What the network sees of uint8 [n, 3, side, side]: float32 [n, 3, size, size], normalised, channels last.

    Enlarging is bilinear with half-pixel centres, as Pillow's BILINEAR does it: the two agree to a rounding of 1/255.
    """
    pixels = images.float() / 255
    if images.shape[-1] != size:
        pixels = F.interpolate(pixels, size=(size, size), mode="bilinear", align_corners=False)
    centre = torch.tensor(mean, device=images.device).view(1, 3, 1, 1)
    scale = torch.tensor(std, device=images.device).view(1, 3, 1, 1)
    return ((pixels - centre) / scale).contiguous(memory_format=torch.channels_last)


def shift_and_mirror(images: torch.Tensor, most: int, generator: torch.Generator) -> torch.Tensor:
    """Each picture of uint8 [n, 3, side, side] moved by up to `most` pixels (edges reflected), half of them mirrored.

    The usual CIFAR augmentation (He et al. 2015, section 4.2), with reflection where they pad with zeros. Draws come
    from `generator` on the CPU, so that every device sees the same pictures.
    """
    count, _, side, _ = images.shape
    shifts = torch.randint(-most, most + 1, (2, count, 1), generator=generator)
    mirrored = torch.rand(count, 1, generator=generator) < 0.5
    places = torch.arange(side).view(1, side)
    rows, columns = (_reflect(places + shift, side) for shift in shifts)
    columns = torch.where(mirrored, columns.flip(1), columns)
    rows, columns = rows.to(images.device), columns.to(images.device)
    which = torch.arange(count, device=images.device).view(count, 1, 1, 1)
    channels = torch.arange(3, device=images.device).view(1, 3, 1, 1)
    return images[which, channels, rows.view(count, 1, side, 1), columns.view(count, 1, 1, side)]


def _reflect(places: torch.Tensor, side: int) -> torch.Tensor:
    places = places.abs()
    return torch.where(places >= side, 2 * (side - 1) - places, places)


def cut_out(pixels: torch.Tensor, side: int, generator: torch.Generator) -> torch.Tensor:
    """One square of `side` pixels in each picture of float [n, 3, size, size] set to 0, the mean of the data.

    Cutout (DeVries and Taylor 2017): the centre may lie anywhere, so squares at an edge are smaller.
    """
    count, _, size, _ = pixels.shape
    starts = torch.randint(0, size, (2, count, 1), generator=generator) - side // 2
    places = torch.arange(size).view(1, size)
    inside = (places >= starts) & (places < starts + side)
    hidden = (inside[0].unsqueeze(2) & inside[1].unsqueeze(1)).unsqueeze(1)
    return pixels.masked_fill(hidden.to(pixels.device), 0.0)
