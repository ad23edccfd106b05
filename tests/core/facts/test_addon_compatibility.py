"""Which versions of add-ons fit which Kubernetes versions: what is not known is never said to fit."""

from __future__ import annotations

import pytest

from eks_blueprints.core.facts.addon_compatibility import accepts, fit, oldest_kubelet


@pytest.mark.parametrize(
    ("component", "version", "kubernetes", "verdict"),
    [
        ("aws-load-balancer-controller", "v2.4.6", 25, "too_old"),
        ("aws-load-balancer-controller", "v2.4.7", 25, "unknown"),
        ("vpc-cni", "v1.11.5-eksbuild.1", 26, "too_old"),
        ("vpc-cni", "v1.11.5-eksbuild.1", 25, "unknown"),
        ("metrics-server", "0.9.0", 33, "too_new"),
        ("metrics-server", "0.9.0", 34, "fits"),
        ("metrics-server", "0.10.0", 36, "unknown"),
        ("cert-manager", "v1.20.2", 35, "fits"),
        ("cert-manager", "v1.20.2", 36, "untested"),
        ("cert-manager", "v1.22.0", 36, "unknown"),
        ("cert-manager", "latest", 36, "unknown"),
        ("cert-manager", None, 36, "unknown"),
        ("nobody-knows", "1.0.0", 36, "unknown"),
    ],
)
def test_a_version_on_a_minor(component: str, version: str | None, kubernetes: int, verdict: str) -> None:
    found = fit(component, version, kubernetes)
    assert found.verdict == verdict
    assert found.why


def test_what_helm_refuses_does_not_fit_and_what_it_takes_is_not_known() -> None:
    assert fit("keda", "2.20.2", 22, "2.20.2").verdict == "too_new"
    assert fit("keda", "2.20.2", 36, "2.20.2").verdict == "unknown"
    assert fit("keda", "2.19.0", 22, "2.19.0").verdict == "unknown", "the table is of another version"


@pytest.mark.parametrize(
    ("constraint", "takes", "refuses"),
    [
        (">=1.25.0-0", [25, 40], [24]),
        (">=v1.23.0-0", [23], [22]),
        (">= 1.21.0-0 < 1.36.0-0", [21, 35], [20, 36]),
        (">=1.22.0-0, <1.30.0", [22, 29], [21, 30]),
        (">1.19.0", [19, 20], [18]),
        ("^1.25.0-0", [25, 40], [24]),
        ("~1.25.0", [25], [24, 26]),
        ("<1.20.0 || >=1.25.0", [19, 25], [20, 24]),
    ],
)
def test_constraints_as_helm_has_them(constraint: str, takes: list[int], refuses: list[int]) -> None:
    assert [accepts(constraint, minor) for minor in takes] == [True] * len(takes)
    assert [accepts(constraint, minor) for minor in refuses] == [False] * len(refuses)


def test_a_constraint_that_cannot_be_read_says_nothing() -> None:
    assert accepts("some day", 30) is None


def test_the_oldest_kubelet_is_three_minors_back_and_two_before_1_25() -> None:
    assert [oldest_kubelet(minor) for minor in (25, 26, 27, 28, 29, 36)] == [23, 24, 25, 25, 26, 33]
