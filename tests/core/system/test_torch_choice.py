"""What is said about a GPU that the installed torch cannot use, and that the command mends it."""

from bigmodel_studio.core.system.torch_choice import cuda_build, torch_problem
from bigmodel_studio.core.text.messages import command, sentence
from bigmodel_studio.protocol import Problem


def said(
    torch_cuda: str | None,
    driver: tuple[int, int] | None = (13, 0),
    capability: tuple[int, int] | None = (8, 9),
    *,
    checkout: bool = True,
) -> tuple[str, str]:
    problem = torch_problem(
        card="NVIDIA GeForce RTX 4090",
        torch_version="2.13.0+x",
        torch_cuda=torch_cuda,
        cuda_available=False,
        driver_cuda=driver,
        capability=capability,
        checkout=checkout,
    )
    assert problem is not None
    words = Problem(code=problem.code, arguments=problem.arguments)
    return sentence(words), command(words)


def test_nothing_is_wrong_without_a_card_or_where_it_works() -> None:
    assert torch_problem(card=None, torch_version="2.13.0", torch_cuda=None, cuda_available=False) is None
    assert torch_problem(card="a card", torch_version="2.13.0", torch_cuda="13.0", cuda_available=True) is None


def test_a_cpu_build_is_named_with_the_one_command() -> None:
    what, remedy = said(None)
    assert "RTX 4090" in what
    assert "python3 packaging/dev.py run --torch cu130" in remedy


def test_a_build_that_is_too_new_for_the_driver() -> None:
    what, remedy = said("13.0", driver=(12, 4))
    assert "CUDA 13.0" in what
    assert "--torch cu126" in remedy


def test_outside_a_checkout_the_command_is_pips() -> None:
    remedy = said(None, checkout=False)[1]
    assert "pip install torch==2.13.0+cu130 --extra-index-url" in remedy


def test_the_right_build_that_does_not_start_points_at_the_driver() -> None:
    assert "nvidia-smi" in said("13.0")[1]


def test_a_card_that_no_build_fits() -> None:
    assert "the CPU is used" in said("13.0", driver=(11, 4))[0]
    assert cuda_build((13, 0), (3, 5)) is None
