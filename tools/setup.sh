#!/bin/sh
# Installs what config/packages.debian names and this machine lacks, and the
# npm packages of the folders that have a lock file.
# usage: tools/setup.sh demo|check      (check needs all that demo needs)
set -eu
cd "$(dirname "$0")/.."
want=${1:-check}
stamp=build/.setup-$want
list=config/packages.debian

wanted() {
	awk -v want="$want" '
		/^\[/ { part = substr($1, 2, length($1) - 2); next }
		/^#/ || NF == 0 { next }
		part == "demo" || part == want { print $1 }' "$list"
}

# The packages of the list that neither dpkg nor a command vouches for.
missing() {
	have=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null |
		awk '$2 == "installed" { print $1 }')
	for row in $(wanted); do
		package=${row%%=*}
		printf '%s\n' "$have" | grep -qxF -- "$package" && continue
		case $row in
		*=*) command -v "${row#*=}" >/dev/null 2>&1 && continue ;;
		esac
		printf '%s ' "$package"
	done
}

install_packages() {
	lacking=$(missing)
	[ -n "$lacking" ] || return 0
	if [ "$(id -u)" != 0 ]; then
		echo "setup: packages are missing; run this, then again make:" >&2
		echo "  sudo apt-get install -y --no-install-recommends $lacking" >&2
		exit 1
	fi
	echo "setup: installing $lacking"
	export DEBIAN_FRONTEND=noninteractive
	# A package that would start a daemon of its own is only unpacked.
	policy=/usr/sbin/policy-rc.d
	made=
	if [ ! -e "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 755 "$policy"
		made=1
	fi
	status=0
	# shellcheck disable=SC2086
	{ apt-get -qq update &&
		apt-get -qq install -y --no-install-recommends $lacking; } \
		>build/setup.log 2>&1 || status=$?
	[ -z "$made" ] || rm -f "$policy"
	if [ "$status" != 0 ]; then
		tail -n 20 build/setup.log >&2
		echo "setup: apt-get failed; see build/setup.log" >&2
		exit 1
	fi
}

# Folder by folder; the stamp holds the lock file it was done for.
install_npm() {
	for dir in "$@"; do
		lock=$dir/package-lock.json
		[ -f "$lock" ] || continue
		done_for=build/.npm-$(echo "$dir" | tr / -)
		[ -d "$dir/node_modules" ] && cmp -s "$lock" "$done_for" && continue
		echo "setup: npm ci in $dir"
		(cd "$dir" && npm ci --loglevel=error --no-audit --no-fund >/dev/null) || {
			echo "setup: npm ci failed in $dir" >&2
			exit 1
		}
		cp "$lock" "$done_for"
	done
}

# Up to date: every input is older than the stamp.
fresh() {
	[ -f "$stamp" ] || return 1
	for f in "$list" tools/setup.sh console/web/package-lock.json \
		tests/peers/package-lock.json; do
		[ ! -f "$f" ] || [ "$stamp" -nt "$f" ] || return 1
	done
	for dir in $npm_dirs; do
		[ ! -f "$dir/package-lock.json" ] || [ -d "$dir/node_modules" ] ||
			return 1
	done
}

npm_dirs=console/web
[ "$want" = demo ] || npm_dirs="$npm_dirs tests/peers"
fresh && exit 0
mkdir -p build
install_packages
# shellcheck disable=SC2086
install_npm $npm_dirs
touch "$stamp"
