"""The widths that a page's parts were left at: read off its splitters, and given back to another made alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from PySide6.QtWidgets import QSplitter, QWidget

Sizes = Mapping[str, tuple[int, ...]]


def restore_splitters(place: str, root: QWidget, kept: Sizes) -> None:
    """Give the splitters in ``root`` the widths that they had, as far as they have the same parts."""
    for name, splitter in _splitters(place, root):
        sizes = kept.get(name, ())
        if len(sizes) == splitter.count():
            splitter.setSizes(list(sizes))


def splitter_sizes(roots: Iterable[tuple[str, QWidget]]) -> dict[str, tuple[int, ...]]:
    """Return the widths by name; not where a part is folded away, for it would come back without a width."""
    found = {}
    for place, root in roots:
        for name, splitter in _splitters(place, root):
            panels = [splitter.widget(number) for number in range(splitter.count())]
            if splitter.isVisibleTo(root) and not any(panel is None or panel.isHidden() for panel in panels):
                found[name] = tuple(splitter.sizes())
    return found


def _splitters(place: str, root: QWidget) -> Iterator[tuple[str, QSplitter]]:
    """Yield the splitters in ``root``, by the names that their sizes are kept under: its own, else its number."""
    for number, splitter in enumerate(root.findChildren(QSplitter)):
        name = splitter.objectName() or (str(number) if number else "")
        yield f"{place}/{name}" if name else place, splitter
