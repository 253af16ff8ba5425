# SPDX-License-Identifier: Apache-2.0
#
# From verdicts to what the client gets (RFC 6750 3, RFC 7662 2.2).
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
my $now = time;
my %claims = (
    'good-token-0' => {sub => 'alice', scope => 'read'},
    'expired-token' => {sub => 'a', exp => $now - 61},
    'in-leeway-token' => {sub => 'a', exp => $now - 30},
    'not-yet-token' => {sub => 'a', nbf => $now + 100},
    'later-token' => {sub => 'a', iat => $now + 100},
    'exp-text-token' => {sub => 'a', exp => '' . ($now + 100)},
    'exp-float-token' => {sub => 'a', exp => $now + 100.5},
    'exp-zero-token' => {sub => 'a', exp => 0},
    'refresh-token-x' => {sub => 'a', token_type => 'Refresh_Token'},
    'id-token-xx' => {sub => 'a', token_type => 'ID_token'},
    'use-token-xx' => {sub => 'a', token_use => 'refresh_token'},
    'bound-token-x' => {sub => 'a', cnf => {jkt => 'abc'}},
    'nosub-token' => {scope => 'read'},
);
$as->token($_ => $claims{$_}) for keys %claims;
my $httpd = Httpd->new(config => $as->config . <<'END');
<Location />
    AuthType Introspect
    AuthName realm
    Require valid-user
</Location>
<Location /scope>
    Require scope admin
</Location>
Alias /any %DIR%/htdocs/index.html
<Location /any>
    <RequireAny>
        Require scope admin
        Require claim scope:read
    </RequireAny>
</Location>
<Location /forbidden-on>
    AuthzSendForbiddenOnFailure On
    Require scope one two
</Location>
END

sub with { return $httpd->get_token($_[1] || '/', $_[0]) }

sub refused {
    my ($name, $answer, $status, $error) = @_;
    subtest $name => sub {
        is($answer->{status}, $status, "status $status");
        my @challenges = $answer->all_headers('WWW-Authenticate');
        is(scalar @challenges, 1, 'one challenge');
        like($challenges[0], qr/^Bearer .*\brealm="realm"$/, 'with a realm at the end');
        if ($error) { like($challenges[0], qr/^Bearer error="$error"/, "error $error") }
        else { unlike($challenges[0], qr/error/, 'no error code') }
        is($answer->header('Cache-Control'), 'no-store', 'not to be stored');
    };
}

refused('RFC 6750 3.1: without credentials 401 and no error code (fault 13)', $httpd->get('/'), 401, '');
refused('RFC 6750 3.1: credentials of another scheme count as none', $httpd->get('/', Authorization => 'Basic YTpi'), 401, '');
refused('fault 16: an empty bearer is malformed', $httpd->get('/', Authorization => 'Bearer '), 400, 'invalid_request');
refused('fault 16: also without a space', $httpd->get('/', Authorization => 'Bearer'), 400, 'invalid_request');
refused('RFC 6750 3.1: two Authorization headers are invalid_request, 400',
    $httpd->get('/', Authorization => 'Bearer good-token-0', Authorization => 'Bearer good-token-0'), 400, 'invalid_request');
refused('RFC 6750 3.1: two schemes are invalid_request, whichever comes first',
    $httpd->get('/', Authorization => 'Basic YTpi', Authorization => 'Bearer good-token-0'), 400, 'invalid_request');
refused('a comma in another scheme is none of ours',
    $httpd->get('/', Authorization => 'Digest username="a", realm="b"'), 401, '');
refused('RFC 6750 3.1: two schemes are invalid_request',
    $httpd->get('/', Authorization => 'Bearer good-token-0', Authorization => 'Basic YTpi'), 400, 'invalid_request');
refused('a token with a space is malformed', with('a b'), 400, 'invalid_request');
refused('a token with a quote is malformed', with('a"b'), 400, 'invalid_request');
refused('= only stands at the end', with('a=b'), 400, 'invalid_request');
is($as->calls, 0, 'RFC 6750 2.1: what is no b64token is refused before anybody is asked');
is(with('good-token-0')->{status}, 200, 'a good token is granted');
is($httpd->get('/', Authorization => 'bEaReR good-token-0')->{status}, 200, 'RFC 9110 11.1: the scheme is compared without regard to case');
is($httpd->get('/', Authorization => 'Bearer   good-token-0')->{status}, 200, 'and with more spaces');
refused('a token of 8,193 bytes is malformed or too large for httpd',
    bless({%{with('x' x 8000)}}, 'Httpd::Answer'), 401, 'invalid_token');
refused('RFC 6750 3.1: an inactive token is invalid_token, 401', with('nobody-knows'), 401, 'invalid_token');
refused('RFC 7519 4.1.4: a token after its exp is refused', with('expired-token'), 401, 'invalid_token');
is(with('in-leeway-token')->{status}, 200, 'RFC 7519 4.1.4: within the leeway it is granted');
refused('RFC 7519 4.1.5: a token before its nbf is refused', with('not-yet-token'), 401, 'invalid_token');
refused('RFC 7519 4.1.6: a token whose iat is in the future is refused', with('later-token'), 401, 'invalid_token');
is(with("exp-$_-token")->{status}, 200, "RFC 7519 2: exp as $_ is read by value (fault 23)") for qw(text float zero);
refused('a refresh token', with('refresh-token-x'), 401, 'invalid_token');
refused('an ID token', with('id-token-xx'), 401, 'invalid_token');
refused('token_use says refresh', with('use-token-xx'), 401, 'invalid_token');
refused('RFC 9449 6.2: a token that is bound to a key is refused, not taken for a bearer token', with('bound-token-x'), 401, 'invalid_token');
is(with('nosub-token')->{status}, 200, 'fault 15: a token without sub is good');

