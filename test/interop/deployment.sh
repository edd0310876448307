# Sourced by `run` ahead of its own groups: the groups about deploying.
#
#   moto     the template deployed to moto's CloudFormation, and what it made compared with it
#   docs     the commands of docs/deploy.md that can be run without an account
#   image    the modules that the Dockerfile installs, for both architectures, from npm's registry
#
# Leaves in "$@" the groups that are for main.py; ends the run where only these were asked for.

deployment_groups=()
other_groups=()
for group in "$@"; do
  case $group in
    moto | image | docs) deployment_groups+=("$group") ;;
    *) other_groups+=("$group") ;;
  esac
done
if [ $# -eq 0 ]; then deployment_groups=(image docs moto); fi

if [ ${#deployment_groups[@]} -gt 0 ]; then
  moto=there
  if [[ " ${deployment_groups[*]} " == *' moto '* ]] && ! install deployment test/interop/requirements-deployment.txt; then
    moto='PyPI cannot be reached, or lacks a package'
  fi
  PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" test/interop/deployment.py --moto "$moto" "${deployment_groups[@]}" || exit 1
  if [ $# -gt 0 ] && [ ${#other_groups[@]} -eq 0 ]; then exit 0; fi
fi
set -- ${other_groups[@]+"${other_groups[@]}"}
