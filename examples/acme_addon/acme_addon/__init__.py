"""Acme's add-ons."""
