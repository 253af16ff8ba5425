# SPDX-License-Identifier: Apache-2.0
#
# Where tokens come from: IntrospectTokenFrom, and who may send those that
# browsers add by themselves.
use strict;
use warnings;
use IO::Socket::INET;
use JSON::PP;
use MIME::Base64;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
my ($token, $other) = ('carried-token-1', 'another-token-1');
$as->token($_ => {sub => 'alice', scope => 'read'}) for $token, $other;
my %from = (
    header => 'header', named => 'header:X-Access-Token', scheme => 'header:Authorization:token', cookie => 'cookie:sid',
    query => 'header query', other_query => 'query:t', basic => 'header basic', user => 'basic:user', ws => 'subprotocol',
    all => 'header query cookie:sid header:X-Access-Token basic subprotocol',
);
my $backend = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 8) or die $!;
my $server = fork // die $!;
if (!$server) {
    require POSIX;
    $SIG{ALRM} = $SIG{TERM} = sub { POSIX::_exit(0) };
    alarm 120;
    while (my $client = $backend->accept) {
        my ($head, $line) = ('');
        $head .= $line while defined($line = <$client>) && $line !~ /^\r?\n/;
        print $client "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " . length($head) . "\r\nConnection: close\r\n\r\n$head";
        close $client;
    }
}
my $upstream = 'http://127.0.0.1:' . $backend->sockport;
my $config = $as->config . "LogFormat \"%r %U %q\" line\nCustomLog %DIR%/access.log line\n";
for my $name (sort keys %from) {
    for my $off ('', 'off-') {
        my $forward = $off ? "IntrospectForwardToken Off\n" : '';
        $config .= "ProxyPass /$off$name $upstream/$off$name\n<Location /$off$name>\nAuthType Introspect\nAuthName t\nIntrospectTokenFrom $from{$name}\n${forward}Require scope read\n</Location>\n";
    }
}
$config .= <<"END";
ProxyPass /nocanon $upstream/nocanon nocanon
<Location /nocanon>
    AuthType Introspect
    IntrospectTokenFrom query
    Require scope read
</Location>
ScriptAlias /env %DIR%/cgi/env.pl
<Location /env>
    AuthType Introspect
    IntrospectTokenFrom query
    Require scope read
</Location>
ExtendedStatus On
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Location /seen>
    AuthType Introspect
    IntrospectTokenFrom query
    Require scope read
</Location>
<Location /server-status>
    SetHandler server-status
</Location>
<Location /cookie/listed>
    IntrospectOrigins https://spa.example
</Location>
<Location /cookie/open>
    IntrospectCrossSite On
</Location>
<Location /h>
    AuthType Introspect
    IntrospectTokenFrom header cookie:sid
    Require scope read
</Location>
END
my $httpd = Httpd->new(modules => [qw(proxy proxy_http include status)], config => $config, allow_override => 'AuthConfig');

sub basic { return 'Basic ' . encode_base64(join(':', @_), '') }
my %send = (
    header => ['', Authorization => "Bearer $token"], named => ['', 'X-Access-Token' => $token], scheme => ['', Authorization => "token $token"],
    cookie => ['', Cookie => "a=b; sid=$token; c=d"], query => ["?x=1&access_token=$token&y=2"], other_query => ["?t=$token"],
    basic => ['', Authorization => basic('any', $token)], user => ['', Authorization => basic($token, 'x')],
    ws => ['', 'Sec-WebSocket-Protocol' => "bearer, $token"],
);
sub with { my ($path, $query, @headers) = @_; return $httpd->get("/$path$query", @headers) }
for my $name (sort keys %send) {
    my $answer = with($name, @{$send{$name}});
    is($answer->{status}, 200, "$name: the token is taken from $from{$name}");
    my $hidden = with("off-$name", @{$send{$name}});
    is($hidden->{status}, 200, 'with ForwardToken Off, too');
    my $encoded = encode_base64("any:$token", '');
    unlike($hidden->{body}, qr/\Q$token\E|\Q$encoded\E/, 'which takes it out of what the backend sees');
    my $elsewhere = $name eq 'cookie' ? 'named' : 'cookie';
    isnt(with($elsewhere, @{$send{$name}})->{status}, 200, "not at $elsewhere");
    is(with('all', @{$send{$name}})->{status}, 200, 'a place can take it from several') if $name !~ /scheme|other_query|user/;
}
like(with('off-cookie', @{$send{cookie}})->{body}, qr/^Cookie: a=b; c=d\r$/m, 'other cookies stay');
like(with('cookie', @{$send{cookie}})->{body}, qr/^Cookie: a=b; sid=\Q$token\E; c=d\r$/m, 'with ForwardToken On all do');
is(with('named', '', 'X-Access-Token' => $token, Authorization => 'token own')->{body} =~ /^Authorization: token own\r$/m, 1, "the program's own Authorization stays");
my $kept = with('off-named', '', 'X-Access-Token' => $token, Authorization => 'token own')->{body};
like($kept, qr/^Authorization: token own\r$/m, 'also with ForwardToken Off');
unlike($kept, qr/\Q$token\E/, 'which hides ours');
like(with('ws', @{$send{ws}})->{body}, qr/^Sec-WebSocket-Protocol: bearer\r$/mi, 'only bearer reaches the backend');

