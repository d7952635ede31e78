"""Pictures as bytes on disk, mapped into memory: decoded once, at a bounded size, and read as they are needed.

What is learnt from keeps its shape, so that it can be cut anew every time; what is evaluated on is kept as the model
sees it. Order, crops and flips depend on nothing but the seed and the step, so that a resumed run sees what it would
have seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from bigmodel_studio.core.data.picture_listing import ListedPicture, Listing
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.images.pictures import read_picture
from bigmodel_studio.training.data import shuffling
from bigmodel_studio.training.data.cached import made_whole
from bigmodel_studio.training.data.crops import CUTS, ORDER, cut
from bigmodel_studio.training.data.picture_input import Picture
from bigmodel_studio.training.data.token_data import Say

CACHE_VERSION = 2
KEPT_RATIO = 1.25
"""The shorter side of what is kept is at most this many times the model's input, and the longer one twice that."""
FACTS = "pictures.json"
_SPLIT = 2  # beside the streams of random numbers CUTS and ORDER


@dataclass(frozen=True)
class Listed:
    """Pictures of one part, with the number of the class of each."""

    pictures: tuple[ListedPicture, ...]
    labels: tuple[int, ...]

    def every(self, number: int) -> Listed:
        """Return every so many-th of them."""
        return Listed(self.pictures[::number], self.labels[::number])


