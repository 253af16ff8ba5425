# SPDX-License-Identifier: Apache-2.0
#
# What applications see: environment, headers, REMOTE_USER, the token itself.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use AS;
use Httpd;

my $as = AS->new;
$as->token('full-token-1' => {
    sub => 'alice', scope => 'read write', aud => ['a', 'b'], n => 5, r => 2.5, yes => JSON::PP::true,
    no => JSON::PP::false, nil => undef, o => {x => {y => ['z']}}, empty => '', 'sp ace' => 'blank',
    'long.name' => 'dot', 'long_name' => 'under', long => 'x' x 9000, 'just-fits' => 'y' x 8192,
    crlf => "a\r\nX-Evil: 1", nul => "a\0b", del => "a\x7fb", utf8 => "\x{fc}\x{20ac}", 'Sub' => 'other case'});
$as->token('user-token-1' => {username => 'bob'});
$as->token('client-token-1' => {client_id => 'app'});
$as->token('nobody-token-1' => {scope => 'read'});
$as->token('odd-token-1' => {sub => "eve\nroot", username => 'eve'});
$as->token('number-token-1' => {sub => 4711});
my $backend = AS->new(credentials => '');
$backend->answer($_ => {body => 'backend'}) for qw(/api /public /either /kept);
my $httpd = Httpd->new(modules => [qw(proxy proxy_http)], config => $as->config . <<"END");
<Location /cgi>
    AuthType Introspect
    Require valid-user
</Location>
<Location /cgi/env.pl/none>
    IntrospectExport none
</Location>
<Location /cgi/env.pl/some>
    IntrospectExportClaims sub o.x.y o missing
    IntrospectExportPrefix TOKEN_
</Location>
<Directory %DIR%/cgi/own>
    AllowOverride AuthConfig
    IntrospectExportPrefix OWN_
</Directory>
<Location /cgi/env.pl/user>
    IntrospectRemoteUser o.x missing scope
</Location>
<Location /named>
    AuthType Introspect
    <RequireAll>
        Require valid-user
        Require not user "(no-user)"
    </RequireAll>
</Location>
<Location /cgi/env.pl/listed>
    IntrospectRemoteUser email sub client_id
</Location>
<Location /cgi/env.pl/part>
    IntrospectRemoteUser email ~^([^\@]+)@ \$1
</Location>
<Location /cgi/env.pl/clients>
    IntrospectRemoteUser client_id
</Location>
<Location /api>
    AuthType Introspect
    Require valid-user
    IntrospectExport header
    IntrospectForwardToken Off
    ProxyPass @{[$backend->base]}/api
</Location>
<Location /kept>
    AuthType Introspect
    Require valid-user
    IntrospectExport both
    IntrospectExportPrefix X_Claim_
    ProxyPass @{[$backend->base]}/kept
</Location>
<Location /public>
    AuthType Introspect
    Require all granted
    ProxyPass @{[$backend->base]}/public
</Location>
<Location /either>
    AuthType Introspect
    Require method OPTIONS
    Require valid-user
    IntrospectForwardToken Off
    ProxyPass @{[$backend->base]}/either
</Location>
END

sub env { my $answer = $httpd->get_token(@_); return $answer->{status} == 200 ? decode_json($answer->{body}) : {failed => $answer->{status}} }

sub backend_saw {
    my @requests = $backend->requests;
    return $requests[-1]{headers};
}

my $env = env('/cgi/env.pl', 'full-token-1');
my %expected = (sub => 'alice', scope => 'read write', aud => '["a","b"]', n => '5', r => '2.5', yes => 'true',
    no => 'false', empty => '', sp_ace => 'blank', just_fits => 'y' x 8192, active => 'true',
    long_name => 'under', o => '{"x":{"y":["z"]}}', crlf => '"a\r\nX-Evil: 1"', nul => '"a\u0000b"', del => '"a\u007fb"');
