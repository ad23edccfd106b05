"""Renew eks_blueprints/pipelines/engines/_codepipeline/regions.toml from the endpoints that botocore knows.

python scripts/renew_pipeline_regions.py
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import botocore
import botocore.session

TABLE = Path(__file__).parents[1] / "eks_blueprints" / "pipelines" / "engines" / "_codepipeline" / "regions.toml"
SERVICES = ("codebuild", "codepipeline", "codestar-connections", "codestar-notifications")


def main() -> None:
    """Write the table."""
    session = botocore.session.get_session()
    lines = [
        "# Regions in which the services of pipelines have an endpoint. A region that is missing may have one by now.",
        f"# source: endpoints.json of botocore {botocore.__version__}",
        "# renew:  python scripts/renew_pipeline_regions.py",
        "# needs:  package registries",
        "",
        f"as_of = {datetime.now(UTC).date().isoformat()}",
        "",
    ]
    for service in SERVICES:
        partitions = session.get_available_partitions()
        regions = sorted(r for each in partitions for r in session.get_available_regions(service, each))
        lines += [f'"{service}" = [', *(f'    "{region}",' for region in regions), "]"]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
