"""Checks of what gets deployed, which need no running pipeline; see deployment.sh, which starts it."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from checks import Checks


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--moto", required=True, help="there, or why not")
    parser.add_argument("groups", nargs="+", choices=["moto", "image", "docs"])
    options = parser.parse_args()
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="daybook-deployment-") as directory:
        if "image" in options.groups:
            import image_steps

            with checks.group("image"):
                image_steps.run(checks, Path(directory))
        if "docs" in options.groups:
            import docs_commands
            from pipeline import Pipeline

            with checks.group("docs"), Pipeline(Path(directory) / "docs") as pipeline:
                docs_commands.run(checks, "local", pipeline.environment, pipeline.until_quiet)
        if "moto" in options.groups:
            if options.moto == "there":
                import moto_deployment

                with checks.group("moto"):
                    moto_deployment.run(checks, Path(directory))
            else:
                checks.skip("moto", options.moto)
    print(f"\n{checks.summary()}")
    failed = checks.failed > 0 or (checks.skipped > 0 and os.environ.get("CI") == "true")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
