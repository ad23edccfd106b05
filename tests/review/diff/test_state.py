"""A deployed stack as the old side."""

import base64
from typing import Any, ClassVar

from eks_blueprints.recording.exported import is_exported
from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.diff import diff_plans
from eks_blueprints.review.diff.state import plan_of_state, read_state
from tests.plans import NODE_GROUP, changed, plan, resource, urn

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}


def row(type_: str, name: str, inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"urn": urn(type_, name), "type": type_, "custom": True, "id": f"{name}-id", "inputs": inputs, **more}


def state(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"version": 3, "deployment": {"resources": list(rows)}}


def compared(new: Plan, *rows: dict[str, Any]) -> dict[str, list[str]]:
    found = diff_plans(plan_of_state(state(*rows), new), new)
    return {
        each.name: [f"{each.kind} {change.path}" for change in each.changes] or [each.kind] for each in found.resources
    }


def test_it_is_told_from_other_files() -> None:
    assert is_exported(state())
    assert not is_exported({"kind": "eks-blueprints/plan"})
    assert not is_exported([])


def test_symbols_stand_for_what_is_deployed() -> None:
    subnet = resource("aws:ec2/subnet:Subnet", "s", {"cidrBlock": "10.0.0.0/24"})
    nodes = resource(NODE_GROUP, "n", {"subnetIds": ["${s.id}"], "url": "https://${s.arn}/x"})
    deployed = (
        row(subnet.type, "s", {"cidrBlock": "10.0.0.0/24"}, outputs={"id": "s-id", "arn": "arn:s"}),
        row(NODE_GROUP, "n", {"subnetIds": ["s-id"], "url": "https://arn:s/x"}),
    )
    assert compared(plan(subnet, nodes), *deployed) == {}
    moved = row(NODE_GROUP, "n", {"subnetIds": ["another"], "url": "https://arn:s/x"})
    assert compared(plan(subnet, nodes), deployed[0], moved) == {
        "n": ["replace subnetIds[]", "replace subnetIds[]"],
    }


def test_unknowns_and_generated_names_are_no_difference() -> None:
    new = resource("aws:iam/role:Role", "r", {"path": "/", "x": {"$unknown": True}})
    deployed = row(new.type, "r", {"__defaults": ["name"], "name": "r-3f2c1ab", "path": "/", "tagsAll": {}, "x": 7})
    assert compared(plan(new), deployed) == {}


def test_a_secret_is_a_mark_on_both_sides() -> None:
    new = resource("aws:rds/instance:Instance", "d", {"password": {"$secret": True}})
    assert compared(plan(new), row(new.type, "d", {"password": SECRET})) == {}


def test_what_the_kubernetes_provider_generates_is_left_out() -> None:
    new = resource("kubernetes:core/v1:Namespace", "s", {"metadata": {"labels": {"a": "b"}}})
    generated = {"name": "s-1a2b", "labels": {"a": "b"}, "annotations": {"pulumi.com/autonamed": "true"}}
    assert compared(plan(new), row(new.type, "s", {"metadata": generated})) == {}


def test_a_providers_inputs_are_text_in_the_state() -> None:
    new = resource("pulumi:providers:aws", "p", {"region": "eu-west-1", "defaultTags": {"tags": {"a": "b"}}})
    deployed = row(new.type, "p", {"version": "7.51.1", "region": "eu-west-1", "defaultTags": '{"tags":{"a":"b"}}'})
    assert compared(plan(new), deployed) == {}


def test_what_waits_for_its_deletion_is_gone() -> None:
    new = resource("aws:iam/role:Role", "r")
    assert compared(plan(new), row(new.type, "r", {}), row(new.type, "r", {"path": "/old"}, delete=True)) == {}


def test_what_is_deployed_and_no_longer_declared_is_deleted_with_its_protection() -> None:
    (found,) = diff_plans(
        plan_of_state(state(row("aws:iam/role:Role", "r", {}, protect=True)), plan()), plan()
    ).resources
    assert (found.kind, bool(found.refused)) == ("delete", True)


AWS = "pulumi:providers:aws"
KUBERNETES = "pulumi:providers:kubernetes"
RELEASE = "kubernetes:helm.sh/v3:Release"
STATIC_POLICY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "%s"}]}'
)


