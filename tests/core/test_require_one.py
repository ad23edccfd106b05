"""Exactly one of two or more fields."""

import pytest
from pydantic import ValidationError

from eks_blueprints.core.errors import problems_of
from eks_blueprints.pipelines.stages._ways import KubectlArgs
from eks_blueprints.pipelines.stages.find import Find


@pytest.mark.parametrize(
    ("spec", "fields", "said"),
    [
        (Find, {}, "image: or chart is required, but not both; got neither; set one of them"),
        (
            Find,
            {"image": {"repository": "web"}, "chart": {"repository": "charts/web"}},
            "image: or chart is required, but not both; got both; set one of them",
        ),
        (
            KubectlArgs,
            {},
            "workloads: or kustomize or manifests is required, but one alone; got none; set one of them",
        ),
        (
            KubectlArgs,
            {"workloads": ["deployment/web"], "kustomize": "base"},
            "manifests is required, but one alone; got workloads and kustomize; set one of them",
        ),
    ],
)
def test_neither_and_both_are_refused(spec: type, fields: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        spec(**fields)

    assert any(said in str(problem) for problem in problems_of(caught.value))


def test_one_is_enough() -> None:
    assert Find(image={"repository": "web"}).artifact == "find"
    assert KubectlArgs(kustomize="base").kustomize == "base"
