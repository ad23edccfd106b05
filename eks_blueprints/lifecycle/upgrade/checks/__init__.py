"""What stands in the way of one minor version up: one file for each subject, each a function of a situation."""
