#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Show the main job: a real httpd, a small authorization server, curl. Both
# are ended when the show is over, or kept with `make demo KEEP=1`.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
module=$1
dir=${DEMO_DIR:-$(mktemp -d /tmp/introspect-demo.XXXXXX)}
export DEMO_DIR="$dir" DEMO_MODULE="$module"
export DEMO_MODULES="$(apxs -q LIBEXECDIR)"
export DEMO_USER=www-data DEMO_GROUP=www-data
export DEMO_PORT="${DEMO_PORT:-$(perl "$here/port.pl")}"
export DEMO_AS_PORT="${DEMO_AS_PORT:-$(perl "$here/port.pl")}"
httpd=$(command -v apache2 || command -v httpd)
url="http://127.0.0.1:$DEMO_PORT"
failed=0

start_as() {
    perl "$here/as.pl" "$DEMO_AS_PORT" "$dir/tokens" &
    as_pid=$!
    wait_for "http://127.0.0.1:$DEMO_AS_PORT/jwks"
}

stop_as() {
    kill "$as_pid" 2>/dev/null || true
    wait "$as_pid" 2>/dev/null || true
}

wait_for() {
    tries=0
    until curl -s -o /dev/null "$1"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 100 ]; then
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
now=$(date +%s)
tab=$(printf '\t')
cat > "$dir/tokens" <<TOKENS
demo-token${tab}{"active":true,"sub":"alice","scope":"read write","client_id":"app","iss":"https://as.example","aud":["https://api.example"],"exp":$((now + 3600)),"iat":$now,"realm_access":{"roles":["staff"]}}
TOKENS

start_as
"$httpd" -f "$dir/httpd.conf" -k start
trap 'kill "$(cat "$dir/httpd.pid" 2>/dev/null)" 2>/dev/null || true; stop_as' EXIT
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
cat <<END

Configuration: $dir/httpd.conf
Log:           $dir/error.log
Tokens:        $dir/tokens (one line each; take one out to revoke it)
END
if [ "${KEEP:-0}" = 1 ]; then
    start_as
    trap - EXIT
    echo "Kept running: httpd is process $(cat "$dir/httpd.pid"), the authorization server $as_pid."
    echo "End both with: kill $(cat "$dir/httpd.pid") $as_pid"
else
    echo "Both are ended now; 'make demo KEEP=1' keeps them running."
fi
exit "$failed"
