#!/usr/bin/env bash
# Builds bin/homeward-dev and shows progress: the first time, the Temporal
# server and its UI are compiled, which takes minutes. What is compiled stays
# in Go's build cache, so an interrupted build goes on where it stopped.
#
# Usage: deploy/dev/build.sh [OUTPUT]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
output=${1:-../../bin/homeward-dev}

# One set of flags for builds and tests, so that nothing is compiled twice.
# Readonly: go.mod and go.sum pin every module, and a build changes neither.
export GOFLAGS="$(go env GOFLAGS) -trimpath -mod=readonly"

# A C compiler without the C library's headers breaks a build that none at all
# would not.
if ! echo '#include <stdlib.h>' | $(go env CC) -E -x c - >/dev/null 2>&1; then
	export CGO_ENABLED=0
fi

# progress replaces the current line on a terminal, and elsewhere prints a
# line now and then.
shown=-15
progress() {
	if [[ -t 1 ]]; then
		printf '\r\033[K%s' "$1"
	elif ((SECONDS - shown >= 15)); then
		shown=$SECONDS
		echo "$1"
	fi
}

# report reads what the go command prints, counts the packages and modules in
# it, and lets everything else, such as a compiler's error, through.
report() {
	local total=$1 line packages=0 modules=0
	while IFS= read -r line; do
		case $line in
		'go: downloading '*)
			progress "downloading Go modules: $((++modules))"
			;;
		*[[:space:]:]* | '')
			if [[ -t 1 ]]; then printf '\r\033[K'; fi
			echo "$line" >&2
			;;
		*)
			progress "building the embedded Temporal: $((++packages)) of $total packages"
			if ((packages == total)); then progress "linking $(basename "$output")"; fi
			;;
		esac
	done
	if [[ -t 1 ]] && ((packages + modules > 0)); then printf '\r\033[K'; fi
}

# Listing also downloads the modules.
stale=$(mktemp)
trap 'rm -f "$stale"' EXIT
go list -deps -f '{{if .Stale}}{{.ImportPath}}{{end}}' . 2>&1 >"$stale" | report 0
total=$(wc -l <"$stale")

go build -v -o "$output" . 2>&1 | report "$((total))"
if ((total > 1)); then
	echo "built $(basename "$output") in $((SECONDS / 60)) min $((SECONDS % 60)) s"
fi
