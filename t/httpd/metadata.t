# SPDX-License-Identifier: Apache-2.0
#
# Protected resource metadata, RFC 9728.
use strict;
use warnings;
use JSON::PP;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
$as->token('mcp-token-1' => {sub => 'alice', scope => 'mcp', aud => 'https://mcp.example/audience'});
$as->token('other-aud-1' => {sub => 'alice', scope => 'mcp', aud => 'https://other.example'});
$as->token('no-aud-1' => {sub => 'alice', scope => 'mcp'});
my $place = '/.well-known/oauth-protected-resource';

my $httpd = Httpd->new(modules => ['headers'], config => $as->config . <<'END');
Alias /mcp %DIR%/htdocs/index.html
Alias /api %DIR%/htdocs/index.html
<Location />
    AuthType Introspect
    AuthName "all"
    Require scope mcp
</Location>
<Location /mcp>
    IntrospectResource https://mcp.example:8443/mcp root
    IntrospectResourceServers https://as.example https://as.example/tenant
    IntrospectResourceScopes mcp mcp:write
    IntrospectResourceDocumentation https://mcp.example/docs
    IntrospectResourceMember resource_name "My \"tools\""
    IntrospectResourceMember dpop_bound_access_tokens_required false
    IntrospectAudience any
    Require scope mcp
</Location>
<Location /api>
    IntrospectResource https://mcp.example/api/
    IntrospectIssuer https://as.example
    IntrospectAudience any
</Location>
<Location /audience>
    IntrospectResource https://mcp.example/audience
    IntrospectResourceServers https://as.example
</Location>
Alias /audience %DIR%/htdocs/index.html
<Location /query>
    IntrospectResource https://mcp.example/query
    IntrospectTokenFrom header query
</Location>
<Location /query/only>
    IntrospectResource https://mcp.example/query/only
    IntrospectTokenFrom query
</Location>
<Location /query/named>
    IntrospectResource https://mcp.example/query/named
    IntrospectTokenFrom header query:t
</Location>
<Location /cookie>
    IntrospectResource https://mcp.example/cookie
    IntrospectTokenFrom cookie:sid
</Location>
IntrospectIssuer https://as.example
<VirtualHost *:*>
</VirtualHost>
<VirtualHost *:*>
    ServerName own.example
    IntrospectTokenFrom header query
    <Location /own>
        IntrospectResource https://own.example/ root
        IntrospectResourceServers https://as.example
    </Location>
</VirtualHost>
END

sub document { my ($path, @headers) = @_; return $httpd->get($path, @headers) }
my $answer = document("$place/mcp");
is($answer->{status}, 200, 'RFC 9728 3: inserted between host and path, reachable without a token');
is($answer->header('Content-Type'), 'application/json', 'RFC 9728 3.2: application/json');
is($answer->header('Access-Control-Allow-Origin'), '*', 'RFC 9728 3.2: pages of any origin can read it (CORS)');
is($answer->header('Cache-Control'), 'max-age=3600', 'it may be remembered');
is_deeply(decode_json($answer->{body}), {
    resource => 'https://mcp.example:8443/mcp', authorization_servers => ['https://as.example', 'https://as.example/tenant'],
    scopes_supported => ['mcp', 'mcp:write'], bearer_methods_supported => ['header'],
    resource_documentation => 'https://mcp.example/docs', resource_name => 'My "tools"',
    dpop_bound_access_tokens_required => JSON::PP::false}, 'RFC 9728 2: all members');
is_deeply(decode_json(document("$place/api")->{body}), {resource => 'https://mcp.example/api/',
    authorization_servers => ['https://as.example'], bearer_methods_supported => ['header']}, 'RFC 9728 2: members with no value are left out; the issuer is a server');
is_deeply(decode_json(document("$place/$_->[0]")->{body})->{bearer_methods_supported}, $_->[1], "RFC 9728 2: bearer_methods_supported: $_->[0]")
    for ['query', ['header', 'query']], ['query/only', ['query']], ['query/named', ['header']], ['cookie', []];
