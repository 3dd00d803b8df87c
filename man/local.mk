# Manual pages, written by hand in mdoc.
