"""What acts on the container engine. Only the worker starts it."""
