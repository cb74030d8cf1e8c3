#!/bin/sh
# Installs ssoenv into a dev container, and loads it in the shells of the container's user. The
# options of devcontainer-feature.json arrive as variables. installer.sh is the release's install.sh,
# which release/build puts beside this file.
set -eu
cd "$(dirname "$0")"
have() { command -v "$1" >/dev/null 2>&1; }

if ! { have curl || have wget; } || ! { have ssh-keygen || have minisign; }; then
    if have apt-get; then
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends ca-certificates curl openssh-client
        rm -rf /var/lib/apt/lists/*
    elif have apk; then
        apk add --no-cache ca-certificates curl openssh-keygen
    elif have dnf; then
        dnf install -y -q curl openssh
    fi
fi

to=${TO:-/usr/local}
set -- --to "$to" --no-setup
[ "${VERSION:-latest}" = latest ] || set -- "$@" --version "$VERSION"
[ -z "${MIRROR-}" ] || set -- "$@" --from "$MIRROR"
[ -z "${SSHKEY-}" ] || set -- "$@" --ssh-key "$SSHKEY"
sh ./installer.sh "$@"

[ "${SETUP:-true}" = true ] || exit 0
user=${_REMOTE_USER:-$(id -un)}
for shell in bash zsh fish; do
    have "$shell" || continue
    # A start file belongs to the user of the container, not to root.
    if [ "$user" = "$(id -un)" ]; then
        HOME=${_REMOTE_USER_HOME:-$HOME} "$to/bin/ssoenv" setup "$shell"
    else
        # shellcheck disable=SC2016 # the inner shell expands it
        su -s /bin/sh "$user" -c 'HOME=$1 exec "$2" setup "$3"' sh "$_REMOTE_USER_HOME" "$to/bin/ssoenv" "$shell"
    fi
done