is(document("$place/api/")->{status}, 200, 'with a slash at the end, too');
is(decode_json(document($place)->{body})->{resource}, 'https://mcp.example:8443/mcp', 'the one that is marked stands at the root place');
is(decode_json(document("$place/")->{body})->{resource}, 'https://mcp.example:8443/mcp', 'also with a slash');
is(document("$place/other")->{status}, 401, 'other paths there are judged as usual');
is(document("${place}x")->{status}, 401, 'a longer name is another place');
is(document("$place/mcp?x=1")->{status}, 200, 'a query changes nothing');
my $own = Httpd::Answer->new(do {
    my $socket = $httpd->connect;
    print $socket "GET $place HTTP/1.1\r\nHost: own.example\r\nConnection: close\r\n\r\n";
    Httpd::read_all($socket);
});
is(decode_json($own->{body})->{resource}, 'https://own.example/', 'a virtual host has a root of its own');
is_deeply(decode_json($own->{body})->{bearer_methods_supported}, ['header', 'query'], 'and says where it takes tokens from');

my $head = $httpd->request('HEAD', "$place/mcp");
is("$head->{status} $head->{body}", '200 ', 'HEAD');
is($head->header('Content-Length'), length $answer->{body}, 'says how long it is');
my $preflight = $httpd->request('OPTIONS', "$place/mcp", undef, Origin => 'https://spa.example',
    'Access-Control-Request-Method' => 'GET', 'Access-Control-Request-Headers' => 'mcp-protocol-version');
is($preflight->{status}, 204, "RFC 9728 3.1: a browser's preflight is answered");
is($preflight->header("Access-Control-Allow-$_->[0]"), $_->[1], "Access-Control-Allow-$_->[0]")
    for ['Origin', '*'], ['Methods', 'GET, HEAD, OPTIONS'], ['Headers', '*'];
my $post = $httpd->request('POST', "$place/mcp", 'x');
is("$post->{status} " . join(',', sort split /,/, $post->header('Allow')), '405 GET,HEAD,OPTIONS,TRACE', 'nothing else is allowed');

# challenges
my $named = 'resource_metadata="https://mcp.example:8443/.well-known/oauth-protected-resource/mcp"';
is($httpd->get('/mcp')->header('WWW-Authenticate'), qq{Bearer scope="mcp", $named, realm="all"}, 'RFC 9728 5.1: a 401 names it');
is($httpd->get_token('/mcp', 'gone-token-1')->header('WWW-Authenticate'), qq{Bearer error="invalid_token", scope="mcp", $named, realm="all"}, 'with an error too');
is($httpd->get('/mcp/deeper')->header('WWW-Authenticate'), qq{Bearer scope="mcp", $named, realm="all"}, 'RFC 9728 3.3: what lies below is the same resource');
is($httpd->get('/api')->header('WWW-Authenticate'),
    'Bearer scope="mcp", resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/api", realm="all"', 'without the slash');
unlike($httpd->get('/')->header('WWW-Authenticate'), qr/resource_metadata/, 'RFC 9728 5.1: where there is no resource no metadata are named');

# the audience
is($httpd->get_token('/audience', 'mcp-token-1')->{status}, 200, 'a token of this resource');
is($httpd->get_token('/audience', $_)->{status}, 401, "RFC 8707 2: the resource is the place's audience: $_") for 'other-aud-1', 'no-aud-1';
is($httpd->get_token('/mcp', 'no-aud-1')->{status}, 200, 'IntrospectAudience any lets in where the server sends none');

$as->fault('close');
is(document("$place/mcp")->{status}, 200, 'RFC 9728 3: it never depends on the authorization server');
$httpd->graceful;
is(document("$place/mcp")->{status}, 200, 'nor on the start before');

# alone
my $alone = Httpd->new(config => $as->config . <<'END');
<Location /mcp>
    AuthType Introspect
    IntrospectResource http://localhost/mcp
    IntrospectResourceServers http://127.0.0.1:3000
    Require valid-user
