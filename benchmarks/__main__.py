"""Entry point of `make bench`."""

from benchmarks.bench import main

main()
