# SPDX-License-Identifier: Apache-2.0
#
# Challenges as clients read them: RFC 6750 3, RFC 9110 11.6.1.
use strict;
use warnings;
use IO::Socket::INET;
use JSON::PP;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
my %tokens = (
    'token-read-1' => {sub => 'alice', scope => 'read', tenant => 'acme'},
    'token-write-1' => {sub => 'alice', scope => 'read write', tenant => 'acme'},
    'token-other-1' => {sub => 'bob', scope => 'other'},
    'token-expired-1' => {sub => 'alice', scope => 'read', exp => 1000},
);
$as->token($_ => $tokens{$_}) for keys %tokens;
my ($none, $read, $write, $other) = (undef, 'token-read-1', 'token-write-1', 'token-other-1');

# A table: what is required; then METHOD TOKEN => status and the one field,
# without its realm. A token of a name that is not there is not active.
my $ok = '200';
my %matrix = (
    'scope' => ["Require scope read",
        "GET none" => '401 scope="read"', "GET read" => $ok, "GET other" => '403 error="insufficient_scope", scope="read"',
        "GET gone" => '401 error="invalid_token", scope="read"',
        "GET expired" => '401 error="invalid_token", scope="read", error_description="The token has expired"',
        "GET a,b" => '400 error="invalid_request"', "OPTIONS none" => '401 scope="read"', "HEAD none" => '401 scope="read"'],
    'all' => ["<RequireAll>\nRequire scope read\nRequire claim scope:write\nRequire scope read extra\n</RequireAll>",
        "GET none" => '401 scope="read write extra"', "GET write" => '403 error="insufficient_scope", scope="read write extra"'],
    'claim then scope' => ["<RequireAll>\nRequire claim tenant:acme\nRequire scope write\n</RequireAll>",
        "GET none" => '401 scope="write"', "GET read" => '403 error="insufficient_scope", scope="write"',
        "GET other" => '403 error="insufficient_scope", scope="write"', "GET write" => $ok],
    'claim' => ["Require claim tenant:acme", "GET none" => '401', "GET other" => '403 error="insufficient_scope"', "GET read" => $ok],
    'claim that no scope mends' => ["<RequireAll>\nRequire claim tenant:other\nRequire scope read\n</RequireAll>",
        "GET read" => '403 error="insufficient_scope"'],
    'any' => ["<RequireAny>\nRequire scope one\nRequire scope two\n</RequireAny>",
        "GET none" => '401 scope="one"', "GET read" => '403 error="insufficient_scope", scope="one"'],
    'any by method' => ["<RequireAny>\n<RequireAll>\nRequire scope write\nRequire method POST\n</RequireAll>\n"
            . "<RequireAll>\nRequire method GET OPTIONS\nRequire scope read\n</RequireAll>\nRequire scope admin\n</RequireAny>",
        "GET none" => '401 scope="read"', "POST none" => '401 scope="write"', "PUT none" => '401 scope="admin"',
        "GET other" => '403 error="insufficient_scope", scope="read"', "POST read" => '403 error="insufficient_scope", scope="write"',
        "GET read" => $ok, "GET gone" => '401 error="invalid_token", scope="read"'],
    'any after a user' => ["<RequireAny>\nRequire user root\nRequire scope read\n</RequireAny>",
        "GET none" => '401 scope="read"', "GET other" => '403 error="insufficient_scope", scope="read"'],
    'any after a claim' => ["<RequireAny>\nRequire claim admin:true\nRequire scope read\n</RequireAny>",
        "GET none" => '401 scope="read"', "GET other" => '403 error="insufficient_scope", scope="read"'],
    'nested' => ["<RequireAll>\n<RequireAny>\nRequire scope a\nRequire scope b\n</RequireAny>\n<RequireAny>\n"
            . "<RequireAll>\nRequire method POST\nRequire scope c\n</RequireAll>\nRequire scope d\n</RequireAny>\n</RequireAll>",
        "GET none" => '401 scope="a d"', "POST none" => '401 scope="a c"'],
    'none' => ["<RequireAll>\nRequire scope read\n<RequireNone>\nRequire scope other\n</RequireNone>\n</RequireAll>",
        "GET none" => '401 scope="read"', "GET other" => '403 error="insufficient_scope"', "GET read" => $ok],
    'not' => ["<RequireAll>\nRequire not scope write\nRequire scope read\n</RequireAll>",
        "GET none" => '401 scope="read"', "GET write" => '403 error="insufficient_scope"', "GET read" => $ok],
    'valid-user' => ["Require valid-user", "GET none" => '401', "GET other" => $ok],
    'user' => ["Require user alice", "GET none" => '401', "GET other" => '403 error="insufficient_scope"', "GET read" => $ok],
    'user and scope' => ["<RequireAll>\nRequire user alice\nRequire scope write\n</RequireAll>",
        "GET none" => '401 scope="write"', "GET read" => '403 error="insufficient_scope", scope="write"'],
    'override' => ["IntrospectScope mcp:tools files:read\nRequire scope read",
        "GET none" => '401 scope="mcp:tools files:read"', "GET other" => '403 error="insufficient_scope", scope="mcp:tools files:read"'],
    'unnameable' => ["Require scope my_scope=x", "GET none" => '401'],
);
my %token = (none => undef, read => $read, write => $write, other => $other, gone => 'token-gone-1',
    expired => 'token-expired-1', 'a,b' => 'a,Bearer b');
