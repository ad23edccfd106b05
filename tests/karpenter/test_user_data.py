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


@pytest.mark.parametrize(
    ("alias", "text", "why"),
    [
        ("bottlerocket@v1.47.0", "[settings", "is no TOML"),
        ("bottlerocket@v1.47.0", "settings = 1", "needs settings to be a table"),
        (AL2023, "MIME-Version: 1.0\nContent-Type: text/plain\n\nx", "is no multipart MIME archive"),
        ("windows2022@latest", "<powershell>\nGet-Date\n</powershell>", "is wrapped by Karpenter"),
        (AL2023, "#!/bin/bash\n" + "#" * 16384, "at most 16384 bytes"),
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
        (AL2023, MIME),
        ("windows2022@latest", "Write-Host hello"),
    ],
)
def test_user_data(alias: str, text: str) -> None:
    assert not refused(ec2_class, ami_selector_terms=[{"alias": alias}], user_data=text)
