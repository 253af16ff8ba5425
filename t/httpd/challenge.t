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

# The page, whose places and answers are tested to the letter.
my $page = do { local (@ARGV, $/) = "$Httpd::root/docs/challenges.md"; <> };
my ($table, $sections) = $page =~ /^## Whatever the Require lines say\n(.*?)^## By the Require lines\n(.*)/ms;
my %claims = $page =~ /^\| `(\w+)` \| `(\{.*\})` \|$/mg;
$as->token("$_-token-1" => decode_json($claims{$_})) for keys %claims;
$as->answer('trouble-token-1' => {status => 500});
$as->answer('credentials-token-1' => {status => 401, body => '{"error":"invalid_client"}', headers => ['WWW-Authenticate: Bearer error="invalid_token"']});
my (%lines, %answers);
while ($sections =~ /^### ([^\n]*)\n(.*?)(?=^### |\z)/msg) {
    my ($name, $text) = ($1, $2);
    ($lines{$name}) = $text =~ /^```apache\n(.*?)^```/ms;
    $answers{$name} = [map { [/^\| (\w+) \| `(\w+)` \| (\d+)(.*?) \|$/] } grep {/^\| [A-Z]+ \|/} split /\n/, $text];
}
cmp_ok(scalar(keys %lines), '>=', 25, 'the page has places');
my ($read, $write, $other) = map {"$_-token-1"} qw(reader writer stranger);
my $config = $as->config . "Protocols h2c http/1.1\n";
my $i = 0;
my %path = map { $_ => '/m' . $i++ } sort keys %lines;
$config .= "Alias $path{$_} %DIR%/htdocs/index.html\n<Location $path{$_}>\nAuthType Introspect\nAuthName \"site\"\n$lines{$_}\n</Location>\n" for keys %lines;
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
    AuthName "site"
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

# RFC 9110 11.6.1, 5.6.2, 5.6.4: one challenge, strictly; RFC 6750 3: with a
# parameter at least and none twice.
sub is_challenge {
    my ($field, $name) = @_;
    my $parameter = qr/[a-z_]+="(?:[^"\\\x00-\x1f\x7f]|\\.)*"/;
    my %times;
    $times{$_}++ for $field =~ /([a-z_]+)="/g;
    ok($field =~ /^(?:Bearer|Basic) $parameter(?:, $parameter)*$/ && !grep({ $_ > 1 } values %times), "RFC 9110 11.6.1: $name: a challenge by the grammar")
        or diag $field;
    return;
}

sub answer_to { my ($method, $path, $who) = @_; return $httpd->request($method, $path, undef, as_token($who eq 'none' ? undef : "$who-token-1")) }

for my $name (sort keys %lines) {
    for my $case (@{$answers{$name}}) {
        my ($method, $who, $status, $fields) = @$case;
        my $answer = answer_to($method, $path{$name}, $who);
        my @fields = $answer->all_headers('WWW-Authenticate');
        is($answer->{status} . join(',', map {" `$_`"} @fields), "$status$fields", "RFC 6750 3: $name: $method, $who");
        is_challenge($_, "$name: $method, $who") for @fields;
        my $ours = $status != 200 && $name ne 'Nobody';
        is($answer->header('Cache-Control'), $ours ? 'no-store' : '', 'RFC 6750 5.3: a refusal is not stored');
    }
}

# What the verdict alone decides, at each of these places.
$httpd->expect_log(qr/MAI004[17]|MAI0053|MAI0059/);
my %row = $table =~ /^\| (.*?) \| (.*?) \|/mg;
my @alike = (['two tokens', Authorization => 'Bearer a,Bearer b'], ['the authorization server gives no usable answer', as_token('trouble-token-1')],
    ['the authorization server refuses our credentials', as_token('credentials-token-1')]);
for my $name (grep { $_ ne 'Nobody' } sort keys %lines) {
    for my $case (@alike) {
        my ($what, @headers) = @$case;
        my $answer = $httpd->get($path{$name}, @headers);
        my $said = $answer->{status} . join(',', map {" `$_`"} $answer->all_headers('WWW-Authenticate')) . ($answer->header('Retry-After') ? ', with `Retry-After`' : '');
        $said =~ s/, resource_metadata="[^"]*"//;
        is($said, $row{$what}, "RFC 6750 3.1: $name: $what");
    }
}
is(scalar(() = $httpd->error_log =~ /AH01630/g), scalar(grep { $_->[2] == 403 } map {@$_} @answers{qw(Nobody Guests)}), 'asking httpd what a request needs leaves no line in its log');

# RFC 9110 15.5.2: the challenge follows the status, whoever writes the body.
my $field = 'Bearer scope="read", realm="site"';
my %documents = (local => 'own page', text => 'own words', proxied => 'back');
for my $kind (sort keys %documents) {
    my $answer = $httpd->get("/ed/$kind");
    is("$answer->{status} " . $answer->header('WWW-Authenticate'), "401 $field", "RFC 9110 15.5.2: with a $kind error document");
    like($answer->{body}, qr/^$documents{$kind}/, 'whose words the client gets');
    is($answer->header('Cache-Control'), 'no-store', 'not to be stored');
}
for my $token (undef, $other) {
    my $answer = $httpd->get('/ed/script', as_token($token));
    is($answer->{status}, 200, 'an error document that makes a success of it');
    is($answer->header('WWW-Authenticate') . $answer->header('Cache-Control'), '', 'RFC 9110 11.6.1: has no challenge');
}
my $away = $httpd->get_token('/ed/elsewhere', $other);
is($away->{status}, 302, 'an error document elsewhere');
is($away->header('WWW-Authenticate'), '', 'is no challenge');
my $guarded = $httpd->get_token('/ed/guarded', $other);
is("$guarded->{status} " . $guarded->header('WWW-Authenticate'), '403 Bearer error="insufficient_scope", scope="read", realm="site"',
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
    my $two = `curl -s -i --http2-prior-knowledge http://127.0.0.1:$httpd->{port}$path{'One scope'}`;
    like($two, qr{^HTTP/2 401\b.*^www-authenticate: Bearer scope="read", realm="site"\r$}ms, 'HTTP/2 has it too');
}

# A body for programs
my %bodies = (
    'application/json' => 1, 'application/json, text/plain, */*' => 1, 'application/json, text/event-stream' => 1,
    'text/html, application/json;q=0.9' => 0, 'application/json;q=0' => 0, '*/*' => 0, 'text/html' => 0, '' => 0,
    'application/json;q=0.9, text/html;q=0.5' => 1, 'APPLICATION/JSON' => 1, 'application/jsonx' => 0, 'application/json;q=x' => 0,
);
for my $accept (sort keys %bodies) {
    my $answer = $httpd->get($path{'One scope'}, as_token('expired-token-1'), $accept ne '' ? (Accept => $accept) : ());
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
is_deeply(json($path{'One scope'}), {error_description => 'An access token is needed'}, 'RFC 6750 3.1: without credentials no error code');
is_deeply(json($path{'One scope'}, as_token($other)), {error => 'insufficient_scope'}, 'insufficient_scope');
is_deeply(json($path{'One scope'}, as_token('a,Bearer b')), {error => 'invalid_request'}, 'invalid_request');
is($httpd->get('/ed/text', Accept => 'application/json')->{body}, 'own words', 'an ErrorDocument has priority');
is($httpd->request('HEAD', $path{'One scope'}, undef, Accept => 'application/json')->header('Content-Type'), 'application/json', 'HEAD says the same');
is(json($path{'One scope'}, as_token('trouble-token-1'))->{error}, 'temporarily_unavailable', 'an authorization server in trouble');
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
