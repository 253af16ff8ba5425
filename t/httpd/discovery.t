# SPDX-License-Identifier: Apache-2.0
#
# Metadata of an authorization server (RFC 8414) in place of an endpoint.
use strict;
use warnings;
use JSON::PP;
use MIME::Base64 qw(decode_base64url);
use Test::More;
use AS;
use Httpd;

my $rfc = '/.well-known/oauth-authorization-server';
my $openid = '/.well-known/openid-configuration';
my $client = "IntrospectClientID rs\nIntrospectClientSecret rs-secret-1\n";
my $n = 0;
sub token { return 'discovery-token-' . ++$n }

sub server {
    my $as = AS->new(@_);
    $as->all({body => '{"active":true,"sub":"a"}'});
    return $as;
}

sub metadata {
    my ($as, $path, %more) = @_;
    my %document = (issuer => $as->base, introspection_endpoint => $as->url, %more);
    delete @document{grep { !defined $document{$_} } keys %document};
    $as->answer($path, {body => JSON::PP->new->canonical->encode(\%document)});
    return;
}

sub place { my ($path, @lines) = @_; return join "\n", "<Location /cgi/env.pl/$path>", 'AuthType Introspect', 'AuthName x', 'Require valid-user', @lines, "</Location>\n" }
sub httpd { my ($config, @expected) = @_; my $httpd = Httpd->new(config => $config); $httpd->expect_log(@expected); return $httpd }
sub status { my ($httpd, $path) = @_; return $httpd->get_token('/cgi/env.pl/' . ($path // 'x'), token())->{status} }
sub asked { my ($as, $path) = @_; return scalar grep { $_->{path} eq $path } $as->requests }

subtest 'what metadata say' => sub {
    my $as = server();
    metadata($as, $rfc, introspection_endpoint => $as->base . '/introspect', jwks_uri => $as->base . '/jwks');
    $as->answer('/jwks', {body => '{"keys":[{"kty":"OKP"}]}'});
    my $httpd = httpd("IntrospectDiscovery @{[$as->base]}\n$client" . place('x') . place('other', 'IntrospectIssuer https://other.example')
        . "<Location /keys>\nSetHandler introspect-jwks\n</Location>\n");
    is(status($httpd), 200, 'the endpoint is asked');
    is($httpd->get('/keys')->{body}, '{"keys":[{"kty":"OKP"}]}', 'the key set is served');
    is(asked($as, $rfc), 1, 'they are read once for all processes');
    is(asked($as, $openid), 0, 'and at one place');
    $as->token('of-another-issuer', {sub => 'a', iss => 'https://other.example'});
    $as->token('of-the-issuer', {sub => 'a', iss => $as->base});
    my %status = map { my $path = $_; map { ("$path $_" => $httpd->get_token("/cgi/env.pl/$path", $_)->{status}) } qw(of-the-issuer of-another-issuer) } qw(x other);
    is_deeply(\%status, {'x of-the-issuer' => 200, 'x of-another-issuer' => 401, 'other of-the-issuer' => 401, 'other of-another-issuer' => 200},
        'the issuer is the default of IntrospectIssuer');
};

subtest 'a key set on another host' => sub {
    my ($as, $other) = (server(), server());
    $_->answer('/jwks', {body => '{"keys":[]}'}) for $as, $other;
    for my $host ($as, $other) {
        metadata($as, $rfc, jwks_uri => $host->base . '/jwks');
        my $httpd = httpd("IntrospectDiscovery @{[$as->base]}\n${client}IntrospectHeader X-Api-Key gateway-key-1\n" . place('x')
            . "<Location /keys>\nSetHandler introspect-jwks\n</Location>\n");
        is($httpd->get('/keys')->{status}, 200, 'is served');
        my ($request) = grep { $_->{path} eq '/jwks' } $host->requests;
        is($request->{headers}{'x-api-key'}, $host == $as ? 'gateway-key-1' : undef, $host == $as ? 'its own host gets what a gateway wants' : 'another does not');
    }
};

subtest 'OpenID\'s place' => sub {
    my $as = server();
    my $issuer = $as->base . '/realms/one';
    metadata($as, "/realms/one$openid", issuer => $issuer);
    is(status(httpd("IntrospectDiscovery $issuer\n$client" . place('x'))), 200, 'is the second');
    is(asked($as, "$rfc/realms/one"), 1, 'RFC 8414 3.1: after the place with the well-known part before the path');
};

subtest 'how we say who we are' => sub {
    my $post = ['client_secret_post'];
    my $as = server(credentials => '');
    for ([client_secret_basic => ()], [client_secret_basic => introspection_endpoint_auth_methods_supported => [qw(private_key_jwt client_secret_post client_secret_basic)]],
        [client_secret_post => introspection_endpoint_auth_methods_supported => $post],
        [client_secret_post => token_endpoint_auth_methods_supported => $post],
        [client_secret_basic => token_endpoint_auth_methods_supported => $post, introspection_endpoint_auth_methods_supported => ['client_secret_basic']]) {
        my ($method, @said) = @$_;
        metadata($as, $rfc, @said);
        my $httpd = httpd("IntrospectDiscovery @{[$as->base]}\n$client" . place('x'));
        is(status($httpd), 200, "@{[map { ref $_ ? \"[@$_]\" : $_ } @said]}: asks");
        my ($request) = (grep { $_->{path} eq '/introspect' } $as->requests)[-1];
        is($request->{headers}{authorization} ? 'client_secret_basic' : $request->{body} =~ /client_secret=/ ? 'client_secret_post' : '', $method, "by $method");
    }
    metadata($as, $rfc, introspection_endpoint_auth_methods_supported => ['tls_client_auth']);
    my $httpd = httpd("IntrospectDiscovery @{[$as->base]}\n$client" . place('x') . place('own', 'IntrospectClientAuth client_secret_post'), qr/MAI0063/);
    is(status($httpd), 503, 'none of ours: nobody can be asked');
    like($httpd->error_log, qr/MAI0063: .*tls_client_auth \(set IntrospectTLSCertificate\).* or write IntrospectClientAuth/, 'and the log says what to set');
    my @at = map {/:(\d\d):(\d\d):([\d.]+) .*:error\].*MAI0063/ ? ($1 * 60 + $2) * 60 + $3 : ()} split /\n/, $httpd->error_log;
    ok(!(grep { $at[$_] - $at[$_ - 1] < 9 } 1 .. $#at), 'in one line per 10 s') or diag(join "\n", grep {/MAI0063/} split /\n/, $httpd->error_log);
    $httpd->expect_log(qr/MAI0113/);
    is(status($httpd, 'own'), 200, 'what is written wins');
    like($httpd->error_log, qr/MAI0113: IntrospectClientAuth client_secret_post is not among the methods that \S+ lists \(tls_client_auth\)/, 'though the server does not list it, which the log says');
};

subtest 'a key of ours signs as metadata say' => sub {
    my $as = server(credentials => '');
    my $key = "$as->{dir}/key.json";
    my $set = join ',', map { my $file = "$Httpd::root/t/core/jose/vectors/$_.jwk"; local (@ARGV, $/) = $file; scalar <> } qw(rfc7515_A.2 rfc7515_A.3);
    open my $out, '>', $key or die $!;
    print $out "{\"keys\":[$set]}";
    close $out;
    chmod 0600, $key;
    for (['RS256'], ['ES256', introspection_endpoint_auth_signing_alg_values_supported => ['EdDSA', 'ES256']],
        ['PS384', token_endpoint_auth_signing_alg_values_supported => ['PS384', 'ES384']]) {
        my ($alg, @said) = @$_;
        metadata($as, $rfc, introspection_endpoint_auth_methods_supported => ['client_secret_basic', 'private_key_jwt'], @said);
        my $httpd = httpd("IntrospectDiscovery @{[$as->base]}\n${client}IntrospectClientKey file:$key\n" . place('x'));
        is(status($httpd), 200, "$alg: asks");
        my ($request) = (grep { $_->{path} eq '/introspect' } $as->requests)[-1];
        my ($head) = $request->{body} =~ /client_assertion=([^.&]*)/;
        is(decode_json(decode_base64url($head // 'e30'))->{alg}, $alg, 'with the first that the server lists and a key is for');
    }
    metadata($as, $rfc, introspection_endpoint_auth_methods_supported => ['private_key_jwt'], introspection_endpoint_auth_signing_alg_values_supported => ['ES256']);
    my $httpd = httpd("IntrospectDiscovery @{[$as->base]}\n${client}IntrospectClientKey file:$key\nIntrospectClientAuth private_key_jwt RS256\n" . place('x'), qr/MAI0113/);
    is(status($httpd), 200, 'an algorithm that is written wins');
    like($httpd->error_log, qr/MAI0113: RS256 is not among the algorithms that \S+ lists .*\(ES256\)/, 'which the log says');
};

subtest 'who shows a certificate' => sub {
    my ($as, $mtls) = (server(tls => 'good', credentials => ''), server(tls => 'good', credentials => '', client_ca => 'any'));
    my $both = "$mtls->{dir}/both.pem";
    system("cd $mtls->{dir} && cat good.pem good.key > both.pem && chmod 600 both.pem && cat ca.pem $as->{dir}/ca.pem > all.pem") == 0 or die;
    metadata($as, $rfc, introspection_endpoint_auth_methods_supported => ['self_signed_tls_client_auth', 'client_secret_basic'],
        mtls_endpoint_aliases => {introspection_endpoint => $mtls->url});
    my $trust = "IntrospectTLSCAFile $mtls->{dir}/all.pem\nIntrospectTimeout 60s 60s\n";
    my $own = "IntrospectDiscovery @{[$as->base]}\n$client";
    my $httpd = httpd($trust . place('x', $own . "IntrospectTLSCertificate $both") . place('basic', $own)
        . place('bound', $own . "IntrospectTLSCertificate $both\nIntrospectClientAuth client_secret_basic"));
    is(status($httpd), 200, 'asks');
    my ($request) = $mtls->requests;
    is($request->{peer}, 'good', 'at the alias of the endpoint, where it is asked for one');
    unlike($request->{body} . ($request->{headers}{authorization} // ''), qr/secret|Basic/, 'and sends no secret');
    is(status($httpd, 'bound'), 200, 'who has it for its tokens, and another method,');
    is(scalar(() = $mtls->requests), 2, 'asks there too');
    is(status($httpd, 'basic'), 200, 'who has none');
    is(scalar(() = $mtls->requests), 2, 'asks at the usual one');
};

subtest 'RFC 8414 3.3: metadata of another issuer, and others that are refused' => sub {
    my $as = server();
    my $tls = AS->new(tls => 'good');
    for (['another issuer', issuer => $as->base . '/'], ['no issuer', issuer => undef], ['no endpoint', introspection_endpoint => undef],
        ['http to another host', introspection_endpoint => 'http://as.example/i'], ['a file', introspection_endpoint => 'file:///etc/passwd'],
        ['a socket', introspection_endpoint => 'unix:/run/x.sock|http://localhost/'], ['credentials', introspection_endpoint => 'https://a:b@as.example/']) {
        my ($name, @said) = @$_;
        metadata($as, $_, @said) for $rfc, $openid;
        my $httpd = httpd("IntrospectDiscovery @{[$as->base]}\n$client" . place('x'), qr/MAI0063/);
        is(status($httpd), 503, "$name: refused");
        like($httpd->error_log, qr/MAI0063/, "$name: the log says it");
    }
    metadata($tls, $_, introspection_endpoint => 'http://127.0.0.1:1/i') for $rfc, $openid;
    is(status(httpd("IntrospectTLSCAFile @{[$tls->ca_file]}\nIntrospectDiscovery @{[$tls->base]}\n$client" . place('x'), qr/MAI0063/), 'x'), 503, 'no TLS behind an issuer that has it: refused');
    is(asked($as, '/introspect'), 0, 'no token was sent');
};

subtest 'metadata that mean harm' => sub {
    my $as = server();
    my $base = $as->base;
    my $json = JSON::PP->new->canonical;
    my $text = sub { my ($n, %more) = @_; return $json->encode({issuer => "$base/$n", introspection_endpoint => "$base/theirs", %more}) };
    my %harm = (
        'a scheme in capitals' => sub { $text->($_[0], issuer => "HTTP://" . substr("$base/$_[0]", 7)) },
        'a slash more' => sub { $text->($_[0], issuer => "$base/$_[0]/") },
        'percent-encoding' => sub { $text->($_[0], issuer => "$base/%" . unpack 'H*', $_[0]) },
        'a user before the host' => sub { $text->($_[0], issuer => "http://x\@" . substr("$base/$_[0]", 7)) },
        'a NUL behind the issuer' => sub { $text->($_[0], issuer => "$base/$_[0]\0x") },
        'two issuers' => sub { '{"issuer":"https://other.example",' . substr $text->($_[0]), 1 },
        'two endpoints' => sub { qq({"introspection_endpoint":"$base/introspect",) . substr $text->($_[0]), 1 },
        'a list of issuers' => sub { $text->($_[0], issuer => ["$base/$_[0]"]) },
        'a NUL behind the endpoint' => sub { $text->($_[0], introspection_endpoint => "$base/theirs\0") },
        'a line break in the endpoint' => sub { $text->($_[0], introspection_endpoint => "$base/theirs HTTP/1.1\r\nX: y") },
        'a blank in the endpoint' => sub { $text->($_[0], introspection_endpoint => "$base/the irs") },
        'a #fragment' => sub { $text->($_[0], introspection_endpoint => "$base/theirs#x") },
        'two hosts' => sub { $text->($_[0], introspection_endpoint => 'http://127.0.0.1\\@other.example/theirs') },
        'another scheme' => sub { $text->($_[0], introspection_endpoint => 'gopher://127.0.0.1/theirs') },
        'a file of keys' => sub { $text->($_[0], jwks_uri => 'file:///etc/passwd') },
        'a socket of keys' => sub { $text->($_[0], jwks_uri => 'unix:/run/x.sock|http://localhost/') },
        'keys without TLS' => sub { $text->($_[0], jwks_uri => 'http://169.254.169.254/') },
        'no method that is known' => sub { $text->($_[0], introspection_endpoint_auth_methods_supported => [map {"none\n$_"} 1 .. 1000]) },
        'a million methods' => sub { $text->($_[0], introspection_endpoint_auth_methods_supported => [('client_secret_basic') x 1e6]) },
        'many members' => sub { substr($text->($_[0]), 0, -1) . join('', map {qq(,"m$_":0)} 1 .. 5000) . '}' },
        'depth' => sub { substr($text->($_[0]), 0, -1) . ',"x":' . '[' x 20000 . ']' x 20000 . '}' },
        'a list' => sub { '[' . $text->($_[0]) . ']' },
    );
    my @names = sort keys %harm;
    $as->answer("$rfc/$_" => {body => $harm{$names[$_ - 1]}->($_)}) for 1 .. @names;
    $as->answer("$rfc/redirect" => {status => 302, headers => ["Location: $base/good"], body => $text->('redirect')});
    $as->answer('/good' => {body => $text->('redirect')});
    $as->answer("$rfc/moved" => {body => $text->('moved', introspection_endpoint => "$base/introspect", jwks_uri => "$base/jwks")});
    $as->answer('/jwks' => {status => 302, headers => ["Location: $base/keys"], body => ''});
    $as->answer($_ => {body => '{"active":true,"sub":"mallory","keys":[]}'}) for qw(/theirs /keys);
    my $httpd = httpd(join('', map { place($_, "IntrospectDiscovery $base/$_\n$client") } 1 .. @names, qw(redirect moved))
        . "<Location /keys>\nSetHandler introspect-jwks\nIntrospectDiscovery $base/moved\n$client</Location>\n", qr/MAI00(?:63|44|48|49|5\d)/);
    is(status($httpd, $_), 503, "$names[$_ - 1]: refused") for 1 .. @names;
    is(status($httpd, 'redirect'), 503, 'no redirect is followed to metadata');
    is(status($httpd, 'moved'), 200, 'good ones are taken all the while');
    is($httpd->get('/keys')->{status}, 503, 'and no redirect is followed to keys');
    is(join(' ', map { $_ => asked($as, $_) } qw(/good /theirs /keys)), '/good 0 /theirs 0 /keys 0', 'nobody has asked where they lead');
    like($httpd->error_log, qr{MAI0063: Could not use $base\S*/1: }, 'the log says what is wrong');
    unlike($httpd->error_log, qr/^X: y|[^\n\x20-\x7e]/m, 'in one line each');
};

subtest 'a server that is down at the start' => sub {
    my $as = server();
    metadata($as, $rfc);
    $as->stop;
    my $httpd = httpd("IntrospectDiscovery @{[$as->base]} 1s\n$client" . place('x'), qr/MAI0041|MAI0063/);
    my $answer = $httpd->get_token('/cgi/env.pl/x', token());
    is($answer->{status}, 503, 'gives 503 meanwhile');
    like($answer->header('Retry-After'), qr/^\d+$/, 'with Retry-After');
    $as->start;
    ok($httpd->wait_until(sub { status($httpd) == 200 }, 'the server'), 'and is asked when it is there');

    $as->answer($rfc, {status => 500, body => ''});
    $httpd->expect_log(qr/MAI0063/);
    my $before = asked($as, $rfc);
    ok($httpd->wait_until(sub { asked($as, $rfc) > $before }, 'a renewal'), 'metadata are renewed in the background');
    is(status($httpd), 200, 'the last good ones serve on where they cannot be had');
    $httpd->graceful;
    is(status($httpd), 200, 'over a graceful restart too');

    $as->answer('/elsewhere', {body => '{"active":true,"sub":"a"}'});
    metadata($as, $rfc, introspection_endpoint => $as->base . '/elsewhere');
    ok($httpd->wait_until(sub { status($httpd); asked($as, '/elsewhere') > 0 }, 'the new endpoint'), 'a new endpoint is asked when they say so');
};

subtest 'many who come first, with IntrospectCache none' => sub {
    my $as = server();
    $as->answer($rfc, {delay => 1, body => JSON::PP->new->encode({issuer => $as->base, introspection_endpoint => $as->url})});
    my $httpd = Httpd->new(limits => "StartServers 1\nServerLimit 1\nThreadsPerChild 16\nMaxRequestWorkers 16\nMinSpareThreads 1\nMaxSpareThreads 16",
        config => "IntrospectCache none\nIntrospectTimeout 60s 60s\nIntrospectDiscovery @{[$as->base]}\n$client" . place('x'));
    my @answers = $httpd->parallel(map { ['/cgi/env.pl/x', Authorization => 'Bearer ' . token()] } 1 .. 6);
    is(join(' ', map { $_->{status} } @answers), '200 200 200 200 200 200', 'are all answered once metadata are there');
    my $before = asked($as, $rfc);
    is(status($httpd), 200, 'later ones too') for 1 .. 4;
    cmp_ok(asked($as, $rfc), '<=', $before + 1, 'by what the process has');    # its thread may have just begun
};

subtest 'many who come while metadata fail, with IntrospectCache none' => sub {
    my $as = server();
    $as->answer($_, {delay => 3, status => 500, body => 'no'}) for $rfc, '/.well-known/openid-configuration';
    my $httpd = Httpd->new(limits => "StartServers 1\nServerLimit 1\nThreadsPerChild 16\nMaxRequestWorkers 16\nMinSpareThreads 1\nMaxSpareThreads 16",
        config => "IntrospectCache none\nIntrospectTimeout 60s 60s\nIntrospectDiscovery @{[$as->base]}\n$client" . place('x'));
    $httpd->expect_log(qr/MAI0063/);
    my @answers = $httpd->parallel(map { ['/cgi/env.pl/x', Authorization => 'Bearer ' . token()] } 1 .. 12);
    is(scalar(grep { $_->{status} == 503 } @answers), 12, 'are told so');
    cmp_ok(asked($as, $rfc), '<', 6, 'by what one of them found');
};

subtest 'a server that hangs' => sub {
    my $as = server();
    metadata($as, $rfc);
    my $httpd = httpd("IntrospectDiscovery @{[$as->base]} 1s\nIntrospectTimeout 60s\n$client" . place('x'), qr/MAI0041|MAI0063/);
    is(status($httpd), 200, 'asked about once');
    $as->answer($rfc, {delay => 100});
    my $before = asked($as, $rfc);
    $httpd->wait_until(sub { asked($as, $rfc) > $before }, 'a renewal that hangs');
    my $start = time;
    is(status($httpd), 200, 'no request waits for its renewal') for 1 .. 4;
    cmp_ok(time - $start, '<', 40, 'nor for a part of its time');
};

subtest 'by name' => sub {
    my $as = server();
    metadata($as, $rfc);
    my $httpd = httpd("<IntrospectServer one>\nIntrospectDiscovery @{[$as->base]}\n$client</IntrospectServer>\n" . place('x', 'IntrospectServer one'));
    is(status($httpd), 200, 'a server with a name can be discovered');
    $as->token('of-a-third-issuer', {sub => 'a', iss => 'https://third.example'});
    is($httpd->get_token('/cgi/env.pl/x', 'of-a-third-issuer')->{status}, 401, 'its issuer is the one of its metadata');
};

for (['a query', 'https://as.example/?x', qr/without a query/], ['a socket', 'unix:/x|http://localhost/', qr/an issuer is https/], ['no URL', 'as.example', qr/is not a URL/],
    ['http', "http://as.example\n$client" . place('x'), qr/IntrospectDiscovery .*is not encrypted/], ['the place of the metadata', 'https://as.example/.well-known/oauth-authorization-server/realms/a', qr{write the issuer: 'IntrospectDiscovery https://as.example/realms/a'}],
    ['that of OpenID', 'https://as.example/realms/a/.well-known/openid-configuration', qr{write the issuer: 'IntrospectDiscovery https://as.example/realms/a'}], ['a long time', 'https://as.example 13h', qr/write 1s to 12h/],
    ['no credentials', "https://as.example\n" . place('x'), qr/needs 'IntrospectClientID/]) {
    my ($name, $words, $pattern) = @$_;
    like(Httpd->refusal(config => "IntrospectDiscovery $words\n", log_level => 'warn') // 'it started', $pattern, "$name stops the start");
}
done_testing;
