# SPDX-License-Identifier: Apache-2.0
#
# What decides, in every shape of request: the claim language, claims in
# expressions, MCP headers, and tokens that come as a password beside real ones.
use strict;
use warnings;
use JSON::PP;
use MIME::Base64;
use Test::More;
use AS;
use Httpd;
use MCP;
use Shapes;

my $as = AS->new;
$as->token('claim-good-1' => {sub => 'alice', scope => 'files', level => 3, amr => ['pwd', 'mfa'], authorization_details => [{type => 'account', actions => ['read', 'write']}, {type => 'other', actions => ['x']}]});
$as->token('claim-low-1' => {sub => 'alice', scope => 'files', level => 1, amr => ['pwd', 'mfa'], authorization_details => [{type => 'account', actions => ['read', 'write']}]});
$as->token('claim-mixed-1' => {sub => 'alice', scope => 'files', level => 3, amr => ['mfa'], authorization_details => [{type => 'account', actions => ['x']}, {type => 'other', actions => ['write']}]});
$as->token('claim-guest-1' => {sub => 'guest', scope => 'files', level => 3, amr => ['mfa'], authorization_details => [{type => 'account', actions => ['write']}]});
$as->token('claim-deep-1' => {sub => 'alice', scope => 'files.read.deep', level => 2});
$as->token('tool-echo-1' => {sub => 'alice', scope => 'read'});
$as->token('tool-admin-1' => {sub => 'root', scope => 'read admin'});
my $claims = <<'END';
AuthType Introspect
AuthName s
<RequireAll>
Require claim level>=2
Require claim amr:mfa
Require claim authorization_details{ type:account actions:write }
Require claim-expr "%{INTROSPECT_CLAIM:sub} != 'guest'"
</RequireAll>
END
my $tools = "AuthType Introspect\nAuthName s\nIntrospectMCP On\n$MCP::rules";
my $mixed = <<'END';
AuthType Basic
AuthName s
AuthBasicProvider file introspect
AuthUserFile %DIR%/users
Require valid-user
END
my $file = $mixed =~ s/file introspect/file/r;    # what httpd alone does
my $shapes = Shapes->new(places => {claims => $claims, tools => $tools, mixed => $mixed, file => $file}, config => $as->config . "IntrospectForwardToken Off\n");
my ($httpd, $backend) = @$shapes{qw(httpd backend)};
$backend->answer("/$_/proxied" => {status => 200, body => '{"REMOTE_USER":"alice"}'}) for qw(claims tools mixed file);
$httpd->write_file('users', "carol:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n");    # password
$shapes->begin;

sub bearer { my ($who) = @_; return (Authorization => "Bearer $who-1") }
sub basic { my ($user, $password) = @_; return (Authorization => 'Basic ' . encode_base64("$user:$password", '')) }

for my $shape ($shapes->all) {
    my ($what, undef, %o) = @$shape;
    my $status = sub { return $shapes->ask(@_)->{status} };
    my %wanted = ('claim-good' => 200, 'claim-low' => 403, 'claim-mixed' => 403, 'claim-guest' => 403, 'claim-gone' => 401);
    is($status->('claims', $shape, bearer($_)), $wanted{$_}, "$what: the claims of $_") for sort keys %wanted;
    is($status->('claims', $shape), 401, "$what: no token has no claims");

    # a password and a token that came as one
    my %login = (carol => [basic('carol', 'password')], wrong => [basic('carol', 'passwort')], none => []);
    for my $who (sort keys %login) {
        my ($answer, $alone) = map { $shapes->ask($_, $shape, @{$login{$who}}) } qw(mixed file);
        my $tell = sub { my ($seen) = @_; return join ' | ', $seen->{status}, $seen->all_headers('WWW-Authenticate'), $seen->{body} =~ /("REMOTE_USER":"[^"]*")/ };
        is($answer->{status}, $who eq 'carol' ? 200 : 401, "$what: a password: $who");
        is($tell->($answer), $tell->($alone), 'as if there were no tokens');
    }
    my $answer = $shapes->ask('mixed', $shape, basic('x', 'claim-good-1'));
    is($answer->{status}, 200, "$what: a token in the place of a password");
    if (!$o{proxied} && ($o{method} || '') ne 'HEAD') {
        is(decode_json($answer->{body})->{REMOTE_USER}, 'alice', 'names whom the server names');
        unlike($answer->{body}, qr/claim-good-1/, 'and stays here');
    }

    # only POSTs are judged by their headers
    if (($o{method} || '') ne 'POST') {
        is($status->('tools', $shape, bearer('tool-admin'), MCP::call('delete')), 403, "$what: a tool is called by POST only");
        next;
    }
    my $call = sub { my ($who, @headers) = @_; return $status->('tools', $shape, bearer($who), @headers) };
    is($call->('tool-echo', MCP::call('echo')), 200, "$what: a tool that its scope has");
    is($call->('tool-echo', MCP::call('delete')), 403, 'one that it has not');
    is($call->('tool-admin', MCP::call('delete')), 200, 'an administrator');
    is($call->('tool-echo', MCP::call(MCP::encoded('delete'))), 403, 'a name in disguise');
    is($call->('tool-echo', MCP::call('echo'), 'Mcp-Name' => 'echo'), 400, 'two names');
    is($call->('tool-admin'), 400, 'no headers');
}
done_testing;
