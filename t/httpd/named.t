# SPDX-License-Identifier: Apache-2.0
#
# Authorization servers with names: who may vouch where, and who is asked.
use strict;
use warnings;
use JSON::PP;
use MIME::Base64 qw(encode_base64url);
use Test::More;
use AS;
use Httpd;

my %as = map { $_ => AS->new(credentials => '') } qw(a b c);
my $n = 0;

# A token that only these servers know, each with claims of its own.
sub token {
    my ($shape, %known) = @_;
    my $token = $shape =~ s/#/++$n . 'token'/er;
    $as{$_}->token($token, $known{$_}) for keys %known;
    return $token;
}

sub jwt {
    my ($payload, %known) = @_;
    my $text = ref $payload ? JSON::PP->new->canonical->encode({%$payload, jti => ++$n}) : $payload;
    return token(join('.', map { encode_base64url($_) } '{"alg":"RS256"}', $text, 'sig'), %known);
}

sub asked { my ($token) = @_; return join '', grep { $as{$_}->calls($token) } sort keys %as }

sub section {
    my ($name, @lines) = @_;
    return join "\n", "<IntrospectServer $name>", 'IntrospectEndpoint ' . ($as{$name} || $as{c})->url, 'IntrospectClientAuth none',
        "IntrospectClientID $name", @lines, "</IntrospectServer>\n";
}

sub place {
    my ($path, @lines) = @_;
    return join "\n", "<Location /cgi/env.pl/$path>", 'AuthType Introspect', 'AuthName x', 'Require valid-user', @lines, "</Location>\n";
}

sub env {
    my ($httpd, $place, $token) = @_;
    my $answer = $httpd->get_token("/cgi/env.pl/$place", $token);
    return $answer->{status} == 200 ? decode_json($answer->{body}) : {status => $answer->{status}};
}

my $httpd = Httpd->new(allow_override => 'AuthConfig', modules => ['include'], config => <<"END");
AddOutputFilter INCLUDES .shtml
@{[section('a', 'IntrospectIssuer https://a.example', 'IntrospectNegativeMaxAge 0')]}
@{[section('b', 'IntrospectIssuer https://b.example')]}
@{[section('c', 'IntrospectTokenPrefix c-')]}
@{[place('one', 'IntrospectServer b')]}
@{[place('all', 'IntrospectServer a b c')]}
@{[place('plain', 'IntrospectServer a b c', 'IntrospectUserQualify Off')]}
@{[place('marked', 'IntrospectServer b', 'IntrospectUserQualify On')]}
@{[place('turn', 'IntrospectServer a b c', 'IntrospectServerTryAll On')]}
@{[place('only-b', 'IntrospectServer a b c', 'IntrospectServerTryAll On', 'Require introspect-server b')]}
<Location /cgi/env.pl/only-b>
    AuthMerging And
    Require introspect-server b