def under(provider: PlannedResource) -> str:
    return f"{provider.urn}::{provider.name}-id"


class TestAws:
    """Inputs as pulumi-aws 7 leaves them in a state."""

    provider = resource(AWS, "p", {"region": "eu-west-1"})
    deployed_provider = row(AWS, "p", {"region": "eu-west-1", "version": "7.51.1"})

    def queue(self, inputs: dict[str, Any], **deployed: Any) -> dict[str, list[str]]:
        new = resource("aws:sqs/queue:Queue", "q", inputs, provider=self.provider.urn)
        old = row(new.type, "q", deployed, provider=under(self.provider))
        return compared(plan(self.provider, new), self.deployed_provider, old)

    def test_defaults_tags_of_the_provider_and_its_region_are_written_back(self) -> None:
        written = {"__defaults": ["name", "delaySeconds"], "name": "q-1a2b3c4", "delaySeconds": 0}
        tags = {"tags": {"a": "b"}, "tagsAll": {"a": "b", "owner": "platform"}, "region": "eu-west-1"}
        assert self.queue({"tags": {"a": "b"}}, **written, **tags) == {}

    def test_another_region_and_a_fixed_name_are_the_programs(self) -> None:
        assert self.queue({}, region="us-east-1") == {"q": ["replace region"]}
        assert self.queue({}, __defaults=[], name="q") == {"q": ["replace name"]}

    def test_a_default_that_the_program_now_says_itself_is_the_same(self) -> None:
        assert self.queue({"name": "q-1a2b3c4"}, __defaults=["name"], name="q-1a2b3c4") == {}
        assert self.queue({"name": "q"}, __defaults=["name"], name="q-1a2b3c4") == {"q": ["replace name"]}

    def test_defaults_are_written_at_any_depth(self) -> None:
        new = resource(NODE_GROUP, "n", {"scalingConfig": {"minSize": 1}, "taints": [{"key": "a"}]})
        deployed = {
            "scalingConfig": {"__defaults": ["maxSize"], "minSize": 1, "maxSize": 1},
            "taints": [{"__defaults": ["value"], "key": "a", "value": ""}],
        }
        assert compared(plan(new), row(NODE_GROUP, "n", deployed)) == {}
        deployed["scalingConfig"] = {"__defaults": ["maxSize"], "minSize": 2, "maxSize": 1}
        assert compared(plan(new), row(NODE_GROUP, "n", deployed)) == {"n": ["update scalingConfig.minSize"]}

    def test_an_empty_map_is_none(self) -> None:
        assert self.queue({}, tags={}) == {}
        assert self.queue({}, tags={"a": "b"}) == {"q": ["update tags"]}

    def test_policies_are_compared_by_what_they_say(self) -> None:
        bucket = resource("aws:s3/bucket:Bucket", "b")
        new = resource("aws:iam/policy:Policy", "d", {"policy": STATIC_POLICY % "${b.arn}"})
        rows = (row(bucket.type, "b", {}, outputs={"arn": "arn:aws:s3:::b-1"}),)
        normal = '{"Statement":[{"Action":["s3:GetObject"],"Effect":"Allow","Resource":["%s"]}],"Version":"2012-10-17"}'
        same = row(new.type, "d", {"policy": normal % "arn:aws:s3:::b-1"})
        assert compared(plan(bucket, new), *rows, same) == {}
        other = row(new.type, "d", {"policy": normal % "arn:aws:s3:::another"})
        assert [*compared(plan(bucket, new), *rows, other)] == ["d"]

    def test_numbers_and_booleans_may_be_text(self) -> None:
        assert self.queue({"delaySeconds": 5, "fifoQueue": "true"}, delaySeconds="5", fifoQueue=True) == {}
        assert self.queue({"delaySeconds": 5}, delaySeconds="6") == {"q": ["update delaySeconds"]}

    def test_entries_are_found_wherever_they_stand(self) -> None:
        groups = [resource("aws:ec2/securityGroup:SecurityGroup", name) for name in "ab"]
        new = resource(NODE_GROUP, "n", {"subnetIds": ["${a.id}", "${b.id}", "subnet-3"]})
        rows = [row(each.type, each.name, {}) for each in groups]
        known = row(NODE_GROUP, "n", {"subnetIds": ["subnet-3", "b-id", "a-id"]})
        assert compared(plan(*groups, new), *rows, known) == {}
        moved = row(NODE_GROUP, "n", {"subnetIds": ["subnet-3", "b-id"]})
        assert compared(plan(*groups, new), *rows, moved) == {"n": ["replace subnetIds[]"]}

    def test_user_data_is_compared_through_its_base64(self) -> None:
        cluster = resource("aws:eks/cluster:Cluster", "c")
        text, told = "#!/bin/bash\n/etc/eks/bootstrap.sh --apiserver-endpoint ", "https://1A2B.gr7.eu-west-1.eks.aws"
        new = resource("aws:ec2/launchTemplate:LaunchTemplate", "t", {"userData": encoded(text + "${c.endpoint}")})
        rows = (row(cluster.type, "c", {}, outputs={"endpoint": told}),)
        assert compared(plan(cluster, new), *rows, row(new.type, "t", {"userData": encoded(text + told)})) == {}
        other = row(new.type, "t", {"userData": encoded(text + "https://another")})
        assert compared(plan(cluster, new), *rows, other) == {"t": ["update userData"]}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class TestKubernetes:
    """Inputs as pulumi-kubernetes 4 leaves them in a state."""

    def test_labels_namespace_and_empty_metadata_of_the_provider(self) -> None:
        new = resource("kubernetes:core/v1:ConfigMap", "m", {"metadata": {"name": "m"}, "data": {"a": "b"}})
        metadata = {
            "name": "m",
            "namespace": "default",
            "labels": {"app.kubernetes.io/managed-by": "pulumi"},
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"},
        }
        assert compared(plan(new), row(new.type, "m", {"metadata": metadata, "data": {"a": "b"}})) == {}
        metadata["labels"]["team"] = "a"
        assert compared(plan(new), row(new.type, "m", {"metadata": metadata, "data": {"a": "b"}})) == {
            "m": ["update metadata.labels"]
        }

    def test_the_namespace_of_the_provider_is_its_own(self) -> None:
        provider = resource(KUBERNETES, "k", {"namespace": "team"})
        new = resource("kubernetes:core/v1:ConfigMap", "m", {"metadata": {"name": "m"}}, provider=provider.urn)
        rows = [row(KUBERNETES, "k", {"namespace": "team"})]
        old = {"metadata": {"name": "m", "namespace": "team"}}
        assert compared(plan(provider, new), *rows, row(new.type, "m", old, provider=under(provider))) == {}
        old = {"metadata": {"name": "m", "namespace": "default"}}
        assert compared(plan(provider, new), *rows, row(new.type, "m", old, provider=under(provider))) == {
            "m": ["replace metadata.namespace"]
        }

    def test_an_empty_map_of_a_spec_is_not_none(self) -> None:
        new = resource("kubernetes:networking.k8s.io/v1:NetworkPolicy", "p", {"spec": {"policyTypes": ["Ingress"]}})
        old = row(new.type, "p", {"spec": {"policyTypes": ["Ingress"], "podSelector": {}}})
        assert compared(plan(new), old) == {"p": ["update spec.podSelector"]}

    given: ClassVar[dict[str, Any]] = {
        "chart": "podinfo",
        "version": "6.9.0",
        "name": "podinfo",
        "namespace": "podinfo",
        "compat": "true",
        "repositoryOpts": {"repo": "https://example.org"},
        "values": {"replicas": 2},
    }
    kept: ClassVar[dict[str, Any]] = {
        **{key: value for key, value in given.items() if key != "compat"},
        "allowNullValues": False,
        "atomic": False,
        "checksum": "9f86d081",
        "description": "",
        "keyring": "",
        "timeout": 300,
        "maxHistory": None,
        "repositoryOpts": {"repo": "https://example.org", "caFile": "", "password": "", "username": ""},
        "resourceNames": {"Service/v1": ["podinfo"]},
    }

    def test_a_release_holds_every_field_that_one_has(self) -> None:
        new = resource(RELEASE, "r", self.given)
        assert compared(plan(new), row(RELEASE, "r", self.kept)) == {}
        assert compared(plan(new), row(RELEASE, "r", {**self.kept, "values": {"replicas": 3}})) == {
            "r": ["update values.replicas"]
        }
        assert compared(plan(new), row(RELEASE, "r", {**self.kept, "atomic": True})) == {"r": ["update atomic"]}
        assert compared(plan(new), row(RELEASE, "r", {**self.kept, "timeout": 60})) == {"r": ["update timeout"]}

    def test_values_from_files_are_not_compared(self) -> None:
        new = resource(RELEASE, "r", {**self.given, "valueYamlFiles": [{"$asset": {"path": "values.yaml"}}]})
        assert compared(plan(new), row(RELEASE, "r", {**self.kept, "values": {"replicas": 2, "more": True}})) == {}


