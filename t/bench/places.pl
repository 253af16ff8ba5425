# SPDX-License-Identifier: Apache-2.0
#
# What is compared: one httpd for each module, alike but for that module. All
# of them serve the same file of 12 bytes and ask the same authorization
# server about the same token of 22 claims, over TLS, since one of the others
# accepts nothing else; hits do not see it.
use strict;
use warnings;

our $token = '2YotnFZFEjr1zCsicMWpAA2YotnFZFEjr1zCsicMWpA';
our %claims = (
    sub => 'alice', client_id => 'app', username => 'alice@example.org', iss => 'https://as.example',
    aud => 'https://api.example', scope => 'read write profile', token_type => 'Bearer',
    exp => time + 36000, iat => time - 10, nbf => time - 10, jti => 'b2a7c1a4-6f1e-4f0e-9a55-1c1f6b8b3d10',
    email => 'alice@example.org', email_verified => JSON::PP::true, name => 'Alice Example',
    given_name => 'Alice', family_name => 'Example', preferred_username => 'alice',
    locale => 'en-GB', zoneinfo => 'Europe/Berlin', groups => [qw(staff editors beta)],
    acr => 'urn:example:loa:2',
);    # and active: 22
our ($libexec) = map { chomp; $_ } `apxs -q LIBEXECDIR`;
our ($binary) = grep { -x } map { ("$_/apache2", "$_/httpd") } split(/:/, $ENV{PATH}), '/usr/sbin';

my $common = <<'END';
MaxKeepAliveRequests 0
KeepAliveTimeout 60
EnableMMAP off
END

# name, modules beside the base, load (of ours), configuration, token to send.
# The second shows what httpd itself takes to read a token that nobody looks
# at, and to find a section that allows all; its figure is no yardstick.
sub places {
    my ($as) = @_;
    my $url = $as->url;
    my @places = ({name => 'no authentication', load => 'none', config => '', token => ''},
        {name => 'the same, token sent, `Require all granted`', load => 'none',
            config => "<Location />\nRequire all granted\n</Location>\n"});
    push @places, {name => 'mod_auth_introspect', load => 'last',
        config => $as->config . "IntrospectTLSVerify Off\nIntrospectCacheMaxAge 1h\n" . place('Introspect')};
    push @places, {name => 'mod_auth_openidc', load => 'none', modules => ['auth_openidc'],
        config => <<"END" . place('oauth20')} if -e "$libexec/mod_auth_openidc.so";
OIDCOAuthIntrospectionEndpoint $url
OIDCOAuthClientID rs
OIDCOAuthClientSecret rs-secret-1
OIDCOAuthRemoteUserClaim sub
OIDCOAuthSSLValidateServer Off
END
    push @places, {name => 'mod_oauth2', load => 'none', modules => ['oauth2'],
        config => place('oauth2', "OAuth2TokenVerify introspect $url introspect.ssl_verify=false"
            . '&introspect.auth=client_secret_basic&client_id=rs&client_secret=rs-secret-1&expiry=36000')}
        if -e "$libexec/mod_oauth2.so";
    $_->{token} //= $token for @places;
    return @places;
}

sub place {
    my ($type, $more) = @_;
    $more //= '';
    return "<Location />\nAuthType $type\nAuthName bench\nRequire valid-user\n$more\n</Location>\n";
}

sub prepare {
    my ($place, %o) = @_;
    my $httpd = Httpd->prepare(mpm => 'event', log_level => 'warn', %$place, %o,
        config => $common . $place->{config});
    $httpd->write_file('htdocs/x.txt', "hello world\n");
    $httpd->expect_log(qr/MAI0003/);    # of IntrospectTLSVerify Off
    return $httpd;
}

# The limits of an event MPM: processes, threads of each.
sub limits {
    my ($processes, $threads) = @_;
    my $all = $processes * $threads;
    return "StartServers $processes\nServerLimit $processes\nThreadsPerChild $threads\n"
        . "MaxRequestWorkers $all\nMinSpareThreads $all\nMaxSpareThreads $all";
}

sub begin {
    my ($httpd) = @_;
    $httpd->run('-k', 'start') == 0 or die "httpd does not start: $httpd->{output}" . $httpd->error_log;
    $httpd->wait_until(sub { -s "$httpd->{dir}/httpd.pid" && $httpd->connect }, 'the start of httpd');
    $httpd->{pid} = $httpd->slurp('httpd.pid') + 0;
    return $httpd;
}

1;
