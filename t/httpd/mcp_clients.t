# SPDX-License-Identifier: Apache-2.0
#
# conf-examples/mcp.conf with MCP's public SDK, both generations: from the URL
# alone over discovery to a call and a step-up; oidc-provider issues the tokens.
# Not under a sanitizer: programs of node do the work.
use strict;
use warnings;
use File::Temp qw(tempdir);
use JSON::PP;
use Test::More;
use Httpd;
use Node;

my $node = Node->new('mcp', 'clients.js');
my $ports = $node->heard;
my $as = "http://127.0.0.1:$ports->{port}";
my $dir = tempdir('introspect-mcp-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $dir;
{
    open my $secret, '>', "$dir/client-secret" or die;
    chmod 0600, "$dir/client-secret";
    print $secret Httpd::secret('rs-secret-1');
}

# The example as it is, but for where this machine has its servers.
my $example = do { local (@ARGV, $/) = "$Httpd::root/conf-examples/mcp.conf"; <> };
like($example, qr{https://mcp\.example/mcp root}, 'there is an example');
$example =~ s{IntrospectResourceDocumentation .*}{};
$example =~ s{https://mcp\.example}{http://127.0.0.1:%PORT%}g;
$example =~ s{\$\{AS_URL\}/introspect}{$as/token/introspection};
my $httpd = Httpd->new(modules => [qw(proxy proxy_http)], config => <<"END");
Define AS_URL $as
Define BACKEND_URL http://127.0.0.1:$ports->{backend}
Define CONF_DIR $dir
$example
END
my $url = "http://127.0.0.1:$httpd->{port}";
my $wellknown = '/.well-known/oauth-protected-resource';

sub flow {
    my ($generation, $path, $grant, @call) = @_;
    my $flow = $node->tell(generation => $generation, url => "$url$path", grant => $grant, call => \@call);
    is($flow->{error}, undef, 'from the URL to the last call');
    return $flow;
}

# The client's requests to this httpd, as "status tool".
sub at { my ($flow, $path) = @_; return join ', ', map { join ' ', grep {defined} @{$_}{qw(status tool)} } grep { $_->{path} eq $path } @{$flow->{exchanges}} }
sub challenges { my ($flow, $status) = @_; return map { $_->{challenge} } grep { $_->{status} == $status } @{$flow->{exchanges}} }

subtest 'client 2.x, revision 2026-07-28' => sub {
    my $flow = flow(2, '/mcp', ['mcp'], 'echo', 'add-note', 'echo');
    is_deeply($flow->{results}, ['done: echo', 'done: add-note', 'done: echo'], 'the tools were called');
    is_deeply($flow->{asked}, ['mcp', 'mcp mcp:write'], 'the person was asked for what the 401 named, then for what the 403 named');
    like(at($flow, "$wellknown/mcp"), qr/^200(?:, 200)*\z/, 'the metadata were found at the first place');
    is(at($flow, '/mcp'), '401, 200, 200 echo, 403 add-note, 200 add-note, 200 echo', 'no more requests than that');
    is(join('|', challenges($flow, 401)), qq{Bearer scope="mcp", resource_metadata="$url$wellknown/mcp", realm="mcp"}, 'the 401');
    is(join('|', challenges($flow, 403)), qq{Bearer error="insufficient_scope", scope="mcp mcp:write", resource_metadata="$url$wellknown/mcp", realm="mcp"},
        'the 403 names all that the call needs');
    my $seen = $node->tell(seen => JSON::PP::true)->{seen};
    is(join(' ', map { $_->{tool} // '-' } @$seen), '- echo add-note echo', 'the MCP server saw what was let in');
    is(scalar(grep { $_->{token} } @$seen), 0, 'and no token');
};

subtest 'client 1.x' => sub {
    my $flow = flow(1, '/mcp-2025', ['mcp'], 'echo', 'add-note');
    is_deeply($flow->{results}, ['done: echo', 'done: add-note'], 'the tools were called');
    is_deeply($flow->{asked}, ['mcp mcp:write', 'mcp mcp:write'], 'the person was asked again, who had not granted all');
    like(at($flow, '/mcp-2025'), qr/^401, 403, 200/, '401, step-up, and in');
    is(join('|', challenges($flow, 401)), qq{Bearer scope="mcp mcp:write", resource_metadata="$url$wellknown/mcp-2025", realm="mcp-2025"}, 'the 401');
    is(join('|', challenges($flow, 403)), qq{Bearer error="insufficient_scope", scope="mcp mcp:write", resource_metadata="$url$wellknown/mcp-2025", realm="mcp-2025"}, 'the 403');
    my $seen = $node->tell(seen => JSON::PP::true)->{seen};
    is(scalar(grep { $_->{token} } @$seen), 0, 'the MCP server saw no token');
    my $other = $node->tell(generation => 1, url => "$url/mcp", grant => ['mcp'], call => ['echo']);
    like($other->{error}, qr/MCP-Protocol-Version is missing/, 'at the server of 2026-07-28 it is told why not');
};

sub token { my ($scope, $resource) = @_; return Httpd::secret($node->tell(token => $scope, resource => $resource)->{token}) }

sub post {
    my ($path, $token, $header, $body, @more) = @_;
    my $message = {jsonrpc => '2.0', id => 1, method => 'tools/call', params => {name => $body, arguments => {},
        _meta => {'io.modelcontextprotocol/protocolVersion' => '2026-07-28', 'io.modelcontextprotocol/clientInfo' => {name => 'test', version => '1'},
            'io.modelcontextprotocol/clientCapabilities' => {}}}};
    return $httpd->request('POST', $path, encode_json($message), 'Content-Type' => 'application/json', Accept => 'application/json, text/event-stream',
        'MCP-Protocol-Version' => '2026-07-28', 'Mcp-Method' => 'tools/call', 'Mcp-Name' => $header, Authorization => "Bearer $token", @more);
}

subtest 'what the revision demands' => sub {
    my $token = token('mcp', "$url/mcp");
    is(post('/mcp', $token, 'echo', 'echo')->{status}, 200, 'a token for this audience');
    my $answer = post('/mcp', token('mcp', "$url/mcp-2025"), 'echo', 'echo');
    is($answer->{status}, 401, 'none for another');
    like($answer->header('WWW-Authenticate'), qr/error="invalid_token"/, 'as invalid');
    like($httpd->error_log, qr/MAI0027/, 'and the log says so');
    is(post('/mcp', $token, 'echo', 'echo', Origin => 'https://evil.example')->{status}, 403, 'no foreign Origin');
    is(post('/mcp', $token, 'echo', 'echo', Origin => $url)->{status}, 200, 'its own');
    $answer = post('/mcp', $token, 'echo', 'add-note');
    is($answer->{status}, 400, 'the MCP server compares header and body');
    like($answer->{body}, qr/-32020/, 'with the error of the revision');
    is(post('/mcp', $token, '=?base64?YWRkLW5vdGU=?=', 'add-note')->{status}, 403, 'an encoded name is a name');
    is(post('/mcp', token('mcp mcp:write', "$url/mcp"), '=?base64?YWRkLW5vdGU=?=', 'add-note')->{status}, 200, 'for the MCP server, too');
    is($httpd->get("/mcp")->{status}, 401, '401 comes before 405');
    is($httpd->get("/mcp?access_token=$token")->{status}, 401, 'a token in the query is none');
    is(decode_json($httpd->get($wellknown)->{body})->{resource}, "$url/mcp", 'the metadata at the root place are those of one of them');
};
done_testing;
