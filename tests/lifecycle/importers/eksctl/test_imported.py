"""What a ClusterConfig becomes: fields, reports, comments; and what is refused at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.core.errors import InputError, dotted
from eks_blueprints.core.yaml_text import load
from eks_blueprints.lifecycle.importers.eksctl import judged, told
from eks_blueprints.lifecycle.importers.eksctl.imported import Imported, imported
from tests.cli.test_commands import call
from tests.lifecycle.importers.eksctl.cases import CASES
from tests.lifecycle.importers.eksctl.test_nothing_is_lost import assert_nothing_is_lost

HEAD = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\n"
NAME = "metadata: {name: demo, region: eu-west-1}\n"


def made(tmp_path: Path, text: str) -> Imported:
    file = tmp_path / "cluster.yaml"
    file.write_text(
        text if "apiVersion" in text else HEAD + ("" if "metadata:" in text.partition("\n")[0] else NAME) + text
    )
    return imported(str(file))


def at(data: Any, path: str) -> Any:
    """The value at a path whose keys have no dots of their own."""
    for key in path.split("."):
        data = data[key]
    return data


@pytest.mark.parametrize("name", CASES)
def test_a_configuration_becomes_a_stack_file(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    part = made(tmp_path, case.text)
    data = load(part.text)
    assert {path: at(data, path) for path in case.becomes} == case.becomes
    said = {dotted(path): " ".join(texts) for path, texts in part.build.told.items()}
    assert {path: words for path, words in case.reported.items() if words not in said.get(path, "")} == {}, said
    assert (part.refused, judged.problems(part.text)) == ([], [])
    assert_nothing_is_lost(part)


COMMENTED = """\
# The cluster of the shop.
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: shop  # as on the invoice
  region: eu-west-1
# Nodes for the web.
managedNodeGroups:
  # small ones
  - name: web
    # cheap
    instanceType: t3.large  # burstable
    outpostARN: arn:aws:outposts:eu-west-1:111122223333:outpost/op-1  # nowhere to go
    # the last word
