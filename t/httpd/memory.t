# SPDX-License-Identifier: Apache-2.0
#
# What a core of a child that has nothing to do would tell: no more of tokens
# than httpd alone would, a secret once, and of shared memory nothing.
use strict;
use warnings;
use MIME::Base64 qw(encode_base64 encode_base64url);
use Test::More;
use AS;
use Httpd;

plan skip_all => 'there is no gcore (gdb)' if system('command -v gcore >/dev/null 2>&1') != 0;
plan skip_all => "a sanitizer's own memory would be looked at" if $ENV{T_PRELOAD};

my $secret = Httpd::secret('secret-of-the-memory-test-1');
my $token = Httpd::secret('token-of-the-memory-test-1-' . 'z' x 40);
my $claim = 'claim-of-the-memory-test-1-' . 'y' x 40;

# How often each of these is in the memory of the one child.
sub counts { my ($httpd, @texts) = @_; return counts_of($httpd, ($httpd->children)[0], @texts) }

sub counts_of {
    my ($httpd, $pid, @texts) = @_;
    my $file = "$httpd->{dir}/kept-core.$pid";
    system("gcore -o '$httpd->{dir}/kept-core' $pid >/dev/null 2>&1");
    my $core = $httpd->slurp("kept-core.$pid");
    unlink $file;
    ok(length $core > 1_000_000, 'there is a core');
    return map { my $n = () = $core =~ /\Q$_\E/g; $n } @texts;
}

