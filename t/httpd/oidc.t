# SPDX-License-Identifier: Apache-2.0
#
# Against a real authorization server: oidc-provider, in t/oidc.
use strict;
use warnings;
use Test::More;
use File::Temp qw(tempdir);
use HTTP::Tiny;
use JSON::PP;
use MIME::Base64 qw(encode_base64url encode_base64);
use Time::HiRes qw(time);
use AS;
use Httpd;
use Node;

my $api = 'https://api.example';
my $tls = $ENV{OIDC_TLS} = certificates();
my $provider = Node->new('oidc', 'provider.js');
my $port = $provider->heard->{port};

# Of the server and of its authority, a client's of that authority, and one
# that signed itself.
sub certificates {
    my $dir = tempdir('introspect-oidc-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    chmod 0755, $dir;    # httpd's User reads the CA file
    AS::make_certificates($dir);
    for ('req -newkey rsa:2048 -nodes -keyout rs.key -out rs.csr -subj /CN=rs-tls',
        'x509 -req -in rs.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out rs.pem -days 30',
        'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout self.key -out self.pem -days 30 -subj /CN=self') {
        system("cd $dir && openssl $_ >/dev/null 2>&1") == 0 or die $_;
    }
    return $dir;
}

sub provider { return $provider->tell(@_) }

sub user_token {
    my ($sub, $scope, $audience, $seconds) = @_;
    return Httpd::secret(provider(sub => $sub, scope => $scope, audience => $audience,
        seconds => $seconds || 600)->{token});
}

sub as_app {
    my ($path, $form) = @_;
    my $basic = encode_base64('app:app-secret-1', '');
    return HTTP::Tiny->new->post_form("http://127.0.0.1:$port$path", $form,
        {headers => {Authorization => "Basic $basic"}});
}

sub app_token {
    my ($scope) = @_;
    my $answer = as_app('/token',
        {grant_type => 'client_credentials', scope => $scope, resource => $api});
    return Httpd::secret(decode_json($answer->{content})->{access_token});
}

sub httpd {
    my ($config, %o) = @_;
    my $url = $o{url} || "http://127.0.0.1:$port";
    my $id = $o{id} || 'rs';
    my $secret = $o{secret} || 'rs: s+cret/%&1';
    return Httpd->new(config => <<"END" . $config);
IntrospectEndpoint $url/token/introspection
IntrospectClientID $id
IntrospectClientSecret "$secret"
<Location /cgi>
    AuthType Introspect
    AuthName api
    Require valid-user
</Location>
END
}

sub status { my ($httpd, $path, $token) = @_; return $httpd->get_token($path, $token)->{status} }

subtest 'a client\'s own token' => sub {
    my $httpd = httpd(<<'END');
<Location /cgi/env.pl/read>
    Require scope read
</Location>
<Location /cgi/env.pl/write>
    Require scope write
</Location>
END
    my $token = app_token('read');
    my $answer = $httpd->get_token('/cgi/env.pl/read', $token);
    is($answer->{status}, 200, 'is accepted');
    my $env = decode_json($answer->{body});
    is($env->{REMOTE_USER}, '(client)app', 'the client is named, and marked');
    is($env->{INTROSPECT_CLAIM_scope}, 'read', 'its scope is seen');
    is($env->{INTROSPECT_CLAIM_aud}, $api, 'its audience too');
    is($env->{INTROSPECT_CLAIM_iss}, "http://127.0.0.1:$port", 'and who issued it');
    is(status($httpd, '/cgi/env.pl/write', $token), 403, 'another scope is refused');
    is(status($httpd, '/cgi/env.pl/write', app_token('read write')), 200,
        'until it is granted');
};

subtest 'a token for another audience' => sub {
    my $httpd = httpd(<<"END");
<Location /cgi/env.pl/ours>
    IntrospectAudience $api
</Location>
<Location /cgi/env.pl/other>
    IntrospectAudience https://other.example
</Location>
END
    my $token = app_token('read');
    is(status($httpd, '/cgi/env.pl/ours', $token), 200, 'is accepted where it is meant');
    my $answer = $httpd->get_token('/cgi/env.pl/other', $token);
    is($answer->{status}, 401, 'and refused elsewhere');
    like($answer->header('WWW-Authenticate'), qr/error="invalid_token"/, 'as invalid');
    my $bare = user_token('alice', 'read', undef);
    is(status($httpd, '/cgi/env.pl', $bare), 200, 'a token without an audience is good');
    is(status($httpd, '/cgi/env.pl/ours', $bare), 401, 'but not where one is demanded');
};

subtest 'a user\'s token' => sub {
    my $httpd = httpd("<Location /cgi/env.pl/alice>\nRequire user alice\n</Location>\n");
    my $answer = $httpd->get_token('/cgi/env.pl/alice', user_token('alice', 'read', $api));
    is($answer->{status}, 200, 'is accepted');
    my $env = decode_json($answer->{body});
    is($env->{REMOTE_USER}, 'alice', 'its subject is the user');
    is($env->{INTROSPECT_CLAIM_client_id}, 'app', 'its client is seen');
    is(status($httpd, '/cgi/env.pl/alice', user_token('bob', 'read', $api)), 403,
        'another user is refused');
};

subtest 'a revoked token' => sub {
    my $httpd = httpd("IntrospectCacheMaxAge 0\n");
    my $token = user_token('alice', 'read', $api);
    is(status($httpd, '/cgi/env.pl', $token), 200, 'was good');
    is(as_app('/token/revocation', {token => $token})->{status}, 200, 'is revoked');
    my $answer = $httpd->get_token('/cgi/env.pl', $token);
    is($answer->{status}, 401, 'is refused at once where nothing is remembered');
    like($answer->header('WWW-Authenticate'), qr/error="invalid_token"/, 'as invalid');
};

subtest 'a revoked token that is remembered' => sub {
    my $httpd = httpd("IntrospectCacheMaxAge 1s\n");
    my $token = app_token('read');
    is(status($httpd, '/cgi/env.pl', $token), 200, 'was good');
    is(as_app('/token/revocation', {token => $token})->{status}, 200, 'is revoked');
    ok($httpd->wait_until(sub { status($httpd, '/cgi/env.pl', $token) == 401 },
        'the refusal'), 'is refused when the answer has aged');
};

subtest 'a token that expires' => sub {
    my $httpd = httpd("IntrospectLeeway 0\n");
    my $start = time;
    my $token = user_token('alice', 'read', $api, 6);
    is(status($httpd, '/cgi/env.pl', $token), 200, 'is good at first');
    ok($httpd->wait_until(sub { status($httpd, '/cgi/env.pl', $token) == 401 },
        'the refusal', 50), 'is refused after its time');
    cmp_ok(time - $start, '<', 50, 'although the answer is remembered for a minute');
};

subtest 'unknown tokens' => sub {
    my $httpd = httpd('');
    is(status($httpd, '/cgi/env.pl', Httpd::secret('nobody-issued-this')), 401,
        'an unknown token is refused');
    my $jwt = join '.', map { encode_base64url($_) } '{"alg":"RS256","typ":"at+jwt"}',
        '{"sub":"mallory"}', 'signature';
    my $answer = $httpd->get_token('/cgi/env.pl', $jwt);
    is($answer->{status}, 401, 'so is one that looks like a JWT, answered with 400');
    like($answer->header('WWW-Authenticate'), qr/error="invalid_token"/, 'as invalid');
    is(status($httpd, '/cgi/env.pl', user_token('alice', 'read', $api)), 200,
        'and good ones are good');
};

subtest 'our own secret is wrong' => sub {
    my $httpd = httpd('', secret => 'not-the-secret');
    $httpd->expect_log(qr/MAI0053/);
    my $answer = $httpd->get_token('/cgi/env.pl', user_token('alice', 'read', $api));
    is($answer->{status}, 500, 'is an error of the server');
    is($answer->header('WWW-Authenticate'), '', 'not of the client');
    like($httpd->error_log, qr/MAI0053/, 'and the log says so');
};

subtest 'credentials by client_secret_post' => sub {
    my $post = "IntrospectClientAuth client_secret_post\n";
    my $token = user_token('alice', 'read', $api);
    my $httpd = httpd($post, id => 'rs-post', secret => 'rs: s+cret/%&2');
    is(status($httpd, '/cgi/env.pl', $token), 200, 'are accepted');
    undef $httpd;
    $httpd = httpd($post, id => 'rs-post', secret => 'not-the-secret');
    $httpd->expect_log(qr/MAI0053/);
    is(status($httpd, '/cgi/env.pl', $token), 500, 'if they are right');
};

subtest 'no credentials' => sub {
    my $token = user_token('alice', 'read', $api);
    my $none = sub { return Httpd->new(config => "IntrospectEndpoint http://127.0.0.1:$port/token/introspection\nIntrospectClientID $_[0]\nIntrospectClientAuth none\n"
        . "<Location /cgi>\nAuthType Introspect\nAuthName api\nRequire valid-user\n</Location>\n") };
    is(status($none->('rs-none'), '/cgi/env.pl', $token), 200, 'none: the client id alone is accepted of who is registered so');
    my $httpd = $none->('rs');
    $httpd->expect_log(qr/MAI0053/);
    is(status($httpd, '/cgi/env.pl', $token), 500, 'and not of who has a secret');
};

my $keys = provider(keys => 1)->{keys};
my $signed = user_token('alice', 'read', $api);

# By client_secret_jwt or private_key_jwt; the server counts each jti once.
sub signs {
    my ($alg, %o) = @_;
    my $auth = $alg =~ /^HS/ ? "client_secret_jwt $alg" : "private_key_jwt $alg";
    my $config = "IntrospectClientAuth $auth\nIntrospectCacheMaxAge 0\n" . ($o{config} || '');
    if ($alg !~ /^HS/) {
        my $file = "/tmp/oidc-$$-key.json";
        open my $out, '>', $file or die $!;
        chmod 0600, $file;
        print $out encode_json($o{key} || $keys->{$alg});
        close $out;
        $config .= "IntrospectClientKey file:$file\n";
    }
    my $secret = $o{secret} || "a secret of 64 characters, which is as many as HS512 wants: $alg";
    return httpd($config, id => "rs-$alg", secret => $secret);
}
END { unlink "/tmp/oidc-$$-key.json" }

for my $alg (qw(HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA)) {
    subtest "we sign with $alg" => sub {
        my $httpd = signs($alg);
        is(status($httpd, '/cgi/env.pl', $signed), 200, 'and are known');
        is(status($httpd, '/cgi/env.pl', $signed), 200, 'with another jti each time');
    };
}

subtest 'two secrets that sign, while one replaces the other' => sub {
    my @two = ('a secret of 64 characters, which the server has not heard of yet: HS256', 'a secret of 64 characters, which is as many as HS512 wants: HS256');
    for my $order ([0, 1], [1, 0]) {
        my $httpd = Httpd->new(config => "IntrospectEndpoint http://127.0.0.1:$port/token/introspection\nIntrospectClientID rs-HS256\nIntrospectClientAuth client_secret_jwt HS256\nIntrospectCacheMaxAge 0\n"
            . "IntrospectClientSecret \"$two[$order->[0]]\" \"$two[$order->[1]]\"\n<Location /cgi>\nAuthType Introspect\nAuthName api\nRequire valid-user\n</Location>\n");
        $httpd->expect_log(qr/MAI0110/);
        is(status($httpd, '/cgi/env.pl', $signed), 200, $order->[0] ? 'where the server knows the first, that signs' : 'where it knows the second alone, that signs after the first was refused') for 1 .. 2;
        my @lines = $httpd->error_log =~ /MAI0110: (.*)/g;
        is(scalar @lines, $order->[0] ? 0 : 1, 'and the log ' . ($order->[0] ? 'has nothing to say' : 'says so once'));
        like($lines[0], qr/accepts the second secret of IntrospectClientSecret for client 'rs-HS256', and refuses the first/, 'with the client') if @lines;
    }
};

subtest 'what we sign is not good everywhere' => sub {
    my $httpd = signs('ES256', config => "IntrospectAssertionAudience http://127.0.0.1:$port\n");
    is(status($httpd, '/cgi/env.pl', $signed), 200, 'the issuer is an audience that it takes');
    undef $httpd;
    for my $wrong (['ES256', config => "IntrospectAssertionAudience https://other.example\n"],
        ['ES256', key => {%{$keys->{ES256}}, kid => 'another'}],
        ['HS256', secret => 'a secret of 64 characters, which is not what the server knows: ?']) {
        $httpd = signs(@$wrong);
        $httpd->expect_log(qr/MAI0053/);
        is(status($httpd, '/cgi/env.pl', $signed), 500, "refused: $wrong->[1]");
        like($httpd->error_log, qr/MAI0053.*IntrospectAssertionAudience/, 'and the log says what to look at');
        undef $httpd;
    }
};

my $tls_port = provider(tls => 1)->{port};

sub shows {
    my ($method, $id, $name) = @_;
    my $config = "IntrospectClientAuth $method\n";
    $config .= "IntrospectTLSCertificate $tls/$name.pem\nIntrospectTLSCertificateKey $tls/$name.key\n";
    my $httpd = httpd("IntrospectTLSCAFile $tls/ca.pem\nIntrospectCacheMaxAge 0\n$config", id => $id,
        url => "https://127.0.0.1:$tls_port");
    return $httpd;
}

subtest 'a certificate says who we are' => sub {
    is(status(shows('tls_client_auth', 'rs-tls', 'rs'), '/cgi/env.pl', $signed), 200, 'tls_client_auth');
    is(status(shows('self_signed_tls_client_auth', 'rs-self', 'self'), '/cgi/env.pl', $signed), 200, 'self_signed_tls_client_auth');
    my $httpd = shows('self_signed_tls_client_auth', 'rs-self', 'rs');
    $httpd->expect_log(qr/MAI0053/);
    is(status($httpd, '/cgi/env.pl', $signed), 500, 'another certificate is refused');
    like($httpd->error_log, qr/MAI0053.*IntrospectTLSCertificate/, 'and the log says what to look at');
};

subtest 'its metadata' => sub {
    my $base = "http://127.0.0.1:$port";
    my $place = "<Location /cgi>\nAuthType Introspect\nAuthName api\nRequire valid-user\n</Location>\n";
    my $own = "IntrospectDiscovery $base\nIntrospectClientID rs\nIntrospectClientSecret \"rs: s+cret/%&1\"\n";
    my $token = user_token('alice', 'read', $api);
    is(status(Httpd->new(config => $own . $place), '/cgi/env.pl', $token), 200, 'say where it is asked');
    my $httpd = Httpd->new(config => "<IntrospectServer one>\n$own</IntrospectServer>\nIntrospectServer one\n$place"
        . "<Location /keys>\nSetHandler introspect-jwks\n</Location>\n");
    my $env = decode_json($httpd->get_token('/cgi/env.pl', $token)->{body});
    is($env->{INTROSPECT_SERVER}, 'one', 'also of a server with a name');
    is($env->{INTROSPECT_CLAIM_iss}, $base, 'whose issuer the answer has');
    ok(scalar @{decode_json($httpd->get('/keys')->{body})->{keys}}, 'and where its keys are');
};

subtest 'a connection that the server closed' => sub {
    my $httpd = httpd("IntrospectCacheMaxAge 0\nIntrospectNegativeMaxAge 0\n");
    provider(idle => 500);
    my $token = user_token('alice', 'read', $api);
    my $before = provider()->{connections};
    is(status($httpd, '/cgi/env.pl', $token), 200, 'was good for a request');
    cmp_ok(provider()->{connections}, '>', $before, 'that opened it');
    ok($httpd->wait_until(sub { provider()->{open} == 0 }, 'the server to close it', 10),
        'is closed when idle');
    is(status($httpd, '/cgi/env.pl', $token), 200, 'and the next request works as well');
};

done_testing;