is($env->{"INTROSPECT_CLAIM_$_"}, $expected{$_}, "the environment has $_") for sort keys %expected;
is(length $env->{INTROSPECT_CLAIM_utf8}, 5, 'UTF-8 as it is');
ok(!exists $env->{"INTROSPECT_CLAIM_$_"}, "$_ is not exported") for qw(nil long missing);
is(scalar(grep {lc eq 'introspect_claim_sub'} keys %$env), 1, 'one of two names that differ in case only');
is($env->{REMOTE_USER}, 'alice', 'REMOTE_USER is sub');
is($env->{AUTH_TYPE}, 'Introspect', 'AUTH_TYPE');
ok(!(grep { defined && /full-token-1/ } values %$env), 'RFC 9700 4.9: the token is nowhere in the environment');

is(env('/cgi/env.pl', 'user-token-1')->{REMOTE_USER}, 'bob', 'else username');
is(env('/cgi/env.pl', 'client-token-1')->{REMOTE_USER}, '(client)app', 'RFC 9700 4.15: a program is marked: it may have chosen its name');
is(env('/cgi/env.pl', 'client-token-1')->{INTROSPECT_SUBJECT_TYPE}, 'client', 'and said to be one');
is(env('/cgi/env.pl', 'user-token-1')->{INTROSPECT_SUBJECT_TYPE}, 'user', 'a person too');
$as->token('sly-token-1' => {sub => 'alice', client_id => 'alice'});
is(env('/cgi/env.pl', 'sly-token-1')->{REMOTE_USER}, '(client)alice', 'RFC 9700 4.15: a client that is its own subject is no person');
$as->token('sly-token-2' => {sub => '(client)app'});
is(env('/cgi/env.pl', 'sly-token-2')->{REMOTE_USER}, '(no-user)', 'RFC 9700 4.15: no person has the name of a client');
$as->token('sly-token-3' => {sub => '(no-user)', username => 'eve'});
is(env('/cgi/env.pl', 'sly-token-3')->{REMOTE_USER}, 'eve', 'nor that of nobody');
$as->token('sly-token-4' => {username => 'alice', client_id => 'alice'});
is(env('/cgi/env.pl', 'sly-token-4')->{REMOTE_USER}, '(client)alice', 'RFC 9700 4.15: nor is one that is its own username');
$as->token('sly-token-5' => {client_id => "alice\x01"});
is(env('/cgi/env.pl', 'sly-token-5')->{REMOTE_USER}, '(no-user)', 'a program has no name with control characters either');
subtest 'what a header would make the name of another' => sub {
    my %sly = (before => ' alice', behind => 'alice ', nothing => '');
    for my $where (sort keys %sly) {
        $as->token("sly-token-$where" => {sub => $sly{$where}, username => 'eve'});
        is(env('/cgi/env.pl', "sly-token-$where")->{REMOTE_USER}, 'eve', "is none: '$sly{$where}'");
    }
};
subtest 'RFC 9700 4.15: IntrospectRemoteUser that lists programs beside people' => sub {
    $as->token('sly-token-6' => {email => 'alice@example.org', client_id => 'alice@example.org'});
    my %listed = ('client-token-1' => '(client)app', 'sly-token-1' => '(client)alice', 'number-token-1' => 4711);
    is(env('/cgi/env.pl/listed', $_)->{REMOTE_USER}, $listed{$_}, "marks them: $listed{$_}") for sort keys %listed;
    is(env('/cgi/env.pl/part', 'sly-token-6')->{REMOTE_USER}, '(client)alice@example.org', 'also where a part would be the name of a person');
    is(env('/cgi/env.pl/clients', 'client-token-1')->{REMOTE_USER}, 'app', 'client_id alone names programs only');
    is(env('/cgi/env.pl/clients', 'sly-token-1')->{REMOTE_USER}, 'alice', 'as they are');
};
is(env('/cgi/env.pl', 'nobody-token-1')->{REMOTE_USER}, '(no-user)', 'else nobody, who is no person');
is($httpd->get_token('/named', $_)->{status}, $_ eq 'nobody-token-1' || $_ eq 'sly-token-2' ? 403 : 404, "Require not user (no-user): $_") for qw(nobody-token-1 sly-token-2 user-token-1);
ok(!exists env('/cgi/env.pl', 'nobody-token-1')->{INTROSPECT_SUBJECT_TYPE}, 'nor a program');
is(env('/cgi/env.pl', 'odd-token-1')->{REMOTE_USER}, 'eve', 'a name with control characters is none');
is(env('/cgi/env.pl', 'number-token-1')->{REMOTE_USER}, '4711', 'a number is a name');
is(env('/cgi/env.pl/user', 'full-token-1')->{REMOTE_USER}, 'read write', 'IntrospectRemoteUser: the first present');
$env = env('/cgi/env.pl/none', 'full-token-1');
is(scalar(grep {/^INTROSPECT/} keys %$env), 0, 'IntrospectExport none');
$env = env('/cgi/env.pl/some', 'full-token-1');
is(join(' ', sort grep {/^(?:INTROSPECT|TOKEN_)/} keys %$env), 'INTROSPECT_SUBJECT_TYPE TOKEN_o TOKEN_o_x_y TOKEN_sub', 'IntrospectExportClaims and Prefix');
is($env->{TOKEN_o_x_y}, '["z"]', 'a path');

