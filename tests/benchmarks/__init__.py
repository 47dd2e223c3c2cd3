"""What measures has to be right itself: it must not flatter us."""
