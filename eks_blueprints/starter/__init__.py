"""A team's new repository: which files it has, and what is written into them."""
