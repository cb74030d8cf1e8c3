#!/bin/sh
# Installs ssoenv from its releases: finds the archive for this machine, checks its checksum and the
# signature over all checksums, and puts it below ~/.local. No root, nothing outside of that folder.
#
#   install.sh [--to FOLDER] [--version X.Y.Z] [--from URL] [--uninstall]
#
# For dash, bash 3.2, busybox, ksh and zsh. Needs curl or wget, tar, one of sha256sum, shasum and
# openssl, and one of minisign and ssh-keygen.
set -eu

# Filled in by release/build: what the release was signed with.
minisign_key=''
ssh_key=''
repository='https://github.com/ssoenv/ssoenv'

say() { printf '%s\n' "$*" >&2; }
die() {
    say "error: $1"
    shift
    for line in "$@"; do say "$line"; done
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

usage() {
    cat <<END
Install ssoenv for this user.

Usage: install.sh [OPTIONS]

  --to FOLDER      install into FOLDER/bin and FOLDER/share (default: ~/.local)
  --version X.Y.Z  install this version (default: the newest)
  --from URL       download from URL, a folder with the release's files (a mirror)
  --minisign-key K, --ssh-key K
                   the public key that signed the files of a mirror of your own
  --no-setup       do not offer to load ssoenv in the shell's start file
  --uninstall      remove what this script installed into FOLDER
  -h, --help       print this text
END
}

to='' version='' from='' action=install setup=ask
while [ $# -gt 0 ]; do
    case $1 in
        --to | --version | --from | --minisign-key | --ssh-key)
            [ $# -ge 2 ] || die "$1 needs a value" "hint: run \`install.sh --help\`"
            case $1 in
                --to) to=$2 ;;
                --version) version=${2#v} ;;
                --from) from=${2%/} ;;
                --minisign-key) minisign_key=$2 ;;
                --ssh-key) ssh_key=$2 ;;
            esac
            shift 2 ;;
        --no-setup) setup=no; shift ;;
        --uninstall) action=uninstall; shift ;;
        -h | --help) usage; exit 0 ;;
        *) die "unknown option \`$1\`" "hint: run \`install.sh --help\`" ;;
    esac
