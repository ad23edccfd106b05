"""Migrations of a platform as phases: each one change of the stack file, with what to look at before and after it."""
