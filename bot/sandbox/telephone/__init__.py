"""A small Twilio over real sockets: text messages, calls, signed webhooks."""
