"""Every model that can be used, and every model that can be trained, has a page that uses it."""

from __future__ import annotations

import pytest

from bigmodel_studio.core.specs.objectives import TRAINABLE
from bigmodel_studio.ui.pages import PAGES
from bigmodel_studio.ui.window.actions import page_title
from bigmodel_studio.ui.window.uses import USE_IN, use_words


def test_what_is_trained_is_used_where_models_of_its_kind_are() -> None:
    for trainable in TRAINABLE.values():
        assert trainable.page in {USE_IN[kind] for kind in trainable.bases}


@pytest.mark.parametrize("page", sorted(set(USE_IN.values())))
def test_its_button_names_the_page(page: str) -> None:
    assert page in PAGES
    assert use_words(page) == f"Use in {page_title(page)}"
