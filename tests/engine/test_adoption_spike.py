from __future__ import annotations
import json
import pytest
from .harness import Engine
from .standins.account import Row
pytestmark = pytest.mark.engine

STACK = """
region: eu-west-1
tags: {owner: platform}
network:
  vpc_id: vpc-0a0a0a0a
  subnet_ids: {private: [subnet-0a0a0a0a, subnet-0b0b0b0b]}
  cidr: 10.0.0.0/16
cluster:
  version: "1.35"
  name: legacy
  role_arn: arn:aws:iam::111122223333:role/legacy
  encryption_config: null
  enabled_cluster_log_types: []
  oidc_provider: false
compute:
  blue:
    kind: managed_nodes
    min_size: 1
    max_size: 3
    node_role_arn: arn:aws:iam::111122223333:role/nodes
    launch_template: {id: lt-0a0a0a0a, version: "3"}
    ami_type: AL2023_x86_64_STANDARD
    instance_types: [m5.large]
core_addons: []
addons: {vpc_cni: {version: v1.20.4-eksbuild.2, identity: node_role}}
access:
  ops: {principal_arn: "arn:aws:iam::111122223333:role/ops", policies: [{policy: admin}]}
"""
ADOPT = """
resources:
  aws:eks/cluster:Cluster:
    dev-cluster: {id: legacy}
  aws:eks/nodeGroup:NodeGroup:
    dev-blue-group: {id: "legacy:blue-2024", keep: [nodeGroupName, nodeGroupNamePrefix]}
  aws:eks/addon:Addon:
    dev-vpc-cni-addon: {id: "legacy:vpc-cni"}
  aws:eks/accessEntry:AccessEntry:
    dev-access-ops: {id: "legacy:arn:aws:iam::111122223333:role/ops"}
  aws:eks/accessPolicyAssociation:AccessPolicyAssociation:
    dev-access-ops-AmazonEKSAdminPolicy: {id: "legacy#arn:aws:iam::111122223333:role/ops#arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy"}
"""
def hold(p, type, id, inputs, outputs=None, scope="eu-west-1"):
    o = {**inputs, **(outputs or {}), "id": id}
    p.account.add(Row(id, type, scope, inputs, o, origin="seed"))

def test_spike(engine: Engine) -> None:
    main = 'from eks_blueprints import stackfile\nfrom pathlib import Path\nstackfile.deploy(Path(__file__).with_name("dev.yaml"))\n'
    p = engine.program(main, files={"dev.yaml": STACK, "dev.adopt.yaml": ADOPT})
    hold(p, "aws:eks/cluster:Cluster", "legacy", {"name": "legacy", "version": "1.34", "roleArn": "arn:aws:iam::111122223333:role/legacy",
      "vpcConfig": {"subnetIds": ["subnet-0a0a0a0a", "subnet-0b0b0b0b"], "endpointPublicAccess": True, "endpointPrivateAccess": True, "publicAccessCidrs": ["0.0.0.0/0"]},
      "accessConfig": {"authenticationMode": "API"}, "tags": {"old": "x"}},
      {"arn": "arn:aws:eks:eu-west-1:111122223333:cluster/legacy", "endpoint": "https://x", "certificateAuthority": {"data": "YQ=="}, "identities": [{"oidcs": [{"issuer": "https://oidc.eks.eu-west-1.amazonaws.com/id/AA"}]}],
       "status": "ACTIVE", "tagsAll": {"old": "x"}, "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4"},
       "vpcConfig": {"subnetIds": ["subnet-0a0a0a0a", "subnet-0b0b0b0b"], "endpointPublicAccess": True, "endpointPrivateAccess": True, "publicAccessCidrs": ["0.0.0.0/0"], "clusterSecurityGroupId": "sg-1", "vpcId": "vpc-0a0a0a0a"}})
    hold(p, "aws:eks/nodeGroup:NodeGroup", "legacy:blue-2024", {"clusterName": "legacy", "nodeGroupName": "blue-2024", "nodeRoleArn": "arn:aws:iam::111122223333:role/nodes", "subnetIds": ["subnet-0a0a0a0a", "subnet-0b0b0b0b"],
       "scalingConfig": {"minSize": 1, "maxSize": 3, "desiredSize": 2}, "launchTemplate": {"id": "lt-0a0a0a0a", "version": "3"}, "amiType": "AL2023_x86_64_STANDARD", "instanceTypes": ["m5.large"], "capacityType": "ON_DEMAND", "version": "1.34", "releaseVersion": "1.34.1-20250904"},
       {"tagsAll": {}})
    hold(p, "aws:eks/addon:Addon", "legacy:vpc-cni", {"clusterName": "legacy", "addonName": "vpc-cni", "addonVersion": "v1.20.4-eksbuild.2"}, {"tagsAll": {}})
    hold(p, "aws:eks/accessEntry:AccessEntry", "legacy:arn:aws:iam::111122223333:role/ops", {"clusterName": "legacy", "principalArn": "arn:aws:iam::111122223333:role/ops", "type": "STANDARD"}, {"tagsAll": {}})
    hold(p, "aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "legacy#arn:aws:iam::111122223333:role/ops#arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy", {"clusterName": "legacy", "principalArn": "arn:aws:iam::111122223333:role/ops", "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy", "accessScope": {"type": "cluster"}})
    def show(r):
        print(r.command, r.returncode, r.ops()); print(r.errors, r.warnings)
        for s in r.steps:
            if s.op not in ("same",): print("  ", s.op, s.type, s.name, s.keys, s.diffs)
    for i in "ab":
        hold(p, "aws:ec2/subnet:Subnet", f"subnet-0{i}0{i}0{i}0{i}", {"vpcId": "vpc-0a0a0a0a", "availabilityZone": "eu-west-1"+i, "cidrBlock": "10.0.0.0/20"})
    hold(p, "aws:iam/role:Role", "nodes", {"name": "nodes", "assumeRolePolicy": "ec2.amazonaws.com"}, {"arn": "arn:aws:iam::111122223333:role/nodes"}, scope="global")
    show(p.preview(check=False))
    show(p.up(check=False))
    show(p.up(check=False))
    (p.folder/"dev.adopt.yaml").write_text("adopted: true\n"+ADOPT)
    show(p.preview(check=False))
    (p.folder/"dev.adopt.yaml").unlink()
    show(p.preview(check=False))
    (p.folder/"dev.adopt.yaml").write_text("adopted: true\n"+ADOPT)
    show(p.up(check=False))
    show(p.up(check=False))
    print(json.dumps([r for r in p.export() if "NodeGroup" in r["type"]], indent=1))
    assert 0
