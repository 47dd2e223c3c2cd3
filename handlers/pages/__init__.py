"""What people look at with a browser, or a calendar program."""
