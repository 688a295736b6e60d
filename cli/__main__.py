"""`python -m cli` is `feikong`: also where the script is not installed."""

from cli import main

main()
