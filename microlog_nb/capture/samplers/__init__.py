"""The samplers: each looks at the stacks of all threads on a schedule."""
