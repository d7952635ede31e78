"""Reading image files."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "picture-missing": ("The file doesn't exist.", "Check whether it was moved."),
    "picture-unreadable": ("The file can't be read: {detail}.", "Check its permissions, or open another."),
    "picture-empty": ("The file is empty.", "Copy it again."),
    "picture-format": ("Unsupported image format.", "Supported: {formats}."),
    "picture-damaged": ("The picture is truncated or damaged.", "Copy it again, or open another."),
    "picture-too-large": (
        "The picture has {width:,} × {height:,} pixels; the limit is {most} megapixels.",
        "Reduce its size first.",
    ),
    "picture-memory": (
        "Decoding the picture would take {megabytes:,} MB; the limit is {most:,} MB.",
        "Reduce its size, or save it with fewer channels or bits.",
    ),
    "picture-scans": (
        "The JPEG has {scans:,} scans; the limit for its size is {most:,}.",
        "Save it again as a baseline JPEG or PNG.",
    ),
    "picture-slow": (
        "Decoding the picture took longer than {seconds:g} s.",
        "Reduce its size, or save it in another format.",
    ),
    "no-pictures-read": ("None of the pictures could be read.", "The list shows the reason for each."),
    "pictures-other": ("“{name}” is not a picture.", "Drop or paste PNG, JPEG or other pictures here."),
    "pictures-none": ("The folder “{folder}” contains no pictures.", "Drop pictures, or a folder that contains some."),
    "pictures-many": ("Only the first {most} pictures were added.", "Drop the rest when these are done."),
}
