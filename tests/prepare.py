"""Install what the browser tests need, where root may; say so where it may not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def main() -> int:
    """Install Debian's Chromium if it is absent and this user may."""
    if shutil.which("chromium"):
        return 0
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.stderr.write(
            "Chromium is absent and cannot be installed here: the browser tests will be skipped.\n"
        )
        return 0
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        if subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, check=False).returncode:
            sys.stderr.write("Chromium could not be installed: the browser tests will be skipped.\n")
            return 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
