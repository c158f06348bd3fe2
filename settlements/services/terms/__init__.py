"""Writing agreements: drafts of versions and their parts, approval, ends and renewals."""
