"""Is every promise watched? Each act of sabotage breaks one in a copy of the tree; the tests named must turn red.

`make sabotage`, or `python -m tests.sabotage PART-OF-A-NAME` for some. Exit status 1 when one goes unnoticed, or no
longer finds the code that it was to break.
"""
