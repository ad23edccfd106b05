"""What stands somewhere already, as parts of stack files: one package for each form that it is written in."""
