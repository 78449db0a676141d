#!/usr/bin/env bash
# Asks the gates whether a version may be put in force, and leaves the evidence in a folder.
#
#   examples/gate-in-ci/gate.sh VERSION REGISTRY COHORT GATES OUT
#   examples/gate-in-ci/gate.sh vpr@challenger amparo-quickstart/registry amparo-quickstart/cohort.parquet quickstart verdict
#
# Exit code 0: the version passes. 1: it does not pass. 2: the question could not be asked (wrong usage or invalid input).
# `AMPARO` names the program where it is not on the path.
set -euo pipefail

if [[ $# -ne 5 ]]; then
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
version="$1" registry="$2" cohort="$3" gates="$4" out="$5"

code=0
"${AMPARO:-amparo}" gate --registry "$registry" --model "$version" --cohort "$cohort" --gates "$gates" --out "$out" || code=$?
case "$code" in
    0) echo "$version passes its gates: a person may now move the alias \`champion\` to it" ;;
    1) echo "$version does not pass its gates: $out/verdict.json says why" ;;
    *) echo "the gates could not be asked about $version" >&2 ;;
esac
exit "$code"
