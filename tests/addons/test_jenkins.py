"""The controller of Jenkins, and the service accounts of its jobs."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.addons.jenkins import Jenkins
from tests.addons.catalogue import record_it


def values(**fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = record_it("jenkins", **fields).one("kubernetes:helm.sh/v3:Release")["values"]
    return found


def test_it_creates_the_service_accounts_of_jobs_without_a_token_of_kubernetes() -> None:
    [account] = values(agent_service_accounts=["web-build"], namespace="ci")["extraObjects"]

    assert account["metadata"] == {"name": "web-build", "namespace": "ci"}
    assert account["automountServiceAccountToken"] is False
    assert "extraObjects" not in values()


def test_plug_ins_that_rendered_files_use_are_there_beside_ones_own() -> None:
    said = values(plugins=["github-branch-source:1797.v86fdb_4d57d43"])["controller"]["additionalPlugins"]

    assert said == ["junit", "lockable-resources", "github-branch-source:1797.v86fdb_4d57d43"]


def test_a_host_is_an_ingress_and_the_address_of_its_links() -> None:
    said = values(host="ci.example.com", ingress_class="alb")["controller"]

    assert said["ingress"] == {"enabled": True, "hostName": "ci.example.com", "ingressClassName": "alb"}
    assert said["jenkinsUrl"] == "https://ci.example.com"


def test_an_admin_of_ones_own_is_read_from_a_secret() -> None:
    own = "jenkins-admin"

    assert values(admin_secret=own)["controller"]["admin"] == {"createSecret": False, "existingSecret": own}


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"ingress_class": "alb"}, "is for an Ingress; got no host"),
        ({"agent_service_accounts": ["a", "a"]}, "names one twice; got a"),
    ],
)
def test_what_does_not_fit_is_told(fields: dict[str, Any], what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        Jenkins(**fields)
