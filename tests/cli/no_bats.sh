#!/bin/sh
# Stands in for bats where it or cmocka was missing: the file that it would run is skipped.
echo "1..0 # SKIP bats or cmocka was not here when configure ran"
