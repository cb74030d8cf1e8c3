# The tour of the demo: every step is shown, done, and checked. Runs in bash with the hook, and
# in any POSIX shell without it.
set -eu

step() { printf '\n$ %s\n' "$1"; }
fail() { printf 'demo: %s\n' "$1" >&2; exit 1; }

if [ -n "${BASH_VERSION-}" ]; then
    step 'eval "$(ssoenv init bash)"        # the hook: once, in ~/.bashrc'
    eval "$(ssoenv init bash)"
    apply() { ssoenv "$@"; }
else
    apply() {
        code=$(command ssoenv "$@" --shell sh) || return
        eval "$code"
    }
fi

step 'ssoenv login                      # a scripted browser signs in'
ssoenv login

step 'ssoenv list'
ssoenv list

step 'ssoenv accounts'
ssoenv accounts

step 'ssoenv use prod'
apply use prod
[ "$SSOENV_PROFILE" = prod ] || fail 'use did not reach this shell'

step 'ssoenv prompt                     # what the prompt shows'
segment=$(ssoenv prompt)
printf '%s\n' "$segment"
case $segment in *'Acme Production'*Admin*m*) ;; *) fail 'the prompt does not say where we are' ;; esac

step "sh -c 'env | grep ^AWS_'          # a child process sees the credentials"
seen=$(sh -c 'env | grep "^AWS_" | grep -v ENDPOINT | sort | sed "s/\(=.\{16\}\).*/\1…/"')
printf '%s\n' "$seen"
case $seen in *AWS_ACCESS_KEY_ID=ASIA*AWS_REGION=eu-west-1*AWS_SESSION_TOKEN=*) ;; *) fail 'a child does not see them' ;; esac

step 'ssoenv whoami                     # and AWS knows them'
ssoenv whoami
case $(ssoenv whoami --json) in *111122223333*) ;; *) fail 'STS does not know the credentials' ;; esac

step "ssoenv exec dev -- sh -c 'echo \$SSOENV_ACCOUNT_NAME'"
dev=$(ssoenv exec dev -- sh -c 'echo "$SSOENV_ACCOUNT_NAME"')
printf '%s\n' "$dev"
[ "$dev" = 'Acme Development' ] || fail 'exec did not give the command its credentials'

step 'ssoenv clear'
apply clear
[ -z "${AWS_ACCESS_KEY_ID+set}${AWS_REGION+set}${SSOENV_PROFILE+set}" ] || fail 'clear left something'

step 'ssoenv status'
ssoenv status

printf '\nAll of it worked. On a terminal `cargo demo` opens a shell like this one.\n'
