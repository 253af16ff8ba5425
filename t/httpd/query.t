# SPDX-License-Identifier: Apache-2.0
#
# A token in the query (RFC 6750 2.3) and what outlives or precedes the request:
# mod_status, the log of requests that httpd refuses early, their error
# documents, the next request's Referer, shared caches.
use strict;
use warnings;
use IO::Socket::INET;
use JSON::PP;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
my $token = Httpd::secret('query-token-1');
$as->token($token => {sub => 'alice', scope => 'read'});
my $httpd = Httpd->prepare(modules => [qw(headers status proxy proxy_http cache cache_disk http2)], config => $as->config . <<'END');
Protocols h2c http/1.1
LogFormat "%r %q" line
CustomLog %DIR%/access.log line
ExtendedStatus On
AddHandler cgi-script .pl
<Location /status>
    SetHandler server-status
</Location>
<LocationMatch ^/(events|says)>
    AuthType Introspect
    AuthName q
    IntrospectTokenFrom header query
    Require scope read
</LocationMatch>
<Location /named>
    AuthType Introspect
    IntrospectTokenFrom query:t
    Require scope read
</Location>
<Location /says/header.pl>
    Header set Cache-Control "public, max-age=60"
    Header always set Referrer-Policy unsafe-url
</Location>
<Location /early>
    ErrorDocument 404 /cgi/env.pl
</Location>
ErrorDocument 400 /cgi/env.pl
ErrorDocument 404 /cgi/env.pl
ErrorDocument 405 /cgi/env.pl
END
$httpd->write_file('htdocs/events/wait.pl', <<'END', 0755);
#!/usr/bin/perl
$| = 1;
print "Content-Type: text/event-stream\r\n\r\ndata: begun\n\n";
my $end = time + 20;
select undef, undef, undef, 0.05 until -e "$ENV{DOCUMENT_ROOT}/../over" || time > $end;
END
$httpd->write_file("htdocs/says/$_.pl", <<'END', 0755) for qw(x header);
#!/usr/bin/perl
print "Content-Type: text/html\r\n", $ENV{QUERY_STRING} =~ /keep/ ? "Cache-Control: public, max-age=60\r\n" : $ENV{QUERY_STRING} =~ /never/ ? "Cache-Control: no-store\r\n" : '',
    "Referrer-Policy: unsafe-url\r\n\r\nfor $ENV{REMOTE_USER}";
END
$httpd->begin;

subtest 'mod_status, while a request lasts' => sub {
    my $socket = $httpd->connect;
    print $socket "GET /events/wait.pl?a=1&access_token=$token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    my $begun = '';
    while ($begun !~ /data: begun/) { sysread $socket, $begun, 4096, length $begun or last }
    like($begun, qr/data: begun/, 'an event stream has begun');
    my $page = $httpd->get('/status')->{body};
    like($page, qr{GET /events/wait\.pl\?a=1 HTTP/1\.1}, 'is shown');
    unlike($page, qr/\Q$token\E/, 'RFC 9700 4.3: without the token');
    $httpd->write_file('over', '');
    close $socket;
};

subtest 'what is refused before its place is known' => sub {
    my @early = ("/events/a%2fb?x=1&access_token=$token", "/nowhere%2f?access%5Ftoken=$token&x=1", "/named/%2f?t=$token&x=1");
    for my $path (@early) {
        my $answer = $httpd->get($path);
        is($answer->{status}, 404, "$path: no path for httpd");
        my $env = decode_json($answer->{body});
        is(join(' ', grep { ($env->{$_} // '') =~ /\Q$token\E/ } sort keys %$env), '', 'its error document sees no token');
        like($env->{REDIRECT_QUERY_STRING} // '', qr/^x=1$/, 'but the rest');
    }
    my $socket = $httpd->connect;
    print $socket "GET /events/x?access_token=$token HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n";
    like(Httpd::read_all($socket), qr{^HTTP/1\.1 400 }, 'a request that httpd does not understand');
    SKIP: {
        skip 'curl has no HTTP/2', 1 if !$httpd->can_http2;
        is($httpd->request2('GET', $early[0])->{status}, 404, 'over HTTP/2');
    }
    $httpd->wait_until(sub { my $lines = () = $httpd->slurp('access.log') =~ m{^GET /(?:events|nowhere|named)}mg; $lines >= 5 }, 'the access log');
    like($httpd->slurp('access.log'), qr{^GET /events/a%2fb\?x=1 HTTP/1\.1 }m, 'is logged without the token');
    unlike($httpd->slurp('access.log'), qr/\Q$token\E/, 'no line has it');
};

subtest 'what a page leads to' => sub {
    for my $path ("/says/x.pl?access_token=$token", "/says/header.pl?access_token=$token", '/says/x.pl?access_token=bad-token-1') {
        my $answer = $httpd->get($path);
        is($answer->header('Referrer-Policy'), 'no-referrer', "RFC 9700 4.2: no Referer with the token, whatever the application says: $answer->{status}");
    }
    is($httpd->get_token('/says/x.pl', $token)->header('Referrer-Policy'), 'unsafe-url', 'a token by header changes nothing');
};

subtest 'caches' => sub {
    my %said = ("x.pl?access_token=$token" => 'private', "x.pl?keep&access_token=$token" => 'private', "header.pl?access_token=$token" => 'private');
    is($httpd->get("/says/$_")->header('Cache-Control'), $said{$_}, 'RFC 6750 2.3: private, whatever the application says') for sort keys %said;
    like($httpd->get("/says/x.pl?never&access_token=$token")->header('Cache-Control'), qr/no-store/, 'what is not to be stored stays so');
    is($httpd->get_token('/says/x.pl?keep', $token)->header('Cache-Control'), 'public, max-age=60', 'a token by header changes nothing');
};
$httpd->stop;

# With a cache in front: nothing of it is kept.
my $cached = Httpd->new(modules => [qw(cache cache_disk headers)], config => $as->config . <<'END');
CacheRoot %DIR%/store
CacheEnable disk /
CacheIgnoreNoLastMod On
CacheStorePrivate On
AddHandler cgi-script .pl
<Location />
    AuthType Introspect
    IntrospectTokenFrom header query
    Require scope read
</Location>
END
mkdir "$cached->{dir}/store";
chmod 0777, "$cached->{dir}/store";
$cached->write_file('htdocs/x.pl', "#!/usr/bin/perl\nprint qq{Content-Type: text/plain\\r\\nCache-Control: public, max-age=60\\r\\n\\r\\n}, time . rand;\n", 0755);
my @bodies = map { $cached->get("/x.pl?access_token=$token")->{body} } 1, 2;
isnt($bodies[0], $bodies[1], 'RFC 6750 2.3: a shared cache keeps no response to a token in the query, even if it is said to be public');
is(`grep -rl '$token' $cached->{dir}/store`, '', 'and the cache has no URL with it');
done_testing;