my $config = $as->config . "Protocols h2c http/1.1\n";
my $i = 0;
my %path = map { $_ => '/m' . $i++ } sort keys %matrix;
for my $name (keys %matrix) {
    $config .= "Alias $path{$name} %DIR%/htdocs/index.html\n<Location $path{$name}>\nAuthType Introspect\nAuthName \"my site\"\n$matrix{$name}[0]\n</Location>\n";
}
my $backend = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 8) or die $!;
my $upstream = 'http://127.0.0.1:' . $backend->sockport;
my $server = fork // die $!;
if (!$server) {
    $SIG{ALRM} = $SIG{TERM} = sub { require POSIX; POSIX::_exit(0) };
    alarm 120;
    while (my $client = $backend->accept) {
        my ($line) = <$client> =~ m{^\S+ (\S+)};
        1 while ($_ = <$client>) !~ /^\r?\n/;
        my $status = $line =~ /denied/ ? '401 Unauthorized' : '200 OK';
        print $client "HTTP/1.1 $status\r\nWWW-Authenticate: Backend x=1\r\nContent-Length: 5\r\nConnection: close\r\n\r\nback\n";
        close $client;
    }
}
$config .= <<"END";
<Location /ed>
    AuthType Introspect
    AuthName "my site"
    Require scope read
</Location>
<Location /ed/local>
    ErrorDocument 401 /page.html
</Location>
<Location /ed/script>
    ErrorDocument 401 /cgi/ok.cgi
    ErrorDocument 403 /cgi/ok.cgi
</Location>
<Location /ed/elsewhere>
    ErrorDocument 403 http://127.0.0.1/elsewhere
</Location>
<Location /ed/text>
    ErrorDocument 401 "own words"
</Location>
<Location /ed/proxied>
    ErrorDocument 401 /proxy/denied
</Location>
<Location /ed/guarded>
    ErrorDocument 403 /ed/guarded-page
</Location>
<Location /ed/guarded-page>
    Require scope write
</Location>
<Location /ed/header>
    Header always merge WWW-Authenticate "Other x=1"
</Location>
<Location /proxy>
    ProxyPass $upstream
</Location>
<Location /proxy/api>
    AuthType Introspect
    Require scope read
    ProxyErrorOverride On
</Location>
<Directory "%DIR%/htdocs/listed">
    <Files "index.html">
        AuthType Introspect
        AuthName index
        Require scope read
    </Files>
</Directory>
<Location /ssi>
    SetOutputFilter INCLUDES
</Location>
<Location /overridden>
    AuthType Introspect
    Require expr false
</Location>
END
my $httpd = Httpd->prepare(modules => [qw(headers proxy proxy_http http2 include)], config => $config);
$httpd->write_file('htdocs/page.html', "own page\n");
$httpd->write_file('htdocs/listed/index.html', "index\n");
$httpd->write_file('htdocs/ssi/page.html', "<!--#include virtual=\"/m0\"--> rest\n");
$httpd->write_file('cgi/ok.cgi', "#!/bin/sh\nprintf 'Status: 200\\r\\nContent-Type: text/plain\\r\\n\\r\\nfine\\n'\n", 0755);
bless $httpd, 'Httpd';
$httpd->run('-k', 'start') == 0 or die $httpd->{output} . $httpd->error_log;
$httpd->wait_until(sub { $httpd->serves }, 'the start of httpd');
$httpd->{pid} = $httpd->slurp('httpd.pid') + 0;

