"""Sources that are no repositories of code: what brings an object of S3 or an image of ECR into its folder."""

from __future__ import annotations

from eks_blueprints.core.iam import Allow
from eks_blueprints.pipelines._job import Job, Site
from eks_blueprints.pipelines.stages.find import Find, FoundImage
from eks_blueprints.pipelines.stages.source import Source


def fetched(source: Source, site: Site) -> Job:
    """The job of a source, for engines that have no such sources."""
    [name] = source.outputs()
    folder = f"artifacts/{name}"
    return _object(source, site, folder) if source.provider == "s3" else _image(source, site)


def _object(source: Source, site: Site, folder: str) -> Job:
    file = str(source.key).rpartition("/")[2]
    place = f"{source.repository}/{source.key}"
    commands = [f"mkdir -p {folder}", f"aws s3 cp --only-show-errors 's3://{place}' {folder}/"]
    if file.endswith(".zip"):
        commands += [f"unzip -q '{folder}/{file}' -d {folder}", f"rm '{folder}/{file}'"]
    allow = Allow("s3:GetObject", on=f"arn:{site.partition}:s3:::{place}")
    return Job(commands=tuple(commands), checkout=False, allowed=(allow,))


def _image(source: Source, site: Site) -> Job:
    found = FoundImage(repository=str(source.repository), tags=source.tags[0] if source.tags else "latest")
    return Find(name=source.name, image=found).work(site, {})
