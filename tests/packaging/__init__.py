"""Set-up, packages, import rules: what stands around the code."""
