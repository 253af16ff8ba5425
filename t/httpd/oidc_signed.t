# SPDX-License-Identifier: Apache-2.0
#
# Against a real authorization server that signs and encrypts its answers (RFC
# 9701): oidc-provider, in t/oidc.
use strict;
use warnings;
use Test::More;
use File::Temp qw(tempdir);
use JSON::PP;
use MIME::Base64 qw(decode_base64url);
use Httpd;
use Node;

my $api = 'https://api.example';
my $provider = Node->new('oidc', 'provider.js');
my $port = $provider->heard->{port};
my $keys = $provider->tell(keys => 1)->{keys};
my $dir = tempdir('introspect-oidc-XXXXXX', TMPDIR => 1, CLEANUP => 1);

sub user_token { return Httpd::secret($provider->tell(sub => 'alice', scope => 'read', audience => $api, seconds => 600)->{token}) }
sub status { my ($httpd, $token) = @_; return $httpd->get_token('/cgi/env.pl', $token)->{status} }

sub reads {
    my ($id, $config) = @_;
    return Httpd->new(config => "IntrospectDiscovery http://127.0.0.1:$port\nIntrospectClientID $id\nIntrospectClientSecret signed-secret-1\n"
        . "IntrospectSignedResponse On\nIntrospectExportSigned env INTROSPECT_JWT\n<Location /cgi>\nAuthType Introspect\nRequire valid-user\n</Location>\n$config");
}

sub read_right {
    my ($httpd, $alg) = @_;
    my $token = user_token();
    my $env = decode_json($httpd->get_token('/cgi/env.pl', $token)->{body});
    is("$env->{REMOTE_USER} $env->{INTROSPECT_CLAIM_aud}", "alice $api", 'it is the answer');
    my ($header, $payload) = map { decode_json(decode_base64url($_)) } (split /\./, Httpd::secret($env->{INTROSPECT_JWT}))[0, 1];
    is("$header->{typ} $header->{alg} $payload->{token_introspection}{sub}", "token-introspection+jwt $alg alice", 'handed on as the server signed it');
    is(status($httpd, $token), 200, 'and remembered');
    is(status($httpd, Httpd::secret('nobody-issued-this')), 401, 'an unknown token is refused');
    return;
}

for my $alg (qw(RS256 PS256 ES256 EdDSA)) {
    subtest "signed with $alg" => sub { read_right(reads("rs-signed-$alg", ''), $alg) };
}

for my $alg ('RSA-OAEP-256', 'ECDH-ES') {
    my $key = "IntrospectClientKey file:$dir/$alg.json\n";
    open my $out, '>', "$dir/$alg.json" or die $!;
    chmod 0600, "$dir/$alg.json";
    print $out encode_json($keys->{$alg});
    close $out;
    for my $enc (qw(A128CBC-HS256 A256CBC-HS512 A128GCM A256GCM)) {
        subtest "encrypted with $alg and $enc" => sub { read_right(reads("rs-$alg-$enc", $key), 'ES256') };
    }
    subtest "RFC 9701 6: encrypted as usual with $alg" => sub {
        read_right(reads("rs-$alg", $key), 'ES256');
        my $httpd = reads("rs-$alg", '');
        $httpd->expect_log(qr/MAI0118|MAI0059/);
        is(status($httpd, user_token()), 500, 'without our key it cannot be read');
    };
}

subtest 'signed with what we do not allow' => sub {
    my $httpd = reads('rs-signed-RS256', "IntrospectSignedResponseAlg ES256\n");
    $httpd->expect_log(qr/MAI0116|MAI0059/);
    is(status($httpd, user_token()), 503, 'it is refused');
};
done_testing;