my $path = '/long' x 800;
is($httpd->get_token($path, 'inactive-long-path')->{status}, 401, 'a long path');
ok($httpd->error_log =~ m{MAI0022: Refused (?:/long)+ with 401: the authorization server says that the token is not active, asked now \(token [0-9a-f]{8}\)},
    'hides no cause in the log');

refused('RFC 6750 3.1: too few scopes are insufficient_scope, 403 (fault 12)', with('good-token-0', '/scope'), 403, 'insufficient_scope');
like(with('good-token-0', '/scope')->header('WWW-Authenticate'), qr/, scope="admin"/, 'RFC 6750 3.1: the 403 names the scope that is wanted');
my $any = with('good-token-0', '/any');
is($any->{status}, 200, 'one branch of RequireAny is enough');
is($any->header('WWW-Authenticate'), '', 'fault 12: and the failed one leaks no challenge');
refused('403 also with AuthzSendForbiddenOnFailure', with('good-token-0', '/forbidden-on'), 403, 'insufficient_scope');
like(with('good-token-0', '/forbidden-on')->header('WWW-Authenticate'), qr/, scope="one two"/, 'all scopes');
refused('fault 14: OPTIONS without a token is refused', $httpd->request('OPTIONS', '/'), 401, '');
refused('fault 16: POST without Content-Type', $httpd->request('POST', '/', ''), 401, '');
is($httpd->request('OPTIONS', '/', undef, Authorization => 'Bearer good-token-0')->{status}, 200, 'OPTIONS with one is granted');

# 401 only when the authorization server said no
$httpd->expect_log(qr/MAI00(?:4[0-9]|5[0-9]|60|66)/);
my %answers = (500 => 503, 502 => 503, 503 => 503, 429 => 503, 401 => 500, 403 => 500, 404 => 500,
    302 => 500, 307 => 500, 204 => 503, 400 => 500);
for my $status (sort keys %answers) {
    $as->answer("status-$status-token" => {status => $status, body => '{"active":true,"sub":"a"}',
        headers => $status =~ /^3/ ? ['Location: ' . $as->base . '/elsewhere'] : []});
    my $answer = with("status-$status-token");
    is($answer->{status}, $answers{$status}, "RFC 7662 2.2: the server's $status with active true gives $answers{$status} (fault 4, 5)");
    like($answer->header('Retry-After'), qr/^\d+$/, 'with Retry-After') if $answers{$status} == 503;
    is($answer->header('WWW-Authenticate'), '', 'without a challenge') if $answers{$status} >= 500;
    is(with('good-token-0')->{status}, 200, 'and another token is none the worse') ;
}
ok(!(grep { $_->{path} eq '/elsewhere' } $as->requests), 'fault 22: no redirect was followed');
$as->answer('client-400-token' => {status => 400, body => '{"error":"invalid_client"}'});
is(with('client-400-token')->{status}, 500, '400 invalid_client is our fault');
my %bodies = (
    'active as text' => '{"active":"true"}', 'active as number' => '{"active":1}',
    'active null' => '{"active":null}', 'active in an array' => '{"active":[true]}',
    'active missing' => '{"sub":"a"}', 'active twice' => '{"active":false,"active":true}',
    'an array' => '[true]', 'not JSON' => 'active', 'cut off' => '{"active":true', 'empty' => '',
    'junk behind' => '{"active":true} x', 'bad UTF-8' => "{\"active\":true,\"sub\":\"\xff\"}",
    'exp an object' => '{"active":true,"exp":{}}', 'exp a word' => '{"active":true,"exp":"soon"}',
    'too deep' => '{"active":true,"a":' . '[' x 10000 . ']' x 10000 . '}',
    'too many members' => '{"active":true' . join('', map {",\"m$_\":1"} 1 .. 3001) . '}',
    'too large' => '{"active":true,"a":"' . 'x' x 70000 . '"}',
);
my $i = 0;
for my $what (sort keys %bodies) {
    my $token = 'body-token-' . ++$i;
    $as->answer($token => {body => $bodies{$what}});
    is(with($token)->{status}, 503, "RFC 7662 2.2: an answer with $what is no answer (fault 5)");
    is(with($token)->{status}, 503, 'and is not remembered as one');
}
$as->answer('huge-exp-token' => {body => '{"active":true,"exp":99999999999999999999999,"sub":"a"}'});
is(with('huge-exp-token')->{status}, 200, 'fault 23: a huge exp is far away');
$as->answer('negative-exp-token' => {body => '{"active":true,"exp":-5}'});
is(with('negative-exp-token')->{status}, 401, 'fault 23: a negative one has passed');
$as->answer('false-token' => {body => '{"active":false,"exp":"junk","sub":1}'});
is(with('false-token')->{status}, 401, 'RFC 7662 2.2: members beside active false are ignored');
$as->answer('html-token' => {body => '{"active":true}', type => 'text/html'});
is(with('html-token')->{status}, 503, 'text/html is no answer');
$as->answer('param-token' => {body => '{"active":true}', type => 'Application/JSON; charset=utf-8'});
is(with('param-token')->{status}, 200, 'the media type may have parameters');
$as->token('a+b/c~d.e_f-g==' => {sub => 'a'});
is(with('a+b/c~d.e_f-g==')->{status}, 200, 'RFC 7662 2.1: a token with all characters of a b64token arrives intact');
done_testing;
