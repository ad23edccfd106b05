"""What every room stands on: specs, errors, names, references to what exists, and dated facts."""
