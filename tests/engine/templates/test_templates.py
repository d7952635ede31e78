"""Chat templates in their own process: the same text as transformers', and no template outlives its limits."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from transformers.utils.chat_template_utils import render_jinja_template

from bigmodel_studio.core.system import limits
from bigmodel_studio.core.text.messages import StudioError, hint, sentence
from bigmodel_studio.engine.templates.renderer import TemplateRenderer

TALK: list[dict[str, Any]] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "<b>Hi</b> & “bye” 你好"},
    {"role": "assistant", "content": "Hello.", "reasoning_content": "They said hi."},
    {"role": "user", "content": "Again?"},
]
VARIABLES: dict[str, Any] = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "tools": None,
    "documents": None,
    "add_generation_prompt": True,
}
ORDINARY = (
    (
        "{{ bos_token }}{% for m in messages %}<|{{ m.role }}|>\n{{ m['content'] | trim }}{{ eos_token }}\n{% endfor %}"
        "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
    ),
    (
        "{% set ns = namespace(n=0) %}{% for m in messages %}{% if loop.first %}{% continue %}{% endif %}"
        "{% set ns.n = ns.n + 1 %}{{ ns.n }}:{{ m | tojson }}\n{% endfor %}"
    ),
    (
        "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{{ m.reasoning_content }}"
        "{% endfor %}{{ messages[2].thinking }}{{ dict(a=1)|tojson(indent=1) }}{{ 'x' | indent }}{{ 'y'.center(5) }}"
    ),
    "    {% if tools %}\n    tools\n    {% endif %}\n  {{ messages | length }} {{ range(3) }}{{ '%03d' | format(7) }}",
)


@pytest.fixture
def renderer() -> Iterator[TemplateRenderer]:
    made = TemplateRenderer()
    yield made
    made.close()


def code_of(renderer: TemplateRenderer, template: str) -> str:
    with pytest.raises(StudioError) as caught:
        renderer.render(template, TALK, VARIABLES, file="chat_template.jinja")
    problem = caught.value.problem
    assert "chat_template.jinja" in sentence(problem)
    assert "{" not in sentence(problem) + hint(problem)
    return problem.code


def test_the_text_is_what_transformers_makes(renderer: TemplateRenderer) -> None:
    for template in ORDINARY:
        expected = render_jinja_template([TALK], chat_template=template, **VARIABLES)[0][0]
        assert renderer.render(template, TALK, VARIABLES, file="f") == expected


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        (
            "{% macro m(n) %}{{ m(n) }}{% endmacro %}{% for a in range(99999) %}{% for b in range(99999) %}{{ m }}"
            "{% endfor %}{% endfor %}"
        ),
    ],
)
def test_one_that_does_not_end_is_killed(
    renderer: TemplateRenderer, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TEMPLATE_S", 0.3)
    assert code_of(renderer, template) == "template-slow"
    monkeypatch.undo()
    assert renderer.render("{{ 1 + 1 }}", [], VARIABLES, file="f") == "2"  # the next one is served


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'x' * 999999999 }}",
        "{{ 2 ** 99999999 }}",
        "{{ 'x' | center(999999999) }}",
        "{{ 'x'.center(999999999) }}",
        "{{ '%999999999d' | format(1) }}",
        "{{ '{:999999999}'.format(1) }}",
        "{{ 'a\nb' | indent(999999999) }}",
        "{{ messages | tojson(indent=999999999) }}",
        "{{ range(999999999) | list }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% set ns = namespace(t=['x']) %}{% for a in range(60) %}{% set ns.t = ns.t + ns.t %}{% endfor %}",
        "{{ raise_exception('no system role') }}",
        "{{ messages.append(1) }}",
        "{{ ''.__class__ }}{{ ''.__class__.__mro__ }}",
        "{% for",
    ],
)
def test_one_that_grows_escapes_or_refuses_is_refused(renderer: TemplateRenderer, template: str) -> None:
    assert code_of(renderer, template) in {"template-broken", "template-memory"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a process's memory that Python can set")
def test_memory_is_bounded_while_it_renders(renderer: TemplateRenderer) -> None:
    grow = "{% for a in range(99999) %}{% set ns.t = ns.t + [range(9999) | list] %}{% endfor %}"
    template = "{% set ns = namespace(t=[]) %}" + grow
    assert code_of(renderer, template) in {"template-memory", "template-slow"}


def test_one_process_serves_all_and_ends_with_its_parent() -> None:
    code = (
        "import os, sys, psutil\n"
        "from bigmodel_studio.engine.templates.renderer import RENDERER\n"
        "for n in range(3): RENDERER.render('{{ 1 }}', [], {}, file='f')\n"
        "print(*[child.pid for child in psutil.Process().children()], flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    (child,) = map(int, done.stdout.split())
    end = time.monotonic() + 30
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end, "the process outlived its parent"
        time.sleep(0.02)


def test_the_process_loads_neither_torch_nor_transformers() -> None:
    code = (
        "import sys; from bigmodel_studio.engine.templates import process;"
        "sys.exit(sum(name in sys.modules for name in ('torch', 'transformers', 'numpy', 'tokenizers')))"
    )
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ}, check=False).returncode == 0
