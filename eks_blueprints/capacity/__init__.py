"""Which nodes the pods of a platform get, when, and what they cost."""
