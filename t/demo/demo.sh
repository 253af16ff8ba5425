#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Show the main job: a real httpd, a small authorization server, curl. Both
# are ended when the show is over, and what they wrote is removed, or all is
# kept with `make demo KEEP=1`.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
module=$1
made=
[ -n "${DEMO_DIR:-}" ] ||
    made=$(mktemp -d "${TMPDIR:-/tmp}/introspect-demo.XXXXXX")
dir=${DEMO_DIR:-$made}
export DEMO_DIR="$dir" DEMO_MODULE="$module"
apxs=${APXS:-apxs}
export DEMO_MODULES="$("$apxs" -q LIBEXECDIR)"
export DEMO_USER=www-data DEMO_GROUP=www-data
export DEMO_PORT="${DEMO_PORT:-$(perl "$here/port.pl")}"
export DEMO_AS_PORT="${DEMO_AS_PORT:-$(perl "$here/port.pl")}"
httpd=$("$apxs" -q SBINDIR)/$("$apxs" -q PROGNAME)
url="http://127.0.0.1:$DEMO_PORT"
failed=0

# Both may outlive this script, so neither holds on to its output.
start_as() {
    perl "$here/as.pl" "$DEMO_AS_PORT" "$dir/tokens" \
        </dev/null >"$dir/as.log" 2>&1 &
    as_pid=$!
    wait_for "http://127.0.0.1:$DEMO_AS_PORT/jwks"
}

stop_as() {
    kill "$as_pid" 2>/dev/null || true
    wait "$as_pid" 2>/dev/null || true
}

start_httpd() {
    "$httpd" -f "$dir/httpd.conf" -k start </dev/null >"$dir/start.log" 2>&1 ||
        { cat "$dir/start.log" >&2; exit 1; }
}

# Its process file goes when all its processes have ended.
stop_httpd() {
    kill "$(cat "$dir/httpd.pid" 2>/dev/null)" 2>/dev/null || return 0
    tries=0
    while [ -e "$dir/httpd.pid" ] && [ "$tries" -lt 100 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
}

end() {
    stop_httpd
    stop_as
    [ -z "$made" ] || rm -rf "$made"
}

# Nothing is revoked.
write_tokens() {
    now=$(date +%s)
    tab=$(printf '\t')
    cat > "$dir/tokens" <<TOKENS
demo-token${tab}{"active":true,"sub":"alice","scope":"read write","client_id":"app","iss":"https://as.example","aud":["https://api.example"],"exp":$((now + 3600)),"iat":$now,"realm_access":{"roles":["staff"]}}
TOKENS
}

wait_for() {
    tries=0
    until curl -s -o /dev/null "$1"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 300 ]; then
            echo "nothing answers at $1" >&2
            cat "$dir/error.log" >&2 || true
            exit 1
        fi
        sleep 0.1
    done
}

# say WHAT, the expected status, then curl's further words
show() {
    what=$1 expected=$2
    shift 2
    printf '\n== %s: %s\n' "$what" "$expected"
    printf '$ curl -i'
    for word in "$@"; do
        case $word in *' '*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
    done
    printf '\n'
    curl -si "$@" | tr -d '\r' | sed -n -e '1p' \
        -e '/^WWW-Authenticate\|^Retry-After\|^Cache-Control/p' \
        -e '/^AUTH_TYPE\|^REMOTE_USER\|^INTROSPECT_/p' | tee "$dir/answer"
    if ! head -n 1 "$dir/answer" | grep -q " $expected"; then
        echo "!! expected $expected"
        failed=1
    fi
}

mkdir -p "$dir/htdocs"
chmod 755 "$dir"
cp "$here/env.cgi" "$dir/"
cp "$here/httpd.conf" "$dir/httpd.conf"
write_tokens

trap end EXIT
trap 'exit 1' HUP INT TERM
start_as
start_httpd
wait_for "$url/"

echo "mod_auth_introspect: httpd at $url asks the authorization server at"
echo "http://127.0.0.1:$DEMO_AS_PORT/introspect about each token."
echo "formats: opaque, introspection; algorithms: remote; tokens are never issued"

show 'no token' 401 "$url/api"
show 'a good token, and what a CGI program sees' 200 \
    -H 'Authorization: Bearer demo-token' "$url/api"
show 'a good token of the wrong scope' 403 \
    -H 'Authorization: Bearer demo-token' "$url/api/admin"
: > "$dir/tokens"
sleep 2.1
show 'the same token, revoked' 401 \
    -H 'Authorization: Bearer demo-token' "$url/api"
stop_as
show 'another token, while the authorization server is down' 503 \
    -H 'Authorization: Bearer other-token' "$url/api"

printf '\nThe error log says:\n'
grep -o 'MAI[0-9]*: .*' "$dir/error.log" | sed 's/^/    /'

if [ "${KEEP:-0}" != 1 ]; then
    echo
    echo "Both are ended now, and their files removed; 'make demo KEEP=1' keeps them."
    exit "$failed"
fi
write_tokens
start_as
good() { curl -sf -o /dev/null -H 'Authorization: Bearer demo-token' "$url/api"; }
tries=0
until good || [ "$tries" -gt 100 ]; do # "revoked" is remembered for a second
    tries=$((tries + 1))
    sleep 0.1
done
trap - EXIT
cat <<END

Kept running; demo-token is good again (for an hour):
    curl -i -H 'Authorization: Bearer demo-token' $url/api

Configuration: $dir/httpd.conf
Log:           $dir/error.log
Tokens:        $dir/tokens (one line each; take one out to revoke it)

End both and remove their files with:
    kill $(cat "$dir/httpd.pid") $as_pid; rm -rf $dir
END
exit "$failed"
