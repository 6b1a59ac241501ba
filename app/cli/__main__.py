"""`python -m app.cli`: the same as `tiaowen`; the screens start commands this way."""

from app.cli import main

if __name__ == "__main__":
    main()
