"""Platforms over time."""