</Location>
END
is(decode_json($alone->get($place)->{body})->{resource}, 'http://localhost/mcp', 'RFC 9728 3.1: one alone stands at the root place');
my $two = Httpd->new(config => $as->config . <<'END');
IntrospectIssuer https://as.example
<Location /one>
    IntrospectResource https://a.example/one
    IntrospectResourceScopes one offline_access
    <RequireAll>
        Require scope one
        <RequireNone>
            Require scope never
        </RequireNone>
    </RequireAll>
</Location>
<Location /two>
    IntrospectResource https://a.example/two
    IntrospectResourceScopes two
    AuthType Introspect
    Require scope two unlisted
</Location>
END
is($two->get($place)->{status}, 404, 'RFC 9728 3.3: of two that are not marked none stands at the root place');
is($two->get("$place/$_")->{status}, 200, "but each at its own: $_") for qw(one two);
$two->expect_log(qr/MAI001[01]/);
my @lines = grep {/MAI001[01]/} split /\n/, $two->error_log;
like("@lines", qr/MAI0010: The resource of \S+:\d+ lists offline_access/, 'offline_access is warned of');
like("@lines", qr/MAI0011: A Require line at the resource of \S+:\d+ asks for 'two unlisted'/, 'and a scope that clients cannot know');
is(scalar @lines, 2, 'and of nothing else');

# What stops the start
my @wrong = (
    ['IntrospectResource mcp.example/mcp', qr/absolute https URL/], ['IntrospectResource http://mcp.example/mcp', qr/absolute https URL/],
    ['IntrospectResource https://mcp.example/mcp#x', qr/without query and fragment/], ['IntrospectResource https://mcp.example/mcp?x', qr/without query/],
    ['IntrospectResource https://a@mcp.example/mcp', qr/absolute https URL/], ['IntrospectResource https://mcp.example/ rot', qr/'root' where/],
    ['IntrospectResource "https://mcp.example/a b"', qr/absolute https URL/], ['IntrospectResource https:///x', qr/absolute https URL/],
    ['IntrospectResource https://mcp.example/mcp', qr/MAI0008: The resource of .*: clients need to know where to get a token/],
    ["IntrospectResourceScopes a", qr/MAI0008: .*write 'IntrospectResource URL'/], ['IntrospectResourceScopes "a b"', qr/RFC 6749/],
    ['IntrospectResourceMember resource x', qr/its own directive: write that/], ["IntrospectResourceMember x \"\xff\"", qr/UTF-8/],
    ["IntrospectResourceMember x 1\nIntrospectResourceMember x 2", qr/set already: write it once/],
    ['IntrospectResourceServers as.example', qr/absolute https URL/], ['IntrospectResourceDocumentation /docs', qr/https URL/],
);
for my $wrong (@wrong) {
    my $said = Httpd->refusal(config => $as->config . "<Location />\nAuthType Introspect\nRequire valid-user\n$wrong->[0]\n</Location>\n");
    like($said // 'it started', $wrong->[1], "$wrong->[0] stops the start");
}
my $one = "IntrospectResource https://a.example/x root\nIntrospectResourceServers https://as.example\n";
my $said = Httpd->refusal(config => $as->config . "<Location /a>\n$one</Location>\n<Location /b>\n${one}IntrospectResourceScopes b\n</Location>\n");
like($said // 'it started', qr/has the same place and another text/, 'two different documents at one place stop the start');
$said = Httpd->refusal(config => $as->config . "<Location /a>\n$one</Location>\n<Location /b>\n" . $one =~ s{/x}{/y}r . "</Location>\n");
like($said // 'it started', qr/is marked as root, too/, 'and two roots');
my $author = Httpd->new(allow_override => 'AuthConfig', config => $as->config);
$author->write_file('htdocs/a/.htaccess', "IntrospectResource https://evil.example/\n");
is($author->get('/a/')->{status}, 500, 'a .htaccess cannot say where tokens come from');
done_testing;
