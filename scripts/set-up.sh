#!/usr/bin/env bash
# set-up.sh PYTHON VENV EXTRA...: make or complete a virtual environment. Needs plain pip and a package index, nothing else.
#
# The extra `models` comes last and only with torch: torch is installed first and pinned, because a newer one that another
# package asks for would bring gigabytes of CUDA libraries. Where torch cannot be had the rest works without it.
set -euo pipefail

python=$1 venv=$2
shift 2
if [ -z "$python" ]; then
    echo "tiaowen: Python 3.11 or newer was not found; install it, or name one: make run PYTHON=/path/to/python3" >&2
    exit 1
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
pip() { "$venv/bin/python" -m pip --disable-pip-version-check --quiet "$1" --no-compile "${@:2}"; }  # what is used is compiled when it is
locked=(--constraint "${CONSTRAINTS:-constraints.txt}")  # CONSTRAINTS=/dev/null takes the newest of everything

extras=() models=
for extra in "$@"; do
    if [ "$extra" = models ]; then models=1; else extras+=("$extra"); fi
done
list=$(IFS=,; echo "${extras[*]}")
echo "Setting up $venv (a few minutes the first time) ..." >&2
pip install "${locked[@]}" --editable ".${list:+[$list]}"

if [ -n "$models" ]; then
    if pip install ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "torch==2.13.0" && pip install "${locked[@]}" --editable ".[models]"; then
        :
    else
        echo "tiaowen: torch 2.13.0 could not be installed; going on without the extra 'models' (only hub encoders need it)" >&2
    fi
fi
