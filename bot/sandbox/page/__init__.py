"""The browser page: a chat, phones and mailboxes to play with."""
