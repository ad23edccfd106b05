import pytest

from eks_blueprints.core.facts.ami_types import ami_types, default_ami_type
from eks_blueprints.core.facts.eks import values_of


def test_every_image_of_eks_is_read() -> None:
    assert {*ami_types(), "CUSTOM"} == set(values_of("AMITypes"))


@pytest.mark.parametrize(
    ("name", "family", "architecture", "accelerator"),
    [
        ("AL2_x86_64_GPU", "AL2", "x86_64", "nvidia"),
        ("AL2023_ARM_64_NVIDIA", "AL2023", "arm64", "nvidia"),
        ("AL2023_x86_64_NEURON", "AL2023", "x86_64", "neuron"),
        ("BOTTLEROCKET_ARM_64_NVIDIA_FIPS", "BOTTLEROCKET", "arm64", "nvidia"),
        ("BOTTLEROCKET_x86_64_FIPS", "BOTTLEROCKET", "x86_64", None),
        ("WINDOWS_CORE_2022_x86_64", "WINDOWS", "x86_64", None),
    ],
)
def test_a_name_says_what_an_image_is_for(name: str, family: str, architecture: str, accelerator: str | None) -> None:
    ami = ami_types()[name]
    assert (ami.family, ami.architecture, ami.accelerator) == (family, architecture, accelerator)


@pytest.mark.parametrize(
    ("architecture", "accelerator", "name"),
    [
        ("x86_64", None, "AL2023_x86_64_STANDARD"),
        ("arm64", None, "AL2023_ARM_64_STANDARD"),
        ("x86_64", "nvidia", "AL2023_x86_64_NVIDIA"),
        ("arm64", "nvidia", "AL2023_ARM_64_NVIDIA"),
        ("x86_64", "neuron", "AL2023_x86_64_NEURON"),
    ],
)
def test_the_default_is_amazon_linux_2023(architecture: str, accelerator: str | None, name: str) -> None:
    assert default_ami_type(architecture, accelerator) == name  # type: ignore[arg-type]


def test_hardware_without_an_image_has_no_default() -> None:
    with pytest.raises(ValueError, match="no Amazon Linux 2023 image for neuron on arm64"):
        default_ami_type("arm64", "neuron")


def test_amazon_linux_2_ends_with_1_32() -> None:
    ami = ami_types()["AL2_x86_64"]
    assert ami.runs(32)
    assert not ami.runs(33)
