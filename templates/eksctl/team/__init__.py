"""What the platforms of ${PROJECT} have in common."""
