# SPDX-License-Identifier: Apache-2.0
#
# The way to the authorization server: TLS, sockets, IPv6, proxies, headers.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;
use AS;
use Httpd;

my $n = 0;
sub token { return 'network-token-' . ++$n }

# One for all: each takes a key of 2048 bits to make.
my $tls = AS->new(tls => 'good');
$tls->all({body => '{"active":true,"sub":"a"}'});

sub server {
    my $as = AS->new(@_);
    $as->all({body => '{"active":true,"sub":"a"}'});
    return $as;
}

# An httpd with places that ask this server, each with further lines.
sub httpd {
    my ($as, %lines) = @_;
    my @expected = @{delete $lines{expected} || []};
    my $trust = $as->{tls} ? 'IntrospectTLSCAFile ' . $as->ca_file . "\n" : '';
    my $places = join '', map {"<Location /$_>\nAuthType Introspect\nRequire valid-user\n$lines{$_}\n</Location>\n"} sort keys %lines;
    my $httpd = Httpd->new(config => $as->config . $trust . $places);
    $httpd->write_file("htdocs/$_/index.html", 'x') for keys %lines;
    $httpd->expect_log(@expected);
    return $httpd;
}

sub status { my ($httpd, $place, @headers) = @_; return $httpd->get("/$place/", Authorization => 'Bearer ' . token(), @headers)->{status} }

subtest 'the oldest version of TLS' => sub {
    my $as = server(tls => 'good', tls_version => 'TLSv1_2');
    my $httpd = httpd($as, usual => '', old => 'IntrospectTLSMinVersion 1.2', new => 'IntrospectTLSMinVersion 1.3', expected => [qr/MAI0043/]);
    is(status($httpd, 'usual'), 200, 'TLS 1.2 is enough');
    is(status($httpd, 'old'), 200, 'also where it is said');
    is(status($httpd, 'new'), 503, 'but not where 1.3 is');
    like($httpd->error_log, qr/MAI0043: Could not use https/, 'and the log says it');
};

sub pin_of {
    my ($file) = @_;
    chomp(my $pin = `openssl x509 -in $file -pubkey -noout | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64`);
    return "sha256//$pin";
}

subtest 'a pinned public key' => sub {
    $tls->reset;
    my $right = pin_of("$tls->{dir}/good.pem");
    my $wrong = pin_of("$tls->{dir}/ca.pem");
    my $httpd = httpd($tls, right => "IntrospectTLSPin $right", several => "IntrospectTLSPin $wrong $right", wrong => "IntrospectTLSPin $wrong",
        off => "IntrospectTLSVerify Off\nIntrospectTLSPin $wrong", expected => [qr/MAI0043|MAI0003/]);
    is(status($httpd, 'right'), 200, 'is the one of the server');
    is(status($httpd, 'several'), 200, 'or one of several');
    is(status($httpd, 'wrong'), 503, 'another one is refused, though the certificate is good');
    like($httpd->error_log, qr/MAI0043: .*public key/, 'and the log says why');
    is(status($httpd, 'off'), 503, 'also where no certificate is verified');
    is(scalar(() = $tls->requests), 2, 'which was never sent a token');
};

subtest 'a socket of the machine' => sub {
    my $as = server(socket => 1);
    my $httpd = httpd($as, x => '', expected => [qr/MAI0041/]);
    is(status($httpd, 'x'), 200, 'is spoken to');
    my ($request) = $as->requests;
    is($request->{headers}{host}, 'localhost', 'with the host of the URL behind it');
    $as->stop;
    unlink "$as->{dir}/as.sock";
    is(status($httpd, 'x'), 503, 'and 503 when nobody listens');
    like($httpd->error_log, qr/MAI0041: .*socket of this machine/, 'which the log says');
};

SKIP: {
    skip 'no IPv6 on loopback', 1 if !IO::Socket::IP->new(LocalHost => '::1', Listen => 1);
    subtest 'IPv6' => sub {
        for my $as (server(host => '::1'), server(host => '::1', tls => 'good')) {
            is(status(httpd($as, x => ''), 'x'), 200, $as->base . ' is asked');
        }
    };
}

