"""User data in the form of each family of images."""

import pytest

from .words import AL2023, ec2_class, one, refused

MIME = """MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="B"

--B
Content-Type: text/x-shellscript; charset="us-ascii"

#!/bin/bash
--B--
"""
NODE_CONFIG = "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n"
NODE_PART = f"""--B
Content-Type: application/node.eks.aws

{NODE_CONFIG}spec: {{instance: {{localStorage: {{strategy: RAID5}}}}}}
--B--"""


@pytest.mark.parametrize(
    ("alias", "text", "why"),
    [
        ("bottlerocket@v1.47.0", "[settings", "is not TOML"),
        ("bottlerocket@v1.47.0", "settings = 1", "needs settings to be a table"),
        (AL2023, "MIME-Version: 1.0\nContent-Type: text/plain\n\nx", "is not a multipart MIME archive"),
        ("windows2022@latest", "<powershell>\nGet-Date\n</powershell>", "is wrapped by Karpenter"),
        (AL2023, "#!/bin/bash\n" + "#" * 16384, "at most 16384 bytes beside the 2600 or so that Karpenter adds"),
        (AL2023, "#!/bin/bash\n" + "#" * 14000, "at most 16384 bytes beside the 2600 or so that Karpenter adds"),
        ("bottlerocket@v1.47.0", "[kernel]\nlockdown = 1", 'got "kernel"; write [settings.kernel]'),
        ("bottlerocket@v1.47.0", "[settings.kernel]\nlockdow = 1", "settings.kernel.lockdow is not a field of"),
        ("bottlerocket@v1.47.0", '[settings.kubernetes]\nmax-pods = "9"', "settings.kubernetes.max-pods needs a whole"),
        ("bottlerocket@v1.47.0", '[settings.aws]\ncredentials = "eA=="', "is a credential in plain text"),
        (AL2023, NODE_CONFIG + "spec: {kubelt: {}}", "spec.kubelt is not a field of nodeadm's NodeConfig"),
        (
            AL2023,
            NODE_CONFIG + "spec: {kubelet: {config: {maxPods: '9'}}}",
            "spec.kubelet.config.maxPods needs a whole",
        ),
        (AL2023, NODE_CONFIG + "kubelet: {}", "kubelet no such field of a NodeConfig"),
        (AL2023, NODE_CONFIG + "spec: [", "is not a NodeConfig: "),
        (AL2023, MIME.replace("--B--", NODE_PART), "spec.instance.localStorage.strategy is not one of the values"),
        (AL2023, "#!/bin/sh\nexport AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "holds an access key"),
    ],
)
def test_user_data_that_cannot_be_merged(alias: str, text: str, why: str) -> None:
    found = one(ec2_class, ami_selector_terms=[{"alias": alias}], user_data=text)
    assert found.startswith("user_data: ")
    assert why in found


@pytest.mark.parametrize(
    ("alias", "text"),
    [
        ("bottlerocket@v1.47.0", '[settings.kernel]\nlockdown = "integrity"\n'),
        (AL2023, "#!/bin/bash\necho hello\n"),
        (AL2023, "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n"),
        (AL2023, NODE_CONFIG + "spec: {cluster: {name: shop}, kubelet: {config: {maxPods: 9}, flags: [--v=4]}}"),
        (AL2023, MIME),
        (AL2023, MIME.replace("--B--", NODE_PART.replace("RAID5", "RAID0"))),
        (AL2023, "#!/bin/bash\n" + "#" * 13000),
        ("windows2022@latest", "Write-Host hello"),
    ],
)
def test_user_data(alias: str, text: str) -> None:
    assert not refused(ec2_class, ami_selector_terms=[{"alias": alias}], user_data=text)