sub child_of {
    my ($as, %options) = @_;
    my $config = $as->config =~ s/IntrospectClientSecret .*/IntrospectClientSecret file:secret/r;
    $config .= 'IntrospectTLSCAFile ' . $as->ca_file . "\n" if $as->{tls};
    $config = '' if ($options{load} // '') eq 'none';
    my $mpm = $options{mpm} // 'prefork';
    my $limits = "StartServers 1\nServerLimit 1\n" . ($mpm eq 'prefork' ? 'MaxRequestWorkers 1' : "ThreadsPerChild 4\nMaxRequestWorkers 4\nMinSpareThreads 1\nMaxSpareThreads 4");
    my $httpd = Httpd->prepare(mpm => $mpm, limits => $limits, log_level => 'info',
        config => "$config<Location />\n" . ($config ? "AuthType Introspect\nRequire valid-user\n" : '') . "</Location>\n", %options);
    $httpd->write_file('secret', "$secret\n", 0600);
    $httpd->begin;
    is($httpd->get_token('/index.html', $token)->{status}, 200, 'a request is served');
    return $httpd;
}

my $basic = encode_base64("rs:$secret", '');
for my $case (map { my $mpm = $_; map { [$mpm, $_] } '', 'good' } qw(prefork worker event)) {
    my ($mpm, $tls) = @$case;
    subtest "$mpm, " . ($tls ? 'over TLS' : 'in the clear') => sub {
        my $as = AS->new(credentials => "Basic $basic", tls => $tls);
        $as->token($token => {sub => 'alice', more => $claim});
        my ($alone) = counts(child_of($as, load => 'none', mpm => $mpm), $token);
        my ($tokens, $secrets, $encoded) = counts(child_of($as, mpm => $mpm), $token, $secret, $basic);
        cmp_ok($tokens, '<=', $alone, "the token: as often as in httpd alone ($tokens of $alone)");
        is($secrets, 1, 'the secret: once');
        is($encoded, 0, 'and not as it was sent');
    };
}

# Of the child: kibibytes of shared memory, and of that what goes into a core.
sub shared {
    my ($httpd) = @_;
    my ($pid) = $httpd->children;
    open my $maps, '<', "/proc/$pid/smaps" or die $!;
    my ($all, $dumped, $size) = (0, 0);
    while (<$maps>) {
        $size = m{^[0-9a-f]+-[0-9a-f]+ rw-s .*/dev/zero} ? 0 : undef if /^[0-9a-f]+-/;
        $size = $1 if defined $size && /^Size: +(\d+)/;
        $all += $size if defined $size && /^VmFlags:/;
        $dumped += $size if defined $size && /^VmFlags:(?!.*\bdd\b)/;
    }
    return ($all, $dumped);
}

subtest 'what is remembered lies in no core' => sub {
    my $as = AS->new(credentials => "Basic $basic");
    $as->token($token => {sub => 'alice', more => $claim});
    my (undef, $without) = shared(child_of($as, load => 'none'));
    my ($all, $dumped) = shared(child_of($as));
    cmp_ok($all, '>', $without + 1024, 'there is shared memory');
    is($dumped, $without, 'of which a core has what it has of httpd alone');
};

# Of many, for memory that is used again would hide what was left of one.
sub many {
    my ($written) = @_;
    my $places = join '', map {<<"END"} 1 .. 1000;
<Location /$_>
    IntrospectEndpoint http://127.0.0.1:1/introspect
    IntrospectClientID rs
    IntrospectClientSecret @{[$written->($_)]}
    AuthType Introspect
    Require valid-user
</Location>
END
    my $httpd = Httpd->prepare(mpm => 'prefork', limits => "StartServers 1\nServerLimit 1\nMaxRequestWorkers 1", log_level => 'info',
        config => "Include %DIR%/places.conf\n");
    $httpd->write_file("secrets/$_", "$secret-$_\n", 0600) for 1 .. 1000;
    $httpd->write_file('places.conf', $places);
    return $httpd->begin;
}

# httpd has the line as a whole, and each word of it; what it has read of the
# file last stays in its buffers.
subtest 'of a secret that is written as text there is one copy' => sub {
    my $httpd = many(sub {"$secret-$_[0]"});
    my ($count) = counts_of($httpd, $httpd->{pid}, $secret);
    cmp_ok($count, '>=', 1000, 'the parent has each');
    cmp_ok($count, '<', 1500, 'once, but for the end of the file');
};

subtest 'secrets go with the configuration that has read them' => sub {
    my $httpd = many(sub {"file:secrets/$_[0]"});
    my ($before) = counts_of($httpd, $httpd->{pid}, $secret);
    is($before, 1000, 'the parent has each once');
    $httpd->write_file('places.conf', '');
    $httpd->graceful;
    my ($after) = counts_of($httpd, $httpd->{pid}, $secret);
    is($after, 0, 'and after a reload without them none');
};

subtest 'so does a key that is written as JWK' => sub {
    my $text = `openssl ecparam -name prime256v1 -genkey -noout 2>/dev/null | openssl pkey -noout -text 2>/dev/null`;
    my ($private, $public) = map { pack 'H*', $text =~ /^$_:\n((?:\s+[0-9a-f:]+\n)+)/m ? $1 =~ s/[\s:]//gr : '' } qw(priv pub);
    $private = substr "\0$private", -32;
    my ($d, $x, $y) = map { encode_base64url($_) } $private, substr($public, 1, 32), substr($public, 33);
    my $httpd = Httpd->prepare(mpm => 'prefork', limits => "StartServers 1\nServerLimit 1\nMaxRequestWorkers 1", log_level => 'info',
        config => "Include %DIR%/key.conf\n");
    my $place = "<Location />\nIntrospectEndpoint http://127.0.0.1:1/introspect\nIntrospectClientID rs\nAuthType Introspect\nRequire valid-user\n";
    $httpd->write_file('key.conf', "${place}IntrospectClientAuth private_key_jwt\nIntrospectClientKey file:key\n</Location>\n");
    $httpd->write_file('key', qq({"kty":"EC","crv":"P-256","x":"$x","y":"$y","d":"$d"}\n), 0600);
    $httpd->begin;
    my @forms = (pack("Q*", reverse unpack("Q>*", $private)), $private, substr($d, 0, 40));    # OpenSSL's number, bytes, text
    is(join(' ', counts_of($httpd, $httpd->{pid}, @forms)), '1 0 0', 'the parent has it once, as a number');
    $httpd->write_file('key.conf', "${place}IntrospectClientAuth none\n</Location>\n");
    $httpd->graceful;
    is(join(' ', counts_of($httpd, $httpd->{pid}, @forms)), '0 0 0', 'and after a reload without it nothing of it');
};
done_testing;
