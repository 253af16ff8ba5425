# SPDX-License-Identifier: Apache-2.0
#
# The main job, from end to end.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use AS;
use Httpd;

for my $mpm (qw(event worker prefork)) {
    my $as = AS->new;
    $as->token('good-token-1' => {sub => 'alice', scope => 'read write', exp => time + 600});
    my $httpd = Httpd->new(mpm => $mpm, config => $as->config . <<'END');
<Location /cgi>
    AuthType Introspect
    AuthName "main \"job\""
    Require claim scope:read
</Location>
<Location /cgi/env.pl/admin>
    Require scope admin
</Location>
END
    my $answer = $httpd->get('/cgi/env.pl');
    is($answer->{status}, 401, "$mpm: a request without a token gets 401");
    is($answer->header('WWW-Authenticate'), 'Bearer scope="read", realm="main \\"job\\""',
        "$mpm: and a challenge without an error code");
    is($as->calls, 0, "$mpm: nobody was asked");

    $answer = $httpd->get_token('/cgi/env.pl', 'good-token-1');
    is($answer->{status}, 200, "$mpm: a good token gets 200");
    my $env = decode_json($answer->{body});
    is($env->{REMOTE_USER}, 'alice', "$mpm: the user is named by the claims");
    is($env->{INTROSPECT_CLAIM_scope}, 'read write', "$mpm: the program sees the claims");
    is($httpd->get_token('/cgi/env.pl', 'good-token-1')->{status}, 200, "$mpm: again 200");
    is($as->calls('good-token-1'), 1, "$mpm: the second time from memory");

    $answer = $httpd->get_token('/cgi/env.pl/admin', 'good-token-1');
    is($answer->{status}, 403, "$mpm: a missing scope gets 403");
    is($answer->header('WWW-Authenticate'),
        'Bearer error="insufficient_scope", scope="admin", realm="main \\"job\\""',
        "$mpm: and a challenge that names it");

    $answer = $httpd->get_token('/cgi/env.pl', 'bad-token-1');
    is($answer->{status}, 401, "$mpm: an inactive token gets 401");
    is($answer->header('WWW-Authenticate'),
        'Bearer error="invalid_token", scope="read", realm="main \\"job\\""', "$mpm: and invalid_token");
    is($answer->header('Cache-Control'), 'no-store', "$mpm: not to be stored");

    $as->stop;
    $httpd->expect_log(qr/MAI0041/);
    $answer = $httpd->get_token('/cgi/env.pl', 'other-token-1');
    is($answer->{status}, 503, "$mpm: while nobody can be asked 503");
    like($answer->header('Retry-After'), qr/^\d+$/, "$mpm: with Retry-After");
    is($httpd->get_token('/cgi/env.pl', 'good-token-1')->{status}, 200,
        "$mpm: and what is remembered still counts");
    undef $httpd;
}
done_testing;
