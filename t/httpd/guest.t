# SPDX-License-Identifier: Apache-2.0
#
# IntrospectOptional On: guests, and who brings a token.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
$as->token('alice-token-1' => {sub => 'alice', scope => 'read'});
$as->token('banned-token-1' => {sub => 'mallory', banned => JSON::PP::true(), acr => 'iron'});
my %require = (
    all => 'Require all granted', ip => 'Require ip 127.0.0.1', elsewhere => 'Require ip 10.0.0.0/8',
    either => "<RequireAny>\nRequire ip 10.0.0.0/8\nRequire scope read\n</RequireAny>",
    any => "<RequireAny>\nRequire ip 127.0.0.1\nRequire scope read\n</RequireAny>",
    unless => "<RequireAll>\nRequire all granted\nRequire not claim banned:true\n</RequireAll>",
    none => "<RequireAll>\nRequire all granted\n<RequireNone>\nRequire acr iron\nRequire scope exiled\n</RequireNone>\n</RequireAll>",
    both => "<RequireAll>\nRequire ip 127.0.0.1\nRequire scope read\n</RequireAll>",
    user => 'Require valid-user', off => "IntrospectOptional Off\nRequire all granted",
);
my $config = $as->config . "<Location />\nAuthType Introspect\nAuthName o\nIntrospectOptional On\n</Location>\n";
$config .= "ScriptAlias /$_ %DIR%/cgi/env.pl\n<Location /$_>\n$require{$_}\n</Location>\n" for sort keys %require;
my $httpd = Httpd->new(config => $config, allow_override => 'AuthConfig');

sub is_answer {
    my ($path, $token, $status, $user, $name) = @_;
    my $answer = $httpd->get("/$path", defined $token ? (Authorization => "Bearer $token") : ());
    my $found = $answer->{body} =~ /"REMOTE_USER":"([^"]*)"/ ? $1 : undef;
    is("$answer->{status} " . ($found // '-'), "$status $user", "$path: $name");
    return $answer;
}
for my $path (qw(all ip any unless none)) {
    my $answer = is_answer($path, undef, 200, '-', 'no token makes a guest');
    unlike($answer->{body}, qr/INTROSPECT_|AUTH_TYPE/, 'of whom nothing is said');
    is($answer->header('WWW-Authenticate'), '', 'and who is not challenged');
    $answer = is_answer($path, 'alice-token-1', 200, 'alice', 'identity is exported also where another line lets in');
    like($answer->{body}, qr/"INTROSPECT_CLAIM_scope":"read"/, 'with the claims');
    $answer = is_answer($path, 'gone-token-1', 401, '-', 'a bad token is refused');
    like($answer->header('WWW-Authenticate'), qr/^Bearer error="invalid_token"/, 'with a challenge');
    is_answer($path, 'a b', 400, '-', 'and a malformed one');
}
is($httpd->get('/all', Authorization => 'Basic YTpi')->{status}, 200, 'credentials of another scheme are no token');
is_answer('elsewhere', undef, 403, '-', 'Require decides about guests');
is_answer('elsewhere', 'alice-token-1', 403, '-', 'and about others');
like($httpd->get_token('/elsewhere', 'alice-token-1')->header('WWW-Authenticate'), qr/^Bearer error="insufficient_scope", realm="o"$/, 'with our challenge');
for my $path (qw(either both user)) {
    is_answer($path, undef, 401, '-', 'where a token is needed, a guest is challenged');
    is_answer($path, 'alice-token-1', 200, 'alice', 'and a token lets in');
}
is($httpd->get('/both')->header('WWW-Authenticate'), 'Bearer scope="read", realm="o"', 'the challenge names the scope');
is_answer($_, 'banned-token-1', 403, '-', 'what must not be keeps out') for qw(unless none both);
is_answer('off', undef, 200, '-', 'Off: nobody is looked at');
is_answer('off', 'gone-token-1', 200, '-', 'a token neither');
is($as->calls('alice-token-1'), 1, 'one question for all');
$httpd->write_file('htdocs/h/.htaccess', "IntrospectOptional On\nRequire all granted\n");
$httpd->write_file('htdocs/h/index.html', "h\n");
is($httpd->get('/h/')->{status}, 200, 'in a .htaccess too, through DirectoryIndex');
is($httpd->get_token('/h/', 'gone-token-1')->{status}, 401, 'where a bad token is refused');
done_testing;
