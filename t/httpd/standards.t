# SPDX-License-Identifier: Apache-2.0
#
# Lines of the standards that other tests do not reach: docs/standards.md says
# which test holds which.
use strict;
use warnings;
use JSON::PP;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
my $token = 'standard-token-1';
$as->token($token => {sub => 'alice', scope => 'read', secret_claim => 'claim-of-alice-1', acr => 'claim-of-alice-2'});
my $httpd = Httpd->new(modules => [qw(proxy proxy_http http2)], config => $as->config . <<'END');
Protocols h2c http/1.1
<Location />
    AuthType Introspect
    AuthName "say \"hi\" \\\\"
    Require scope read
</Location>
<Location /query>
    IntrospectTokenFrom header query
</Location>
<Location /scope>
    Require scope other
</Location>
<Location /claim>
    Require claim secret_claim:other
</Location>
<Location /acr>
    Require acr high
</Location>
<Location /audience>
    IntrospectAudience https://other.example
</Location>
END
$httpd->write_file('htdocs/query', "query\n");
my @form = ('Content-Type' => 'application/x-www-form-urlencoded');

# RFC 6750
for my $path ('/', '/query') {
    my $answer = $httpd->request('POST', $path, "access_token=$token", @form);
    is($answer->{status}, 401, "RFC 6750 2.2: a token in the body of a form is none, at $path");
}
is($httpd->get("/?access_token=$token")->{status}, 401, 'RFC 6750 2.3: a token in the query counts nowhere by default');
is($as->calls, 0, 'and nobody is asked about either');
is($httpd->get("/query?access_token=$token")->{status}, 200, 'but where the place says so');
is($httpd->get("/query?access_token=$token", Authorization => "Bearer $token-other")->{status}, 400, 'RFC 6750 2: by one method only');
my $realm = 'realm="say \"hi\" \\\\"';
for my $evil ('"', '\\', '", error="x', "a\tb", "\xff", '=a', ',', '%22') {
    like($httpd->get('/', Authorization => "Bearer good$evil")->header('WWW-Authenticate'),
        qr/^Bearer error="invalid_request", (?:error_description="The token has characters that no token may have", )?\Q$realm\E$/,
        'RFC 6750 3: no text of the client gets into a challenge: ' . ($evil =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ger));
}
is($httpd->get('/')->header('WWW-Authenticate'), "Bearer scope=\"read\", $realm", 'RFC 9110 5.6.4: quotes and backslashes of AuthName are escaped');
my %answer = (
    'evil-token-1' => {body => '{"active":false,"error_description":"\", scope=\"root","scope":"root"}'},
    'evil-token-2' => {status => 400, body => '{"error":"unsupported_token_type","error_description":"\", scope=\"root"}'},
    'evil-token-3' => {body => '{"active":true,"exp":5,"scope":"\", error=\"x","iss":"\"\r\nX: y"}'},
);
$as->answer($_ => $answer{$_}) for keys %answer;
for my $name (sort keys %answer) {
    my $answer = $httpd->get_token('/', $name);
    unlike($answer->{head} . $answer->{body}, qr/root|error="x|X: y/, "RFC 6750 3: no text of the authorization server gets into a refusal: $name");
    is($answer->{status}, 401, 'which it is');
}

# RFC 7662
$httpd->expect_log(qr/MAI0053|MAI0059|MAI0047/);
for my $status (401, 403) {
    $as->answer("ours-token-$status" => {status => $status, body => '{"error":"invalid_client"}', headers => ['WWW-Authenticate: Bearer error="invalid_token", realm="theirs"']});
    my $answer = $httpd->get_token('/', "ours-token-$status");
    is($answer->{status}, 500, "RFC 7662 2.3: the server's $status is our fault, not the client's");
    is($answer->header('WWW-Authenticate'), '', 'RFC 7662 2.3: and its WWW-Authenticate is not relayed');
}
for my $path (qw(/scope /claim /acr /audience)) {
    for my $accept ('text/html', 'application/json') {
        my $answer = $httpd->get($path, Authorization => "Bearer $token", Accept => $accept);
        like($answer->{status}, qr/^40[13]$/, "$path is refused");
        unlike($answer->{head} . $answer->{body}, qr/claim-of-alice|alice/, "RFC 7662 5: no claim in a refusal, $accept");
    }
}
unlike($httpd->error_log, qr/claim-of-alice/, 'RFC 7662 5: nor in the log at any level');

# RFC 9700
like($httpd->{output} . $httpd->error_log, qr/MAI0005: The section at .* has no IntrospectAudience/, 'RFC 9700 2.3: a place without an audience is named in the log at start');

# RFC 9110
for my $method (qw(GET HEAD POST PUT DELETE OPTIONS PATCH PROPFIND NONSENSE)) {
    my $answer = $httpd->request($method, '/', $method =~ /^P(?!ROP)/ ? 'x' : undef);
    is($answer->{status}, 401, "RFC 9110 15.5.2: $method without a token is 401");
    like($answer->header('WWW-Authenticate'), qr/^Bearer scope="read", realm=/, 'with a challenge');
}
SKIP: {
    skip 'curl has no HTTP/2', 2 if !$httpd->can_http2;
    my $answer = $httpd->request2('GET', '/', undef, Accept => 'application/json');
    like($answer->header('WWW-Authenticate'), qr/^Bearer scope="read", realm=/, 'RFC 9110 11.6.1: over HTTP/2, too');
    is(decode_json($answer->{body})->{error_description}, 'An access token is needed', 'with JSON for who prefers it');
}
done_testing;
