#!/usr/bin/env bash
# The Debian packages in a Debian that debootstrap has just made: checked by lintian; the switch installed, served from as
# the unit says and as its user, paid at, upgraded over itself, removed, purged; then the reader alone, as on a till.
# Wants root, and build/package from ./dev package.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

fail() { echo "package: $*" >&2; exit 1; }
[[ $EUID -eq 0 ]] || fail "only root may make a clean root"
deb="$(ls build/package/meguri_*.deb)" && reader_deb="$(ls build/package/meguri-reader_*.deb)" || fail "there is no package: ./dev package makes it"
folder="$(mktemp --directory --tmpdir meguri-package.XXXXXX)"
root="$folder/root"
switch=""
clean_up() {
    [[ -z "$switch" ]] || kill -KILL "$switch" 2>/dev/null || true
    rm -rf "$folder"
}
trap clean_up EXIT

inside() { chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"; }
as_meguri() { inside runuser -u meguri -- "$@"; }
json() { sed -n 's/.*"'"$1"'":"\([^"]*\)".*/\1/p'; }

lintian --fail-on error,warning --suppress-tags command-with-path-in-maintainer-script,maintainer-script-calls-systemctl \
    --allow-root "$deb" "$reader_deb" || fail "lintian has something to say"

# As apt on this machine gets Debian.
mirror="$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' 'Component: main' | head -n 1)"
debootstrap --variant=minbase bookworm "$root" "${mirror:-http://deb.debian.org/debian}" >"$folder/log" 2>&1 \
    || { tail "$folder/log" >&2; fail "debootstrap failed"; }
cp "$deb" "$root/meguri.deb"
inside apt-get update -q >/dev/null
inside apt-get install -q --yes --no-install-recommends /meguri.deb >"$folder/log" 2>&1 \
    || { cat "$folder/log" >&2; fail "it cannot be installed"; }
grep -q 'meguri init --data /var/lib/meguri/ledger' "$folder/log" || fail "nothing says how to make the ledger"

unit="$root/lib/systemd/system/meguri.service"
[[ -L "$root/etc/systemd/system/multi-user.target.wants/meguri.service" ]] || fail "the unit is not enabled"
[[ "$(inside stat --format '%U %a' /var/lib/meguri)" == "meguri 700" ]] || fail "the ledger's folder is open to others"
! grep -qE '^[a-z_]+ =' "$root/etc/meguri/meguri.toml" || fail "a setting is not commented out"
[[ "$(grep -cE '^#[a-z_]+ = ' "$root/etc/meguri/meguri.toml")" == "$(grep -cE '^[a-z_]+ = ' config/meguri.toml)" ]] \
    || fail "not every setting is in /etc/meguri/meguri.toml"
for file in man/man1/meguri.1.gz man/man5/meguri.toml.5.gz meguri/prometheus/alerts.yml meguri/alertmanager/alertmanager.yml \
    meguri/grafana/dashboards/payment_path.json meguri/runbooks/MeguriDown.md; do
    [[ -s "$root/usr/share/$file" || "$file" == man/* ]] || fail "/usr/share/$file is missing"
    inside dpkg --listfiles meguri | grep -qx "/usr/share/$file" || fail "/usr/share/$file is not the package's"
done

# The start of the unit, on free ports.
sed -i -e 's/^#\(listen = \).*/\1"127.0.0.1:0"/' -e 's/^#\(ops_listen = \).*/\1"127.0.0.1:0"/' "$root/etc/meguri/meguri.toml"
key="$(as_meguri /usr/bin/meguri init --data /var/lib/meguri/ledger)"
start() {
    local command
    command="$(sed -n 's/^ExecStart=//p' "$unit")"
    # shellcheck disable=SC2086 # words, as systemd splits them
    chroot "$root" setpriv --reuid meguri --regid meguri --clear-groups $command >"$folder/ready" 2>"$folder/log" &
    switch="$!"
    for _ in $(seq 200); do
        grep -q '^ready ' "$folder/ready" && break
        kill -0 "$switch" 2>/dev/null || { cat "$folder/log" >&2; fail "it does not start"; }
        sleep 0.05
    done
    port="$(sed -n 's/^ready listen=[^ ]*:\([0-9]*\) .*/\1/p' "$folder/ready")"
    [[ -n "$port" ]] || fail "it does not get ready"
}
stop() {
    local pid="$switch"
    switch=""
    kill -TERM "$pid"
    wait "$pid" || fail "it does not end cleanly: $(cat "$folder/log")"
}
api() { curl -sS --fail-with-body -H "Authorization: Bearer $1" -H 'Content-Type: application/json' "${@:3}" "http://127.0.0.1:$port$2"; }
pay() { api "$till" /v1/authorizations -H 'Idempotency-Key: p-1' -d '{"amount":1200,"credential":{"type":"code","value":"'"$card"'"}}'; }

start
[[ "$(ps -o user= -p "$switch")" != root ]] || fail "it runs as root"
api "$key" /v1/programs -d '{"code":"042021","name":"石巻市アイポイント","expiry_days":180}' >/dev/null
merchant="$(api "$key" /v1/merchants -d '{"name":"店","programs":["042021"]}' | json id)"
till="$(api "$key" "/v1/merchants/$merchant/terminals" -d '{"name":"レジ1"}' | json key)"
wallet="$(api "$key" /v1/wallets -d '{}' | json id)"
card="$(api "$key" "/v1/wallets/$wallet/codes" -d '{"kind":"card"}' | json value)"
api "$key" /v1/grants -H 'Idempotency-Key: g-1' \
    -d '{"wallet":"'"$wallet"'","program":"042021","amount":5000,"source":"budget:042021:health"}' >/dev/null
paid="$(pay)"
[[ "$(json status <<<"$paid")" == captured ]] || fail "not paid: $paid"

# An upgrade leaves settings and ledger; what runs goes on until it is started again.
before="$(sha256sum <"$root/etc/meguri/meguri.toml")"
inside dpkg --install /meguri.deb >"$folder/upgrade" 2>&1 || { cat "$folder/upgrade" >&2; fail "the upgrade failed"; }
! grep -q 'there is no ledger' "$folder/upgrade" || fail "the upgrade overlooks the ledger"
[[ "$(sha256sum <"$root/etc/meguri/meguri.toml")" == "$before" ]] || fail "the upgrade changed the settings"
[[ "$(pay)" == "$paid" ]] || fail "what runs answers otherwise after the upgrade"
stop
start
[[ "$(pay)" == "$paid" ]] || fail "after the restart another answer is given: $(pay)"
stop
as_meguri /usr/bin/meguri verify --data /var/lib/meguri/ledger >/dev/null || fail "the ledger does not verify"

inside dpkg --remove meguri >/dev/null 2>&1 || fail "it cannot be removed"
[[ ! -e "$root/usr/bin/meguri" && ! -e "$unit" && -e "$root/etc/meguri/meguri.toml" ]] || fail "removed too much or too little"
inside dpkg --purge meguri >"$folder/log" 2>&1 || { cat "$folder/log" >&2; fail "it cannot be purged"; }
[[ ! -e "$root/etc/meguri/meguri.toml" ]] || fail "purged, but the settings are there"
[[ ! -L "$root/etc/systemd/system/multi-user.target.wants/meguri.service" ]] || fail "purged, but the unit is enabled"
[[ -e "$root/var/lib/meguri/ledger/journal/data.mdb" ]] || fail "the purge deleted the ledger"
grep -q 'was kept' "$folder/log" || fail "the purge does not say that the ledger was kept"

# A till has nothing of a switch, and the reader says why it cannot sign.
cp "$reader_deb" "$root/reader.deb"
inside apt-get install -q --yes --no-install-recommends /reader.deb >"$folder/log" 2>&1 \
    || { cat "$folder/log" >&2; fail "the reader cannot be installed"; }
! inside dpkg --listfiles meguri-reader | grep -vE '^/(\.|usr|usr/(bin|share)(/(meguri-reader|doc|man).*)?)$' \
    || fail "the reader brings more than a program and its papers"
inside dpkg --listfiles meguri-reader | grep -qx /usr/share/man/man1/meguri-reader.1.gz || fail "the reader has no manual"
for needed in opensc pcscd; do inside dpkg --status "$needed" >/dev/null || fail "the reader came without $needed"; done
asked="--merchant mer_1 --outlet ter_1 --amount 100 --idempotency-key p-1 --wait 0"
status=0
# shellcheck disable=SC2086 # words
inside meguri-reader pay $asked >"$folder/said" 2>&1 || status="$?"
[[ "$status" == 3 ]] || fail "without a reader it ends with $status: $(cat "$folder/said")"
inside dpkg --purge meguri-reader >/dev/null 2>&1 || fail "the reader cannot be purged"
[[ ! -e "$root/usr/bin/meguri-reader" ]] || fail "purged, but the reader is there"
echo "package: switch and reader installed, used, upgraded, removed and purged"
