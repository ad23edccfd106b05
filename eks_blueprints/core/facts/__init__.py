"""Dated tables of what AWS offers, made from well-kept packages by `scripts/renew_facts.py`."""
