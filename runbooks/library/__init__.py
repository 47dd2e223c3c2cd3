"""The guide's procedures as files, and the schema of such files. A team's own folder may replace any of them."""
