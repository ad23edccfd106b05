"""Stack files changed as text, with their comments and layout kept: `changes` says what, `text` how, `files` where."""
