"""What is measured, against what, each reproducible by one command."""
