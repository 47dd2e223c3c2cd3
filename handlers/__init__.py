"""What hears: Slack, webhooks, telephone and pages. Thin: parse, ask, answer."""
