#!/usr/bin/env bash
# The unit is one that systemd takes and finds well closed, it starts the program with options that it has, and the
# manuals name every command and option of --help and no other.
set -euo pipefail

fail() { echo "package: $*" >&2; exit 1; }
folder="$(mktemp --directory --tmpdir meguri-unit.XXXXXX)"
trap 'rm -rf "$folder"' EXIT
unit="$MEGURI_SOURCE/config/meguri.service"

# The program lies where this build has it.
sed "s|/usr/bin/meguri serve|$MEGURI_BINARY serve|" "$unit" >"$folder/meguri.service"
! cmp -s "$unit" "$folder/meguri.service" || fail "the unit does not start /usr/bin/meguri"
said="$(systemd-analyze verify --man=no "$folder/meguri.service" 2>&1)" || fail "$said"
! grep -q meguri.service <<<"$said" || fail "$said"
# An exposure of at most 1.5 of 10.
systemd-analyze security --offline=true --threshold=15 --no-pager "$unit" >"$folder/security" 2>&1 \
    || fail "$(tail -n 3 "$folder/security")"
grep -qE 'exposure level for meguri.service: [01]\.[0-9]' "$folder/security" || fail "$(tail -n 3 "$folder/security")"

options_in() { grep -oE -- '--[a-z-]+' | sort -u; }
"$MEGURI_BINARY" serve --help | options_in >"$folder/serve"
started="$(sed -n 's/^ExecStart=//p' "$unit" | options_in)"
[[ -n "$started" ]] || fail "the unit starts nothing"
[[ -z "$(comm -23 - "$folder/serve" <<<"$started")" ]] || fail "serve does not know what the unit gives it: $started"

# "COMMAND OPTION" of each that is defined, by the program and by the manual.
expect_alike() { # PROGRAM MANUAL, and how many commands and options there are at least
    local program="$1" manual="$2" commands command
    commands="$("$program" --help | sed -n '/^Subcommands:/,$p' | sed -n 's/^  \([a-z]\+\) .*/\1/p')"
    [[ "$(wc -w <<<"$commands")" -ge "$3" ]] || fail "--help of $program names these commands alone: $commands"
    for command in $commands; do
        "$program" "$command" --help | grep -oE '^ +(-[a-z],)?--[a-z-]+' | options_in | grep -vx -- --help \
            | sed "s/^/$command /"
    done | sort >"$folder/program"
    sed 's/\\-/-/g' "$manual" | awk '/^\.SH/ {command = ""} /^\.SS/ {command = $2}
        command != "" && /^\.BI? --/ {print command, $2}' | sort >"$folder/manual"
    diff --unified "$folder/program" "$folder/manual" || fail "$manual and --help differ"
    [[ "$(wc -l <"$folder/manual")" -ge "$4" ]] || fail "$manual defines too few options to be true"
}
expect_alike "$MEGURI_BINARY" "$MEGURI_SOURCE/config/package/meguri.1" 5 10
expect_alike "$(dirname "$MEGURI_BINARY")/meguri-reader" "$MEGURI_SOURCE/config/package/meguri-reader.1" 2 10
echo "package: the unit and the manuals are right"