class TestSecrets:
    new = resource("aws:rds/instance:Instance", "d", {"password": {"$secret": True}, "port": 5432})

    def read(self, new: PlannedResource, *rows: dict[str, Any]) -> tuple[list[str], tuple[str, ...]]:
        found = read_state(state(*rows), plan(new))
        return [change.path for each in diff_plans(found.plan, plan(new)).resources for change in each.changes], (
            found.notes
        )

    def test_an_encrypted_one_is_said_to_be_unknown(self) -> None:
        changes, notes = self.read(self.new, row(self.new.type, "d", {"password": SECRET, "port": 5432}))
        assert changes == []
        assert notes == ("a state holds secrets encrypted, so whether these change is not known: d.password",)

    def test_a_plain_one_is_compared_where_the_program_says_it_plainly(self) -> None:
        opened = {key: value for key, value in SECRET.items() if key != "ciphertext"} | {"plaintext": "3306"}
        new = changed(self.new, password=...)
        changes, notes = self.read(new, row(new.type, "d", {"port": opened}))
        assert changes == ["port"]
        assert notes == ()

    def test_what_is_beside_a_secret_is_compared(self) -> None:
        new = resource("kubernetes:core/v1:Secret", "s", {"stringData": {"a": {"$secret": True}, "b": "c"}})
        changes, _ = self.read(new, row(new.type, "s", {"stringData": {"a": SECRET, "b": "d"}}))
        assert changes == ["stringData.b"]

    def test_a_secret_made_of_outputs_is_compared_where_they_are(self) -> None:
        cluster = resource("aws:eks/cluster:Cluster", "c")
        new = resource(KUBERNETES, "k", {"kubeconfig": {"$secret": True}}, after={"kubeconfig": [cluster]})
        assert self.read(new, row(KUBERNETES, "k", {"kubeconfig": SECRET})) == ([], ())


