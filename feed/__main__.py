"""`python -m feed …`: what the launcher runs."""

from feed.cli.commands import main

if __name__ == "__main__":
    main()