done
[ -n "$to" ] || to=${HOME:?HOME is not set; use --to FOLDER}/.local
case $to in /*) ;; *) to=$PWD/$to ;; esac
case $version in
    *[!0-9A-Za-z.+-]*) die "version \`$version\` is not valid" ;;
esac
list=$to/share/ssoenv/installed

uninstall() {
    [ -f "$list" ] || die "nothing that this script installed is in $to" "hint: name the folder with \`--to\`"
    while IFS= read -r file; do
        # Names relative to the folder, as written below: nothing else is removed.
        case $file in
            /* | *..* | '') ;;
            *) rm -f "$to/$file" ;;
        esac
    done <"$list"
    rm -f "$list"
    rmdir "$to/share/doc/ssoenv" "$to/share/ssoenv" 2>/dev/null || :
    say "removed ssoenv from $to"
    say "hint: run \`ssoenv setup --remove\` before this, or delete the line in your shell's start file"
}

target() {
    system=$(uname -s) machine=$(uname -m)
    case $machine in
        x86_64 | amd64) machine=x86_64 ;;
        aarch64 | arm64) machine=aarch64 ;;
    esac
    # A shell below Rosetta says x86_64 on an arm64 Mac.
    if [ "$system" = Darwin ] && [ "$machine" = x86_64 ] &&
        [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || :)" = 1 ]; then
        machine=aarch64
    fi
    case $system-$machine in
        Linux-x86_64 | Linux-aarch64) printf '%s\n' "$machine-unknown-linux-musl" ;;
        Darwin-x86_64 | Darwin-aarch64) printf '%s\n' "$machine-apple-darwin" ;;
        MINGW*-* | MSYS*-* | CYGWIN*-*)
            die "this script does not install on Windows" "hint: unpack the .zip of $repository/releases" ;;
        *)
            die "there is no archive for $system on $machine" \
                "hint: with Rust, run \`cargo install --locked --git $repository\`" ;;
    esac
}

fetch() { # URL FILE
    case $1 in
        https://* | http://127.0.0.1* | http://localhost* | file://*) ;;
        *) die "$1 is not an https address" ;;
    esac
    if have curl; then
        curl --fail --silent --show-error --location --proto '=https,http,file' --proto-redir '=https' \
            --retry 2 --output "$2" "$1" || return 1
    elif have wget; then
        wget --quiet --output-document="$2" "$1" || return 1
    else
        die "neither curl nor wget is installed"
    fi
}

sha256() { # FILE
    if have sha256sum; then
        sha256sum "$1" | cut -d ' ' -f 1
    elif have shasum; then
        shasum -a 256 "$1" | cut -d ' ' -f 1
    elif have openssl; then
        openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
    else
        die "none of sha256sum, shasum and openssl is installed"
    fi
}

verify() { # the signature over SHA256SUMS
    if [ -n "$minisign_key" ] && have minisign; then
        fetch "$from/SHA256SUMS.minisig" "$work/SHA256SUMS.minisig" || die "cannot download $from/SHA256SUMS.minisig"
        minisign -Vqm "$work/SHA256SUMS" -P "$minisign_key" >/dev/null 2>&1 ||
            die "the signature of SHA256SUMS is wrong; nothing was installed"
    elif [ -n "$ssh_key" ] && have ssh-keygen; then
        fetch "$from/SHA256SUMS.sig" "$work/SHA256SUMS.sig" || die "cannot download $from/SHA256SUMS.sig"
        printf 'ssoenv namespaces="ssoenv" %s\n' "$ssh_key" >"$work/signers"
        ssh-keygen -Y verify -f "$work/signers" -I ssoenv -n ssoenv -s "$work/SHA256SUMS.sig" \
            <"$work/SHA256SUMS" >/dev/null 2>&1 ||
            die "the signature of SHA256SUMS is wrong; nothing was installed"
    elif [ -z "$minisign_key$ssh_key" ]; then
        die "this copy of install.sh knows no key to check the release with" \
            "hint: use the install.sh of a release, or pass \`--minisign-key\` or \`--ssh-key\`"
    else
        die "the signature cannot be checked: neither minisign nor ssh-keygen is installed" \
            "hint: install one of them (package minisign, or openssh-client)"
    fi
}

place() { # SOURCE NAME MODE: whole or not at all
    mkdir -p "$to/${2%/*}" || die "cannot write to $to" "hint: choose another folder with \`--to\`"
    if ! { cp "$1" "$to/$2.new" && chmod "$3" "$to/$2.new" && mv -f "$to/$2.new" "$to/$2"; }; then
        rm -f "$to/$2.new"
        die "cannot write $to/$2" "hint: choose another folder with \`--to\`"
    fi
    printf '%s\n' "$2" >>"$work/installed"
}

install() {
    target=$(target)
    if [ -z "$from" ]; then
        if [ -n "$version" ]; then
            from=$repository/releases/download/v$version
        else
            from=$repository/releases/latest/download
        fi
    fi
    # The folder is tried before anything is downloaded.
    if ! mkdir -p "$to" 2>/dev/null || [ ! -w "$to" ]; then
        die "cannot write to $to" "hint: choose another folder with \`--to\`"
    fi
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP

    fetch "$from/SHA256SUMS" "$work/SHA256SUMS" || die "cannot download $from/SHA256SUMS"
    verify
    if [ -n "$version" ]; then
        archive=ssoenv-$version-$target.tar.gz
        grep -q "  $archive\$" "$work/SHA256SUMS" || die "version $version has no archive for $target"
    else
        archive=$(sed -n "s/^[0-9a-f]*  \(ssoenv-[0-9][0-9A-Za-z.+-]*-$target\.tar\.gz\)\$/\1/p" "$work/SHA256SUMS" | head -n 1)
        [ -n "$archive" ] || die "the newest release has no archive for $target"
    fi
    expected=$(sed -n "s/^\([0-9a-f]*\)  $archive\$/\1/p" "$work/SHA256SUMS")

    say "downloading $archive"
    fetch "$from/$archive" "$work/$archive" || die "cannot download $from/$archive"
    actual=$(sha256 "$work/$archive")
    [ "$actual" = "$expected" ] ||
        die "the checksum of $archive is wrong; nothing was installed" "cause: $actual instead of $expected"
    mkdir "$work/unpacked"
    tar -xzf "$work/$archive" -C "$work/unpacked"
    folder=$work/unpacked/${archive%.tar.gz}
    "$folder/ssoenv" --version >/dev/null 2>&1 || die "ssoenv does not run on this machine; nothing was installed"

    : >"$work/installed"
    place "$folder/ssoenv" bin/ssoenv 755
    for page in "$folder"/man/man1/*.1; do
        place "$page" "share/man/man1/${page##*/}" 644
    done
    for text in LICENSE-APACHE LICENSE-MIT README.md CHANGELOG.md; do
        place "$folder/$text" "share/doc/ssoenv/$text" 644
    done
    mkdir -p "${list%/*}"
    cp "$work/installed" "$list"
    say "installed $("$to/bin/ssoenv" --version) in $to"
    finish
}

# How to go on: the folder on PATH, the line in the start file.
finish() {
    program=$to/bin/ssoenv
    case :${PATH-}: in
        *:"$to/bin":*) program=ssoenv ;;
        *) say "hint: add $to/bin to PATH" ;;
    esac
    if [ "$setup" = ask ] && (: </dev/tty) 2>/dev/null && [ -t 2 ]; then
        printf 'Load ssoenv in the start file of your shell? [y/N] ' >&2
        IFS= read -r answer </dev/tty || answer=
        case $answer in
            [yY] | [yY][eE][sS]) "$to/bin/ssoenv" setup </dev/tty; return ;;
        esac
    fi
    say "next: run \`$program setup\`"
}

"$action"
