"""Whatever a ClusterConfig says is in the stack file or in the report, and the stack file can be checked."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings

from eks_blueprints.lifecycle.importers.eksctl import judged, told
from eks_blueprints.lifecycle.importers.eksctl.imported import Imported, imported
from tests.lifecycle.importers.eksctl.generated import cluster_configs


def assert_nothing_is_lost(part: Imported) -> None:
    """Each value has become something that is there, or is reported."""
    build = part.build
    for leaf in build.source.leaves():
        targets, texts = build.became.get(leaf.path, []), build.told.get(leaf.path, [])
        assert targets or texts, leaf.path
        assert all(texts), leaf.path
        for target in targets:
            assert build.at(target, KeyError) is not KeyError, (leaf.path, target)


@given(text=cluster_configs())
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_configuration_is_read_and_every_value_is_accounted_for(text: str, tmp_path_factory: object) -> None:
    file = Path(tmp_path_factory.mktemp("drawn")) / "cluster.yaml"  # type: ignore[attr-defined]
    file.write_text(text)
    part = imported(str(file))
    assert_nothing_is_lost(part)
    assert [each for each in judged.problems(part.text) if not part.refused] == []
    assert list(told.lines(part))
    assert told.to_data(part)["source"] == str(file)
