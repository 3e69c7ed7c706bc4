"""Work in the background. The Job row owns it; the broker is only the bell."""
