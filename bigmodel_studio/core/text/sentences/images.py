"""Reading image files."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "picture-missing": ("There is no such file.", "See whether it was moved."),
    "picture-unreadable": ("The file cannot be read: {detail}.", "See to its permissions, or open another."),
    "picture-empty": ("The file is empty.", "Copy it again."),
    "picture-format": ("This is not a picture of a known kind.", "Known are {formats}."),
    "picture-damaged": ("The picture is cut off or damaged.", "Copy it again, or open another."),
    "picture-too-large": (
        "The picture has {width:,} × {height:,} pixels; at most {most} megapixels are opened.",
        "Make it smaller first.",
    ),
    "picture-memory": (
        "Decoding the picture would take {megabytes:,} MB; the limit is {most:,} MB.",
        "Make it smaller, or save it with fewer channels or bits.",
    ),
    "picture-scans": (
        "The JPEG has {scans:,} scans; the limit for its size is {most:,}.",
        "Save it again as an ordinary JPEG or PNG.",
    ),
    "picture-slow": (
        "Decoding the picture took longer than {seconds:g} s.",
        "Make it smaller, or save it in another format.",
    ),
    "no-pictures-read": ("None of the pictures could be read.", "The reasons are listed with each."),
    "pictures-none": ("The folder “{folder}” holds no pictures.", "Drop pictures, or a folder with some in it."),
    "pictures-many": ("Only the first {most} pictures were taken.", "Drop the rest when these are done."),
}
