"""What a change does to volumes and their claims."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff import diff_plans
from tests.plans import plan, resource
from tests.review.effects.told import told

CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"
SET = "kubernetes:apps/v1:StatefulSet"


def claim(size: str = "100Gi", **spec: Any) -> PlannedResource:
    requests = {"resources": {"requests": {"storage": size}}}
    return resource(CLAIM, "shop-db-claim", {"metadata": {"name": "db"}, "spec": {**requests, **spec}})


def stateful(size: str, when_deleted: str = "Retain", **spec: Any) -> PlannedResource:
    template = {"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": size}}}}
    policy = {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": when_deleted}}
    return resource(
        SET, "shop-db", {"metadata": {"name": "db"}, "spec": {**policy, "volumeClaimTemplates": [template], **spec}}
    )


def storage(**inputs: Any) -> PlannedResource:
    base = {"metadata": {"name": "gp3"}, "provisioner": "ebs.csi.aws.com", "allowVolumeExpansion": True}
    return resource(CLASS, "shop-class", {**base, **inputs})


def kinds(old: PlannedResource, new: PlannedResource) -> list[str]:
    return [each.kind for each in diff_plans(plan(old), plan(new)).resources]


class TestSize:
    def test_a_larger_claim_grows_in_place(self) -> None:
        old, new = claim("100Gi", storageClassName="gp3"), claim("0.2Ti", storageClassName="gp3")
        assert kinds(old, new) == ["update"]
        (line,) = told([old, storage()], [new, storage()])
        assert line.startswith("note volume grows shop-db-claim: `spec.resources.requests.storage` 100Gi → 0.2Ti")
        assert "grow in place: pods keep running" in line
        assert "after six hours at the earliest" in line

    def test_another_spelling_of_a_size_is_no_growth(self) -> None:
        assert told([claim("1Gi")], [claim("1024Mi")]) == []

    def test_a_class_that_is_not_known_may_refuse_it(self) -> None:
        (line,) = told([claim()], [claim("200Gi")])
        assert "if its storage class allows it" in line

    def test_a_class_that_does_not_allow_it_refuses_it(self) -> None:
        of = storage(allowVolumeExpansion=False, provisioner="efs.csi.aws.com")
        old, new = (claim(size, storageClassName="gp3") for size in ("1Gi", "2Gi"))
        (line,) = told([old, of], [new, of])
        assert line.startswith("danger refused by the API server shop-db-claim")
        assert "volumes of the storage class gp3 cannot grow" in line

    def test_a_smaller_claim_is_refused(self) -> None:
        (line,) = told([claim("2Gi")], [claim("2000Mi")])
        assert line.startswith("danger refused by the API server shop-db-claim")
        assert "can be enlarged, never made smaller" in line


class TestOtherFields:
    @pytest.mark.parametrize("field", ["accessModes", "storageClassName", "volumeName"])
    def test_what_replaces_a_claim_loses_its_data(self, field: str) -> None:
        old, new = claim(**{field: "a"}), claim(**{field: "b"})
        assert kinds(old, new) == ["replace"]
        assert "what it holds is lost" in told([old], [new])[0]

    @pytest.mark.parametrize("field", ["dataSource", "volumeMode"])
    def test_what_cannot_be_changed_is_refused(self, field: str) -> None:
        (line,) = told([claim(**{field: "a"})], [claim(**{field: "b"})])
        assert line.startswith("danger refused by the API server")
        assert "create a claim with another name" in line

    def test_another_attributes_class_modifies_the_volume(self) -> None:
        (line,) = told([claim()], [claim(volumeAttributesClassName="fast")])
        assert line.startswith("note volume modified shop-db-claim")

    @pytest.mark.parametrize("field", ["reclaimPolicy", "volumeBindingMode"])
    def test_fields_of_a_class_that_are_fixed(self, field: str) -> None:
        (line,) = told([storage(**{field: "a"})], [storage(**{field: "b"})])
        assert line.startswith("danger refused by the API server shop-class")
        assert told([storage()], [storage(allowVolumeExpansion=False)]) == []

    def test_an_attributes_class_never_changes(self) -> None:
        kind = "kubernetes:storage.k8s.io/v1:VolumeAttributesClass"
        old, new = (resource(kind, "shop-fast", {"parameters": {"iops": each}}) for each in ("3000", "6000"))
        (line,) = told([old], [new])
        assert line.startswith("danger refused by the API server shop-fast")


class TestStatefulSets:
    def test_claims_that_exist_stay_as_they_are(self) -> None:
        first, second = told([stateful("100Gi")], [stateful("200Gi")])
        assert first.startswith("danger replace shop-db")
        assert "all of its pods end" in first
        assert second.startswith("warning existing claims unchanged shop-db: `volumeClaimTemplates` data 100Gi → 200Gi")
        assert "created_with: {size: …}" in second

    def test_a_smaller_template_has_no_such_way(self) -> None:
        _, line = told([stateful("200Gi")], [stateful("100Gi")])
        assert "created_with" not in line

    def test_claims_that_go_with_the_set_are_lost(self) -> None:
        lines = told([stateful("1Gi", "Delete")], [stateful("1Gi", "Delete", serviceName="other")])
        assert any(line.startswith("danger data lost shop-db") for line in lines)
        lines = told([stateful("1Gi")], [stateful("1Gi", serviceName="other")])
        assert not any("data lost" in line for line in lines)
