# SPDX-License-Identifier: Apache-2.0
#
# Files of settings that change while httpd runs: our bearer token, our
# certificate, the authorities that we trust.
use strict;
use warnings;
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use Test::More;
use AS;
use Httpd;

my $dir = tempdir('introspect-renewal-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $dir;    # httpd's User looks at the files
my $group = getgrnam 'www-data';
my $n = 0;
my %token;           # by place: what its file held
sub token { return 'renewal-token-' . ++$n }
sub openssl { system("cd $dir && openssl $_[0] >/dev/null 2>&1") == 0 or die "openssl $_[0]" }
sub slurp { my ($path) = @_; open my $in, '<', $path or die "$path: $!"; local $/; return scalar <$in> }

# As programs that renew things do it: a new file in place of the old one.
sub swap {
    my ($path, $text, $mode) = @_;
    open my $out, '>', "$path.new" or die "$path: $!";
    print $out $text;
    close $out;
    chown 0, $group, "$path.new";
    chmod $mode // 0640, "$path.new";
    rename "$path.new", $path or die $!;
    return;
}

for my $name (qw(one two)) {
    openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $name.key -out $name.crt -days 30 -subj /CN=rs-$name");
}
openssl("pkcs12 -export -inkey $_.key -in $_.crt -passout pass:of-the-test -out $_.p12") for qw(one two);

my $plain = AS->new(credentials => '');
my ($tls, $other) = map { AS->new(credentials => '', tls => 'good', client_ca => 'any') } 1, 2;
$_->all({body => '{"active":true,"sub":"a"}'}) for $plain, $tls, $other;
my @bearers = qw(good empty lines large gone exposed locked);
my %authorities = (found => [$tls->ca_file, $other], lost => [$other->ca_file, $other], spoilt => [$other->ca_file, $other]);

sub place {
    my ($name, $as, @lines) = @_;
    return join "\n", "<Location /$name>", 'IntrospectEndpoint ' . $as->url, 'AuthType Introspect', 'Require valid-user', 'IntrospectTimeout 60s 60s', @lines, "</Location>\n";
}
sub with_certificate { my ($name, $file, @lines) = @_; return place($name, $tls, 'IntrospectTLSCAFile ' . $tls->ca_file, 'IntrospectClientID rs', 'IntrospectClientAuth tls_client_auth', "IntrospectTLSCertificate $file", @lines) }

my $config = "IntrospectCacheMaxAge 0\nIntrospectNegativeMaxAge 0\n";
for my $name (@bearers) {
    swap("$dir/$name", $token{$name} = Httpd::secret("bearer-$name-1"), $name eq 'locked' ? 0600 : 0640);
    $config .= place($name, $plain, 'IntrospectClientAuth bearer', "IntrospectBearerToken file:$dir/$name");
}
for my $name (qw(cert pair mismatch)) {
    swap("$dir/$name.pem", slurp("$dir/one.crt") . ($name eq 'cert' ? slurp("$dir/one.key") : ''));
    swap("$dir/$name.key", slurp("$dir/one.key"));
    $config .= with_certificate($name, "$dir/$name.pem", $name eq 'cert' ? () : "IntrospectTLSCertificateKey $dir/$name.key");
}
copy("$dir/one.p12", "$dir/now.p12");
$config .= with_certificate('pkcs12', "$dir/now.p12", 'IntrospectTLSCertificatePassphrase of-the-test');
for my $name (sort keys %authorities) {
    my ($file, $as) = @{$authorities{$name}};
    swap("$dir/ca-$name", slurp($file));
    $config .= place($name, $as, "IntrospectTLSCAFile $dir/ca-$name", 'IntrospectClientID rs', 'IntrospectClientAuth none');
}
sub hash_of { chomp(my $hash = `openssl x509 -in $_[0] -noout -hash`); return $hash }
mkdir "$dir/hashed";
swap("$dir/hashed/" . hash_of($tls->ca_file) . '.0', slurp($tls->ca_file));
chmod 0755, "$dir/hashed";
$config .= place('hashed', $other, "IntrospectTLSCAFile $dir/hashed", 'IntrospectClientID rs', 'IntrospectClientAuth none');

my $httpd = Httpd->new(config => $config);
sub status { my ($place) = @_; return $httpd->get_token("/$place", token())->{status} == 503 ? 503 : 200 }
sub sent { my ($place) = @_; status($place); return ($plain->requests)[-1]{headers}{authorization} }
sub peer { my ($place) = @_; status($place); return ($tls->requests)[-1]{peer} }

subtest 'what files held at the start' => sub {
    is(sent($_), "Bearer $token{$_}", "$_: is sent") for @bearers;
    is(peer($_), 'rs-one', "$_: is shown") for qw(cert pair mismatch pkcs12);
    $httpd->expect_log(qr/MAI0043/, qr/MAI0059/, qr/MAI0060/);
    is(status($_), $_ =~ /found|hashed/ ? 503 : 200, "$_: " . ($_ =~ /found|hashed/ ? 'nobody of another authority' : 'its own authority') . ' is trusted') for sort(keys %authorities), 'hashed';
};

subtest 'a bearer token that the server no longer takes' => sub {
    swap("$dir/good", Httpd::secret('bearer-good-2'));
    $plain->credentials('Bearer bearer-good-2');
    $plain->reset;
    is(status('good'), 200, 'is read again at once');
    is(join(' ', map { $_->{headers}{authorization} } $plain->requests), 'Bearer bearer-good-1 Bearer bearer-good-2', 'and asked with a second time');
    $plain->credentials('Bearer bearer-good-3');
    $plain->reset;
    $httpd->expect_log(qr/MAI0053/);
    is($httpd->get_token('/good', token())->{status}, 500, 'where the file holds no other, that is an error of ours');
    cmp_ok(scalar(() = $plain->requests), '<=', 2, 'not asked with again and again');
    $plain->credentials('');
};

my $line = "a second\nline";
my $all = slurp($tls->ca_file) . slurp($other->ca_file);
swap("$dir/good", $token{good} = Httpd::secret('bearer-good-4'));
swap("$dir/empty", "\n");
swap("$dir/lines", $line);
swap("$dir/large", 'x' x 33000);
unlink "$dir/gone";
swap("$dir/exposed", $token{exposed} = Httpd::secret('bearer-exposed-2'), 0644);
swap("$dir/cert.pem", slurp("$dir/two.crt") . slurp("$dir/two.key"));
swap("$dir/pair.pem", slurp("$dir/two.crt"));
swap("$dir/pair.key", slurp("$dir/two.key"));
swap("$dir/mismatch.pem", slurp("$dir/two.crt"));
swap("$dir/now.p12", slurp("$dir/two.p12"), 0644);
swap("$dir/ca-found", slurp($other->ca_file));
swap("$dir/ca-lost", slurp($tls->ca_file));
swap("$dir/ca-spoilt", "no certificate\n");
my $second = "$dir/hashed/" . hash_of($other->ca_file);
swap(-e "$second.0" ? "$second.1" : "$second.0", slurp($other->ca_file));
$httpd->expect_log(qr/MAI0112/, qr/MAI0017/);

# All processes: several requests in a row.
sub always { my ($condition) = @_; return !grep { !$condition->() } 1 .. 6 }

subtest 'good files are in use within 10 seconds, in each process' => sub {
    $httpd->wait_until(sub { always(sub { sent('good') eq "Bearer $token{good}" }) }, 'the new bearer token', 10);
    is(sent('exposed'), "Bearer $token{exposed}", 'another, which everybody can read');
    $httpd->wait_until(sub { my $place = $_; always(sub { peer($place) eq 'rs-two' }) }, "the new certificate of $_", 10) for qw(cert pair pkcs12);
    is(peer('mismatch'), 'rs-one', 'a certificate without its key is not shown');
    $httpd->wait_until(sub { my $place = $_; always(sub { status($place) == 200 }) }, "the new authority: $_", 10) for qw(found hashed);
    is(status('lost'), 503, 'who is trusted no more is asked over no kept connection, and no earlier TLS session');
    like($httpd->error_log, qr/MAI0111: Now using the new content of IntrospectBearerToken $dir\/good/, 'the log says so');
    like($httpd->error_log, qr/MAI0017: The secret in $dir\/exposed can be read/, 'and warns of one that everybody can read');
};

subtest 'bad ones keep the old and say so' => sub {
    my %why = (empty => qr/it is empty/, lines => qr/a second line/, large => qr/it is too large/, gone => qr/No such file/,
        'mismatch.pem' => qr/belongs to another certificate/, 'ca-spoilt' => qr/no certificate in PEM/);
    $httpd->wait_log(qr/MAI0112: \w+ $dir\/$_ has changed and cannot be used, so its previous content stays in use: .*$why{$_}/, 15) for sort keys %why;
    is(sent($_), "Bearer $token{$_}", "$_: the token of before is sent") for qw(empty lines large gone locked);
    is(peer('mismatch'), 'rs-one', 'the certificate of before is shown');
    is(status('spoilt'), 200, 'the authority of before is trusted');
    swap("$dir/locked", Httpd::secret('bearer-locked-2'), 0600);
    $httpd->wait_log(qr/:info\].*MAI0112: \w+ $dir\/locked has changed, and httpd's User cannot read it: reload httpd/, 10);
    my $told = time;
    $httpd->wait_until(sub { time > $told + 11 }, 'a line about the same file to be due', 20);
    swap("$dir/gone", "bearer-gone-2\nand another line\n");
    $httpd->wait_log(qr/MAI0112: \w+ $dir\/gone has changed and cannot be used, .*a second line/, 25);
    is(sent('gone'), "Bearer $token{gone}", 'one that comes back, but cannot be used, is told of too');
};

subtest 'a bad one that becomes good' => sub {
    swap("$dir/empty", $token{empty} = Httpd::secret('bearer-empty-3'));
    $httpd->wait_until(sub { sent('empty') eq "Bearer $token{empty}" }, 'the token', 10);
    swap("$dir/$_", "bearer-$_-3") for qw(lines large gone);
    swap("$dir/mismatch.key", slurp("$dir/two.key"));
    swap("$dir/ca-spoilt", $all);
    $httpd->graceful;
    is(sent('locked'), 'Bearer bearer-locked-2', 'what only root can read comes with a graceful reload');
    is(sent('good'), "Bearer $token{good}", 'and the others stay');
};

subtest 'a process that is made later' => sub {
    my $one = Httpd->new(mpm => 'prefork', limits => "StartServers 1\nMinSpareServers 1\nMaxSpareServers 1\nMaxConnectionsPerChild 1",
        config => "IntrospectCacheMaxAge 0\n" . place('good', $plain, 'IntrospectClientAuth bearer', "IntrospectBearerToken file:$dir/good"));
    $one->get_token('/good', token());
    is(($plain->requests)[-1]{headers}{authorization}, "Bearer $token{good}", 'one of before');
    swap("$dir/good", $token{good} = Httpd::secret('bearer-good-5'));
    $one->wait_until(sub { $one->get_token('/good', token()); ($plain->requests)[-1]{headers}{authorization} eq "Bearer $token{good}" }, 'a later process', 5);
};
done_testing;
