# Sourced by `run` ahead of its own groups: Ceph's conformance tests of S3 against the local S3.
#
#   s3-tests   those that test/interop/s3-tests/selected.txt lists
#
# S3_TESTS_DIR may name a clone of them, where GitHub cannot be reached. Leaves in "$@" the groups that are for main.py;
# ends the run where only this one was asked for.

s3_tests_commit=8f0ae7b404a3a2fcf7038bf1e6bf29544fe9b6a3

# The pinned commit in the cache; nothing to do where it is there.
fetch_s3_tests() {
  local target=$cache/s3-tests
  [ "$(git -C "$target" rev-parse HEAD 2>&1)" = "$s3_tests_commit" ] && return
  rm -rf "$target"
  git clone --quiet "${S3_TESTS_DIR:-https://github.com/ceph/s3-tests.git}" "$target" &&
    git -C "$target" -c advice.detachedHead=false checkout --quiet "$s3_tests_commit"
}

run_s3_tests() {
  local reason=
  if ! fetch_s3_tests; then
    reason='github.com/ceph/s3-tests cannot be reached; S3_TESTS_DIR may name a clone of it'
  elif ! install s3-tests test/interop/s3-tests/requirements.txt; then
    reason='PyPI cannot be reached, or lacks a package (see above)'
  fi
  if [ -n "$reason" ]; then
    echo "skipped s3-tests: $reason"
    [ "${CI:-}" != true ]
    return
  fi
  node_modules/.bin/esbuild test/interop/s3-tests/server.ts --bundle --platform=node --target=node20 --format=cjs \
    --external:dynalite --external:aws-local-stepfunctions --outfile=dist/interop/s3-server.cjs --log-level=warning &&
    PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" test/interop/s3-tests/s3_tests.py "$cache/s3-tests"
}

s3_tests_asked=
[ $# -eq 0 ] && s3_tests_asked=too
groups=()
for group in "$@"; do
  if [ "$group" = s3-tests ]; then s3_tests_asked=too; else groups+=("$group"); fi
done
if [ -n "$s3_tests_asked" ]; then
  run_s3_tests || exit 1
  if [ $# -gt 0 ] && [ ${#groups[@]} -eq 0 ]; then exit 0; fi
fi
set -- ${groups[@]+"${groups[@]}"}