class TestWhatOnlyAwsKnows:
    new = resource("aws:ec2/launchTemplate:LaunchTemplate", "t", {"imageId": "${getParameter(1a2b).value}"})

    def test_a_lookup_is_unknown_and_said_to_be(self) -> None:
        found = read_state(state(row(self.new.type, "t", {"imageId": "ami-1"})), plan(self.new))
        assert diff_plans(found.plan, plan(self.new)).resources == ()
        assert found.notes == ("only AWS knows whether these change: t.imageId (${getParameter(1a2b).value})",)

    def test_what_stands_around_a_lookup_is_compared(self) -> None:
        new = changed(self.new, imageId="arn:aws:iam::${getCallerIdentity().accountId}:role/a")
        assert compared(plan(new), row(new.type, "t", {"imageId": "arn:aws:iam::123456789012:role/a"})) == {}
        assert compared(plan(new), row(new.type, "t", {"imageId": "arn:aws:iam::123456789012:role/b"})) == {
            "t": ["update imageId"]
        }

    def test_an_output_of_a_resource_that_is_still_to_be_made_is_a_change(self) -> None:
        profile = resource("aws:iam/instanceProfile:InstanceProfile", "p")
        new = changed(self.new, imageId="${p.name}")
        assert compared(plan(profile, new), row(new.type, "t", {"imageId": "ami-1"})) == {
            "p": ["create"],
            "t": ["update imageId"],
        }

    def test_what_the_program_works_out_is_asked_of_the_program(self) -> None:
        new = resource("aws:ec2/subnet:Subnet", "s", {"ipv6CidrBlock": "${v.ipv6CidrBlock}[3]"})
        run = plan(changed(new, ipv6CidrBlock="2600:1f14:1:3::/64"))
        deployed = state(row(new.type, "s", {"ipv6CidrBlock": "2600:1f14:1:3::/64"}))
        assert diff_plans(plan_of_state(deployed, plan(new), run), plan(new)).resources == ()
        moved = state(row(new.type, "s", {"ipv6CidrBlock": "2600:1f14:1:9::/64"}))
        assert len(diff_plans(plan_of_state(moved, plan(new), run), plan(new)).resources) == 1

    def test_an_unknown_that_the_program_would_send_otherwise_is_a_change(self) -> None:
        new = resource("aws:iam/role:Role", "r", {"description": {"$unknown": True}})
        run = plan(changed(new, description="now"))
        old = state(row(new.type, "r", {"description": "then"}))
        (found,) = diff_plans(plan_of_state(old, plan(new), run), plan(new)).resources
        assert found.changes[0].old == "then"


