# SPDX-License-Identifier: Apache-2.0
#
# IntrospectMCP, Require mcp-tool and Require mcp-method: headers of MCP clients
# decide only where they can be read in one way.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use AS;
use Httpd;
use MCP;

my $as = AS->new;
my $backend = AS->new(credentials => '');
$backend->all({body => 'called'});
$as->token('reader-token-1' => {sub => 'alice', scope => 'read'});
$as->token('admin-token-1' => {sub => 'root', scope => 'read admin'});
my $rules = $MCP::rules;
my $httpd = Httpd->new(modules => ['include', 'proxy', 'proxy_http', 'headers', 'http2', 'actions'], allow_override => 'AuthConfig', config => $as->config . <<"END");
Protocols h2c http/1.1
<Location />
    AuthType Introspect
    AuthName "tools"
    Require all denied
</Location>
<Location /mcp>
    IntrospectMCP On
$rules
</Location>
<Location /later>
    IntrospectMCP On 2027-03-31
$rules
</Location>
<Location /not>
    IntrospectMCP On
    IntrospectAllowPreflight On
    <RequireAll>
        Require not mcp-tool delete
        Require all granted
    </RequireAll>
</Location>
<Location /alone>
    IntrospectMCP On
    Require mcp-tool echo
</Location>
<Location /none>
    IntrospectMCP On
    <RequireAll>
        <RequireNone>
            Require mcp-tool delete
            Require mcp-method resources/read
        </RequireNone>
        Require scope read
    </RequireAll>
</Location>
<Location /guest>
    IntrospectMCP On
    IntrospectOptional On
    <RequireAny>
        Require mcp-method server/discover
        <RequireAll>
            Require mcp-tool echo
            Require scope read
        </RequireAll>
    </RequireAny>
</Location>
<Location /page>
    IntrospectMCP On
    IntrospectAllowPreflight On
    IntrospectOrigins https://spa.example
$rules
</Location>
<Location /off>
$rules
</Location>
<Location /mcp/off>
    IntrospectMCP Off
</Location>
<Location /trick>
    Require scope read
    <If "%{HTTP:Mcp-Name} == 'delete'">
        Require scope admin
    </If>
</Location>
<Location /backend>
    ProxyPass @{[$backend->url]}
    IntrospectMCP On
$rules
</Location>
Action to-mcp /mcp/index.html virtual
<Location /later/redirected>
    SetHandler to-mcp
</Location>
<Location /mcp/document>
    ErrorDocument 403 /mcp/sorry.html
    Require all denied
</Location>
END
$httpd->write_file("htdocs/$_/index.html", "hello\n") for qw(mcp later later/redirected not alone none guest page off trick mcp/off mcp/document);
$httpd->write_file('htdocs/mcp/sorry.html', "sorry\n");

my @version = @MCP::version;
my %tokens = (reader => 'reader-token-1', admin => 'admin-token-1');

sub post {
    my ($path, $who, @headers) = @_;
    return $httpd->request('POST', $path, '{}', 'Content-Type' => 'application/json', @headers,
        $who ? (Authorization => "Bearer $tokens{$who}") : ());
}

sub call { my ($path, $who, $tool, @more) = @_; return post($path, $who, MCP::call($tool), @more) }
sub method { my ($path, $who, $method, @more) = @_; return post($path, $who, @version, 'Mcp-Method' => $method, @more) }

subtest 'scopes per tool' => sub {
    is(call('/mcp/', @$_[0, 1])->{status}, $_->[2], ($_->[0] || 'nobody') . " calls $_->[1]: $_->[2]")
        for ['reader', 'echo', 200], ['reader', 'delete', 403], ['admin', 'delete', 200], ['admin', 'drop all', 200], ['reader', 'drop all', 403],
        ['admin', MCP::encoded('delete'), 200], ['reader', MCP::encoded('delete'), 403], ['reader', MCP::encoded('echo'), 200],
        ['admin', MCP::encoded('Löschen'), 200], ['reader', MCP::encoded('Löschen'), 403], ['admin', 'Delete', 403], ['admin', 'delete2', 403], ['', 'echo', 401];
    is(method('/mcp/', 'admin', 'tools/list')->{status}, 403, 'a method has its scope too');
    is(method('/mcp/', 'admin', 'prompts/get', 'Mcp-Name' => 'delete')->{status}, 403, 'a prompt is no tool');
    is($httpd->get_token('/mcp/', 'admin-token-1')->{status}, 403, 'a GET calls nothing, and meets no line');
    is($httpd->request('PUT', '/mcp/', '{}', @version, 'Mcp-Method' => 'tools/call', 'Mcp-Name' => 'echo', Authorization => 'Bearer admin-token-1')->{status}, 403, "nor does $_") for 'PUT';
    is($httpd->request('post', '/mcp/', '{}', @version, 'Mcp-Method' => 'tools/call', 'Mcp-Name' => 'echo', Authorization => 'Bearer admin-token-1')->{status}, 403, 'nor post in lower case');
};

