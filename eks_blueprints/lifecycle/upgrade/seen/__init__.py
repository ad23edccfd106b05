"""What is really there, laid over what is declared: one file for each source, each a function of a situation."""
