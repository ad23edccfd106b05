"""The rules, a module a subject; each rule is a plain function."""