subtest 'the 401 and the 403 name the scope of what is called' => sub {
    for my $case (['echo', 'read'], ['delete', 'admin'], [MCP::encoded('delete'), 'admin']) {
        like(call('/mcp/', '', $case->[0])->header('WWW-Authenticate'), qr/^Bearer scope="$case->[1]", realm/, "401 for $case->[0]: $case->[1]");
    }
    like(method('/mcp/', '', 'tools/list')->header('WWW-Authenticate'), qr/scope="list"/, '401 for tools/list: list');
    unlike(call('/mcp/', '', 'other')->header('WWW-Authenticate'), qr/scope=/, '401 for what no branch allows: none');
    like(call('/mcp/', 'reader', 'delete')->header('WWW-Authenticate'), qr/error="insufficient_scope", scope="admin"/, '403 for delete: admin');
    like(method('/mcp/', 'reader', 'server/discover')->header('WWW-Authenticate'), qr/error="insufficient_scope", scope="list"/, '403 for a method');
    unlike(call('/mcp/', 'reader', 'other')->header('WWW-Authenticate'), qr/scope="/, '403 for what no branch allows: none');
};

my $calls = $as->calls;
my @tools = ('Mcp-Method' => 'tools/call', 'Mcp-Name' => 'echo');
my @wrong = (
    ['no version', @tools],
    ['a version before', 'MCP-Protocol-Version' => '2025-11-25', @tools],
    ['a version that nobody knows', 'MCP-Protocol-Version' => '2027-03-31', @tools],
    ['a version of later', 'MCP-Protocol-Version' => '9999-12-31', @tools],
    ['a draft', 'MCP-Protocol-Version' => 'DRAFT-2026-v1', @tools],
    ['two versions', @version, 'MCP-Protocol-Version' => '2025-11-25', @tools],
    ['no method', @version, 'Mcp-Name' => 'echo'],
    ['an empty method', @version, 'Mcp-Method' => '', 'Mcp-Name' => 'echo'],
    ['two methods', @version, 'Mcp-Method' => 'tools/call', 'Mcp-Method' => 'tools/list', 'Mcp-Name' => 'echo'],
    ['two methods in one', @version, 'Mcp-Method' => 'tools/call,tools/list', 'Mcp-Name' => 'echo'],
    (map { ["no name of $_", @version, 'Mcp-Method' => $_] } 'tools/call', 'resources/read', 'prompts/get', MCP::encoded('tools/call')),
    ['an empty name', @version, 'Mcp-Method' => 'tools/call', 'Mcp-Name' => ''],
    ['two names', @version, @tools, 'Mcp-Name' => 'delete'],
    ['the same name twice', @version, @tools, 'Mcp-Name' => 'echo'],
    ['a name and an empty one', @version, @tools, 'Mcp-Name' => ''],
    ['a name on two lines', @version, 'Mcp-Method' => 'tools/call', 'Mcp-Name' => "echo,\r\n delete"],
    ['another spelling', @version, @tools, 'Mcp_Name' => 'delete'],
    ['another spelling alone', @version, 'Mcp-Method' => 'tools/call', 'Mcp_Name' => 'delete'],
    ['another spelling of the method', @version, @tools, 'MCP_METHOD' => 'tools/list'],
    ['another spelling of the version', @version, @tools, 'mcp_protocol-version' => '2025-11-25'],
    ['Connection that takes the name away', @version, @tools, Connection => 'close, mcp-name'],
    ['Connection that takes the version away', @version, @tools, Connection => 'MCP-Protocol-Version'],
    (map { ["a name that is $_->[0]", @version, 'Mcp-Method' => 'tools/call', 'Mcp-Name' => $_->[1]] }
        ['no base64', '=?base64?*?='], ['nothing', '=?base64??='], ['not ended', '=?base64?ZWNobw=='], ['of other letters', '=?BASE64?ZWNobw==?='],
        ['without padding', '=?base64?ZWNobw?='], ['with bits left over', '=?base64?ZWNobx==?='], ['with white space', '=?base64?ZWNo bw==?='],
        ['another encoding', '=?utf-8?Q?echo?='], ['another alphabet', '=?base64?8J-Yjg==?='], ['longer than that', '=?base64?ZWNobw==AAAA?='],
        ['no UTF-8', MCP::encoded("\xff\xfe")], ['with a NUL', MCP::encoded("echo\0x")], ['with a line break', MCP::encoded("echo\r\nX: y")],
        ['raw bytes', "L\xc3\xb6schen"], ['a tab', "ec\tho"], ['begun', '=?echo'], ['two encoded words', MCP::encoded('echo') . ' ' . MCP::encoded('x')]),
);
subtest "MCP headers: 400: $_->[0]" => sub {
    my ($what, @headers) = @$_;
    for my $who ('', 'admin') {
        my $answer = post('/mcp/', $who, @headers, Accept => 'application/json, text/event-stream');
        is($answer->{status}, 400, 'whoever sends it: ' . ($who || 'nobody'));
        is($answer->header('WWW-Authenticate'), '', 'without a challenge');
        my $body = decode_json($answer->{body});
        is("$body->{jsonrpc} $body->{error}{code}", '2.0 -32020', 'as JSON-RPC has it');
        ok(exists $body->{id} && !defined $body->{id}, 'of no request');
    }
} for @wrong;
# In one HEADERS frame: httpd folds what comes twice as over HTTP/1.1. curl
# sends no line breaks and no bytes beyond ASCII as they are; mod_http2 drops an
# empty field. Without a body: it may reset a stream whose body nobody reads.
subtest "MCP headers over HTTP/2: 400: $_->[0]" => sub {
    my (undef, @headers) = @$_;
    my $answer = $httpd->request2('POST', '/mcp/', '', @headers, Authorization => 'Bearer admin-token-1', Accept => 'application/json');
    is($answer->{status}, 400, 'refused');
    is($answer->header('WWW-Authenticate'), '', 'without a challenge');
} for grep { $httpd->can_http2 && "@$_" !~ /[^ -~]/ && "@$_" !~ /Connection/ && $_->[0] ne 'a name and an empty one' } @wrong;
is($as->calls, $calls, 'and nobody was asked');
like($httpd->error_log, qr/MAI0135: Refused \/mcp\/ with 400: Mcp-Name is missing/, 'the log says what was wrong');
like(post('/mcp/', '', @tools)->{body}, qr/Bad Request/, "httpd's page for who wants no JSON");

subtest 'further revisions' => sub {
    my @later = ('MCP-Protocol-Version' => '2027-03-31', @tools);
    is(post('/later/redirected/', 'reader', @later)->{status}, 400, 'where a redirect leads, the revisions of that place count');
    is(post('/later/redirected/', 'reader', @version, @tools)->{status}, 404, 'which has one of them, and no such file');
    is(post('/later/', 'reader', 'MCP-Protocol-Version' => $_->[0], @tools)->{status}, $_->[1], "$_->[0]: $_->[1]")
        for ['2026-07-28', 200], ['2027-03-31', 200], ['2027-04-01', 400], ['2025-11-25', 400];
    for my $wrong (['', 'On or Off'], ['Yes', 'On or Off'], ['On 2025-11-25', 'do not require servers to compare'], ['On 2027', 'by their dates'], ['On 2027-0a-01', 'by their dates'], ['Off 2027-03-31', 'On or Off']) {
        like(Httpd->refusal(config => $as->config . "<Location />\nIntrospectMCP $wrong->[0]\n</Location>\n") // 'it started', qr/$wrong->[1]/, "IntrospectMCP $wrong->[0] stops the start");
    }
    like(Httpd->refusal(config => $as->config . "<Location />\nRequire $_\n</Location>\n") // 'it started', qr/it names nothing|a name must not be empty/, "Require $_ stops the start")
        for 'mcp-tool', 'mcp-method', 'mcp-tool ""';
};

subtest 'what must not be met' => sub {
    is(call('/not/', @$_[0, 1])->{status}, $_->[2], ($_->[0] || 'nobody') . " calls $_->[1]: $_->[2]")
        for ['', 'echo', 200], ['', 'delete', 403], ['', MCP::encoded('delete'), 403], ['admin', 'delete', 403];
    is($httpd->get('/not/')->{status}, 403, 'what cannot be known is refused');
    is(call('/none/', @$_[0, 1])->{status}, $_->[2], "$_->[0] calls $_->[1]: $_->[2]") for ['reader', 'echo', 200], ['reader', 'delete', 403];
    is(method('/none/', 'reader', 'resources/read', 'Mcp-Name' => 'file:///a,b')->{status}, 403, 'in <RequireNone>, a method');
    is(method('/none/', 'reader', 'tools/list')->{status}, 200, 'and what is not in it');
    is($httpd->get_token('/none/', 'reader-token-1')->{status}, 403, 'nor a GET');
};

subtest 'alone' => sub {
    is(call('/alone/', '', 'echo')->{status}, 401, 'a line lets nobody in without a token');
    is(call('/alone/', 'reader', 'echo')->{status}, 200, 'but whoever has one');
    is(call('/alone/', 'reader', 'delete')->{status}, 403, 'to what it names');
    is(method('/guest/', '', 'server/discover')->{status}, 200, 'a guest too, where IntrospectOptional is On');
    is(call('/guest/', '', 'echo')->{status}, 401, 'who gets not further');
    is(call('/guest/', 'reader', 'echo')->{status}, 200, 'than with a token');
};

subtest 'where IntrospectMCP is not On' => sub {
    for my $path (qw(/off/ /mcp/off/)) {
        is(call($path, 'admin', $_)->{status}, 403, "$path: nobody calls $_") for qw(echo delete);
        is(call($path, '', 'echo')->{status}, 401, 'whoever comes without a token is asked for one');
    }
    like($httpd->error_log, qr/error.*MAI0136: Refused \/off\/: Require mcp-tool and mcp-method let nobody in where IntrospectMCP is not On/, 'and the log says why');
    $httpd->expect_log(qr/MAI0136/);
};

subtest 'preflights' => sub {
    for my $path (qw(/page/ /not/)) {
        my $answer = $httpd->request('OPTIONS', $path, undef, Origin => 'https://spa.example', 'Access-Control-Request-Method' => 'POST', 'Access-Control-Request-Headers' => 'authorization,mcp-method,mcp-name,mcp-protocol-version');
        like($answer->{status}, qr/^20[04]$/, "$path: the announced call is not known yet");
    }
    is(call('/page/', 'reader', 'delete', Origin => 'https://spa.example')->{status}, 403, 'then it is judged');
    is(call('/page/', 'reader', 'echo', Origin => 'https://evil.example')->{status}, 403, 'of listed origins');
    is($httpd->request('OPTIONS', '/not/', undef)->{status}, 403, 'another OPTIONS is no call');
};

# What <If> sees is the text of one header.
subtest 'a plain <If> is passed by each trick' => sub {
    is(call('/trick/', 'reader', 'delete')->{status}, 403, 'it sees the plain name');
    my %tricks = (
        encoded => ['Mcp-Name' => MCP::encoded('delete')],
        twice => ['Mcp-Name' => 'delete', 'Mcp-Name' => 'delete'],
        'another spelling' => ['Mcp_Name' => 'delete'],
        missing => [],
        'an old version' => ['MCP-Protocol-Version' => '2025-11-25'],
        malformed => ['Mcp-Name' => '=?base64?ZGVsZXRl'],
    );
    for my $trick (sort keys %tricks) {
        my @version = $trick eq 'an old version' ? () : @version;
        is(post('/trick/', 'reader', @version, 'Mcp-Method' => 'tools/call', @{$tricks{$trick}})->{status}, 200, "and is passed: $trick");
        isnt(post('/mcp/', 'reader', @version, 'Mcp-Method' => 'tools/call', @{$tricks{$trick}})->{status}, 200, 'which IntrospectMCP is not');
    }
};

subtest 'over HTTP/2' => sub {
    plan skip_all => 'curl has no HTTP/2' if !$httpd->can_http2;
    my @case = (['reader', 'echo', 200], ['reader', 'delete', 403], ['admin', MCP::encoded('delete'), 200], ['reader', MCP::encoded('delete'), 403]);
    for my $case (@case) {
        my ($who, $tool, $status) = @$case;
        is($httpd->request2('POST', '/mcp/', '{}', @version, 'Mcp-Method' => 'tools/call', 'Mcp-Name' => $tool, Authorization => "Bearer $tokens{$who}")->{status}, $status, "$who calls $tool: $status");
    }
};

subtest 'requests that continue a call' => sub {
    my $answer = call('/backend', 'admin', MCP::encoded('delete'));
    is($answer->{status}, 200, 'the backend gets what was judged') or diag $answer->{body};
    my ($seen) = $backend->requests;
    is("@{$seen->{headers}}{qw(mcp-method mcp-name mcp-protocol-version)}", 'tools/call ' . MCP::encoded('delete') . ' 2026-07-28', 'as it was sent, to compare it with the body');
    is(call('/backend', 'reader', 'delete')->{status}, 403, 'and nothing else');
    is(scalar(my @all = $backend->requests), 1, 'which it does not see');
    $httpd->write_file('htdocs/mcp/d/.htaccess', "IntrospectMCP Off\n");
    $httpd->write_file('htdocs/mcp/d/index.html', "hello\n");
    is(call('/mcp/d/', 'admin', 'delete')->{status}, 200, 'sections come after a .htaccess');
    $httpd->write_file('htdocs/h/.htaccess', "IntrospectMCP On\nRequire mcp-tool echo\n");
    is(call('/mcp/', 'reader', 'echo')->{body}, "hello\n", 'DirectoryIndex, whose lookup is a GET');
    is(call('/mcp/document/', 'admin', 'delete')->{body}, "sorry\n", 'an error document, which is a GET');
};
done_testing;
