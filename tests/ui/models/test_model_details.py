"""Model details: the map and the tree are one, and the plan is ``core.memory.plan``'s, as fast as one types."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from bigmodel_studio.core.memory.plan import PARTS, plan
from bigmodel_studio.core.models.module_roles import by_role, role_of, tiles
from bigmodel_studio.core.models.treemap import Box
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Costs, Description, Device, Growth, Layer, Measured, Pass, PlanQuestion
from bigmodel_studio.ui.pages.models.plan_panel import PlanPanel
from bigmodel_studio.ui.pages.models.plan_words import part_words
from bigmodel_studio.ui.pages.models.structure_model import PARAMETERS, SHARE
from bigmodel_studio.ui.pages.models.structure_panel import StructurePanel
from tests.work import calls, counted

LEFT = Qt.MouseButton.LeftButton
GB = 10**9
CPU = Device(
    id="cpu",
    kind="cpu",
    name="a processor",
    total_bytes=16 * GB,
    free_bytes=8 * GB,
    dtypes=("float32", "bfloat16"),
)


def block(number: int) -> Layer:
    attention = Layer(name="attn", type="Attention", parameters=4_000, shape=(10, 400))
    mlp = Layer(name="mlp", type="MLP", parameters=8_000)
    norm = Layer(name="ln_1", type="LayerNorm", parameters=100)
    return Layer(name=str(number), type="Block", parameters=12_100, children=(attention, mlp, norm))


def described(blocks: int = 3) -> Description:
    layers = tuple(block(number) for number in range(blocks))
    body = Layer(name="h", type="ModuleList", parameters=12_100 * blocks, children=layers)
    words = Layer(name="wte", type="Embedding", parameters=5_000, shape=(50, 100), dtype="float16")
    head = Layer(name="lm_head", type="Linear", parameters=5_000, shape=(50, 100), tied_to="wte")
    whole = 12_100 * blocks + 5_000
    return Description(
        id="m", architecture="A", kind="causal-lm", parameters=whole, trainable_parameters=whole, dtype="float16",
        context_length=64, layers=(words, body, head), tied_parameters=5_000, costs=costs(),
    )  # fmt: skip


def costs() -> Costs:
    one = Pass(forward=(Growth(token=1e4),), backward=(Growth(token=2e4),), logits=Growth(token=4e3))
    return Costs(
        parameters=50_000_000, parameter_bytes=100_000_000, context_length=64, vocabulary=1000, decodes=True,
        piece_tokens=512, cache_floats=Growth(key=1000),
        passes={"read/4": one, "full/4": one, "full+checkpointing/4": one},
        largest_parameter=10_000, lora_rank=8, lora_per_rank=1000, head_parameters=50_000,
    )  # fmt: skip


@pytest.fixture
def structure(qtbot: QtBot) -> StructurePanel:
    panel = StructurePanel()
    qtbot.addWidget(panel)
    panel.resize(700, 600)
    panel.show()
    panel.show_description(described())
    return panel


def test_the_map_shows_shares_and_counts_what_is_tied_once(structure: StructurePanel) -> None:
    said = described()
    assert by_role(said.layers) == {"feed-forward": 24_000, "attention": 12_000, "embedding": 5_000, "norm": 300}
    whole = Box(0, 0, 600, 400)
    drawn = {tile.path: tile for tile in tiles(said.layers, whole, gap_px=0.0)}
    assert ("lm_head",) not in drawn
    for path, parameters in ((("h",), 36_300), (("wte",), 5_000), (("h", "1", "mlp"), 8_000)):
        assert drawn[path].box.area == pytest.approx(whole.area * parameters / said.parameters, rel=1e-6)
    assert structure.map.texts()[0] == f"Feed-forward {numbers.percent(24_000 / said.parameters)}"
    assert "5,000" in structure.note.text()


def test_a_click_on_the_map_chooses_in_the_tree_and_back(qtbot: QtBot, structure: StructurePanel) -> None:
    tile = structure.map.tile_of(("h", "2", "mlp"))
    assert tile is not None
    where = QPoint(round(tile.box.left + tile.box.width / 2), round(tile.box.top + tile.box.height / 2))
    qtbot.mouseClick(structure.map, LEFT, pos=where)
    model = structure.tree.model()
    chosen = structure.tree.currentIndex()
    assert chosen.data() == "mlp"
    assert chosen.parent().data() == "2"
    assert model.index(chosen.row(), PARAMETERS, chosen.parent()).data() == "8,000"
    assert chosen.data(SHARE) == pytest.approx(8_000 / described().parameters)
    assert structure.map.read_out().startswith("h.2.mlp · MLP · 8,000")
    structure.tree.setCurrentIndex(model.index(0, 0))
    assert structure.map.path == ("wte",)
    structure.map.setFocus()
    qtbot.keyClick(structure.map, Qt.Key.Key_Right)
    qtbot.keyClick(structure.map, Qt.Key.Key_Down)
    assert structure.tree.currentIndex().data() == "0"


def test_thousands_of_modules_are_drawn_and_listed_at_once(qtbot: QtBot, structure: StructurePanel) -> None:
    def draw(blocks: int) -> int:
        said = described(blocks)
        with counted() as found:
            structure.show_description(said)
            structure.grab()
        return found.calls

    few = draw(300)
    assert draw(3_000) < 12 * few
    assert structure.tree.model().rowCount(structure.tree.model().index(1, 0)) == 3_000


@pytest.mark.parametrize(
    ("path", "type_", "role"),
    [
        (("transformer", "h", "0", "attn", "attention", "q_proj"), "Linear", "attention"),
        (("model", "layers", "3", "mlp", "gate_proj"), "Linear", "feed-forward"),
        (("bert", "encoder", "layer", "0", "attention", "output", "dense"), "Linear", "attention"),
        (("bert", "encoder", "layer", "0", "output", "dense"), "Linear", "feed-forward"),
        (("bert", "encoder", "layer", "0", "intermediate", "dense"), "Linear", "feed-forward"),
        (("resnet", "embedder", "convolution"), "Conv2d", "convolution"),
        (("model", "norm"), "LlamaRMSNorm", "norm"),
        (("classifier", "1"), "Linear", "head"),
        (("lm_head",), "Linear", "head"),
    ],
)
def test_roles_by_type_and_place(path: tuple[str, ...], type_: str, role: str) -> None:
    assert role_of(path, type_) == role


@pytest.fixture
def panel(qtbot: QtBot) -> PlanPanel:
    made = PlanPanel()
    qtbot.addWidget(made)
    made.resize(420, 800)
    made.show()
    made.show_costs(costs())
    made.show_devices([CPU], {})
    return made


def test_a_slider_changes_the_bar_to_what_the_plan_says(qtbot: QtBot, panel: PlanPanel) -> None:
    qtbot.mouseClick(panel.purpose.buttons["training"], LEFT)
    panel.batch.slider.setValue(panel.batch.slider.maximum() // 2)
    expected = plan(
        costs(), PlanQuestion(purpose="training", dtype="float32", batch=panel.batch.value, context=64), CPU
    )
    names = part_words()
    assert panel.batch.value == 32
    assert panel.bar.texts() == [f"{names[k]} {numbers.size(expected.parts[k])}" for k in PARTS if expected.parts[k]]
    for key in ("weights", "optimizer"):
        assert panel.bar.share_of(names[key]) == pytest.approx(expected.parts[key] / CPU.free_bytes)
    assert numbers.size(expected.total_bytes) in panel.verdict.text()
    assert calls(lambda: panel.batch.slider.setValue(7)) < 20_000, "a move of it takes a frame"


def test_what_does_not_fit_is_mended_by_pressing_the_advice(qtbot: QtBot, panel: PlanPanel) -> None:
    panel.show_devices([Device(id="cpu", kind="cpu", name="", total_bytes=GB, free_bytes=1_300_000_000, dtypes=())], {})
    panel.ask(PlanQuestion(purpose="training", batch=1024, context=64))
    assert panel.answer is not None
    assert not panel.answer.fits
    assert "Doesn't fit" in panel.verdict.text()
    batch = next(row.button for row in panel.advice_rows if "Batch size" in row.words.text())
    qtbot.mouseClick(batch, LEFT)
    assert panel.answer.fits
    assert panel.batch.value == panel.answer.largest_batch > 1


def test_measured_stands_beside_predicted(qtbot: QtBot, panel: PlanPanel) -> None:
    with qtbot.waitSignal(panel.measure_wanted) as wanted:
        qtbot.mouseClick(panel.measure, LEFT)
    assert wanted.args is not None
    asked = wanted.args[0]
    assert panel.answer is not None
    assert asked == panel.answer.question
    half = {key: size // 2 for key, size in panel.answer.parts.items()}
    peak = panel.answer.total_bytes
    panel.show_measured(Measured(question=asked, device="cpu", parts=half, peak_bytes=peak, seconds_per_step=0.5))
    weights = next(row for row in panel.measured.texts() if row[0] == "Weights")
    assert weights[1:] == [numbers.size(200_000_000), numbers.size(100_000_000), "100.0%"]
    assert panel.measured.texts()[-1][3] == "0.0%"


def test_without_costs_there_is_a_reason_and_no_form(panel: PlanPanel) -> None:
    panel.show_costs(None)
    assert panel.answer is None
    assert "No plan" in panel.state.text()
    assert not panel.bar.isVisible()
