"""The ÉcoTrajet incident bot: from alert to page to fix, without leaving Slack."""