sub as_token {
    my ($token) = @_;
    return defined $token ? (Authorization => "Bearer $token") : ();
}

for my $name (sort keys %matrix) {
    my (undef, @cases) = @{$matrix{$name}};
    while (my ($case, $expected) = splice @cases, 0, 2) {
        my ($method, $who) = split / /, $case;
        my $answer = $httpd->request($method, $path{$name}, undef, as_token($token{$who}));
        my @fields = $answer->all_headers('WWW-Authenticate');
        my ($status, $parameters) = $expected =~ /^(\d+) ?(.*)/;
        my $field = "Bearer $parameters" . ($parameters ne '' ? ', ' : '') . 'realm="my site"';
        is("$answer->{status} @fields", $status == 200 ? '200 ' : "$status $field", "RFC 6750 3: $name, $case");
        is($answer->header('Cache-Control'), $status == 200 ? '' : 'no-store', 'RFC 6750: a refusal is not stored') if $case =~ /GET (?:none|read)/;
    }
}
unlike($httpd->error_log, qr/AH01630/, 'asking httpd what a request needs leaves no line in its log');

# RFC 9110 15.5.2: the challenge follows the status, whoever writes the body.
my $field = 'Bearer scope="read", realm="my site"';
my %documents = (local => 'own page', text => 'own words', proxied => 'back');
for my $kind (sort keys %documents) {
    my $answer = $httpd->get("/ed/$kind");
    is("$answer->{status} " . $answer->header('WWW-Authenticate'), "401 $field", "with a $kind error document");
    like($answer->{body}, qr/^$documents{$kind}/, 'whose words the client gets');
    is($answer->header('Cache-Control'), 'no-store', 'not to be stored');
}
for my $token (undef, $other) {
    my $answer = $httpd->get('/ed/script', as_token($token));
    is($answer->{status}, 200, 'an error document that makes a success of it');
    is($answer->header('WWW-Authenticate') . $answer->header('Cache-Control'), '', 'has no challenge');
}
my $away = $httpd->get_token('/ed/elsewhere', $other);
is($away->{status}, 302, 'an error document elsewhere');
is($away->header('WWW-Authenticate'), '', 'is no challenge');
my $guarded = $httpd->get_token('/ed/guarded', $other);
is("$guarded->{status} " . $guarded->header('WWW-Authenticate'), '403 Bearer error="insufficient_scope", scope="read", realm="my site"',
    'a guarded error document does not change what the request needs');
is($httpd->get('/ed/header')->header('WWW-Authenticate'), "Other x=1 | $field", 'mod_headers may add a field');
my $proxied = $httpd->get('/proxy/api/x');
is("$proxied->{status} " . $proxied->header('WWW-Authenticate'), '401 Bearer scope="read"', 'at a proxied place, with ProxyErrorOverride');
$proxied = $httpd->get_token('/proxy/api/denied', $read);
is("$proxied->{status} " . $proxied->header('WWW-Authenticate'), '401 Backend x=1', "the backend's own refusal stays its own");
$proxied = $httpd->get_token('/proxy/api/x', $read);
is("$proxied->{status} " . $proxied->{body}, "200 back\n", 'a granted request is passed on');
my $listed = $httpd->get('/listed/');
is("$listed->{status} " . $listed->header('WWW-Authenticate'), '401 Bearer scope="read", realm="index"', 'a refused DirectoryIndex challenges too');
my $ssi = $httpd->get('/ssi/page.html');
is("$ssi->{status} " . $ssi->header('WWW-Authenticate'), '200 ', 'a refused part of a page does not');
is($httpd->get('/overridden')->header('WWW-Authenticate'), '', 'what nobody can enter asks for no token');
SKIP: {
    skip 'curl has no HTTP/2', 1 if `curl --version 2>/dev/null` !~ /HTTP2/;
    my $two = `curl -s -i --http2-prior-knowledge http://127.0.0.1:$httpd->{port}$path{scope}`;
    like($two, qr{^HTTP/2 401\b.*^www-authenticate: Bearer scope="read", realm="my site"\r$}ms, 'HTTP/2 has it too');
}

