"""What others serve: fetched with limits on time and size, and believed by nobody here."""
