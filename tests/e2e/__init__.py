"""Browser tests: real JupyterLab and Notebook 7 in real Chromium, and the HTML file alone."""