# the query
my $answer = with('query', @{$send{query}});
like($answer->{body}, qr{^GET /query\?x=1&y=2 }, 'RFC 6750 2.3: the token is gone from the query that the backend sees');
like(with('nocanon', "?access_token=$token&y=%2f")->{body}, qr{^GET /nocanon\?y=%2f }, 'with nocanon, too');
is($answer->header('Cache-Control'), 'private', 'RFC 6750 2.3: and the response is private');
is(with('query', '', Authorization => "Bearer $token")->header('Cache-Control'), '', 'one by header is as it was');
is(with('query', "?access%5Ftoken=$token&x=1")->{body} =~ m{^GET /query\?x=1 } ? 1 : 0, 1, 'however its name is written');
my $env = decode_json(with('env', "?access_token=$token&z=%26")->{body});
is($env->{QUERY_STRING}, 'z=%26', 'a program sees the rest of the query');
unlike(join('', %$env), qr/\Q$token\E/, 'and nowhere the token');
is(with('query', "?access_token=$token&access_token=$token")->{status}, 400, 'RFC 6750 2: one token only');
is(with('query', '?access_token=')->{status}, 401, 'an empty one is none');
is(with('query', "?access_token=a%20b")->{status}, 400, 'a malformed one is malformed');
$httpd->write_file('htdocs/seen/page.shtml', '<!--#include virtual="/server-status" -->');
my $page = with('seen/page.shtml', "?access_token=$token")->{body};
like($page, qr{GET /seen/page\.shtml}, 'mod_status shows a request while it runs');
unlike($page, qr{/seen/page\.shtml\?}, 'without its token');
$httpd->wait_until(sub { $httpd->slurp('access.log') =~ m{^GET /nocanon\?y=%2f }m }, 'the access log');
unlike(join("\n", grep { m{^GET /(?:off-)?(?:query|env|nocanon|all)\b} && !/\?t=/ } split /\n/, $httpd->slurp('access.log')), qr/\Q$token\E/, '%r and %q show no token');

# several at once
is(with('all', "?access_token=$token", Authorization => "Bearer $token")->{status}, 200, 'the same token twice is one');
is(with('all', "?access_token=$other", Authorization => "Bearer $token")->{status}, 400, 'RFC 6750 2: two different ones that a client sets on purpose are malformed');
is(with('all', '', 'X-Access-Token' => $other, 'Sec-WebSocket-Protocol' => "bearer, $token")->{status}, 400, 'wherever they are');
my $calls = $as->calls('bad-cookie-1');
is(with('all', '', Authorization => "Bearer $token", Cookie => 'sid=bad-cookie-1')->{status}, 200, 'a header beats a cookie');
is($as->calls('bad-cookie-1'), $calls, 'about which nobody is asked');
is(with('ws', '', 'Sec-WebSocket-Protocol' => "bearer, $token, bearer, $other")->{status}, 400, 'RFC 6750 2: also two in one subprotocol');
is(with('ws', '', 'Sec-WebSocket-Protocol' => "bearer, $token, chat")->{status}, 200, 'another protocol is none');
is(with('all', '', Cookie => "sid=$token; sid=$other")->{status}, 400, 'two cookies of the name are malformed');
is(with('all', '', Cookie => "xsid=$token")->{status}, 401, 'one of another name is none');

