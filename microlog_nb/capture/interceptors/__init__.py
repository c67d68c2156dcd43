"""The interceptors: one file for each way in which a program says something."""
