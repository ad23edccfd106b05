"""The stages of pipelines, one kind a file."""
