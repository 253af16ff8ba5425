# SPDX-License-Identifier: Apache-2.0
#
# tls_client_auth and self_signed_tls_client_auth: a certificate of ours says
# who we are (RFC 8705 2). With a real server: oidc.t.
use strict;
use warnings;
use Test::More;
use File::Temp qw(tempdir);
use AS;
use Httpd;

my $dir = tempdir('introspect-certificates-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $pass = 'a-passphrase-of-the-test';
sub openssl { system("cd $dir && openssl $_[0] >/dev/null 2>&1") == 0 or die "openssl $_[0]" }

openssl('req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=clientca');
openssl('req -newkey rsa:2048 -nodes -keyout rs.key -out rs.csr -subj /CN=rs-of-the-ca');
openssl('x509 -req -in rs.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out rs.pem -days 30');
openssl('req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout self.key -out self.pem -days 30 -subj /CN=rs-of-nobody');
openssl("rsa -in rs.key -aes128 -passout pass:$pass -out locked.key");
openssl("pkcs12 -export -inkey rs.key -in rs.pem -certfile ca.pem -passout pass:$pass -out rs.p12");
openssl('pkcs12 -export -inkey rs.key -in rs.pem -passout pass: -out open.p12');
system("cat $dir/rs.pem $dir/rs.key > $dir/both.pem; echo $pass > $dir/pass; chmod 600 $dir/*; echo text > $dir/text") == 0 or die;

my $as = AS->new(credentials => '', tls => 'good', client_ca => "$dir/ca.pem");
$as->token('good-token-1' => {sub => 'alice'});

sub config {
    my ($more, %o) = @_;
    my $url = $o{url} || $as->url;
    my $ca = ($o{as} || $as)->ca_file;
    return "IntrospectEndpoint $url\nIntrospectClientID rs\nIntrospectTLSCAFile $ca\nIntrospectTimeout 60s 60s\nIntrospectCacheMaxAge 0\n$more"
        . "<Location />\nAuthType Introspect\nAuthName api\nRequire valid-user\n</Location>\n";
}

# The status, and the last question.
sub asked {
    my ($as, $more) = @_;
    $as->reset;
    my $httpd = Httpd->new(config => config($more, url => $as->url, as => $as));
    my $status = $httpd->get_token('/', 'good-token-1')->{status};
    return ($status, ($as->requests)[-1] || {}, $httpd);
}

my $auth = "IntrospectClientAuth tls_client_auth\n";
for my $case (
    ['PEM, and a key beside it that only root can read', "IntrospectTLSCertificate $dir/rs.pem\nIntrospectTLSCertificateKey $dir/rs.key\n"],
    ['PEM with its key', "IntrospectTLSCertificate $dir/both.pem\n"],
    ['a key with a passphrase', "IntrospectTLSCertificate $dir/rs.pem\nIntrospectTLSCertificateKey $dir/locked.key\nIntrospectTLSCertificatePassphrase \"exec:/bin/cat $dir/pass\"\n"],
    ['PKCS#12', "IntrospectTLSCertificate $dir/rs.p12\nIntrospectTLSCertificatePassphrase file:$dir/pass\n"],
    ['PKCS#12 without a passphrase', "IntrospectTLSCertificate $dir/open.p12\n"],
) {
    subtest $case->[0] => sub {
        my ($status, $question) = asked($as, $auth . $case->[1]);
        is($status, 200, 'is good');
        is($question->{peer}, 'rs-of-the-ca', 'the server sees the certificate');
        like($question->{body}, qr/(?:^|&)client_id=rs(?:&|$)/, 'RFC 8705 2: client_id is in the form');
        unlike($question->{body}, qr/client_secret|client_assertion/, 'and nothing else that proves who we are');
        is($question->{headers}{authorization}, undef, 'nor is it in a header');
    };
}

subtest 'a certificate that we signed ourselves' => sub {
    my $any = AS->new(credentials => '', tls => 'good', client_ca => 'any');
    $any->token('good-token-1' => {sub => 'alice'});
    my ($status, $question) = asked($any, "IntrospectClientAuth self_signed_tls_client_auth\nIntrospectTLSCertificate $dir/self.pem\nIntrospectTLSCertificateKey $dir/self.key\n");
    is($status, 200, 'is good');
    is($question->{peer}, 'rs-of-nobody', 'where the server takes it');
};

subtest 'one that the server does not know' => sub {
    $as->reset;
    my $httpd = Httpd->new(config => config("${auth}IntrospectTLSCertificate $dir/self.pem\nIntrospectTLSCertificateKey $dir/self.key\n"));
    $httpd->expect_log(qr/MAI00(?:4[35]|59)/);
    is($httpd->get_token('/', 'good-token-1')->{status}, 503, 'is refused by it');
    is(scalar $as->requests, 0, 'before it sees the token');
};

subtest 'it goes with other methods too, and never to another server' => sub {
    my ($status, $question) = asked($as, "IntrospectClientSecret rs-secret-1\nIntrospectClientAuth client_secret_post\nIntrospectTLSCertificate $dir/both.pem\n");
    is("$status $question->{peer}", '200 rs-of-the-ca', 'with client_secret_post');
    my $other = AS->new(tls => 'good', client_ca => 'any', credentials => '');
    $other->token('good-token-1' => {sub => 'alice'});
    my $httpd = Httpd->new(config => config("${auth}IntrospectTLSCertificate $dir/both.pem\n") . <<"END");
<Location /other>
    IntrospectEndpoint @{[$other->url]}
    IntrospectTLSCAFile @{[$other->ca_file]}
    IntrospectClientID rs
    IntrospectClientAuth none
</Location>
END
    $httpd->get_token('/other', 'good-token-1');
    is(($other->requests)[-1]{peer}, undef, 'a section with another endpoint does not show it');
};

subtest 'what cannot work is refused at the start' => sub {
    my $rs = "IntrospectTLSCertificate $dir/rs.pem\n";
    for my $case (
        ['', qr/needs 'IntrospectTLSCertificate PATH'/],
        [$rs, qr/private key is missing/],
        ["${rs}IntrospectTLSCertificateKey $dir/self.key\n", qr/belongs to another certificate/],
        ["${rs}IntrospectTLSCertificateKey $dir/locked.key\n", qr/the passphrase is wrong/],
        ["${rs}IntrospectTLSCertificateKey $dir/locked.key\nIntrospectTLSCertificatePassphrase wrong-one\n", qr/the passphrase is wrong/],
        ["IntrospectTLSCertificate $dir/rs.p12\n", qr/passphrase is wrong/],
        ["IntrospectTLSCertificateKey $dir/rs.key\n", qr/without it: write all of them/],
        ["IntrospectTLSCertificate $dir/text\n", qr/neither PEM nor PKCS#12/],
        ["IntrospectTLSCertificate $dir/rs.key\n", qr/no certificate/],
        ["IntrospectTLSCertificate $dir/absent\n", qr/cannot be used: No such file/],
    ) {
        my $said = Httpd->refusal(config => config($auth . $case->[0]));
        like($said // 'started', $case->[1], "$case->[1]");
        unlike($said // '', qr/$pass|PRIVATE KEY/, 'and says nothing secret');
    }
    my $said = Httpd->refusal(config => config("${auth}IntrospectTLSCertificate $dir/both.pem\n", url => 'http://127.0.0.1:9/introspect'));
    like($said // 'started', qr/needs an IntrospectEndpoint with https/, 'without TLS nobody would see it');
};

done_testing;
