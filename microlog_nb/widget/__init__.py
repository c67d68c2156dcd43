"""What a notebook shows of a recording: the live widget, and a picture for readers without a kernel."""
