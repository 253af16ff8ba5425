# SPDX-License-Identifier: Apache-2.0
#
# AuthBasicProvider: aliases of our provider answer as it does, and nobody's
# password goes to the authorization server unnoticed.
use strict;
use warnings;
use JSON::PP;
use MIME::Base64;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
$as->token('good-token-1' => {sub => 'alice', scope => 'read'});
sub basic { my ($user, $password) = @_; return (Authorization => 'Basic ' . encode_base64("$user:$password", '')) }
sub user { my ($answer) = @_; return $answer->{status} == 200 ? decode_json($answer->{body})->{REMOTE_USER} : $answer->{status} }
my $users = "carol:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n";    # password

subtest 'an alias of introspect' => sub {
    my $refuses = AS->new;
    $refuses->all({status => 401, body => '{}'});
    my $alias = sub { my ($name, $config) = @_; return "<AuthnProviderAlias introspect $name>\n$config</AuthnProviderAlias>\n" };
    my $place = sub { my ($name) = @_; return "<Location /cgi/env.pl/$name>\nAuthType Basic\nAuthName x\nAuthBasicProvider $name\nRequire valid-user\n</Location>\n" };
    my $httpd = Httpd->new(config => join '', $alias->('well', $as->config), $alias->('refused', $refuses->config),
        $alias->('down', "IntrospectEndpoint http://127.0.0.1:1/introspect\nIntrospectClientAuth none\n"),
        map { $place->($_) } qw(well refused down));
    $httpd->expect_log(qr/MAI0041/, qr/MAI0053/);
    is(user($httpd->get('/cgi/env.pl/well', basic('x', 'good-token-1'))), 'alice', 'asks the server of its section');
    is($httpd->get('/cgi/env.pl/well', basic('x', 'bad-token-1'))->{status}, 401, 'and refuses what that does not know');
    my $answer = $httpd->get('/cgi/env.pl/down', basic('x', 'new-token-1'));
    is($answer->{status}, 503, 'answers 503 where nobody can be asked');
    like($answer->header('Retry-After'), qr/^\d+$/, 'with Retry-After');
    $answer = $httpd->get('/cgi/env.pl/refused', basic('x', 'new-token-1'));
    is($answer->{status}, 500, 'answers 500 where we are refused');
    is($answer->header('Cache-Control'), 'no-store', 'as introspect does');
    is($answer->header('WWW-Authenticate'), '', 'without a challenge');
};

my $any = "<Location />\nAuthType Basic\nAuthName x\nAuthBasicProvider mine\nRequire valid-user\n</Location>\n";
my $said = Httpd->refusal(config => "<AuthnProviderAlias introspect mine>\n</AuthnProviderAlias>\n$any");
like($said // 'it starts', qr/MAI0008.*IntrospectEndpoint/, 'a place of an alias without an authorization server stops the start');
$said = Httpd->refusal(config => "<AuthnProviderAlias introspect mine>\nIntrospectEndpoint https://as.example/i\n</AuthnProviderAlias>\n$any");
like($said // 'it starts', qr/MAI0008.*IntrospectClientID/, 'and so does an alias without credentials');

subtest 'local passwords beside tokens' => sub {
    my $place = sub { my ($order) = @_; return "<Location />\nAuthType Basic\nAuthName x\nAuthBasicProvider $order\nAuthUserFile %DIR%/users\nRequire valid-user\n</Location>\n" };
    my $httpd = Httpd->new(config => $as->config . $place->('introspect file'));
    $httpd->expect_log(qr/MAI0016/);
    my @lines = $httpd->error_log =~ /:warn\].*MAI0016: (.*)/g;
    is(scalar @lines, 1, 'introspect before file: a warning at start');
    like($lines[0], qr/httpd\.conf:\d+ names 'file' after introspect.*write introspect last/, 'which says where, and what to write');
    $httpd = Httpd->new(config => $as->config . $place->('file introspect'));
    $httpd->write_file('users', $users);
    $as->reset;
    is(user($httpd->get('/cgi/env.pl', basic('carol', 'password'))), 'carol', 'file before introspect: a local password is known');
    is($httpd->get('/cgi/env.pl', basic('carol', 'passwort'))->{status}, 401, 'a wrong one is refused');
    is(scalar($as->requests), 0, 'and the authorization server sees neither');
    is(user($httpd->get('/cgi/env.pl', basic('x', 'good-token-1'))), 'alice', 'a token still goes there');
};

subtest 'what continues a request' => sub {
    my $other = AS->new;
    $other->token('good-token-1' => {sub => 'alice-of-the-other'});
    my $config = $other->config;
    my $httpd = Httpd->new(modules => ['actions'], config => $as->config . <<"END");
<Location /in>
    AuthType Basic
    AuthName x
    AuthBasicProvider introspect file
    AuthUserFile %DIR%/users
    Require valid-user
    SetHandler to-other
</Location>
Action to-other /cgi/env.pl/other virtual
<Location /cgi/env.pl/other>
    $config
    AuthType Introspect
    AuthName x
    Require valid-user
</Location>
END
    $httpd->expect_log(qr/MAI0016/);
    $httpd->write_file('users', $users);
    is(user($httpd->get('/in', basic('x', 'good-token-1'))), 'alice-of-the-other', 'takes a token that was granted to another server');
    $_->reset for $as, $other;
    is($httpd->get('/in', basic('carol', 'password'))->{status}, 401, 'a local password is no token there');
    is($as->calls('password'), 1, 'whom its own place asked about it');
    is(scalar($other->requests), 0, 'the other server never sees it');
};
done_testing;
