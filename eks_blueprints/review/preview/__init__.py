"""What a stack would create, found by running its program in-process and never asking a cloud."""
