"""A spec is read as its author meant it, and a mistake names the field, what it was and what it may be."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigmodel_studio.core.specs.spec import parse_spec, write_spec
from bigmodel_studio.core.text.messages import StudioError, hint, sentence

PICTURES = 'name = "p"\nobjective = "classify-images"\n[data]\ntrain = ["photos"]\n'
MINIMAL = 'name = "a"\n[data]\ntrain = ["input.txt"]\n'
FOLDER = Path(__file__).resolve().parent


def test_relative_paths_count_from_the_file_and_absolute_ones_stay() -> None:
    elsewhere = (FOLDER.parent / "elsewhere.txt").as_posix()
    spec = parse_spec(
        f'name = "a"\n[data]\ntrain = ["x/y.txt", "{elsewhere}"]\nevaluation = ["z.txt"]\n'
        '[model]\nbase = "./m"\ntokenizer = "./tok"\n',
        FOLDER,
    )
    assert spec.data.train == (str(FOLDER / "x" / "y.txt"), str(Path(elsewhere)))
    assert spec.data.evaluation == (str(FOLDER / "z.txt"),)
    assert Path(spec.model.base) == FOLDER / "m"
    assert Path(spec.model.tokenizer) == FOLDER / "tok"


def test_a_trained_tokenizer_is_not_taken_for_a_path() -> None:
    assert parse_spec(MINIMAL + '[model]\ntokenizer = "train:512"\n', FOLDER).model.tokenizer == "train:512"


@given(
    steps=st.integers(1, 10**6),
    heads=st.integers(1, 16),
    head_width=st.integers(1, 64),
    rate=st.floats(1e-8, 10),
    name=st.text(
        st.characters(codec="utf-8", exclude_characters='/\\:*?"<>|\0', exclude_categories=["Cc"]), min_size=1
    ),
)
def test_what_is_written_is_read_back(steps: int, heads: int, head_width: int, rate: float, name: str) -> None:
    if not name.strip() or name.startswith(".") or len(name) > 100:
        return
    first = parse_spec(MINIMAL, FOLDER)
    text = write_spec(first).replace('name = "a"', "").replace("steps = 300", f"steps = {steps}")
    text = text.replace("heads = 4", f"heads = {heads}").replace("width = 128", f"width = {heads * head_width}")
    text = text.replace("learning_rate = 0.001", f"learning_rate = {rate!r}")
    import tomli_w

    spec = parse_spec(tomli_w.dumps({"name": name}) + text, FOLDER)
    assert (spec.schedule.steps, spec.model.heads, spec.optimizer.learning_rate, spec.name) == (
        steps,
        heads,
        rate,
        name,
    )
    assert parse_spec(write_spec(spec), Path("/elsewhere")) == spec


@pytest.mark.parametrize(
    ("text", "field", "may_be"),
    [
        ('name = "a/b"\n[data]\ntrain = ["x"]\n', "name", "no /"),
        (MINIMAL + "[schedule]\nsteps = 0\n", "schedule.steps", "1 or more"),
        (MINIMAL + '[schedule]\nsteps = "many"\n', "schedule.steps", "int"),
        ('objective = "poetry"\n' + MINIMAL, "objective", "causal-lm, chat"),
        (MINIMAL + "[model]\nheads = 3\n", "model.width", "multiple of model.heads (3)"),
        (MINIMAL + "[optimizer]\nlearning_rate = -1.0\n", "optimizer.learning_rate", "above 0"),
        (MINIMAL + "[schedule]\nstep = 4\n", "schedule.step", "Did you mean schedule.steps?"),
        (MINIMAL.replace("[data]", "learning_rate = 1e-3\n[data]"), "learning_rate", "mean optimizer.learning_rate?"),
        (MINIMAL + "[optimiser]\nlearning_rate = 1e-3\n", "optimiser.learning_rate", "optimizer.learning_rate?"),
        (MINIMAL + "[schedule]\nwarm_up = 3\n", "schedule.warm_up", "Did you mean schedule.warmup?"),
        (MINIMAL + "[zebra]\nxylophone = 3\n", "zebra.xylophone", "one of data, launch"),
        ('name = "a"\n[data]\ntrain = []\n', "data.train", "at least one"),
        (MINIMAL.replace("[data]", "[data]\nevaluation = 0.9"), "data.evaluation", "0 to 0.5"),
        ("schema = 99\n" + MINIMAL, "schema", "newer version"),
        ('name = "a"\n', "data", ""),
        (MINIMAL + "[model]\nheads = 0\n", "model.heads", "1 to"),
        (PICTURES + "[model]\ndepths = [1, 2]\n", "model.depths", "as many numbers as model.widths has (3)"),
        (PICTURES + "[model]\nwidths = [8]\ndepths = [0]\n", "model.depths", "each 1 to 200"),
        (PICTURES + "[model]\nimage_size = 8\n", "model.image_size", "16 to 2,048 pixels with 3 stages"),
        (PICTURES + "smallest_crop = 0.0\n", "data.smallest_crop", "0.01 to 1"),
    ],
)
def test_a_mistake_names_the_field_and_the_way_out(text: str, field: str, may_be: str) -> None:
    with pytest.raises(StudioError) as caught:
        parse_spec(text, FOLDER)
    assert caught.value.problem.arguments["field"] == field
    assert field in sentence(caught.value.problem)
    assert may_be in hint(caught.value.problem)


def test_broken_toml_names_the_line() -> None:
    with pytest.raises(StudioError, match="line 2"):
        parse_spec('name = "a"\nseed = = 1\n', FOLDER)


def test_what_a_spec_of_pictures_leaves_out_is_as_pictures_want_it() -> None:
    scratch = parse_spec(PICTURES, FOLDER)
    assert (scratch.model.architecture, scratch.data.evaluation) == ("resnet", 0.15)
    fine = parse_spec(PICTURES + '[model]\nbase = "starter-resnet"\n[optimizer]\nbeta1 = 0.8\n', FOLDER)
    assert fine.optimizer.learning_rate < scratch.optimizer.learning_rate
    frozen = parse_spec(PICTURES + '[model]\nbase = "starter-resnet"\n[method]\nkind = "frozen"\n', FOLDER)
    assert frozen.optimizer.learning_rate > fine.optimizer.learning_rate
    assert (fine.optimizer.beta1, fine.schedule.steps) == (0.8, 100)
    assert parse_spec(PICTURES + "[schedule]\nsteps = 7\n", FOLDER).schedule.steps == 7
    assert parse_spec(PICTURES + '[samples]\npictures = ["a.png"]\n', FOLDER).samples.pictures == (
        str(FOLDER / "a.png"),
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('objective = "tag"\n' + MINIMAL, "base-needed"),
        (PICTURES + '[method]\nkind = "lora"\n', "method-not-built"),
        (MINIMAL + '[method]\nkind = "lora"\n', "frozen-from-scratch"),
        (PICTURES + '[method]\nkind = "frozen"\n', "frozen-from-scratch"),
        (PICTURES + '[model]\narchitecture = "gpt"\n', "architecture-not-built"),
    ],
)
def test_what_there_is_no_way_to_train_is_refused(text: str, code: str) -> None:
    with pytest.raises(StudioError) as caught:
        parse_spec(text, FOLDER)
    assert caught.value.problem.code == code
