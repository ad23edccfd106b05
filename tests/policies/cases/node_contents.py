"""Cases of the rules about what is put on nodes."""

import base64

from tests.policies.build import UNKNOWN, aws, cluster, group, res


def _template(logical: str, data: object) -> object:
    return aws("ec2/launchTemplate:LaunchTemplate", logical, userData=data)


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


CASES = {
    "eks-node-user-data-no-secrets": [
        [
            cluster(version="1.35"),
            _template("fail-key", _encoded("export AWS_ACCESS_KEY_ID=AKIAABCDEFGHIJKLMNOP\n")),
            _template("fail-plain", "#!/bin/bash\npassword=hunter2\n"),
            _template("fail-flag", _encoded("/etc/eks/bootstrap.sh --kubelet-extra-args '--container-runtime=remote'")),
            _template("pass-flag-of-another-name", _encoded("--container-runtime-endpoint=unix:///run/x")),
            _template("pass-script", _encoded("#!/bin/bash\nPASSWORD=$(aws ssm get-parameter)\n")),
            _template("pass-symbol-inside", "#!/bin/bash\nendpoint ${shop.endpoint}\n"),
            _template("na-none", None),
            _template("unknown-data", UNKNOWN),
            _template("unknown-symbol", "${shop.userData}"),
            res("eks:index:ManagedNodeGroup", "fail-component", {"userData": "-----BEGIN RSA PRIVATE KEY-----"}),
        ]
    ],
    "eks-gpu-nodes-tainted": [
        [
            group("fail-gpu", instanceTypes=["g6.xlarge"]),
            group("fail-ami", amiType="AL2023_x86_64_NVIDIA"),
            group(
                "pass-tainted", instanceTypes=["g6.xlarge"], taints=[{"key": "nvidia.com/gpu", "effect": "NO_SCHEDULE"}]
            ),
            group("na-plain", instanceTypes=["m6i.large"]),
            group("unknown-types", instanceTypes=UNKNOWN),
        ]
    ],
}
