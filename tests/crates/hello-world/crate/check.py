import pathlib
import subprocess
import sys

folder = pathlib.Path(sys.executable).parent
assert subprocess.check_output([folder / "hello-world"]) == b"Hello, world!\n"
assert subprocess.check_output([folder / "foo"]).decode() == "🦀 Hello, world! 🦀\n"
assert not (folder / "unwanted").exists()