class Stored:
    """Pictures of one part, memory-mapped: ``picture(i)`` is uint8 [height, width, 3]; ``labels`` int64 [pictures].

    ``shorter`` are the shorter sides of the pictures in their files, and ``digests`` the same for the same pixels.
    """

    def __init__(self, folder: Path, part: str, files: list[str]) -> None:
        self.files = files
        index: NDArray[np.int64] = np.load(folder / f"{part}.npy", allow_pickle=False)
        self._places, self.labels = index[:, :3], np.ascontiguousarray(index[:, 3])
        self.shorter, self.digests = index[:, 4], index[:, 5]
        path = folder / f"{part}.bin"
        self._bytes = np.memmap(path, dtype=np.uint8, mode="r") if path.stat().st_size else np.zeros(0, np.uint8)

    def __len__(self) -> int:
        return len(self.labels)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all of it: ``pixels``, the bytes of one picture after the other; ``places`` [pictures, 3], where each
        begins, its height and its width; and ``labels``.
        """
        return {"pixels": self._bytes, "places": self._places, "labels": self.labels}

    def picture(self, number: int) -> Picture:
        start, height, width = (int(value) for value in self._places[number])
        return self._bytes[start : start + height * width * 3].reshape(height, width, 3)


@dataclass(frozen=True)
class PictureData:
    """What a run learns from and is evaluated on. ``mean`` and ``std``: of the training part's channels, 0 to 1.

    ``skipped`` are the files that could not be read, with the reason.
    """

    train: Stored
    evaluation: Stored
    mean: list[float]
    std: list[float]
    skipped: list[tuple[str, str]]

    def order(self, seed: int, first: int, count: int) -> list[int]:
        """Return the pictures ``first`` to ``first + count`` of an endless row of shuffles of the training part."""
        return shuffling.order(seed, first, count, len(self.train), ORDER)

    def batch(
        self, seed: int, step: int, batch: int, size: tuple[int, int], smallest_crop: float, flip: bool
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return uint8 [batch, height, width, 3] and int64 [batch] of update ``step`` (from 1): cut and mirrored by
        chance.
        """
        chosen = self.order(seed, (step - 1) * batch, batch)
        draws = shuffling.generator(seed, CUTS, step).random((batch, 5))
        cuts = [
            cut(self.train.picture(number), size, draw[:4], smallest_crop, mirrored=flip and draw[4] < 0.5)
            for number, draw in zip(chosen, draws, strict=True)
        ]
        return torch.from_numpy(np.stack(cuts)), torch.from_numpy(self.train.labels[chosen])

    def evaluation_batches(self, batches: int, batch: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Yield the same every time: up to ``batches`` of pictures as the model sees them, spread over the part."""
        numbers = self.evaluated_numbers(batches, batch)
        for first in range(0, len(numbers), batch):
            chosen = numbers[first : first + batch]
            pictures = np.stack([self.evaluation.picture(int(number)) for number in chosen])
            yield torch.from_numpy(pictures), torch.from_numpy(self.evaluation.labels[chosen])

    def evaluated_numbers(self, batches: int, batch: int) -> NDArray[np.int64]:
        """Return which pictures of the evaluation part those are, in order."""
        count = self.evaluated(batches, batch)
        return np.arange(count, dtype=np.int64) * len(self.evaluation) // max(count, 1)

    def evaluated(self, batches: int, batch: int) -> int:
        """Return how many pictures that is."""
        return min(len(self.evaluation), batches * batch)


def split(listing: Listing) -> tuple[Listed, Listed]:
    """Return the pictures of both parts, class by class. A share is of each class, the same whatever the run's seed."""
    parts: tuple[list[tuple[ListedPicture, int]], list[tuple[ListedPicture, int]]] = ([], [])
    share = listing.evaluation if isinstance(listing.evaluation, float) else 0.0
    evaluated = _by_class([] if isinstance(listing.evaluation, float) else listing.evaluation)
    learnt = _by_class(listing.train)
    for number, label in enumerate(listing.labels):
        pictures = learnt[label]
        count = min(max(1, round(len(pictures) * share)), len(pictures) - 1) if share else 0
        evaluation_numbers = set(shuffling.generator(0, _SPLIT, number).permutation(len(pictures))[:count].tolist())
        for place, picture in enumerate(pictures):
            parts[place in evaluation_numbers].append((picture, number))
        parts[1].extend((picture, number) for picture in evaluated.get(label, ()))
    listed = [Listed(tuple(f for f, _ in part), tuple(n for _, n in part)) for part in parts]
    return listed[0], listed[1]


def _by_class(pictures: Sequence[ListedPicture]) -> dict[str, list[ListedPicture]]:
    found: dict[str, list[ListedPicture]] = {}
    for picture in pictures:
        found.setdefault(picture.label, []).append(picture)
    return found


def prepare(
    train: Listed, evaluation: Listed, whole: Callable[[Image.Image], Picture], recipe: str, input_px: int, say: Say
) -> PictureData:
    """Return both parts as bytes, from the cache or decoded now; what cannot be read is left out and named.

    ``whole`` is how the model sees a picture, ``recipe`` says it in words that change when it does. Raises
    ``StudioError`` "data-no-pictures", ``OSError``; nothing half-made is left in the cache.
    """
    folder = folder_of(train, evaluation, recipe, input_px)
    if not (folder / FACTS).is_file():
        with made_whole(folder, FACTS) as temporary:
            _make(temporary, train, evaluation, whole, input_px, say)
    facts = json.loads((folder / FACTS).read_text("utf-8"))
    if not facts["train"]:
        where = train.pictures[0].file if train.pictures else ""
        reason = facts["skipped"][0][1] if facts["skipped"] else ""
        raise StudioError("data-no-pictures", count=len(train.pictures), path=where, reason=reason)
    return PictureData(
        Stored(folder, "train", facts["train"]),
        Stored(folder, "evaluation", facts["evaluation"]),
        facts["mean"],
        facts["std"],
        [(path, reason) for path, reason in facts["skipped"]],
    )


def folder_of(train: Listed, evaluation: Listed, recipe: str, input_px: int) -> Path:
    """Return where these pictures are kept, once they were decoded (``FACTS`` is there then)."""
    return paths.cache() / "pictures" / _key(train, evaluation, recipe, input_px)


def _key(train: Listed, evaluation: Listed, recipe: str, input_px: int) -> str:
    digest = hashlib.sha256(f"{CACHE_VERSION} {KEPT_RATIO} {recipe} {input_px}\n".encode())
    for part in (train, evaluation):
        for picture, label in zip(part.pictures, part.labels, strict=True):
            stat = picture.path.stat()
            line = f"{label} {stat.st_size} {stat.st_mtime_ns} {picture.path}\n"
            digest.update(line.encode("utf-8", "surrogateescape"))
        digest.update(b"\n")
    return digest.hexdigest()[:32]


def _make(
    folder: Path,
    train: Listed,
    evaluation: Listed,
    whole: Callable[[Image.Image], Picture],
    input_px: int,
    say: Say,
) -> None:
    most = round(input_px * KEPT_RATIO)
    total, done = len(train.pictures) + len(evaluation.pictures), 0
    skipped: list[tuple[str, str]] = []
    moments = np.zeros((2, 3))
    facts: dict[str, object] = {"skipped": skipped}
    for name, part, form in (("train", train, _bounded(most)), ("evaluation", evaluation, whole)):
        index: list[tuple[int, ...]] = []
        kept: list[str] = []
        with open(folder / f"{name}.bin", "wb") as stream:
            for picture, label in zip(part.pictures, part.labels, strict=True):
                done += 1
                say("reading pictures", done, total)
                try:
                    decoded = read_picture(picture.path)
                    pixels = form(decoded)
                except StudioError as error:
                    skipped.append((str(picture), str(error)))
                    continue
                index.append((stream.tell(), *pixels.shape[:2], label, min(decoded.size), _digest(decoded)))
                kept.append(str(picture.path))
                stream.write(pixels.tobytes())
                if name == "train":
                    moments += _moments(pixels)
        np.save(folder / f"{name}.npy", np.asarray(index, dtype=np.int64).reshape(-1, 6))
        facts[name] = kept
    count = max(1, len(facts["train"]))  # type: ignore[arg-type]
    mean = moments[0] / count
    std = np.sqrt(np.maximum(moments[1] / count - mean**2, 1e-4))
    facts |= {"mean": mean.round(4).tolist(), "std": std.round(4).tolist()}
    (folder / FACTS).write_text(json.dumps(facts), "utf-8")


def _bounded(most: int) -> Callable[[Image.Image], Picture]:
    """Smaller where the shorter side is over ``most`` pixels or the longer one over twice that; never larger."""

    def made(picture: Image.Image) -> Picture:
        short, long = sorted(picture.size)
        ratio = min(1.0, most / short, 2 * most / long)
        if ratio < 1:
            size = (max(1, round(picture.width * ratio)), max(1, round(picture.height * ratio)))
            picture = picture.resize(size, Image.Resampling.BILINEAR)
        return np.asarray(picture)

    return made


def _digest(picture: Image.Image) -> int:
    """63 bits that are the same for the same pixels."""
    found = hashlib.blake2b(f"{picture.size}".encode() + picture.tobytes(), digest_size=8).digest()
    return int.from_bytes(found, "little") >> 1


def _moments(pixels: Picture) -> NDArray[np.float64]:
    """Return the means of each channel and of its square, of pixels from 0 to 1."""
    values = pixels.reshape(-1, 3).astype(np.float64) / 255
    return np.stack([values.mean(axis=0), (values**2).mean(axis=0)])
