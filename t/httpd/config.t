# SPDX-License-Identifier: Apache-2.0
#
# A wrong directive stops the start with a sentence that says how to fix it.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;

my $endpoint = "IntrospectEndpoint http://127.0.0.1:1/introspect\n";
my $client = "IntrospectClientID rs\nIntrospectClientSecret s3cret-of-rs\n";
my $place = "<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n";
my $whole = $endpoint . $client . $place;

my @wrong = (
    ['no endpoint', $place, qr/write 'IntrospectEndpoint https/],
    ['Basic with our provider and no endpoint', "<Location />\nAuthType Basic\nAuthName x\nAuthBasicProvider introspect\nRequire valid-user\n</Location>\n", qr/write 'IntrospectEndpoint/],
    ['no endpoint, which names the other ways', $place, qr/'IntrospectDiscovery ISSUER', or 'IntrospectServer NAME'/],
    ['any audience and one', "IntrospectAudience any https://x\n$whole", qr/'any' cannot be used: .*write it alone/],
    ['no client_id', $endpoint . $place, qr/client_secret_basic needs 'IntrospectClientID/],
    ['no secret', $endpoint . "IntrospectClientID rs\n" . $place, qr/needs 'IntrospectClientSecret/],
    ['post without secret', $endpoint . "IntrospectClientAuth client_secret_post\nIntrospectClientID rs\n" . $place, qr/client_secret_post needs 'IntrospectClientSecret/],
    ['bearer without token', $endpoint . "IntrospectClientAuth bearer\n" . $place, qr/bearer needs 'IntrospectBearerToken/],
    ['a bearer token without its method', $endpoint . "IntrospectBearerToken s3cret-of-rs\n" . $place, qr/IntrospectBearerToken needs 'IntrospectClientAuth bearer'/],
    ['http elsewhere', "IntrospectEndpoint http://as.example/x\n" . $client . $place, qr/not encrypted.*IntrospectAllowInsecure On/s],
    ['an inherited endpoint, overridden by a bad one', $endpoint . "<Location />\nAuthType Introspect\nIntrospectEndpoint http://as.example/x\n${client}Require valid-user\n</Location>\n", qr/not encrypted/],
    ['file:', "IntrospectEndpoint file:///etc/passwd\n$client$place", qr/not a URL|must begin with https/],
    ['ftp:', "IntrospectEndpoint ftp://as.example/x\n$client$place", qr/must begin with https/],
    ['no URL', "IntrospectEndpoint nonsense\n$client$place", qr/is not a URL/],
    ['a port beyond all', "IntrospectEndpoint https://as.example:65536/x\n$client$place", qr/port that is not one from 1 to 65535/],
    ['port 0', "IntrospectJWKSURL https://as.example:0/x\n$whole", qr/IntrospectJWKSURL 'https:\S+' has a port that is not one/],
    ['a % alone', "IntrospectEndpoint https://as.example/100%\n$client$place", qr/write %25/],
    ['a fragment', "IntrospectEndpoint https://as.example/x#y\n$client$place", qr/#fragment/],
    ['credentials in the URL', "IntrospectEndpoint https://a:b\@as.example/x\n$client$place", qr/must not hold credentials/],
    ['an unknown method', "IntrospectClientAuth magic\n$whole", qr/'magic' is not understood: write client_secret_basic/],
    ['a secret from no file', "IntrospectClientSecret file:/nonexistent\n$whole", qr{cannot read /nonexistent: .*who may read it}],
    ['a secret from no variable', "IntrospectClientSecret env:NO_SUCH_VARIABLE\n$whole", qr/'NO_SUCH_VARIABLE' is not set/],
    ['a secret from no program', "IntrospectClientSecret exec:/nonexistent\n$whole", qr{cannot run the program '/nonexistent': No such file}],
    ['a secret from no program but a file', "IntrospectClientSecret exec:/etc/passwd\n$whole", qr{cannot run the program '/etc/passwd': Permission denied}],
    ['a secret from a program that fails', "IntrospectClientSecret \"exec:/bin/sh -c 'echo s3cret-of-rs; exit 3'\"\n$whole", qr{the program '/bin/sh' failed with exit status 3}],
    ['a secret from a program that is killed', "IntrospectClientSecret \"exec:/bin/sh -c 'kill -9 \$\$'\"\n$whole", qr{'/bin/sh' was killed by signal 9}],
    ['a secret from a program that is silent', "IntrospectClientSecret exec:/bin/true\n$whole", qr{'/bin/true' printed nothing}],
    ['a program that says two lines', "IntrospectClientSecret \"exec:/bin/sh -c 'echo s3cret-of-rs; echo x'\"\n$whole", qr/a second line/],
    ['an empty secret', "IntrospectClientSecret \"\"\n$whole", qr/takes 1-2 arguments/],
    ['an empty file', "IntrospectClientSecret file:/dev/null\n$whole", qr/is empty/],
    ['a parameter of ours', "IntrospectParam token x\n$whole", qr/sends this parameter itself/],
    ['a timeout of 0', "IntrospectTimeout 0\n$whole", qr/'0' cannot be used: .*write 10ms to 300s/],
    ['a connect time above the total', "IntrospectTimeout 1s 2s\n$whole", qr/no more for connecting/],
    ['a time with junk behind', "IntrospectCacheMaxAge 60sx\n$whole", qr/write a time such as/],
    ['a time without digits', "IntrospectLeeway soon\n$whole", qr/write a time such as/],
    ['a leeway of a day', "IntrospectLeeway 24h\n$whole", qr/'24h' cannot be used: .*not clock skew/],
    ['On or Off', "IntrospectTLSVerify maybe\n$whole", qr/write On or Off/],
    ['no CA file', "IntrospectTLSCAFile /nonexistent\n$whole", qr{IntrospectTLSCAFile: '/nonexistent' cannot be used: No such file}],
    ['an unknown cache', "IntrospectCache magic\n$whole", qr/no store 'magic'/],
    ['a URL of a cache', "IntrospectCache redis://127.0.0.1:1\n$whole", qr/write redis:HOST:PORT/],
    ['a URL of a second cache', "IntrospectCache shm redis://127.0.0.1:1\n$whole", qr/write redis:HOST:PORT/],
    ['a cache that is off', "IntrospectCache Off\n$whole", qr/'Off' is not understood: write none/],
    ['a size without unit', "IntrospectCache shm:32\n$whole", qr/size from 1M to 16G/],
    ['a size too large', "IntrospectCache shm:17G\n$whole", qr/size from 1M to 16G/],
    ['a wait of more than five minutes', "IntrospectTimeout 301s\n$whole", qr/write 10ms to 300s/],
    ['a parameter that is ours', "IntrospectParam client_secret x\n$whole", qr/sends this parameter/],
    ['a size too small', "IntrospectCache shm:0M\n$whole", qr/size from 1M/],
    ['two stores', "IntrospectCache shmcb shmcb\n$whole", qr/only be shm/],
    ['a shared store without a secret', "IntrospectCache shm redis:127.0.0.1:1\n$whole", qr/needs 'IntrospectCacheSecret/],
    ['a short secret', "IntrospectCacheSecret fifteen-letters\n$whole", qr/shorter than 16/],
    ['the cache in a vhost', "<VirtualHost *:1>\nIntrospectCache shm\n</VirtualHost>\n$whole", qr/cannot occur within|not allowed/],
    ['the endpoint in two words of nonsense', "IntrospectEndpoint\n$whole", qr/takes 1 to 8 URLs/],
    ['an unknown export', "IntrospectExport everything\n$whole", qr/write env, header, both or none/],
    ['a prefix without _', "IntrospectExportPrefix FOO\n$whole", qr/'_' at the end/],
    ['a prefix of the loader', "IntrospectExportPrefix LD_\n$whole", qr/'LD_' cannot be used: .*choose another prefix/],
    ['a prefix of headers', "IntrospectExportPrefix HTTP_\n$whole", qr/choose another prefix/],
    ['a claim with a value', "IntrospectExportClaims sub:x\n$whole", qr/only its name/],
    ['two claims of one name', "IntrospectExportClaims a.b A_b\n$whole", qr/same name \(A_b\) as a\.b/],
    ['two methods alike but for a word', "IntrospectClientAuth client_secret_basic_raw\nIntrospectEndpoint https://as.example/i\nIntrospectClientID a\n$place", qr/client_secret_basic_raw needs 'IntrospectClientSecret/],
    ['a key set over http', "$whole<Location /keys>\nSetHandler introspect-jwks\nIntrospectJWKSURL http://as.example/jwks\n</Location>\n", qr/IntrospectJWKSURL 'http:.*not encrypted.*IntrospectAllowInsecure On/],
    ['a key set over http, for all', "IntrospectJWKSURL http://as.example/jwks\n$whole", qr/IntrospectJWKSURL 'http:.*not encrypted/],
    ['an endpoint in another vhost only', "<VirtualHost *:1>\n$endpoint$client</VirtualHost>\n<VirtualHost *:2>\n$place</VirtualHost>\n", qr/write 'IntrospectEndpoint https/],
    ['a secret that is the name of a file', "IntrospectClientSecret /etc/passwd\n$whole", qr/write file: before it/],
    ['a place of a secret in capitals', "IntrospectClientSecret File:/etc/passwd\n$whole", qr/write file: in lower case/],
    ['a CA file without a certificate', "IntrospectTLSCAFile /etc/passwd\n$whole", qr/cannot be used: it holds no certificate in PEM/],
    ['TLS 1.1', "IntrospectTLSMinVersion 1.1\n$whole", qr/'1.1' is not understood: write 1.2 or 1.3/],
    ['a pin of a file', "IntrospectTLSPin /etc/pin\n$whole", qr{one pin or more, each sha256// and the base64}],
    ['a pin with a second one in it', "IntrospectTLSPin sha256//" . 'A' x 43 . "=;/etc/passwd\n$whole", qr{each sha256//}],
    ['no pin', "IntrospectTLSPin\n$whole", qr/one pin or more/],
    ['a proxy without http', "IntrospectProxy proxy.example:3128\n$whole", qr/write http:..HOST:PORT, or none/],
    ['a proxy with a path', "IntrospectProxy http://proxy.example:3128/x\n$whole", qr/write http:..HOST:PORT, or none/],
    ['a proxy with credentials', "IntrospectProxy http://us:s3cret-of-rs\@proxy.example:3128\n$whole", qr/write IntrospectProxyCredentials/],
    ['credentials without a colon', "IntrospectProxyCredentials s3cret-of-rs\n$whole", qr/has no ':': give USER:PASSWORD/],
    ['hosts with commas', "IntrospectNoProxy a.example,b.example\n$whole", qr/blanks between them/],
    ['no host', "IntrospectNoProxy\n$whole", qr/one host or more/],
    (map { ["a header $_", "IntrospectHeader $_ s3cret-of-rs\n$whole", qr/IntrospectHeader: '$_' cannot be used: the module writes this header itself/] }
        qw(authorization Host Content-Type content-length Accept Transfer-Encoding Proxy-Authorization Connection)),
    ['no name of a header', "IntrospectHeader X:Y s3cret-of-rs\n$whole", qr/write the name of a header/],
    ['a header that is in no file', "IntrospectHeader X-Y file:/no/such\n$whole", qr{cannot read /no/such}],
    ['a socket without its path', "IntrospectEndpoint unix:as.sock|http://localhost/\n$client$place", qr/write unix:.PATH.http:/],
    ['a claim with =', "$whole<Location /x>\nRequire claim scope=read\n</Location>\n", qr/there are only NAME:VALUE, NAME~REGEX/],
    ['a blank for a colon', "$whole<Location /x>\nRequire claim scope read\n</Location>\n", qr/write scope:VALUE/],
    ['JSONPath', "$whole<Location /x>\nRequire claim \$.realm_access.roles:staff\n</Location>\n", qr/is JSONPath: write the names/],
    ['an index', "$whole<Location /x>\nRequire claim roles[0]:staff\n</Location>\n", qr/leave the index out/],
    ['an expression', "$whole<Location /x>\nRequire claim sub:%{REMOTE_USER}\n</Location>\n", qr/no expression is evaluated here/],
    ['a blank before the value', "$whole<Location /x>\nRequire claim \"sub: alice\"\n</Location>\n", qr/begins with a blank/],
    ['an endpoint in a vhost and a place in the main server', "<VirtualHost *:1>\n$endpoint$client</VirtualHost>\n$place", qr/MAI0008: The section at \S+ cannot verify tokens: .*one in a <VirtualHost> serves requests to that host only, and this section is outside it: move one of them/],
    ['a second endpoint in one section', $endpoint . "IntrospectEndpoint http://127.0.0.1:2/introspect\n$client$place", qr/has an IntrospectEndpoint already; write all endpoints/],
    ['a second line of audiences', "IntrospectAudience a\nIntrospectAudience b\n$whole", qr/IntrospectAudience stands in this section already/],
    ['a second cache', "IntrospectCache shm:8M\n<VirtualHost *>\n</VirtualHost>\nIntrospectCache none\n$whole", qr/IntrospectCache is set already/],
    ['a URL for a name', "$whole<Location /x>\nRequire claim https://a.example/t:x\n</Location>\n", qr/write a ':' within a name as/],
    ['no size', "IntrospectCache shm:1k\n$whole", qr/IntrospectCache: '1k' is not understood/],
    ['no claim', "IntrospectRemoteUser\n$whole", qr/name of a claim/],
    ['no audience', "IntrospectAudience\n$whole", qr/one audience or more/],
    ['a share of 100', "IntrospectRefresh 100%\n$whole", qr/20% to 95%, or Off/],
    ['no calls', "IntrospectCallsMax 0\n$whole", qr/from 1 to 1024/],
    ['more calls than there is room for', "IntrospectCallsMax 1025\n$whole", qr/from 1 to 1024/],
    ['fault 17: an unknown directive', "IntrospectMagic On\n$whole", qr/Invalid command 'IntrospectMagic'/],
);
for my $case (@wrong) {
    my ($name, $text, $pattern) = @$case;
    my $said = Httpd->refusal(config => $text, log_level => 'warn');
    like($said // 'it started', $pattern, "$name stops the start and says what to write");
    unlike($said // '', qr/s3cret-of-rs/, "$name: no secret is told");
}

# Prefixes whose variables servers, loaders and interpreters take for their own,
# in any case and as the beginning of a longer one.
my $prefixes = Httpd->prepare(config => $whole);
for my $prefix (qw(HTTP_ REDIRECT_ SSL_ LD_ PERL_ PERL5_ PYTHON_ PYTHONHOME_ PHP_ RUBY_ NODE_ JAVA_ BASH_ GIT_ SVN_ SERVER_ REMOTE_ REQUEST_ SCRIPT_ PATH_ CONTENT_ CONTEXT_ DOCUMENT_
    AUTH_ GATEWAY_ QUERY_ UNIQUE_ X_FORWARDED_ PROXY_ MALLOC_ GCONV_ OPENSSL_ LUA_ DOTNET_ JDK_ GLIBC_ HTTPS_ ALL_ REQUESTS_ BUNDLE_ INTROSPECT_ INTROSPECT_SERVER_ http_ Ld_Library_)) {
    $prefixes->run('-t', '-c', "IntrospectExportPrefix $prefix");
    like($prefixes->{output}, qr/'\Q$prefix\E' cannot be used: .*(?:mean something to servers or programs; choose another prefix|say what the module found)/, "prefix $prefix is refused");
}
$prefixes->run('-t', '-c', "IntrospectExportPrefix $_"), like($prefixes->{output}, qr/Syntax OK/, "prefix $_ is not") for qw(TOKEN_ X_HTTP_ CLAIM_LD_ Introspect_Claim_X_);
$prefixes->{ended} = 1;
File::Path::remove_tree($prefixes->{dir});

# What an administrator may write, and each option's effect on the wire.
my $as = AS->new(credentials => '');
$as->all({body => '{"active":true,"sub":"a"}'});
sub wire {
    my ($config) = @_;
    $as->reset;
    my $httpd = Httpd->new(config => "IntrospectEndpoint @{[$as->url]}\n$config$place");
    $httpd->write_file('unused', '');
    is($httpd->get_token('/', 'wire+/~.-_token==')->{status}, 200, 'granted');
    my ($request) = $as->requests;
    return ($request->{body}, $request->{headers}{authorization} // '', $request);
}
my ($body, $auth, $request) = wire("IntrospectClientID \"r:s\"\nIntrospectClientSecret \"p w%+\"\n");
is($body, 'token=wire%2b%2f%7e.-_token%3d%3d&token_type_hint=access_token', 'RFC 7662 2.1: the token is form-urlencoded') or diag $body;
is($auth, 'Basic ciUzYXM6cCt3JTI1JTJi', 'RFC 6749 2.3.1: client_secret_basic form-urlencodes id and secret first');
is($request->{method}, 'POST', 'RFC 7662 2.1: the question is a POST');
is($request->{headers}{'content-type'}, 'application/x-www-form-urlencoded', 'RFC 7662 2.1: of a form');
is($request->{headers}{accept}, 'application/json', 'Accept');
is($request->{headers}{'accept-encoding'}, 'identity', 'Accept-Encoding');
($body, $auth) = wire("IntrospectClientAuth client_secret_basic_raw\nIntrospectClientID rs\nIntrospectClientSecret \"p w%+\"\n");
is($auth, 'Basic cnM6cCB3JSs=', 'RFC 6749 2.3.1: client_secret_basic_raw does not');
($body, $auth) = wire("IntrospectClientAuth client_secret_post\n$client");
like($body, qr/&client_id=rs&client_secret=s3cret-of-rs$/, 'client_secret_post');
is($auth, '', 'without Authorization');
($body, $auth) = wire("IntrospectClientAuth bearer\nIntrospectBearerToken own-bearer-1\n");
is($auth, 'Bearer own-bearer-1', 'bearer');
($body, $auth) = wire("IntrospectClientAuth none\nIntrospectTokenTypeHint none\nIntrospectParam resource https://x/?a&b\nIntrospectParam x y\n");
is($body, 'token=wire%2b%2f%7e.-_token%3d%3d&resource=https%3a%2f%2fx%2f%3fa%26b&x=y', 'no hint, further parameters') or diag $body;
$ENV{SECRET_OF_TEST} = 'from-env-1';
($body) = wire("IntrospectClientAuth client_secret_post\nIntrospectClientID rs\nIntrospectClientSecret env:SECRET_OF_TEST\n");
like($body, qr/client_secret=from-env-1/, 'env:');
($body) = wire("IntrospectClientAuth client_secret_post\nIntrospectClientID rs\nIntrospectClientSecret \"exec:/bin/echo from-exec-1\"\n");
like($body, qr/client_secret=from-exec-1/, 'exec:');
open my $file, '>', "/tmp/introspect-secret-$$" or die;
print $file "from-file-1\n";
chmod 0600, "/tmp/introspect-secret-$$";
close $file;
($body) = wire("IntrospectClientAuth client_secret_post\nIntrospectClientID rs\nIntrospectClientSecret file:/tmp/introspect-secret-$$\n");
like($body, qr/client_secret=from-file-1/, 'file:');
unlink "/tmp/introspect-secret-$$";

# another server in an inner section does not get the outer one's secret
like(Httpd->refusal(config => $whole . "<Location /other>\nIntrospectEndpoint http://127.0.0.1:2/x\nAuthType Introspect\nRequire valid-user\n</Location>\n") // '',
    qr/needs 'IntrospectClientID/, 'an inner endpoint needs credentials of its own');

# a section of one vhost is no other vhost's
my $tls = AS->new(tls => 'good');
my $certificates = do { local (@ARGV, $/) = $tls->ca_file; <> };
my $vhosts = '';
for my $i (1 .. 9) {
    my $file = $tls->ca_file . ".$i";
    open my $copy, '>', $file or die $!;
    print $copy $certificates;
    close $copy;
    $vhosts .= "<VirtualHost *:%PORT%>\nServerName host$i\nIntrospectTLSCAFile $file\n<Location />\n"
        . "IntrospectEndpoint https://as$i.example/introspect\n$client" . "AuthType Introspect\nRequire valid-user\n</Location>\n</VirtualHost>\n";
}
is(Httpd->refusal(config => $vhosts), undef, 'nine vhosts, each with a CA file and an endpoint of its own, start');
is(Httpd->refusal(config => "IntrospectAllowInsecure On\nIntrospectJWKSURL http://as.example/jwks\n$whole"), undef, 'a key set over http can be allowed');

# a cap of calls is one only below the number of workers, here 64
for (63, 64) {
    my $httpd = Httpd->new(config => "IntrospectCallsMax $_\n$whole");
    $httpd->expect_log(qr/MAI0006/) if $_ == 64;
    my @lines = $httpd->error_log =~ /MAI0006: IntrospectCallsMax $_ is not below the 64 requests/g;
    is(scalar @lines, $_ == 64 ? 1 : 0, "IntrospectCallsMax $_ of 64: " . ($_ == 64 ? 'a warning' : 'none'));
}

# a store that others can reach never stands alone: the least table is put in front of it
for (['shmcb', 0], ['redis:127.0.0.1:1', 1], ['shm:2M redis:127.0.0.1:1', 2]) {
    my ($cache, $mib) = @$_;
    my $httpd = Httpd->new(config => "IntrospectCache $cache\nIntrospectCacheSecret sixteen-and-more\n$whole");
    $httpd->expect_log(qr/MAI0071/);    # nobody is there, and marks are looked for
    my ($bytes) = $httpd->error_log =~ /MAI0001: .*: (\d+) bytes for answers/;
    is(int(($bytes + 2**19) / 2**20), $mib, "IntrospectCache $cache: $mib MiB in shared memory");
}

# what lowers the guard is said once at each start, wherever it stands
for (['the server', "IntrospectTLSVerify Off\nIntrospectAllowInsecure On\n$whole"],
    ['a section', "$whole<Location /x>\nIntrospectTLSVerify Off\nIntrospectAllowInsecure On\n</Location>\n"],
    ['a vhost', "$whole<VirtualHost 127.0.0.1:%PORT%>\nIntrospectTLSVerify Off\nIntrospectAllowInsecure On\n</VirtualHost>\n"]) {
    my ($where, $text) = @$_;
    my $httpd = Httpd->new(config => $text);
    $httpd->expect_log(qr/MAI000[34]/);
    for my $round (1, 2) {
        for my $id (qw(MAI0003 MAI0004)) {
            my $said = sub { return scalar(() = $httpd->error_log =~ /:warn\].*$id/g) };
            $httpd->wait_until(sub { $said->() >= $round }, "$id");
            is($said->(), $round, "$id for $where, start $round");
        }
        $httpd->graceful if $round == 1;
    }
}

# fault 17: the timeout has an effect
$as->fault('hang');
my $httpd = Httpd->new(config => "IntrospectTimeout 300ms 200ms\n$client" . "IntrospectEndpoint @{[$as->url]}\n$place");
$httpd->expect_log(qr/MAI0042/);
my $start = Time::HiRes::time();
is($httpd->get_token('/', 'hanging-token-1')->{status}, 503, 'fault 17: a server that hangs gives 503');
cmp_ok(Time::HiRes::time() - $start, '<', 5.5, 'in time: 6 s are usual');
# one line for all of them
{
    my $httpd = Httpd->new(config => "$endpoint$client" . join '', map {"<Location /$_>\nAuthType Introspect\nRequire valid-user\n</Location>\n"} 'a' .. 'c');
    like($httpd->{output} . $httpd->error_log, qr/MAI0005: 3 sections have no IntrospectAudience, the first of them at \S+httpd\.conf:\d+: they accept/, 'places without an audience are counted');
    my @lines = grep {/MAI0005/} split /\n/, $httpd->error_log;
    cmp_ok(scalar @lines, '<=', 2, 'in one line each time the configuration is read');
}
done_testing;
