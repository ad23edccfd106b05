"""mypy reads the services of pulumi_aws that the package uses; of others it would take everything for right."""

from __future__ import annotations

import re
import tomllib

from tests import ROOT

USE = re.compile(r"\b(?:aws|pulumi_aws)\.([a-z][a-z0-9]*)(?:\._inputs|\.[A-Z]|\.get_| import)")


def test_the_services_that_the_package_uses_are_those_that_mypy_reads() -> None:
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]["overrides"]
    (read,) = (each["module"] for each in said if "pulumi_aws" in each["module"])
    services = {each.split(".")[1] for each in read if each.endswith(".*")}
    used = {
        name
        for file in (ROOT / "eks_blueprints").rglob("*.py")
        for name in USE.findall(file.read_text(encoding="utf-8"))
    }
    assert used == services