# a prefix of its own; one in a .htaccess, over it
sub prefixes { my ($env) = @_; return join ' ', map {"$_=$env->{$_}"} sort grep {/_(?:sub|scope|sp_ace)$/} keys %$env }
mkdir "$httpd->{dir}/cgi/own";
symlink '../env.pl', "$httpd->{dir}/cgi/own/env.pl" or die $!;
is(prefixes(env('/cgi/own/env.pl', 'full-token-1')), 'OWN_scope=read write OWN_sp_ace=blank OWN_sub=alice', 'IntrospectExportPrefix for all claims');
$httpd->write_file('cgi/own/.htaccess', "IntrospectExportPrefix INTROSPECT_CLAIM_X_\n");
is(prefixes(env('/cgi/own/env.pl', 'full-token-1')), join(' ', map {"INTROSPECT_CLAIM_X_$_"} 'scope=read write', 'sp_ace=blank', 'sub=alice'), 'that of a .htaccess, and no other');

# headers
my @forged = ('INTROSPECT-CLAIM-sub' => 'root', 'introspect_claim_sub' => 'root', 'Introspect.Claim.Sub' => 'root',
    'INTROSPECT-CLAIM-sub' => 'again', 'X-Claim-Admin' => '1', 'x_claim_sub' => 'root', 'X-Other' => 'kept');
is($httpd->get('/api', Authorization => 'Bearer full-token-1', @forged)->{status}, 200, 'through the proxy');
my $saw = backend_saw();
is($saw->{'introspect-claim-sub'}, 'alice', 'RFC 9700 4.13: only our header arrives (fault 10)');
is($saw->{'introspect-claim-sp-ace'}, 'blank', 'names with - alone');
ok(!(grep {/introspect[_.]claim/} keys %$saw), 'RFC 9700 4.13: in no other spelling (fault 10)');
ok(!(grep {/^x.claim/} keys %$saw), 'nor what another place emits');
is($saw->{'x-other'}, 'kept', 'others pass');
ok(!exists $saw->{'x-evil'}, 'fault 9: CR LF in a claim is no new header');
is($saw->{'introspect-claim-crlf'}, '"a\r\nX-Evil: 1"', 'fault 9: but its JSON text');
ok(!exists $saw->{authorization}, 'fault 21: IntrospectForwardToken Off removes the credentials');
is($httpd->get('/kept', Authorization => 'Bearer full-token-1', @forged)->{status}, 200, 'another prefix');
$saw = backend_saw();
is($saw->{'x-claim-sub'}, 'alice', 'IntrospectExportPrefix for headers');
ok(!exists $saw->{'x-claim-admin'}, 'fault 10: with what the client sent removed');
is($saw->{authorization}, 'Bearer full-token-1', 'the token is forwarded by default');
for my $method (qw(GET OPTIONS)) {
    is($httpd->request($method, '/public', undef, @forged)->{status}, 200, "an anonymous $method");
    ok(!(grep {/^(?:introspect|x).claim/} keys %{backend_saw()}), "RFC 9700 4.13: is cleaned too (fault 10)");
}
is($httpd->request('OPTIONS', '/either', undef, @forged, Authorization => 'Bearer full-token-1')->{status}, 200, 'OPTIONS without a decision');
ok(!exists backend_saw()->{authorization}, 'fault 21: loses its credentials as well');
done_testing;
