"""Manifests in a Git repository: written from a plan, changed by pipelines, compared with what is there."""
