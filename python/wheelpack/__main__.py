"""`python -m wheelpack ...` is the program."""

import os
import subprocess
import sys

from wheelpack import find_program


def main():
    try:
        command = [find_program()] + sys.argv[1:]
    except FileNotFoundError as error:
        sys.exit("wheelpack: {}".format(error))
    if os.name == "nt":
        sys.exit(subprocess.run(command).returncode)
    sys.stdout.flush()
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