# challenges
my @fields = with('basic', '')->all_headers('WWW-Authenticate');
is("@fields", 'Bearer scope="read", realm="t" Basic realm="t"', 'RFC 9110 11.6.1: a field for each scheme, Bearer first');
is(scalar @fields, 2, 'of its own');
is(scalar(my @one = with('cookie', '')->all_headers('WWW-Authenticate')), 1, 'elsewhere only ours');

# forged requests
sub post { my ($path, @headers) = @_; return $httpd->request('POST', "/$path", 'x', @headers)->{status} }
my @cookie = (Cookie => "sid=$token");
my @basic = (Authorization => basic('any', $token));
my $own = 'http://localhost';
for my $case (
    ['Sec-Fetch-Site same-origin', 200, 200, 'Sec-Fetch-Site' => 'same-origin'], ['none', 200, 200, 'Sec-Fetch-Site' => 'none'],
    ['same-site', 403, 403, 'Sec-Fetch-Site' => 'same-site'], ['cross-site', 403, 403, 'Sec-Fetch-Site' => 'cross-site'],
    ['cross-site with another origin', 403, 403, 'Sec-Fetch-Site' => 'cross-site', Origin => 'https://evil.example'],
    ['the same origin', 200, 200, Origin => $own], ['another origin', 403, 403, Origin => 'https://evil.example'],
    ['no origin', 403, 403, Origin => 'null'], ['neither', 403, 200]) {
    my ($name, $by_cookie, $by_basic, @headers) = @$case;
    is(post('cookie', @cookie, @headers), $by_cookie, "a POST with a cookie, $name");
    is(post('basic', @basic, @headers), $by_basic, "with Basic, $name");
    is(post('header', Authorization => "Bearer $token", @headers), 200, "with a header, $name");
}
is($httpd->request('GET', '/cookie', undef, @cookie, 'Sec-Fetch-Site' => 'cross-site')->{status}, 200, 'a safe method passes');
is($httpd->request('GET', '/cookie', undef, @cookie, 'Sec-Fetch-Site' => 'cross-site', Upgrade => 'websocket')->{status}, 403, 'but not every Upgrade');
is(post('cookie/listed', @cookie, Origin => 'https://spa.example', 'Sec-Fetch-Site' => 'cross-site'), 200, 'a listed origin may');
is(post('cookie/open', @cookie, 'Sec-Fetch-Site' => 'cross-site'), 200, 'IntrospectCrossSite On turns all of this off');
like($httpd->error_log, qr/MAI0038: Refused \/cookie with 403: neither Sec-Fetch-Site nor Origin/, 'the log says why');

# .htaccess
$httpd->write_file('htdocs/h/index.html', "h\n");
for my $case (['', 200, 200], ["IntrospectTokenFrom header\n", 200, 401], ["IntrospectTokenFrom cookie:sid\n", 401, 200],
    ["IntrospectTokenFrom query header cookie:other\n", 200, 401], ["IntrospectTokenFrom query\n", 401, 401], ["IntrospectCrossSite On\n", 500, 500]) {
    $httpd->write_file('htdocs/h/.htaccess', $case->[0]);
    my $said = $case->[0] =~ s/\n//r;
    is(with('h/', '', Authorization => "Bearer $token")->{status}, $case->[1], "a .htaccess with '$said': the header");
    is(with('h/', '', @cookie)->{status}, $case->[2], 'and the cookie');
    isnt(with('h/', "?access_token=$token")->{status}, 200, 'never more than the administrator allows');
}
$httpd->stop;
kill TERM => $server;

for my $wrong ('body', 'cookie', 'cookie:a=b', 'header:', 'header:Cookie', 'header:Authorization', 'header:Authorization:Bearer', 'basic:name', 'header header', 'query:', '') {
    my $said = Httpd->refusal(config => $as->config . "<Location />\nAuthType Introspect\nRequire valid-user\nIntrospectTokenFrom $wrong\n</Location>\n");
    like($said // 'it started', qr/IntrospectTokenFrom: '.*' (?:is not understood|cannot be used)/, "IntrospectTokenFrom '$wrong' stops the start");
}
done_testing;
