"""Claims of workloads: what they become, what provisions them, and how they change later."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workloads.said import STORAGE, WEB, made, told

CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
SET = "kubernetes:apps/v1:StatefulSet"
SNAPSHOT = "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshot"
SNAPSHOTS = {**STORAGE, "snapshot_controller": {"classes": {"ebs": {"default": True}}}}
DB: dict[str, Any] = {**WEB, "kind": "stateful_set", "replicas": 2}
FARGATE: dict[str, Any] = {
    "nodes": {"kind": "managed_nodes"},
    "serverless": {"kind": "fargate", "selectors": [{"namespace": "shop"}]},
}
AUTO: dict[str, Any] = {"version": "1.35", "auto_mode": {}}


def volume(**claim: Any) -> dict[str, Any]:
    return {"volumes": {"data": {"mount_path": "/data", "claim": {"size": "200Gi", **claim}}}}


def manifest(kind: str, name: str, version: str = "v1", **fields: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": "shop"}, **fields}


def written(*manifests: dict[str, Any], **addons: Any) -> list[str]:
    """What is said about manifests."""
    from pydantic import ValidationError

    from eks_blueprints.core.errors import problems_of
    from tests.workloads.said import platform

    objects = {f"object-{index}": each for index, each in enumerate(manifests)}
    try:
        found = platform({}, addons={**addons, "own": {"kind": "manifests", "manifests": objects}})
    except ValidationError as error:
        return [str(each) for each in problems_of(error)]
    return [f"warning: {each}" for each in found.warnings if each.path[:2] == ("addons", "own")]


class TestChanges:
    def test_claims_of_a_stateful_set_grow_in_place_beside_its_template(self) -> None:
        before = made({"db": {**DB, **volume(size="100Gi")}}, addons=STORAGE).one(SET)
        found = made({"db": {**DB, **volume(created_with={"size": "100Gi"})}}, addons=STORAGE)
        after = found.one(SET)
        assert before.inputs == after.inputs
        claims = found.all(CLAIM)
        assert [each.inputs["metadata"]["name"] for each in claims] == ["data-db-0", "data-db-1"]
        assert [each.name for each in claims] == ["acme-db-claim-data-0", "acme-db-claim-data-1"]
        for each in claims:
            assert each.inputs["spec"]["resources"]["requests"] == {"storage": "200Gi"}
            assert each.inputs["metadata"]["annotations"]["pulumi.com/patchForce"] == "true"
            each.has_option(retain_on_delete=True)
            after.waits_for(each)

    def test_ordinals_begin_where_the_set_says(self) -> None:
        spec = {"spec": {"ordinals": {"start": 3}}}
        found = made({"db": {**DB, **spec, **volume(created_with={"size": "1Gi"})}}, addons=STORAGE)
        assert [each.inputs["metadata"]["name"] for each in found.all(CLAIM)] == ["data-db-3", "data-db-4"]

    def test_another_attributes_class_is_for_the_claims_alone(self) -> None:
        classes = {"volume_attributes_classes": {"fast": {"iops": 6000}, "faster": {"iops": 9000}}}
        addons = {**STORAGE, "storage_classes": classes}
        claim = volume(volume_attributes_class="faster", created_with={"volume_attributes_class": "fast"})
        found = made({"db": {**DB, **claim}}, addons=addons)
        (template,) = found.one(SET).inputs["spec"]["volumeClaimTemplates"]
        assert template["spec"]["volumeAttributesClassName"] == "fast"
        assert template["spec"]["resources"]["requests"] == {"storage": "200Gi"}
        assert {each.inputs["spec"]["volumeAttributesClassName"] for each in found.all(CLAIM)} == {"faster"}

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            (volume(created_with={"size": "300Gi"}), "claim.size: is smaller than before; got 200Gi, and 300Gi"),
            ({"kind": "deployment", "replicas": 1, **volume(created_with={"size": "1Gi"})}, "is for a stateful set"),
        ],
    )
    def test_what_cannot_change(self, fields: dict[str, Any], said: str) -> None:
        (line,) = told({"db": {**DB, **fields}}, addons=STORAGE)
        assert said in line


class TestCopies:
    def test_a_volume_starts_from_a_snapshot_or_a_claim(self) -> None:
        one = {"kind": "deployment", "replicas": 1}
        found = made({"db": {**DB, **one, **volume(from_snapshot="old")}}, addons=SNAPSHOTS).one(CLAIM)
        source = {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "old"}
        assert found.inputs["spec"]["dataSource"] == source
        found = made({"db": {**DB, **one, **volume(from_claim="old")}}, addons=STORAGE).one(CLAIM)
        assert found.inputs["spec"]["dataSource"] == {"kind": "PersistentVolumeClaim", "name": "old"}

    def test_snapshots_are_taken_of_the_claim_of_each_pod_when_it_runs(self) -> None:
        found = made({"db": {**DB, **volume(snapshots={"before-18": {}})}}, addons=SNAPSHOTS)
        taken = found.all(SNAPSHOT)
        assert [each.inputs["metadata"]["name"] for each in taken] == ["data-db-0-before-18", "data-db-1-before-18"]
        assert [each.name for each in taken] == [
            "acme-db-snapshot-data-before-18-0",
            "acme-db-snapshot-data-before-18-1",
        ]
        assert taken[0].inputs["spec"] == {"source": {"persistentVolumeClaimName": "data-db-0"}}
        taken[0].waits_for(found.one(SET))

    def test_a_claim_that_is_there_can_have_snapshots(self) -> None:
        existing = {"data": {"claim": {"existing": "old", "snapshots": {"now": {"snapshot_class": "ebs"}}}}}
        fields = {**DB, "kind": "deployment", "replicas": 1, "volumes": existing}
        assert made({"db": fields}, addons=SNAPSHOTS).one(SNAPSHOT).inputs["spec"] == {
            "source": {"persistentVolumeClaimName": "old"},
            "volumeSnapshotClassName": "ebs",
        }

    @pytest.mark.parametrize(
        ("claim", "addons", "said"),
        [
            ({"snapshots": {"a": {}}}, STORAGE, "snapshots: needs the snapshot controller"),
            ({"from_snapshot": "a"}, STORAGE, "from_snapshot: needs the snapshot controller"),
            (
                {"snapshots": {"a": {}}},
                {**STORAGE, "snapshot_controller": {}},
                "snapshots.a: names no VolumeSnapshotClass",
            ),
            ({"snapshots": {"a": {"snapshot_class": "ebz"}}}, SNAPSHOTS, "did you mean ebs?"),
            ({"from_snapshot": "a", "from_claim": "b"}, SNAPSHOTS, "from_snapshot: is what the volume starts from"),
            ({"from_claim": "b", "spec": {"dataSource": {"name": "c"}}}, SNAPSHOTS, "got spec.dataSource too"),
        ],
    )
    def test_what_cannot_be_copied(self, claim: dict[str, Any], addons: dict[str, Any], said: str) -> None:
        lines = told({"db": {**DB, **volume(**claim)}}, addons=addons)
        assert any(said in line for line in lines), lines

    def test_a_copy_is_as_large_as_what_is_copied(self) -> None:
        one = {**DB, "kind": "deployment", "replicas": 1}
        workloads = {"a": {**one, **volume()}, "b": {**one, **volume(size="100Gi", from_claim="a-data")}}
        (line,) = told(workloads, addons=STORAGE)
        assert line.startswith("workloads.b.volumes.data.claim.size: is less than the claim holds that is copied")


def test_the_annotation_of_old_names_the_class_too() -> None:
    old = {"annotations": {"volume.beta.kubernetes.io/storage-class": "slow"}}
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    claim = manifest("PersistentVolumeClaim", "a", spec=spec)
    named = {**claim, "metadata": {**claim["metadata"], **old}}
    slow = {**manifest("StorageClass", "slow", "storage.k8s.io/v1"), "provisioner": "ebs.csi.aws.com"}
    slow["metadata"].pop("namespace")
    assert "names no StorageClass" in "".join(written(claim, slow, aws_ebs_csi_driver={}))
    assert written(named, slow, aws_ebs_csi_driver={}) == []
    assert 'no such StorageClass; got "slow"' in "".join(written(named, aws_ebs_csi_driver={}))


EFS: dict[str, Any] = {"aws_efs_csi_driver": {"file_systems": {"shared": {}}}}


class TestProvisioning:
    @pytest.mark.parametrize(
        ("claim", "fields", "said"),
        [
            ({}, {}, "names no StorageClass, and the cluster has no default one"),
            ({}, {"addons": {"aws_ebs_csi_driver": {}}}, "names no StorageClass"),
            ({}, {"addons": {"storage_classes": {}}}, 'is a class whose driver is not on the cluster; got "gp3"'),
            ({"storage_class": "gp4"}, {"addons": STORAGE}, "storage_class: no such StorageClass"),
            (
                {"access_modes": ["ReadWriteMany"]},
                {"addons": STORAGE},
                "access_modes: is what a volume on EBS cannot do",
            ),
            ({"run_on": "serverless"}, {"addons": STORAGE, "compute": FARGATE}, "is a volume on EBS, which Fargate"),
            ({"volume_attributes_class": "fast"}, {"addons": STORAGE}, "no such VolumeAttributesClass"),
            (
                {"storage_class": "gp2"},
                {"cluster": AUTO, "compute": {"a": {"kind": "auto_mode"}}},
                "is not on the cluster",
            ),
            (
                {"storage_class": "efs-shared", "from_claim": "a"},
                {"addons": EFS},
                "is what EFS cannot start a volume from",
            ),
        ],
    )
    def test_a_claim_that_nothing_provisions_is_refused(
        self, claim: dict[str, Any], fields: dict[str, Any], said: str
    ) -> None:
        beside = {"run_on": claim["run_on"]} if "run_on" in claim else {}
        kept = {key: value for key, value in claim.items() if key != "run_on"}
        lines = told({"db": {**DB, **beside, **volume(**kept)}}, **fields)
        assert len(lines) == 1, lines
        assert lines[0].startswith("workloads.db.volumes.data.claim")
        assert said in lines[0]

    @pytest.mark.parametrize(
        ("claim", "fields"),
        [
            ({}, {"addons": STORAGE}),
            ({"storage_class": "gp2"}, {"addons": {"aws_ebs_csi_driver": {}}}),
            ({}, {"addons": {"aws_ebs_csi_driver": {"default_storage_class": True}}}),
            ({}, {"addons": {"storage_classes": {}, "ebs": {"kind": "eks_addon", "addon_name": "aws-ebs-csi-driver"}}}),
            ({}, {"cluster": AUTO, "compute": {"a": {"kind": "auto_mode"}}}),
            ({"storage_class": "efs-shared", "access_modes": ["ReadWriteMany"]}, {"addons": EFS}),
            ({"spec": {"volumeName": "pv-1"}, "storage_class": ""}, {}),
        ],
    )
    def test_one_that_something_provisions_is_fine(self, claim: dict[str, Any], fields: dict[str, Any]) -> None:
        assert told({"db": {**DB, **volume(**claim)}}, **fields) == []

    def test_block_volumes_of_io2_are_shared(self) -> None:
        classes = {"storage_classes": {"classes": {"io2": {"ebs": {"type": "io2", "iops": 4000}}}}}
        raw = manifest(
            "PersistentVolumeClaim",
            "disk",
            spec={
                "storageClassName": "io2",
                "accessModes": ["ReadWriteMany"],
                "volumeMode": "Block",
                "resources": {"requests": {"storage": "10Gi"}},
            },
        )
        assert written(raw, **STORAGE | classes) == []

    def test_what_may_be_made_elsewhere_is_a_doubt(self) -> None:
        (line,) = told({"db": {**DB, **volume(storage_class="ours")}}, addons={**STORAGE, "argocd": {}})
        assert line.startswith("warning: workloads.db.volumes.data.claim.storage_class: no such StorageClass")

    def test_manifests_are_held_to_the_same(self) -> None:
        request = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}}
        claim = manifest("PersistentVolumeClaim", "disk", spec={**request, "storageClassName": "fast"})
        (line,) = written(claim, **STORAGE)
        assert line.startswith("addons.own.manifests.object-0.spec.storageClassName: no such StorageClass")
        kind = {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": "fast"},
            "provisioner": "ebs.csi.aws.com",
        }
        assert written(claim, kind, **STORAGE) == []
        (line,) = written(claim, kind)
        assert "is a class whose driver is not on the cluster" in line
        bare = manifest("PersistentVolumeClaim", "disk", spec={**request, "storageClassName": ""})
        (line,) = written(bare, **STORAGE)
        assert line.startswith("warning: addons.own.manifests.object-0.spec.storageClassName: asks for a volume")

    def test_add_ons_name_classes_that_are_there(self) -> None:
        from tests.workloads.said import platform

        def said(**addons: Any) -> list[str]:
            return [str(each) for each in platform({}, addons={**STORAGE, **addons}).warnings if "Class" in str(each)]

        (line,) = said(valkey={"storage_size": "8Gi", "storage_class": "gp4"})
        assert line.startswith("addons.valkey.storage_class: no such StorageClass")
        (line,) = said(loki={"values": {"singleBinary": {"persistence": {"storageClass": "fast"}}}})
        assert line.startswith("addons.loki.values.singleBinary.persistence.storageClass: no such StorageClass")
        assert said(loki={"values": {"singleBinary": {"persistence": {"storageClass": "gp3"}}}}) == []
