"""The IPython extension, in real kernels and in one shell of this process."""
