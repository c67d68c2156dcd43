"""The facts of a recording: what the tables are, how they are collected, how they are read."""
