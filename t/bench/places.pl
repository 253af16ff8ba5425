# SPDX-License-Identifier: Apache-2.0
#
# The httpds that are compared: one for each module, otherwise alike. They serve
# the same file of 12 bytes and ask the same authorization server about the same
# token of 22 claims. They ask over TLS, because one of the other modules
# accepts nothing else; a hit asks nothing.
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

my $always = <<'END';
MaxKeepAliveRequests 0
KeepAliveTimeout 60
EnableMMAP off
END

# One httpd. $kind is 'none' (no authentication), 'token' (`Require all
# granted`; the client sends a token) or a module. `config` goes outside the
# protected section, `section` inside it, `ours` is for this module only.
sub place_of {
    my ($kind, $as, %o) = @_;
    my $section = ref $o{section} ? $o{section}->($kind) : $o{section} // '';
    my $url = $as->url;
    my $oauth2 = "OAuth2TokenVerify introspect $url introspect.ssl_verify=false"
        . '&introspect.auth=client_secret_basic&client_id=rs&client_secret=rs-secret-1&expiry=36000';
    my %configs = (
        none => '',
        token => "<Location />\nRequire all granted\n</Location>\n",
        auth_introspect => $as->config . "IntrospectTLSVerify Off\nIntrospectCacheMaxAge 1h\n"
            . ($o{ours} // '') . place('Introspect', $section),
        auth_openidc => <<"END" . place('oauth20', $section),
OIDCOAuthIntrospectionEndpoint $url
OIDCOAuthClientID rs
OIDCOAuthClientSecret rs-secret-1
OIDCOAuthRemoteUserClaim sub
OIDCOAuthSSLValidateServer Off
END
        oauth2 => place('oauth2', "$oauth2\n$section"),
    );
    my @other = grep { $_ eq $kind } qw(auth_openidc oauth2);
    # one of the others refuses the first request if there are Require lines
    return {name => $kind, may_refuse => $kind eq 'auth_openidc' ? 1 : 0, load => $kind eq 'auth_introspect' ? 'last' : 'none',
        modules => [@{$o{modules} || []}, @other], config => ($o{config} // '') . $configs{$kind}};
}

# The rows of the first table. The row 'token' shows what httpd itself takes to
# read a token that no module uses, and to find a section that allows everyone;
# it is not a yardstick.
sub places {
    my ($as) = @_;
    my %names = (none => 'no authentication', token => 'the same, token sent, `Require all granted`');
    my @kinds = (qw(none token auth_introspect), grep { -e "$libexec/mod_$_.so" } qw(auth_openidc oauth2));
    return map { my $kind = $_; +{%{place_of($kind, $as)}, name => $names{$kind} // "mod_$kind",
        token => $kind eq 'none' ? '' : $token} } @kinds;
}

sub place {
    my ($type, $more) = @_;
    $more //= '';
    $more .= "\nRequire valid-user" if $more !~ /^\s*Require /m;
    return "<Location />\nAuthType $type\nAuthName bench\n$more\n</Location>\n";
}

sub prepare {
    my ($place, %o) = @_;
    my $httpd = Httpd->prepare(mpm => 'event', log_level => 'warn', %$place, %o,
        config => $always . $place->{config});
    $httpd->write_file('htdocs/x.txt', "hello world\n");
    $place->{files}->($httpd) if $place->{files};
    $httpd->expect_log(qr/MAI0003/);    # IntrospectTLSVerify Off
    return $httpd;
}

# The limits of the event MPM: processes, and threads per process.
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
