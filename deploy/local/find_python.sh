#!/bin/sh
# Prints the name of a Python that is new enough, or says what to install.
for name in python3.11 python3.12 python3.13 python3; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "$name"
        exit 0
    fi
done
echo "LuxeBrain needs Python 3.11 or newer and found none." >&2
echo "Debian 12, Ubuntu 22.04: apt-get install python3.11 python3.11-venv" >&2
exit 1
