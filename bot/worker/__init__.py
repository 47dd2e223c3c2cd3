"""Does what is due: fires levels, sends messages, carries out runs, and watches that none of it is late."""
