# SPDX-License-Identifier: Apache-2.0
#
# conf-examples/server-*.conf: each starts, asks as its server wants to be
# asked, and names whom docs/servers.md says, from an answer of that server's
# shape.
use strict;
use warnings;
use File::Temp qw(tempdir);
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use Test::More;
use AS;
use Httpd;

my $json = JSON::PP->new->canonical;
my ($api, $secret) = ('https://api.example', 'secret of+the/example');
my $dir = tempdir(CLEANUP => 1);
chmod 0755, $dir;
{ open my $file, '>', "$dir/client-secret" or die; print $file "$secret\n"; chmod 0600, $file }
my $basic = 'Basic ' . encode_base64('rs:secret+of%2bthe%2fexample', '');
my $raw = 'Basic ' . encode_base64("rs:$secret", '');
my $post = qr/(?:^|&)client_id=rs&client_secret=secret(?:%20|\+)of%2[bB]the%2[fF]example(?:&|$)/;

# path, Authorization or what the form has, the answer, REMOTE_USER; an answer
# that is refused.
my %servers = (
    keycloak => ['/realms/staff/x', $basic, {sub => '0b6c-uuid', username => 'alice', aud => [$api, 'account'], realm_access => {roles => ['reader']}, typ => 'Bearer', token_type => 'Bearer'}, 'alice', {token_type => 'Refresh'}],
    'oidc-provider' => ['/token/introspection', $basic, {sub => 'alice', client_id => 'app', aud => $api, scope => 'read', token_type => 'Bearer'}, 'alice', {scope => undef}],
    hydra => ['/admin/oauth2/introspect', undef, {sub => 'alice', client_id => 'app', aud => [$api], token_use => 'access_token', token_type => 'Bearer', ext => {role => 'reader'}}, 'alice', {token_use => 'refresh_token'}],
    gitlab => ['/oauth/introspect', $post, {client_id => 'app', scope => 'read_api', token_type => 'Bearer', exp => 0}, '(client)app', {scope => 'email'}],
    lemonldap => ['/oauth2/introspect', $post, {sub => 'alice', client_id => 'app', scope => 'openid'}, 'alice', {scope => 'x'}],
    'django-oauth-toolkit' => ['/o/introspect/', $basic, {username => 'alice', client_id => 'app', scope => 'read'}, 'alice', {username => undef}],
    glewlwyd => ['/api/oidc/introspect', $raw, {sub => 'alice', username => 'alice', client_id => 'app', aud => 'read write', scope => 'read write', token_type => 'bearer'}, 'alice', {token_type => 'DPoP'}],
    'better-auth' => ['/api/auth/oauth2/introspect', $basic, {sub => 'alice', client_id => 'app', aud => [$api], scope => 'read'}, 'alice', {aud => 'x'}],
    zitadel => ['/oauth/v2/introspect', $basic, {sub => 'alice', client_id => 'app', username => 'alice@example', scope => 'openid', token_type => 'Bearer'}, 'alice', {active => JSON::PP::false}],
    authentik => ['/application/o/introspect/', $basic, {sub => 'alice', client_id => 'app', scope => 'openid'}, 'alice', {active => JSON::PP::false}],
);
my %issuer = (keycloak => '/realms/staff', 'oidc-provider' => '');

sub body_of { my (%members) = @_; delete $members{$_} for grep { !defined $members{$_} } keys %members; return $json->encode({active => JSON::PP::true, exp => time + 600, %members}) }

my @examples = map {m{/server-([^/]+)\.conf$}} glob "$Httpd::root/conf-examples/server-*.conf";
is(join(' ', sort @examples), join(' ', sort keys %servers), 'the servers that this test knows');
my $page = do { local (@ARGV, $/) = "$Httpd::root/docs/servers.md"; <> };
for my $name (sort keys %servers) {
    my ($path, $proof, $members, $user, $change) = @{$servers{$name}};
    my $as = AS->new(credentials => '', path => $path);
    my $issuer = $issuer{$name};
    if (defined $issuer) {
        my $metadata = $json->encode({issuer => $as->base . $issuer, introspection_endpoint => $as->url});
        $as->answer("/.well-known/oauth-authorization-server$issuer" => {body => $metadata});
        $members = {%$members, iss => $as->base . $issuer};
    }
    $as->answer('good-token-1' => {body => body_of(%$members)});
    $as->answer('other-token-1' => {body => body_of(%$members, %$change)});
    my $httpd = Httpd->new(config => "Define AS_URL @{[$as->base]}\nDefine CONF_DIR $dir\nScriptAlias /api %DIR%/cgi/env.pl\nInclude \"$Httpd::root/conf-examples/server-$name.conf\"\n");
    my $answer = $httpd->get_token('/api', 'good-token-1');
    is($answer->{status}, 200, "$name: a good token is taken") or next;
    is(decode_json($answer->{body})->{REMOTE_USER}, $user, "$name: the user");
    my ($asked) = grep { $_->{path} eq $path } $as->requests;
    my $said = $asked->{headers}{authorization};
    if (ref $proof) { like($asked->{body}, $proof, "$name: by post"); is($said, undef, 'and not by Basic') }
    else { is($said, $proof, "$name: by its method") }
    my $status = $httpd->get_token('/api', 'other-token-1')->{status};
    ok($status == 401 || $status == 403, "$name: another token is refused ($status)");
    like($page, qr/\[`server-\Q$name\E\.conf`\]/, "$name: docs/servers.md has it");
}
done_testing;
