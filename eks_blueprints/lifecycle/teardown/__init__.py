"""Taking a platform down: what has to be gone first, because nothing in its program knows of it."""
