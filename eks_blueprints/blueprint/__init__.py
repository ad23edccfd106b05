"""The blueprint: a whole platform from one spec."""
