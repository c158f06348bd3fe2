"""The one way into the database for files: staged by COPY, checked and applied by statements."""
