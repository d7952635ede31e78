"""How a classifier takes pictures: the size, the scale and the order of channels that its preprocessor gives them.

Training cuts pictures in its own way and normalises them on the device; so that the model is later used as it was
trained, the rest is taken from the preprocessor, and it is made sure that both give the same numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from bigmodel_studio.core.text.messages import StudioError

Picture = NDArray[np.uint8]
"""[height, width, 3], red first."""
PROBES = ((300, 200), (200, 300), (64, 64))


class PictureInput:
    """Made from a preprocessor of transformers. Raises ``StudioError`` where training cannot feed such a model."""

    def __init__(self, processor: Any, name: str) -> None:
        self.processor = processor
        self._flipped = bool(getattr(processor, "do_flip_channel_order", False))
        scale = float(processor.rescale_factor) if processor.do_rescale else 1.0
        normalise = bool(processor.do_normalize)
        mean = np.asarray(processor.image_mean if normalise else [0.0] * 3, dtype=np.float64)
        std = np.asarray(processor.image_std if normalise else [1.0] * 3, dtype=np.float64)
        self._scale = torch.tensor(scale / std, dtype=torch.float32).view(3, 1, 1)
        self._shift = torch.tensor(mean / std, dtype=torch.float32).view(3, 1, 1)
        self.height, self.width = self._check(name)

    @property
    def scale(self) -> list[float]:
        """What a byte is multiplied by, channel by channel."""
        return [float(value) for value in self._scale.flatten()]

    @property
    def shift(self) -> list[float]:
        """What is then taken off."""
        return [float(value) for value in self._shift.flatten()]

    @property
    def flipped(self) -> bool:
        """Whether the model takes blue first."""
        return self._flipped

    def whole(self, picture: Image.Image) -> Picture:
        """Return what of an RGB picture the model sees when it is used, as bytes."""
        made = self.processor(images=picture, do_rescale=False, do_normalize=False, return_tensors="np")
        pixels: Picture = np.asarray(made["pixel_values"])[0].transpose(1, 2, 0)
        return np.ascontiguousarray(pixels[..., ::-1] if self._flipped else pixels)

    def pixel_values(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return uint8 [batch, height, width, 3] as the float32 [batch, 3, height, width] that the model computes
        with.
        """
        pixels = pictures.permute(0, 3, 1, 2)  # the bytes stay as they are: this is channels_last
        pixels = pixels.flip(1) if self._flipped else pixels
        if self._scale.device != pixels.device:
            self._scale, self._shift = self._scale.to(pixels.device), self._shift.to(pixels.device)
        values = pixels.float() * self._scale - self._shift
        return values.contiguous(memory_format=torch.channels_last)

    def _check(self, name: str) -> tuple[int, int]:
        """Return height and width, the same for every picture, after comparing with the preprocessor's own numbers."""
        random = np.random.default_rng(0)
        shapes = set()
        for height, width in PROBES:
            picture = Image.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8))
            try:
                expected = self.processor(images=picture, return_tensors="pt")["pixel_values"][0]
                model_pixels = self.whole(picture)
            except Exception as error:
                raise StudioError("processor-own-way", model=name) from error
            shapes.add(model_pixels.shape)
            if model_pixels.dtype != np.uint8 or model_pixels.shape[2] != 3:
                raise StudioError("processor-own-way", model=name)
            found = self.pixel_values(torch.from_numpy(model_pixels)[None])[0]
            if not torch.allclose(found, expected, atol=1e-4):
                raise StudioError("processor-own-way", model=name)
        if len(shapes) != 1:
            raise StudioError("processor-size-varies", model=name)
        height, width, _ = shapes.pop()
        return height, width


def scratch_preprocessor(size: int, mean: list[float], std: list[float]) -> dict[str, Any]:
    """Return ``preprocessor_config.json`` of a model from scratch: the shorter side becomes ``size``, the middle is
    kept.

    It is the kind that transformers pairs with ResNet.
    """
    return {
        "image_processor_type": "ConvNextImageProcessor",
        "do_resize": True,
        "size": {"shortest_edge": size},
        "crop_pct": 1.0,
        "resample": int(Image.Resampling.BILINEAR),
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": mean,
        "image_std": std,
    }


def processor_of(preprocessor: dict[str, Any]) -> Any:
    """Return the processor that such a file makes."""
    from transformers import ConvNextImageProcessorPil  # here, for it takes a second to import

    return ConvNextImageProcessorPil(**{k: v for k, v in preprocessor.items() if k != "image_processor_type"})