"""


def test_comments_go_with_their_fields(tmp_path: Path) -> None:
    part = made(tmp_path, COMMENTED)
    lines = [line.strip() for line in part.text.splitlines()]
    assert lines[1] == "# The cluster of the shop."
    assert lines[lines.index("name: shop") - 1] == "# as on the invoice"
    assert lines[lines.index("web:") - 1] == "# small ones"
    assert lines[lines.index("instance_types: [t3.large]") - 2 :][:2] == ["# cheap", "# burstable"]
    assert [each.text for each in part.lost] == ["# nowhere to go", "# the last word"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "metadata: {name: a, region: b}\nnodegroups: []\n",
            ":4:1: nodegroups: no such field, as eksctl would drop it",
        ),
        ("nodeGroups: [{name: a, instanceTyp: b}]\n", "did you mean instanceType?"),
        ("nodeGroups: [{name: a, name: b}]\n", "is given twice"),
        ("metadata: {name: a, region: b, version: 1.30}\n", "quote it"),
        ("nodeGroups: [{name: a, minSize: '2'}]\n", "needs a whole number"),
        ("nodeGroups: {name: a}\n", "needs a list"),
        ("nodeGroups: [{name: a, ssh: true}]\n", "needs a mapping"),
        ("nodeGroups: [{name: a, labels: {b: true}}]\n", "nodeGroups[0].labels.b: needs text"),
        ("nodeGroups: [{minSize: 2}]\n", "needs name"),
        ("vpc: {nat: {gateway: single}}\n", "did you mean Single?"),
        ("---\nkind: ClusterConfig\n", "got 2 documents"),
        ("a: [\n", "YAML"),
        ("", ""),
    ],
)
def test_what_is_no_configuration_is_refused_with_its_place(text: str, said: str, tmp_path: Path) -> None:
    if not said:
        file = tmp_path / "empty.yaml"
        file.write_text("")
        with pytest.raises(InputError, match="got nothing"):
            imported(str(file))
        return
    with pytest.raises(InputError) as error:
        made(tmp_path, text)
    found = [str(problem) for problem in error.value.problems]
    assert any(said in each and "cluster.yaml:" in each for each in found), found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD.replace("v1alpha5", "v1alpha4") + NAME, "only eksctl.io/v1alpha5"),
        (HEAD.replace("ClusterConfig", "Cluster") + NAME, "only ClusterConfig"),
        ("apiVersion: eksctl.io/v1alpha5\n" + NAME, "needs kind"),
        ("- apiVersion", "needs a mapping"),
    ],
)
def test_other_files_are_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        made(tmp_path, text)
    assert said in str(error.value)


def test_anchors_merge_keys_json_and_words_of_yaml_1_1_are_read(tmp_path: Path) -> None:
    text = "x: &x {minSize: 3}\n".replace(
        "x: ", "managedNodeGroups:\n- &n {name: a, minSize: 3, spot: yes}\n- {<<: *n, name: b}\n", 1
    )
    part = made(tmp_path, text.split("&x")[0])
    compute = load(part.text)["compute"]
    assert (compute["b"]["min_size"], compute["a"]["capacity_type"]) == (3, "SPOT")
    data = {
        "apiVersion": "eksctl.io/v1alpha5",
        "kind": "ClusterConfig",
        "metadata": {"name": "j", "region": "eu-west-1"},
    }
    assert load(made(tmp_path, json.dumps(data)).text)["cluster"]["name"] == "j"


def test_a_key_file_is_read_where_it_is(tmp_path: Path) -> None:
    key = tmp_path / "id.pub"
    key.write_text("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBsCW8AzYSaUBnXnVHuDVPVRxM0nvQGc0dEcfX1kH9aa me\n")
    part = made(tmp_path, f"managedNodeGroups: [{{name: n, ssh: {{publicKeyPath: '{key}'}}}}]\n")
    assert load(part.text)["compute"]["n"]["remote_access"]["public_key"] == key.read_text().strip()


def test_the_command_writes_and_reports(tmp_path: Path) -> None:
    source, target = tmp_path / "cluster.yaml", tmp_path / "prod.yaml"
    source.write_text(HEAD + NAME + "managedNodeGroups: [{name: n, outpostARN: x}]\n")
    result = call("import", "eksctl", str(source), "-o", str(target))
    assert result.returncode == 0, result.stdout
    assert f"{source}:4:43: managedNodeGroups[0].outpostARN" in result.stdout
    assert "cluster.version" in result.stdout
    assert f"eks-blueprints check {target}" in result.stdout
    assert call("check", str(target)).returncode == 0
    again = call("import", "eksctl", str(source), "-o", str(target))
    assert (again.returncode, "is there already; got a file of that name; name another\n" in again.stderr) == (2, True)


def test_the_report_is_one_json_document(tmp_path: Path) -> None:
    source = tmp_path / "cluster.yaml"
    source.write_text(HEAD + NAME + "managedNodeGroups: [{name: n, outpostARN: x}]\n")
    result = call("import", "eksctl", str(source), "-o", str(tmp_path / "a.yaml"), "--format", "json")
    data = json.loads(result.stdout)
    assert {"path": "metadata.name", "place": f"{source}:3:18", "found": "demo", "to": ["cluster.name"]} in data[
        "fields"
    ]
    assert [each["path"] for each in data["reported"]] == ["apiVersion", "kind", "managedNodeGroups[0].outpostARN"]


def test_what_is_still_refused_has_its_place_in_the_source(tmp_path: Path) -> None:
    source = tmp_path / "cluster.yaml"
    source.write_text(HEAD + "metadata: {name: 'no name', region: eu-west-1}\n")
    result = call("import", "eksctl", str(source), "-o", str(tmp_path / "a.yaml"))
    assert result.returncode == 2
    assert f"{source}:3:18: cluster.name: is not a valid name" in result.stdout


@pytest.mark.parametrize("form", ["text", "json"])
def test_secrets_of_the_source_are_neither_written_nor_printed(form: str, tmp_path: Path) -> None:
    source, target = tmp_path / "cluster.yaml", tmp_path / "prod.yaml"
    source.write_text(
        HEAD + NAME + "managedNodeGroups:\n"
        "- {name: n, preBootstrapCommands: ['export DB_PASSWORD=hunter2plain; echo AKIAIOSFODNN7EXAMPLE']}\n"
        'addons: [{name: aws-ebs-csi-driver, configurationValues: \'{"password":"hunter2plain"}\'}]\n'
        "gitops: {flux: {gitProvider: github, flags: {owner: acme, token: hunter2plain}}}\n"
    )
    result = call("import", "eksctl", str(source), "-o", str(target), "--format", form)
    assert result.returncode == 0, result.stdout
    for text in (result.stdout, result.stderr, target.read_text()):
        assert "hunter2" not in text
        assert "AKIA" not in text
    assert "gitops.flux.flags.token" in result.stdout
    assert "is left out, as password may be a secret" in result.stdout
    assert "acme" in result.stdout


def test_a_refused_member_takes_nothing_else_of_its_group_along(tmp_path: Path) -> None:
    group = "{name: n, taints: [{key: x, effect: NoSchedule}]}"
    part = made(tmp_path, f"managedNodeGroups: [{group}]\n")
    data = load(part.text)
    assert data["addons"]["vpc_cni"] == {"identity": "node_role"}
    assert (part.refused, data["core_addons"]) == ([], ["vpc_cni", "kube_proxy"])
    left = "core_addons: coredns is left out: it tolerates the taints of no node"
    assert any(left in each for each in part.build.differs)
    defaults = {each["field"]: each["value"] for each in told.to_data(part)["defaults"]}
    assert defaults["core_addons"] == data["core_addons"]


def test_an_id_that_is_none_is_told_where_it_stands(tmp_path: Path) -> None:
    part = made(tmp_path, "vpc: {controlPlaneSecurityGroupIDs: [sg-one, sg-two]}\nmanagedNodeGroups: [{name: a}]\n")
    path = ("vpc", "controlPlaneSecurityGroupIDs", 0)
    assert 'is not a valid id of a security group; got "sg-one"' in " ".join(part.build.told[path])
    assert "is not kept" not in " ".join(part.build.told[path])


def test_what_is_said_twice_is_told_and_its_neighbours_are_not(tmp_path: Path) -> None:
    labels = "labels: {role: worker, empty: ''}"
    dns = "kubeletExtraConfig: {clusterDNS: [1.1.1.1], podPidsLimit: 9}, clusterDNS: 169.254.20.10"
    text = f"managedNodeGroups: [{{name: a, {labels}}}]\nnodeGroups: [{{name: b, {dns}}}]\n"
    part = made(tmp_path, text)
    told_of = {dotted(path): " ".join(texts) for path, texts in part.build.told.items()}
    assert "is not a valid label value" in told_of["managedNodeGroups[0].labels.empty"]
    assert "is not kept: compute.b.node_config" in told_of["nodeGroups[0].kubeletExtraConfig.clusterDNS[0]"]
    assert not {"managedNodeGroups[0].labels.role", "nodeGroups[0].kubeletExtraConfig.podPidsLimit"} & told_of.keys()


def test_the_region_of_a_file_that_names_none_is_given(tmp_path: Path) -> None:
    source = tmp_path / "cluster.yaml"
    source.write_text(HEAD + "metadata: {name: demo}\n")
    assert "region: eu-west-1" in imported(str(source), "eu-west-1").text
    with pytest.raises(InputError, match="add region, or name one with --region"):
        imported(str(source))
    source.write_text(HEAD + NAME)
    with pytest.raises(InputError, match=r'cluster.yaml:3:32: .*got "eu-west-1" and us-east-1'):
        imported(str(source), "us-east-1")
    assert call("import", "eksctl", str(source), "--region", "eu-west-1").returncode == 0


def test_a_report_says_once_what_it_found(tmp_path: Path) -> None:
    part = made(tmp_path, "karpenter: {version: '0.20.0'}\niam: {withOIDC: true}\nmanagedNodeGroups: [{name: n}]\n")
    (line,) = [each for each in told.lines(part) if ":4:22: karpenter.version" in each]
    assert line.count('got "0.20.0"') == 1
