"""`python -m dermaroller`: the command, where its own name is not on the PATH."""

from dermaroller.cli import main

if __name__ == "__main__":
    main()
