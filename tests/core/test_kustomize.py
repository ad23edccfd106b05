"""Local Kustomize folders: read where they only list files, built where a tool is at hand, never fetched."""

from pathlib import Path

import pytest

from eks_blueprints.core import kustomize

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\n"
TOOL = """#!/bin/sh
touch "$0.ran"
echo 'kind: Pod'
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file of two objects and one below it, and no tool on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    app = tmp_path / "app"
    (app / "base").mkdir(parents=True)
    (app / "two.yaml").write_text(POD.replace("NAME", "a") + "---\n" + POD.replace("NAME", "b"))
    (app / "base" / "kustomization.yml").write_text("resources: [pod.yaml]")
    (app / "base" / "pod.yaml").write_text(POD.replace("NAME", "c"))
    return app


def tool(folder: Path, name: str = "kubectl", text: str = TOOL) -> Path:
    path = folder.parent / "bin" / name
    path.write_text(text.replace("touch", "/usr/bin/touch"))
    path.chmod(0o755)
    return path.with_name(f"{name}.ran")


def write(folder: Path, text: str) -> None:
    (folder / "kustomization.yaml").write_text(text)


def names(found: list[object] | None) -> list[str] | None:
    return None if found is None else [each["metadata"]["name"] for each in found]  # type: ignore[index]


def test_files_and_folders_that_are_only_listed_are_read_without_a_tool(folder: Path) -> None:
    ran = tool(folder)
    write(folder, "kind: Kustomization\nresources: [two.yaml, base]\nimages: []\n")
    assert names(kustomize.objects(folder)) == ["a", "b", "c"]
    assert not ran.exists()


@pytest.mark.parametrize("field", ["namePrefix: x-", "patches: [{path: p.yaml}]", "configMapGenerator: [{name: x}]"])
def test_what_changes_objects_needs_a_tool(folder: Path, field: str) -> None:
    write(folder, f"resources: [two.yaml]\n{field}\n")
    assert kustomize.objects(folder) is None
    ran = tool(folder)
    assert kustomize.objects(folder) == [{"kind": "Pod"}]
    assert ran.exists()


def test_a_tool_that_fails_makes_way_for_the_other(folder: Path) -> None:
    write(folder, "resources: [two.yaml]\nnamePrefix: x-\n")
    tool(folder, "kustomize", "#!/bin/sh\nexit 1\n")
    assert kustomize.objects(folder) is None
    tool(folder)
    assert kustomize.objects(folder) == [{"kind": "Pod"}]


@pytest.mark.parametrize(
    "text",
    [
        "resources: [two.yaml, 'https://example.com/app.yaml']",
        "resources: ['github.com/acme/app//deploy?ref=v1']",
        "resources: [two.yaml]\ncomponents: ['https://example.com/part']",
        "resources: [two.yaml]\npatches: [{path: 'https://example.com/patch.yaml'}]",
        "resources: [far]",
        "namePrefix: x-\nresources: [far]",
    ],
)
def test_nothing_is_fetched(folder: Path, text: str) -> None:
    (folder / "far").mkdir()
    (folder / "far" / "kustomization.yaml").write_text("bases: ['git@github.com:acme/app.git']")
    ran = tool(folder)
    write(folder, text)
    assert kustomize.objects(folder) is None
    assert not kustomize.can_build(folder)
    assert not ran.exists()


@pytest.mark.parametrize("text", ["[]", "a: [", "resources: [.]", "resources: 3", "a: 1\n---\nb: 2"])
def test_a_file_that_is_none_makes_nothing(folder: Path, text: str) -> None:
    write(folder, text)
    assert not kustomize.objects(folder)


def test_a_folder_without_its_file_is_none(folder: Path) -> None:
    assert not kustomize.is_folder(folder)
    assert kustomize.objects(folder) is None