# A body for programs
my %bodies = (
    'application/json' => 1, 'application/json, text/plain, */*' => 1, 'application/json, text/event-stream' => 1,
    'text/html, application/json;q=0.9' => 0, 'application/json;q=0' => 0, '*/*' => 0, 'text/html' => 0, '' => 0,
    'application/json;q=0.9, text/html;q=0.5' => 1, 'APPLICATION/JSON' => 1, 'application/jsonx' => 0, 'application/json;q=x' => 0,
);
for my $accept (sort keys %bodies) {
    my $answer = $httpd->get($path{scope}, as_token('token-expired-1'), $accept ne '' ? (Accept => $accept) : ());
    my $type = $answer->header('Content-Type');
    is($answer->{status}, 401, "Accept: $accept");
    if ($bodies{$accept}) {
        is_deeply(decode_json($answer->{body}), {error => 'invalid_token', error_description => 'The token has expired'}, 'JSON');
        is($type, 'application/json', 'of that type');
        is($answer->header('Content-Length'), length $answer->{body}, 'whole');
    }
    else { like("$type $answer->{body}", qr{^text/html.*<title>401 }s, 'the page of httpd') }
}
sub json { my ($path, @headers) = @_; return decode_json($httpd->get($path, Accept => 'application/json', @headers)->{body}) }
is_deeply(json($path{scope}), {error_description => 'An access token is needed'}, 'RFC 6750 3.1: without credentials no error code');
is_deeply(json($path{scope}, as_token($other)), {error => 'insufficient_scope'}, 'insufficient_scope');
is_deeply(json($path{scope}, as_token('a,Bearer b')), {error => 'invalid_request'}, 'invalid_request');
is($httpd->get('/ed/text', Accept => 'application/json')->{body}, 'own words', 'an ErrorDocument has priority');
is($httpd->request('HEAD', $path{scope}, undef, Accept => 'application/json')->header('Content-Type'), 'application/json', 'HEAD says the same');
$httpd->expect_log(qr/MAI004[17]|MAI0059/);
$as->answer('token-trouble-1' => {status => 500});
is(json($path{scope}, as_token('token-trouble-1'))->{error}, 'temporarily_unavailable', 'an authorization server in trouble');
$httpd->stop;
kill TERM => $server;

# What clients would misread is refused at start.
for my $name ('a scope=x', 'the ERROR = x', 'see resource_metadata="y"') {
    my $text = $name =~ s/"/\\"/gr;
    my $said = Httpd->refusal(config => $as->config . "<Location />\nAuthName \"$text\"\nAuthType Introspect\nRequire valid-user\n</Location>\n");
    like($said // 'it started', qr/MAI0008: .*AuthName '.*' stands in challenges/, "AuthName '$name' stops the start");
    my $scope = $name =~ s/ //gr;
    $said = Httpd->refusal(config => $as->config . "<Location />\nAuthType Introspect\nIntrospectScope \"$text\"\nRequire valid-user\n</Location>\n");
    like($said // 'it started', qr/IntrospectScope: '.*' is not understood/, "and as IntrospectScope");
}
my $quiet = Httpd->new(config => "<Location />\nAuthName \"a scope=x\"\n</Location>\n");
is($quiet->get('/')->{status}, 200, 'an AuthName that no place of ours can show is left alone');

# A .htaccess may have it: then the challenge does without.
my $author = Httpd->new(allow_override => 'AuthConfig', config => $as->config);
$author->write_file('htdocs/a/.htaccess', "AuthType Introspect\nAuthName \"x error=y\"\nRequire scope read\n");
$author->write_file('htdocs/b/.htaccess', "AuthType Introspect\nAuthName \"x error=y\"\nRequire valid-user\n");
is($author->get('/a/')->header('WWW-Authenticate'), 'Bearer scope="read"', 'a misleading AuthName in a .htaccess is left out');
is($author->get('/b/')->header('WWW-Authenticate'), 'Bearer realm="Restricted"', 'one parameter is always there');
done_testing;
