"""Pictures in the docs are those of the stack file above them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.pipelines._picture import mermaid
from eks_blueprints.stackfile import open_stack
from tests import ROOT

PICTURE = re.compile(r"^```yaml\n([^`]*)^```\n\n```mermaid\n([^`]*)^```$", re.MULTILINE)
STORIES = sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs/guides/pipelines").glob("*.md"))
PAGES = ["docs/guides/pipelines.md", "docs/guides/platform_pipeline.md", *STORIES]


@pytest.mark.parametrize("page", PAGES)
def test_pictures_are_drawn_from_the_model(page: str, tmp_path: Path) -> None:
    found = PICTURE.findall((ROOT / page).read_text(encoding="utf-8"))
    assert found
    for text, picture in found:
        file = tmp_path / "delivery.yaml"
        file.write_text(text)
        args = open_stack(file).args
        assert isinstance(args, PipelinesArgs)
        assert mermaid(args.pipelines[0].graph(args.environments)) == picture
