"""A small Slack over real sockets: Web API, Socket Mode, signed HTTP, response URLs, Block Kit rules."""