</Location>
@{[place('prefixes', 'IntrospectServer c')]}
@{[place('issuer', 'IntrospectServer a b', 'IntrospectIssuer https://a.example')]}
@{[place('all/own', "IntrospectEndpoint @{[$as{c}->url]}", 'IntrospectClientAuth none')]}
@{[section('twin') =~ s/IntrospectEndpoint \S+/'IntrospectEndpoint ' . $as{b}->url/er =~ s/ClientID twin/ClientID b/r]}
@{[section('keys', 'IntrospectClientKey "exec:/usr/bin/openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"')]}
@{[place('scopes', 'IntrospectServer b', "<RequireAll>\nRequire introspect-server b\nRequire scope write\n</RequireAll>") =~ s/Require valid-user\n//r]}
@{[place('scopes-a', 'IntrospectServer a b', "<RequireAll>\nRequire introspect-server b\nRequire scope read\n</RequireAll>") =~ s/Require valid-user\n//r]}
<Location /twins>
    AuthType Introspect
    AuthName x
    IntrospectServer b
    Require valid-user
</Location>
<Location /twins/env.pl>
    SetHandler cgi-script
    IntrospectServer twin
</Location>
<Location /cgi/keys-of-c>
    SetHandler introspect-client-jwks
    IntrospectServer keys
    AuthType None
    Require all granted
</Location>
<Directory "%DIR%/htdocs/ht">
    AuthType Introspect
    AuthName x
    IntrospectServer a b
    Require valid-user
</Directory>
<Directory "%DIR%/htdocs/ht/three">
    IntrospectServer a b c
</Directory>
<Directory "%DIR%/htdocs/ht/try">
    IntrospectServerTryAll On
</Directory>
<Directory "%DIR%/htdocs/ht/none">
    AuthType None
    Require all granted
</Directory>
END

subtest 'one' => sub {
    my $token = token('opaque-#', a => {sub => 'alice'}, b => {sub => 'bob'});
    my $env = env($httpd, 'one', $token);
    is($env->{REMOTE_USER}, 'bob', 'vouches for its user');
    is($env->{INTROSPECT_SERVER}, 'b', 'and is named');
    is(asked($token), 'b', 'nobody else is asked');
    is(env($httpd, 'marked', $token)->{REMOTE_USER}, 'bob@b', 'the name can stand behind the user');
    my $foreign = jwt({iss => 'https://nobody.example'}, b => {sub => 'bob'});
    is(env($httpd, 'one', $foreign)->{REMOTE_USER}, 'bob', 'where there is no choice, no issuer is looked for');
    is(env($httpd, 'one', token('other-#', b => {sub => 'bob', iss => 'https://a.example'}))->{status}, 401,
        'an answer from another issuer is refused');
};

subtest 'several' => sub {
    my $token = token('opaque-#', a => {sub => 'alice'}, b => {sub => 'alice'});
    my $env = env($httpd, 'all', $token);
    is($env->{REMOTE_USER}, 'alice@a', 'the first without a prefix is asked about what says nothing');
    is($env->{INTROSPECT_SERVER}, 'a', 'and named');
    is(asked($token), 'a', 'nobody else is');
    $token = token('c-#', a => {sub => 'alice'}, c => {sub => 'carol', client_id => 'app'});
    is(env($httpd, 'all', $token)->{REMOTE_USER}, 'carol@c', 'the one of its prefix');
    is(asked($token), 'c', 'alone');
    $token = jwt({iss => 'https://b.example'}, b => {sub => 'alice', iss => 'https://b.example'});
    is(env($httpd, 'all', $token)->{REMOTE_USER}, 'alice@b', 'the one of the issuer that a JWT names');
    is(asked($token), 'b', 'alone');
    is(env($httpd, 'plain', $token)->{REMOTE_USER}, 'alice', 'Off leaves the name alone');
    $token = jwt({iss => 'https://a.example'}, a => {sub => 'alice', iss => 'https://b.example'});
    is(env($httpd, 'all', $token)->{status}, 401, 'an answer has to be from that issuer');
    $token = token('opaque-#', a => {sub => '(odd)'});
    is(env($httpd, 'all', $token)->{REMOTE_USER}, '(no-user)', 'nobody is nobody everywhere');
    $token = token('opaque-#', a => {client_id => 'app'});
    is(env($httpd, 'all', $token)->{REMOTE_USER}, '(client)app@a', 'a program stays one');
};

subtest 'an issuer that no server has' => sub {
    my $token = jwt({iss => 'https://nobody.example'}, a => {sub => 'alice'}, b => {sub => 'bob'}, c => {sub => 'carol'});
    my $answer = $httpd->get_token('/cgi/env.pl/all', $token);
    is($answer->{status}, 401, 'is refused');
    like($answer->header('WWW-Authenticate'), qr/error="invalid_token"/, 'as a token that is no good');
    is(asked($token), '', 'and nobody is asked');
    like($httpd->error_log, qr/MAI0037/, 'the log says it');
    is(env($httpd, 'turn', $token)->{status}, 401, 'also where all are tried');
    is(asked($token), '', 'nobody is asked there either');
};

subtest 'what only looks like a JWT' => sub {
    for my $payload ('no JSON', '[]', '{"iss":1}', '{"iss":"https://b.example","iss":"https://a.example"}', '{}') {
        my $token = jwt($payload, a => {sub => 'alice'});
        is(env($httpd, 'all', $token)->{REMOTE_USER}, 'alice@a', "$payload: names no issuer");
    }
    my $token = token('a..b-#', a => {sub => 'alice'});
    is(env($httpd, 'all', $token)->{REMOTE_USER}, 'alice@a', 'nor do empty parts');
};

subtest 'a prefix that no server has' => sub {
    my $token = token('d-#', c => {sub => 'carol'});
    is(env($httpd, 'prefixes', $token)->{REMOTE_USER}, 'carol', 'does not matter where there is one server');
};

subtest 'one after the other' => sub {
    my $token = token('opaque-#', b => {sub => 'bob'}, c => {sub => 'carol'});
    is(env($httpd, 'turn', $token)->{REMOTE_USER}, 'bob@b', 'the first that knows it vouches');
    is(asked($token), 'ab', 'in their order, and not those with a prefix');
    is(env($httpd, 'turn', token('opaque-#'))->{status}, 401, 'nobody knows it: 401');
    is(env($httpd, 'only-b', $token)->{REMOTE_USER}, 'bob@b', 'Require introspect-server lets this one in');
    is(env($httpd, 'only-b', token('opaque-#', a => {sub => 'alice'}))->{status}, 403, 'and no other');
    $httpd->expect_log(qr/MAI0047/);
    $token = token('opaque-#');
    $as{a}->answer($token, {status => 500, body => ''});
    is(env($httpd, 'turn', $token)->{status}, 503, 'one that cannot be asked may have known it: 503');
    is(asked($token), 'ab', 'though the next was asked');
    $token = token('opaque-#', b => {sub => 'bob'});
    $as{a}->answer($token, {status => 500, body => ''});
    is(env($httpd, 'turn', $token)->{REMOTE_USER}, 'bob@b', 'and if that knows it, it is good');
};

subtest 'a place with an issuer of its own' => sub {
    my $of_a = jwt({iss => 'https://a.example'}, a => {sub => 'alice', iss => 'https://a.example'});
    my $of_b = jwt({iss => 'https://b.example'}, b => {sub => 'bob', iss => 'https://b.example'});
    is(env($httpd, 'issuer', $of_a)->{REMOTE_USER}, 'alice@a', 'takes tokens of that');
    is(env($httpd, 'issuer', $of_b)->{status}, 401, 'and of no other');
};

subtest 'an endpoint within' => sub {
    my $token = token('opaque-#', a => {sub => 'alice'}, c => {sub => 'carol'});
    my $env = env($httpd, 'all/own', $token);
    is($env->{REMOTE_USER}, 'carol', 'is a server without a name');
    ok(!exists $env->{INTROSPECT_SERVER}, 'so none is told');
};

subtest 'a .htaccess' => sub {
    my $status = sub {
        my ($dir, $text, $token, $path) = @_;
        $httpd->write_file("htdocs/ht/$dir/.htaccess", $text);
        $httpd->write_file("htdocs/ht/$dir/index.html", "x\n");
        return $httpd->get_token("/ht/$dir/", $token)->{status};
    };
    my $b = jwt({iss => 'https://b.example'}, b => {sub => 'bob'});
    my $a = jwt({iss => 'https://a.example'}, a => {sub => 'alice'});
    is($status->('x', '', $b), 200, 'without IntrospectServer: as around');
    is($status->('x', 'IntrospectServer a', $a), 200, 'can narrow the list');
    my $token = token('opaque-#', a => {sub => 'alice'});
    is($status->('x', "IntrospectServer a\nRequire user alice\@a", $token), 200, 'the name stays qualified');
    is($status->('x', 'IntrospectServer b a', $b), 200, 'whatever its order');
    is($status->('x', 'IntrospectServer b a', $token), 200, 'which is still the administrator\'s');
    is(asked($token), 'a', 'for whom is asked');
    $token = token('opaque-#', a => {sub => 'alice'}, b => {sub => 'bob'});
    is($status->('x', 'IntrospectServer b', $token), 401, 'a token that is for one that it leaves out is refused');
    is(asked($token), '', 'and shown to nobody');
    $a = jwt({iss => 'https://a.example'}, a => {sub => 'alice'}, b => {sub => 'bob'});
    is($status->('x', 'IntrospectServer b', $a), 401, 'by its issuer too');
    is(asked($a), '', 'without a question');
    $httpd->write_file('htdocs/ht/x/in/.htaccess', 'IntrospectServer a');
    is($httpd->get_token('/ht/x/in/', $a)->{status}, 500, 'nor does one further in bring it back');
    $token = token('c-#', a => {sub => 'alice'}, c => {sub => 'carol'});
    is($status->('three', 'IntrospectServer a', $token), 401, 'a token with the prefix of another');
    is(asked($token), '', 'is not shown to the one that is left');
    is($status->('three', 'IntrospectServer c a', $token), 200, 'but to the one of its prefix');
    $token = token('opaque-#', a => {sub => 'alice'}, b => {sub => 'bob'});
    is($status->('try', 'IntrospectServer b', $token), 200, 'where all may be tried, those that are left are');
    is(asked($token), 'b', 'and no other');
    $httpd->expect_log(qr/MAI0032/);
    for my $wrong ('c', 'a c', 'nobody', 'a a') {
        is($status->('x', "IntrospectServer $wrong", $a), 500, "IntrospectServer $wrong adds none");
    }
    like($httpd->error_log, qr/MAI0032: .*htaccess names a server that the configuration does not name/, 'the log says it');
    is($status->('none', "AuthType Introspect\nAuthName x\nIntrospectServer a\nRequire valid-user", $a), 200, 'narrows across AuthType None too');
    for my $not ("IntrospectServerTryAll On", "IntrospectUserQualify Off", "IntrospectTokenPrefix x", "<IntrospectServer z>\n</IntrospectServer>") {
        is($status->('y', $not, $a), 500, "$not is not for it");
    }
    $a = jwt({iss => 'https://a.example'}, a => {sub => 'alice'});
    is($status->('x', 'IntrospectServer a b', $a), 200, 'and back');
    is($status->('x', 'Require introspect-server a', $a), 200, 'can ask for one of them');
    is($status->('x', 'Require introspect-server nobody', $a), 500, 'but not for one that is none');
};
subtest 'what a challenge asks for' => sub {
    my $token = token('opaque-#', b => {sub => 'bob', scope => 'read'});
    my $answer = $httpd->get_token('/cgi/env.pl/scopes', $token);
    is($answer->{status}, 403, 'a token of the right server without a scope');
    like($answer->header('WWW-Authenticate'), qr/scope="write"/, 'is told which');
    like($httpd->get('/cgi/env.pl/scopes')->header('WWW-Authenticate'), qr/scope="write"/, 'as is who has none');
    $token = token('opaque-#', a => {sub => 'alice', scope => 'read'});
    unlike($httpd->get_token('/cgi/env.pl/scopes-a', $token)->header('WWW-Authenticate'), qr/scope=/, 'where another server is asked for, no scope would help');
};

subtest 'one server by two names' => sub {
    my $token = token('opaque-#', b => {sub => 'bob'});
    $httpd->write_file('htdocs/twins/page.shtml', '<!--#include virtual="/twins/env.pl" -->');
    $httpd->write_file('htdocs/twins/env.pl', $httpd->slurp('cgi/env.pl'), 0755);
    is(decode_json($httpd->get_token('/twins/page.shtml', $token)->{body})->{INTROSPECT_SERVER}, 'twin', 'a part has the name of its own place');
};

subtest 'our public keys' => sub {
    like($httpd->get('/cgi/keys-of-c')->{body}, qr/"kty":\s*"EC"/, 'are those of the server with a name');
    unlike($httpd->get('/cgi/keys-of-c')->{body}, qr/"d"/, 'without the private half');
};
like($httpd->{output} . $httpd->error_log, qr/MAI0005: \d+ sections have no IntrospectAudience, the first of them at \S/, 'a place without an audience is noted where servers have names');
undef $httpd;

my $place = place('x', 'IntrospectServer a');
my @wrong = (
    ['two names of one section', "<IntrospectServer a b>\n</IntrospectServer>\n", qr/write <IntrospectServer NAME>/],
    ['a section without its end', "<IntrospectServer a\n</IntrospectServer>\n", qr/write <IntrospectServer NAME>/],
    ['an unknown name', $place, qr/there is no <IntrospectServer a> in this virtual host or outside all/],
    ['a server without an endpoint', "<IntrospectServer a>\n</IntrospectServer>\n$place", qr/<IntrospectServer a>: there is no authorization server to ask/],
    ['a server without credentials', "<IntrospectServer a>\nIntrospectEndpoint https://a.example/\n</IntrospectServer>\n", qr/<IntrospectServer a>: .*needs 'IntrospectClientID/],
    ['the credentials around', "IntrospectClientID x\nIntrospectClientSecret y\n<IntrospectServer a>\nIntrospectEndpoint https://a.example/\n</IntrospectServer>\n", qr/<IntrospectServer a>: .*needs 'IntrospectClientID/],
    ['a server twice', section('a') . section('a'), qr/<IntrospectServer a> stands twice/],
    ['a name twice', section('a') . place('x', 'IntrospectServer a a'), qr/'a' is named twice/],
    ['no name', "IntrospectServer\n", qr/name of one <IntrospectServer> or more/],
    ['a bad name', "<IntrospectServer a/b>\n</IntrospectServer>\n", qr/with a name of letters/],
    ['a policy inside', "<IntrospectServer a>\nIntrospectAudience x\n</IntrospectServer>\n", qr/IntrospectAudience .* cannot stand in <IntrospectServer>/],
    (map { ["$_->[0] inside", "<IntrospectServer a>\n$_->[0] $_->[1]\n</IntrospectServer>\n", qr/$_->[0] \(.*:\d+\) cannot stand in <IntrospectServer>, .*write it where AuthType Introspect/] }
        ['IntrospectAdmin', 'On'], ['IntrospectCrossSite', 'On'], ['IntrospectResource', 'https://x.example'], ['IntrospectResourceScopes', 'read'],
        ['IntrospectOrigins', 'https://x.example'], ['IntrospectServerTryAll', 'On'], ['IntrospectUserQualify', 'Off'], ['IntrospectAudience', 'x']),
    ['a Require inside', "<IntrospectServer a>\nRequire valid-user\n</IntrospectServer>\n", qr/Require .* cannot stand in <IntrospectServer>/],
    ['a server within one', "<IntrospectServer a>\n<IntrospectServer b>\n</IntrospectServer>\n</IntrospectServer>\n", qr/cannot stand in <IntrospectServer>/],
    ['a server in a section', "<Location />\n<IntrospectServer b>\n</IntrospectServer>\n</Location>\n", qr/not allowed|cannot occur/],
    ['a prefix outside', "IntrospectTokenPrefix x\n", qr/IntrospectTokenPrefix stands in <IntrospectServer NAME> only/],
    ['two without a rule', section('a') . section('b') . place('x', 'IntrospectServer a b'), qr/no token ever reaches 'b'.*IntrospectServerTryAll On/],
    ['two of one issuer', section('a', 'IntrospectIssuer https://x') . section('b', 'IntrospectIssuer https://x') . place('x', 'IntrospectServer a b'), qr/ever reaches 'b'/],
    ['two of one prefix', section('a', 'IntrospectTokenPrefix x') . section('b', 'IntrospectTokenPrefix x') . place('x', 'IntrospectServer a b'), qr/ever reaches 'b'/],
    ['names beside an endpoint', section('a') . place('x', 'IntrospectServer a', 'IntrospectEndpoint https://b.example/'), qr/this place also has an IntrospectEndpoint: write only one of them/],
    ['a name of another virtual host', "<VirtualHost *:1>\n@{[section('a')]}</VirtualHost>\n$place", qr/there is no <IntrospectServer a>/],
    ['a bad Require', section('a') . place('x', 'IntrospectServer a', 'Require introspect-server a/b'), qr{'a/b' is not a name}],
    ['an unknown one', section('a') . place('x', 'IntrospectServer a', 'Require introspect-server a b'), qr/Require introspect-server of .*:\d+: there is no <IntrospectServer b>/],
);
for my $case (@wrong) {
    my ($name, $text, $pattern) = @$case;
    like(Httpd->refusal(config => $text, log_level => 'warn') // 'it started', $pattern, "$name stops the start and says what to write");
}

my @fine = (
    ['all tried', section('a') . section('b') . place('x', 'IntrospectServer a b', 'IntrospectServerTryAll On')],
    ['a virtual host with a name of all and of its own', section('a') . "<VirtualHost *:1>\n@{[section('b', 'IntrospectTokenPrefix b-')]}@{[place('x', 'IntrospectServer a b')]}</VirtualHost>\n"],
    ['two whose issuers are discovered', join('', map { "<IntrospectServer $_>\nIntrospectDiscovery https://$_.example\nIntrospectClientAuth none\nIntrospectClientID x\n</IntrospectServer>\n" } qw(a b)) . place('x', 'IntrospectServer a b')],
    ['settings around', "IntrospectTimeout 1s\n<IntrospectServer a>\nIntrospectEndpoint https://a.example/\nIntrospectClientAuth none\n</IntrospectServer>\nIntrospectServer a\n" . place('x')],
);
is(Httpd->refusal(config => $_->[1]), undef, "$_->[0]: starts") for @fine;
done_testing;