class TestWhatNoRecordingShows:
    component = resource("eks:index:Cluster", "c", {"version": "1.35"}, custom=False, options={"remote": True})

    def test_the_inside_of_a_component_of_another_language_is_not_deleted(self) -> None:
        inside = row("aws:iam/role:Role", "c-role", {}, parent=self.component.urn)
        inside["urn"] = urn("aws:iam/role:Role", "c-role", "eks:index:Cluster")
        deeper = row("aws:iam/rolePolicy:RolePolicy", "c-role-policy", {}, parent=inside["urn"])
        deeper["urn"] = urn("aws:iam/rolePolicy:RolePolicy", "c-role-policy", "eks:index:Cluster$aws:iam/role:Role")
        outer = {"urn": self.component.urn, "type": self.component.type, "custom": False}
        found = read_state(state(outer, inside, deeper), plan(self.component))
        assert diff_plans(found.plan, plan(self.component)).resources == ()
        assert found.notes == ("only AWS knows whether these change: the inside of c",)

    def test_default_providers_are_the_engines(self) -> None:
        assert compared(plan(), row(AWS, "default_7_51_1", {}), row("pulumi:providers:pulumi", "default", {})) == {}
        assert compared(plan(), row(AWS, "own", {})) == {"own": ["delete"]}


def test_a_renamed_resource_is_found_again_and_so_are_its_symbols() -> None:
    new = resource("aws:iam/role:Role", "r", {"path": "/"}, options={"aliases": [{"name": "old"}]})
    group = resource(NODE_GROUP, "n", {"nodeRoleArn": "${r.arn}"})
    old = row(new.type, "old", {"path": "/"}, outputs={"arn": "arn:1"})
    assert compared(plan(new, group), old, row(NODE_GROUP, "n", {"nodeRoleArn": "arn:1"})) == {}


def test_a_replacement_trigger_is_read_and_compared() -> None:
    cluster = resource("aws:eks/cluster:Cluster", "c")
    new = resource("kubernetes:core/v1:Namespace", "s", options={"replacement_trigger": "${c.endpoint}"})
    rows = (row(cluster.type, "c", {}, outputs={"endpoint": "https://1"}),)
    assert compared(plan(cluster, new), *rows, row(new.type, "s", {}, replacementTrigger="https://1")) == {}
    assert compared(plan(cluster, new), *rows, row(new.type, "s", {}, replacementTrigger="https://2")) == {
        "s": ["replace"]
    }
    assert compared(plan(cluster, new), *rows, row(new.type, "s", {})) == {}, "a trigger that comes replaces nothing"


def test_what_was_deleted_and_not_yet_made_again_is_to_be_made() -> None:
    new = resource("aws:iam/role:Role", "r")
    assert compared(plan(new), row(new.type, "r", {}, pendingReplacement=True)) == {"r": ["create"]}


def test_outputs_are_compared_by_what_they_stand_for() -> None:
    repository = resource("aws:ecr/repository:Repository", "r")
    new = plan(repository, outputs={"url": "${r.repositoryUrl}", "kept": {"$secret": True}})
    stack = {"urn": urn("pulumi:pulumi:Stack", "shop-prod"), "type": "pulumi:pulumi:Stack", "custom": False}
    rows = (row(repository.type, "r", {}, outputs={"repositoryUrl": ""}),)
    told = {**stack, "outputs": {"url": "", "kept": SECRET}}
    assert diff_plans(plan_of_state(state(told, *rows), new), new).outputs == ()
    told = {**stack, "outputs": {"url": "elsewhere", "kept": SECRET}}
    assert [each.path for each in diff_plans(plan_of_state(state(told, *rows), new), new).outputs] == ["url"]
