"""
The job that stage and refresh run on Spark: `job.py s3://BUCKET PLAN`. It computes what the plan lists, and writes data files and a manifest.
"""

import sys


def main(arguments):
    bucket, plan = arguments
    sys.exit(f"the plan {bucket}/{plan} cannot be computed: this job knows no step of a plan")


if __name__ == "__main__":
    main(sys.argv[1:])