my $dir = tempdir('introspect-network-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $dir;    # httpd's User reads the passwords
sub file {
    my ($name, $text) = @_;
    open my $file, '>', "$dir/$name" or die $!;
    print $file "$text\n";
    close $file;
    chmod 0600, "$dir/$name";
    return "file:$dir/$name";
}

subtest 'headers for a gateway' => sub {
    my $as = server();
    my $key = Httpd::secret('key-of-the-gateway-1');
    my $both = "IntrospectHeader X-Api-Key @{[file('key', $key)]}\nIntrospectHeader X-Tenant acme\n";
    my $httpd = httpd($as, x => $both, 'x/other' => "IntrospectHeader X-Tenant other\n", 'x/own' => $as->config . $both,
        'x/own/own' => $as->config);
    is(status($httpd, 'x'), 200, 'are sent');
    my ($request) = $as->requests;
    is($request->{headers}{'x-api-key'}, $key, 'one from a file');
    is($request->{headers}{'x-tenant'}, 'acme', 'and another');
    is($request->{headers}{'accept-encoding'}, 'identity', 'nothing else than plain text is wanted');
    my $token = token();
    $httpd->get_token("/$_/", $token) for qw(x x/other x/own/own);
    my @seen = map { $_->{headers} } grep { $_->{token} eq $token } $as->requests;
    is(scalar @seen, 3, 'what one header brought does not serve where there is another');
    ok(!exists $seen[1]{'x-api-key'}, 'a section with headers of its own has no others');
    ok(!exists $seen[2]{'x-api-key'}, 'and an endpoint of its own gets none of the outer one');
};

my $trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
sub trace_of {
    my ($as, $httpd, @request) = @_;
    status($httpd, @request);
    return ($as->requests)[-1]{headers}{traceparent};
}

subtest 'a trace' => sub {
    my $as = server();
    my $httpd = httpd($as, x => '', on => 'IntrospectTrace On', off => 'IntrospectTrace Off');
    is(trace_of($as, $httpd, x => traceparent => $trace), $trace, 'is passed on');
    is(trace_of($as, $httpd, 'x'), undef, 'but not made');
    for my $bad (uc $trace, "$trace-x", substr($trace, 0, 54), '01' . substr($trace, 2),
        '00-' . '0' x 32 . '-b7ad6b7169203331-01', '00-0af7651916cd43dd8448eb211c80319c-' . '0' x 16 . '-01', 'x') {
        is(trace_of($as, $httpd, x => traceparent => $bad), undef, "'$bad' is none");
    }
    is(trace_of($as, $httpd, x => traceparent => $trace, traceparent => $trace), undef, 'nor are two');
    is(trace_of($as, $httpd, on => traceparent => $trace), $trace, 'On: is passed on');
    my @made = map { trace_of($as, $httpd, on => traceparent => 'x') } 1, 2;
    like($made[0], qr/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/, 'or made');
    isnt($made[1], $made[0], 'for each question');
    is(trace_of($as, $httpd, off => traceparent => $trace), undef, 'Off: is not passed on');
};

# httpd's own proxy; what it was asked stands in its log.
sub proxy {
    my ($more) = @_;
    return Httpd->new(modules => [qw(proxy proxy_connect proxy_http)], config => <<"END");
ProxyRequests On
AllowCONNECT 1-65535
LogFormat "%r proxy=%{Proxy-Authorization}i own=%{Authorization}i key=%{X-Api-Key}i" asked
CustomLog "%DIR%/asked.log" asked
<Proxy "*">
@{[$more // '']}
</Proxy>
END
}

subtest 'a proxy' => sub {
    my $proxy = proxy();
    my $way = "IntrospectProxy http://127.0.0.1:$proxy->{port}\nIntrospectHeader X-Api-Key key-of-the-gateway-1\n";
    my @ours = ($tls, x => $way, 'x/not' => 'IntrospectNoProxy 127.0.0.1 .example', 'x/none' => 'IntrospectProxy none',
        'x/other' => 'IntrospectNoProxy localhost', expected => [qr/MAI0041/]);
    my $httpd = httpd(@ours);
    is(status($httpd, 'x'), 200, 'makes a tunnel');
    my $asked = "CONNECT 127.0.0.1:$tls->{port} HTTP/1.1 proxy=- own=- key=-";
    is(($tls->requests)[-1]{headers}{'x-api-key'}, 'key-of-the-gateway-1', 'through which the headers go');
    undef $httpd;    # the tunnel is logged when it ends
    $proxy->wait_until(sub { $proxy->slurp('asked.log') ne '' }, 'the end of the tunnel');
    like($proxy->slurp('asked.log'), qr/^\Q$asked\E$/m, 'and learns nothing but host and port');
    undef $proxy;
    $httpd = httpd(@ours);
    is(status($httpd, 'x'), 503, 'without it nobody is asked');
    is(status($httpd, 'x/other'), 503, 'where another host is excepted neither');
    is(status($httpd, 'x/not'), 200, 'but where this one is');
    is(status($httpd, 'x/none'), 200, 'and where there is none');
};

subtest 'a proxy that knows its users' => sub {
    my $plain = server();
    chomp(my $hash = `openssl passwd -apr1 proxy-password-1`);
    file('users', "us:$hash");
    chmod 0644, "$dir/users";    # mod_authn_file reads it as httpd's User
    my $proxy = proxy("AuthType Basic\nAuthName p\nAuthBasicProvider file\nAuthUserFile $dir/users\nRequire valid-user");
    my $way = "IntrospectProxy http://127.0.0.1:$proxy->{port}\n";
    my $login = 'IntrospectProxyCredentials ' . file('login', 'us:' . Httpd::secret('proxy-password-1')) . "\n";
    my $httpd = httpd($tls, x => $way . $login, 'x/other' => "IntrospectProxy http://localhost:$proxy->{port}", without => $way,
        plain => $way . $login . $plain->config, expected => [qr/MAI0045/]);
    is(status($httpd, 'x'), 200, 'lets us through');
    is(status($httpd, 'plain'), 200, 'also without TLS');
    is(status($httpd, 'without'), 503, 'not without credentials');
    like($httpd->error_log, qr/MAI0045: .*407/, 'and the log says why');
    is(status($httpd, 'x/other'), 503, 'another proxy gets no login of the first');
};
done_testing;
