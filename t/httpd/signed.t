# SPDX-License-Identifier: Apache-2.0
#
# IntrospectSignedResponse and IntrospectExportSigned: answers that have to be
# signed (RFC 9701, or the claims alone), and what is handed on of them.
use strict;
use warnings;
use Digest::SHA qw(hmac_sha256);
use JSON::PP;
use MIME::Base64 qw(encode_base64url);
use Test::More;
use AS;
use Httpd;
use Signer;

my $json = JSON::PP->new->canonical;
my ($true, $false) = (JSON::PP::true, JSON::PP::false);
my $type = 'application/token-introspection+jwt';
my $good = {alg => 'RS256', typ => 'token-introspection+jwt', kid => 'one'};
my $signer = Signer->new(qw(one other));
my $number = 0;

sub new_as {
    my $as = AS->new;
    $as->answer('/jwks' => {body => $signer->set('one')});
    return $as;
}

# The members of a signed answer; what is undef in %change is left out.
sub members {
    my ($as, %change) = @_;
    my %members = (iss => $as->base, aud => 'rs', iat => time, token_introspection => {active => $true, sub => 'alice', scope => 'read'}, %change);
    delete $members{$_} for grep { !defined $members{$_} } keys %members;
    return $json->encode(\%members);
}

sub answer { my ($as, %change) = @_; return Signer::jws($good, members($as, %change), $signer->by('one')) }

# A token that nobody has sent before, with this answer.
sub token {
    my ($as, $body, %more) = @_;
    my $token = Httpd::secret("token-$$-" . ++$number);
    $as->answer($token => {type => $type, body => $body, %more});
    return $token;
}

sub signs { my ($as) = @_; return "IntrospectSignedResponse On @{[$as->base]}\nIntrospectJWKSURL @{[$as->base]}/jwks\n" }

my $place = "<Location /cgi>\nAuthType Introspect\nAuthName api\nRequire valid-user\n</Location>\n";

sub scene {
    my ($config, %o) = @_;
    my $as = new_as();
    return ($as, Httpd->new(%o, config => $as->config . signs($as) . $place . $config));
}

sub env_of { my ($httpd, $token, @more) = @_; return decode_json($httpd->get_token('/cgi/env.pl', $token, @more)->{body}) }

subtest 'a signed answer' => sub {
    my ($as, $httpd) = scene("IntrospectExportSigned env INTROSPECT_JWT\n");
    my $jws = answer($as);
    my $token = token($as, $jws, type => "$type; charset=utf-8");
    my $env = env_of($httpd, $token);
    is($env->{REMOTE_USER}, 'alice', 'is the answer');
    is($env->{INTROSPECT_CLAIM_scope}, 'read', 'with its claims');
    ok(!exists $env->{INTROSPECT_CLAIM_iss}, 'and none of what it says of itself');
    is($env->{INTROSPECT_JWT}, $jws, 'the application has it as it was signed');
    is([$as->requests]->[0]{headers}{accept}, $type, 'RFC 9701 4: for which alone we ask');
    is(env_of($httpd, $token)->{INTROSPECT_JWT}, $jws, 'also when it is remembered');
    $httpd->graceful;
    is(env_of($httpd, $token)->{INTROSPECT_JWT}, $jws, 'and over a graceful restart');
    is($as->calls($token), 1, 'all with one question');
    is(scalar(grep { $_->{path} eq '/jwks' } $as->requests), 1, 'and one look at the keys');
    my $inactive = token($as, answer($as, token_introspection => {active => $false}));
    is($httpd->get_token('/cgi/env.pl', $inactive)->{status}, 401, 'an inactive token is refused, as it was signed');
    my $jwt_shaped = token($as, '{"error":"unsupported_token_type"}', status => 400, type => 'application/json');
    is($httpd->get_token('/cgi/env.pl', $jwt_shaped)->{status}, 401, 'an error is plain JSON');
};

my ($as, $httpd) = scene('');
$httpd->expect_log(qr/MAI011[678]|MAI00(59|60)/);    # a server that says nothing else is in doubt

# Refused, without a word of it to the client.
sub refused {
    my ($what, $body, $id, %more) = @_;
    my $token = token($as, $body, %more);
    my $status = $id eq 'MAI0116' ? 503 : 500;
    my $answer = $httpd->get_token('/cgi/env.pl', $token);
    is("$answer->{status}" . $answer->header('WWW-Authenticate'), $status, "RFC 9701 5: $what: refused");
    is($answer->header('Retry-After') ? 503 : 500, $status, 'later again, where it may be another then');
    return $token;
}

my $by = $signer->by('one');
my %forged = (
    'alg none' => Signer::jws({%$good, alg => 'none'}, members($as), sub {''}),
    'HS256 with the public key' => Signer::jws({%$good, alg => 'HS256'}, members($as), sub { hmac_sha256($_[0], $signer->pem('one')) }),
    'HS256 with our secret' => Signer::jws({%$good, alg => 'HS256'}, members($as), sub { hmac_sha256($_[0], 'rs-secret-1') }),
    'a replaced key' => Signer::jws($good, members($as), $signer->by('other')),
    'a key that nobody knows' => Signer::jws({%$good, kid => 'other'}, members($as), $signer->by('other')),
    'a key in the header' => Signer::jws({%$good, kid => 'other', jwk => $signer->jwk('other')}, members($as), $signer->by('other')),
    'crit' => Signer::jws({%$good, crit => ['exp']}, members($as), $by),
    'duplicate members' => Signer::jws($good, '{"iss":"x",' . substr(members($as), 1), $by),
    'duplicate members of the answer' => Signer::jws($good, members($as) =~ s/"active":true/"active":false,"active":true/r, $by),
    (map { my $typ = $_; ("typ $typ" => Signer::jws({%$good, typ => $typ}, members($as), $by)) } 'JWT', 'at+jwt', 'logout+jwt'),
    'no typ' => Signer::jws({alg => 'RS256', kid => 'one'}, members($as), $by),
    'another issuer' => answer($as, iss => 'https://other.example'),
    'no issuer' => answer($as, iss => undef),
    'another audience' => answer($as, aud => 'other'),
    'no audience' => answer($as, aud => undef),
    'no token_introspection' => answer($as, token_introspection => undef, active => $true, sub => 'alice'),
    'a foreign token_introspection' => answer($as, token_introspection => '{"active":true}'),
    'an answer that has expired' => answer($as, exp => time - 120),
    'an answer of an hour ago' => answer($as, iat => time - 3600),
    'an answer of the future' => answer($as, iat => time + 3600),
    'an answer of no time' => answer($as, iat => undef),
    'an answer that says never' => answer($as, exp => 0),
    'an issuer with a slash more' => answer($as, iss => $as->base . '/'),
    'an audience in capitals' => answer($as, aud => ['RS', 'rs2']),
    'alg in small letters' => Signer::jws({%$good, alg => 'rs256'}, members($as), $by),
    'two algs' => do { my $input = encode_base64url('{"alg":"none",' . substr($json->encode($good), 1)) . '.' . encode_base64url(members($as)); "$input." . encode_base64url($by->($input)) },
    'a kid that is no text' => Signer::jws({%$good, kid => ['one']}, members($as), $by),
    'a kid that is a path' => Signer::jws({%$good, kid => './one'}, members($as), $by),
    'a URL of keys in the header' => Signer::jws({%$good, kid => 'other', jku => $as->base . '/their-jwks', x5u => $as->base . '/their-jwks'}, members($as), $signer->by('other')),
    'a signed answer in a signed one' => Signer::jws($good, answer($as), $by),
    'altered claims' => do { my @part = split /\./, answer($as); join '.', $part[0], encode_base64url(members($as, aud => ['rs', 'x'])), $part[2] },
    'text' => 'hello',
    'nothing' => '',
    'JSON under its media type' => '{"active":true}',
);
my @refused = map { refused($_, $forged{$_}, 'MAI0116') } sort keys %forged;
refused("plain JSON, active $_", "{\"active\":$_}", 'MAI0117', type => 'application/json') for qw(true false);
refused('another media type', answer($as), 'MAI0117', type => 'application/jwt');
{
    open my $file, '<', "$Httpd::root/t/core/jose/vectors/rfc7516_A.1.jwe" or die;
    refused('an encrypted answer', <$file> =~ s/\s+$//r, 'MAI0118');
}
is(scalar(grep { $_->{path} eq '/their-jwks' } $as->requests), 0, 'nobody asks for keys where an answer says');
$httpd->get_token('/cgi/env.pl', $_) for @refused[0 .. 3];
is(join(' ', map { $as->calls($_) } @refused[0 .. 3]), '2 2 2 2', 'nothing is remembered of it');
my $large = token($as, answer($as, token_introspection => {active => $true, sub => 'alice', x => 'x' x 60000}));
$httpd->expect_log(qr/MAI0044/);
is($httpd->get_token('/cgi/env.pl', $large)->{status}, 503, 'an answer that is too large');
like($httpd->error_log, qr/warn.*MAI0116: Could not use http:[^ ]*: its signed answer cannot be used: /, 'the log says what is wrong with a signature');
like($httpd->error_log, qr/error.*MAI0117: .*'application\/json', not \Q$type\E: it does not sign/, 'that an answer is not signed');
like($httpd->error_log, qr/error.*MAI0118: .*encrypted, and cannot be read: there is no IntrospectClientKey/, 'that a key is missing');
cmp_ok(scalar(() = $httpd->error_log =~ /MAI0116: Could not use/g), '<=', 3, 'at a pace');
is($httpd->get_token('/cgi/env.pl', token($as, answer($as)))->{status}, 200, 'and a good answer is good all the while');
undef $httpd;

subtest 'no key set' => sub {
    my ($as, $httpd) = scene('');
    $httpd->expect_log(qr/MAI0119|MAI0047|MAI0059/);
    $as->answer('/jwks' => {status => 500, body => ''});
    my $answer = $httpd->get_token('/cgi/env.pl', token($as, answer($as)));
    is("$answer->{status} " . $answer->header('WWW-Authenticate'), '503 ', 'lets nobody in, and is no fault of the client');
    like($httpd->error_log, qr/MAI0119: .*the signature of its answer cannot be verified/, 'the log says why');
};

subtest 'a place where answers need not be signed' => sub {
    my ($as, $httpd) = scene("<Location /cgi/env.pl/plain>\nIntrospectSignedResponse Off\n</Location>\n");
    $httpd->expect_log(qr/MAI0117/);
    my $token = token($as, '{"active":true,"sub":"mallory"}', type => 'application/json');
    is($httpd->get_token('/cgi/env.pl/plain', $token)->{status}, 200, 'takes a plain one');
    is([$as->requests]->[0]{headers}{accept}, 'application/json', 'and asks for it');
    is($httpd->get_token('/cgi/env.pl', $token)->{status}, 500, 'which serves no place where they must be');
};

subtest 'metadata, names and other audiences' => sub {
    my $as = new_as();
    my $base = $as->base;
    my $metadata = sub { $as->answer('/.well-known/oauth-authorization-server' => {body => $json->encode({issuer => $base, introspection_endpoint => $as->url, jwks_uri => "$base/jwks", @_})}) };
    $metadata->(introspection_signing_alg_values_supported => ['RS256', 'HS256']);
    my $who = "IntrospectClientID rs\nIntrospectClientSecret rs-secret-1\n";
    my $httpd = Httpd->new(config => "<IntrospectServer one>\nIntrospectDiscovery $base\n$who</IntrospectServer>\n"
        . "<IntrospectServer two>\nIntrospectEndpoint @{[$as->url]}\n$who IntrospectIssuer $base\nIntrospectJWKSURL $base/jwks\n"
        . "IntrospectSignedResponseAudience https://rs.example\nIntrospectSignedResponseAlg RS256 ES256\n</IntrospectServer>\n"
        . "<IntrospectServer three>\nIntrospectEndpoint @{[$as->url]}\n$who IntrospectIssuer $base\nIntrospectJWKSURL $base/jwks\nIntrospectSignedResponseAlg ES256\n</IntrospectServer>\n"
        . "IntrospectSignedResponse On\n" . join '', map {"<Location /cgi/env.pl/$_>\nAuthType Introspect\nIntrospectServer $_\nRequire valid-user\n</Location>\n"} qw(one two three));
    $httpd->expect_log(qr/MAI0116|MAI00(59|60)/);
    my $token = token($as, answer($as));
    is($httpd->get_token('/cgi/env.pl/one', $token)->{status}, 200, 'keys and algorithms are those of the metadata');
    is($httpd->get_token('/cgi/env.pl/two', $token)->{status}, 503, 'another audience is demanded where it is written');
    is($httpd->get_token('/cgi/env.pl/two', token($as, answer($as, aud => ['x', 'https://rs.example'])))->{status}, 200, 'and taken there');
    is($httpd->get_token('/cgi/env.pl/three', $token)->{status}, 503, 'so are the algorithms');
};

subtest 'claims alone: Curity, Keycloak' => sub {
    my $as = new_as();
    my $httpd = Httpd->new(config => $as->config . "IntrospectSignedResponse jwt @{[$as->base]}\nIntrospectJWKSURL @{[$as->base]}/jwks\nIntrospectExportSigned env INTROSPECT_JWT\n$place");
    $httpd->expect_log(qr/MAI011[67]/);
    my $sign = sub { my ($header, %claims) = @_; return Signer::jws({alg => 'RS256', kid => 'one', %$header}, $json->encode({iss => $as->base, sub => 'alice', aud => 'api', exp => time + 60, %claims}), $signer->by('one')) };
    my $jws = $sign->({typ => 'at+jwt'});
    my $env = env_of($httpd, token($as, $jws, type => 'application/jwt'));
    is("$env->{REMOTE_USER} $env->{INTROSPECT_CLAIM_aud}", 'alice api', 'the claims are those of the JWT');
    is($env->{INTROSPECT_JWT}, $jws, 'which the application has');
    is([$as->requests]->[0]{headers}{accept}, 'application/jwt', 'and for which alone we ask');
    my $none = token($as, '', status => 204, type => '');
    is($httpd->get_token('/cgi/env.pl', $none)->{status}, 401, 'no content is an inactive token') for 1 .. 2;
    is($as->calls($none), 1, 'which is remembered');
    $jws = $sign->({typ => 'JWT'}, typ => 'Bearer');
    $env = env_of($httpd, token($as, $json->encode({active => $true, sub => 'mallory', scope => 'admin', jwt => $jws}), type => 'application/json;charset=UTF-8'));
    is("$env->{REMOTE_USER} " . ($env->{INTROSPECT_CLAIM_scope} // '-'), 'alice -', 'in JSON counts what is signed');
    is($env->{INTROSPECT_JWT}, $jws, 'and is handed on');
    is($httpd->get_token('/cgi/env.pl', token($as, '{"active":false}', type => 'application/json'))->{status}, 401, 'and a no');
    is($httpd->get_token('/cgi/env.pl', token($as, $sign->({typ => 'JWT'}, typ => 'Refresh'), type => 'application/jwt'))->{status}, 401, 'a refresh token is none');
    is($httpd->get_token('/cgi/env.pl', token($as, $sign->({typ => 'JWT'}, exp => time - 100), type => 'application/jwt'))->{status}, 401, 'nor is one that has expired');
    for my $case (['JSON without one', '{"active":true}', 'application/json', 500], ['an ID token', $sign->({typ => 'JWT'}, nonce => 'n'), 'application/jwt', 503],
        ['an answer of RFC 9701', answer($as), 'application/jwt', 503], ['claims of another', $sign->({typ => 'JWT'}, iss => 'x'), 'application/jwt', 503]) {
        is($httpd->get_token('/cgi/env.pl', token($as, $case->[1], type => $case->[2]))->{status}, $case->[3], "$case->[0] is refused");
    }
    like($httpd->error_log, qr/error.*MAI0117: .*no member jwt/, 'and the log says so');
};

subtest 'what the backend gets' => sub {
    my $backend = AS->new(credentials => '', path => '/none');
    $backend->answer($_ => {body => 'backend'}) for qw(/app/x /open/x /phantom/x /other/x);
    my $base = $backend->base;
    my ($as, $httpd) = scene(<<"END", modules => [qw(proxy proxy_http headers)]);
<LocationMatch "^/(app|phantom|other)/">
    AuthType Introspect
    Require valid-user
</LocationMatch>
<Location /app/>
    IntrospectExportSigned header X-Signed-Answer
    ErrorDocument 502 /other/x
    ErrorDocument 404 /other/x
    ProxyErrorOverride On
    ProxyPass $base/app/
</Location>
<Location /other/>
    IntrospectExport none
    ProxyPass $base/other/
</Location>
<Location /phantom/>
    IntrospectExportSigned env INTROSPECT_JWT
    RequestHeader set Authorization "Bearer %{INTROSPECT_JWT}e"
    ProxyPass $base/phantom/
</Location>
ProxyPass /open/ $base/open/
END
    my $seen = sub { my ($path, $token, @more) = @_; $backend->reset; $httpd->get_token($path, $token, @more); return ([$backend->requests]->[-1] || {})->{headers} };
    my $jws = answer($as);
    my $token = token($as, $jws);
    is($seen->('/app/x', $token)->{'x-signed-answer'}, $jws, 'the answer as it was signed');
    for my $name (qw(X-Signed-Answer x_signed_answer X-SIGNED-ANSWER)) {
        my @mine = grep {/^x.signed.answer/i} keys %{$seen->('/app/x', $token, $name => 'forged', Connection => "close, $name")};
        is("@mine", 'x-signed-answer', "a client's own $name is removed");
        is($seen->('/app/x', $token, $name => 'forged', Connection => "close, $name")->{'x-signed-answer'}, $jws, 'and takes ours not away');
        is(scalar(grep {/^x.signed.answer/i} keys %{$seen->('/open/x', $token, $name => 'forged')}), 0, 'nor does it pass elsewhere');
    }
    is($seen->('/phantom/x', $token)->{authorization}, "Bearer $jws", 'or in place of the token');
    my $after = $seen->('/app/none', $token);
    is([$backend->requests]->[-1]{path}, '/other/x', 'a page that another place makes');
    ok(!exists $after->{'x-signed-answer'}, 'does not have it, where that place has it not');
    $httpd->expect_log(qr/MAI0033/);
    my $long = token($as, answer($as, token_introspection => {active => $true, sub => 'alice', x => 'x' x 7000}));
    ok(!exists $seen->('/app/x', $long, 'X-Signed-Answer' => 'forged')->{'x-signed-answer'}, 'one that is too long for a header is left out');
    like($httpd->error_log, qr/MAI0033: Left out X-Signed-Answer/, 'and the log says so');
};

subtest 'set up wrong' => sub {
    my $as = new_as();
    my $url = $as->base;
    my $keys = "IntrospectJWKSURL $url/jwks\n";
    my $start = sub { return Httpd->refusal(config => $as->config . "$_[0]\n$place") };
    like($start->("IntrospectSignedResponse On\n$keys"), qr/has to know who signs: write 'IntrospectSignedResponse On ISSUER'/, 'an issuer is needed');
    like($start->("IntrospectSignedResponse On $url"), qr/has to know its keys: write 'IntrospectJWKSURL URL'/, 'so are keys');
    like($start->("IntrospectSignedResponse $_"), qr/IntrospectSignedResponse: '\w*' is not understood: write On/, "'$_' is not understood") for 'Maybe', 'Off https://as.example';
    like($start->("$keys IntrospectSignedResponse On $url\nIntrospectSignedResponseAlg $_"), qr/IntrospectSignedResponseAlg: '[-\w]*' is not understood: write one or more of RS256/, "'$_' signs nothing") for 'none', 'RS256 HS256', 'RSA-OAEP';
    like($start->("IntrospectSignedResponseAlg RS256"), qr/IntrospectSignedResponseAlg needs 'IntrospectSignedResponse On'/, 'without effect');
    like($start->("IntrospectSignedResponseAudience any"), qr/IntrospectSignedResponseAudience needs/, 'and this');
    like($start->("IntrospectExportSigned env INTROSPECT_JWT"), qr/no authorization server signs its answers: write IntrospectSignedResponse/, 'and this');
    for my $bad ('env LD_PRELOAD', 'env INTROSPECT_', 'env INTROSPECT_CLAIM_x', 'env INTROSPECT_SERVER', 'env INTROSPECT_a-b', 'header Authorization', 'header Co', 'header X-Forwarded-For',
        'header INTROSPECT-CLAIM-x', 'header a_b', 'header', 'Off x') {
        like($start->("$keys IntrospectSignedResponse On $url\nIntrospectExportSigned $bad"), qr/IntrospectExportSigned(:| takes)/, "$bad is refused");
    }
    my $httpd = Httpd->new(allow_override => 'All', config => $as->config . $keys . "IntrospectSignedResponse On $url\n$place");
    for my $line ('IntrospectSignedResponse Off', 'IntrospectSignedResponseAlg RS256', 'IntrospectSignedResponseAudience any', 'IntrospectExportSigned header X-Y') {
        $httpd->write_file('htdocs/d/.htaccess', "$line\n");
        is($httpd->get('/d/')->{status}, 500, "no .htaccess says $line");
    }
    $httpd->expect_log(qr/not allowed here/);
};
subtest 'with IntrospectCache none each question fetches the keys' => sub {
    my ($as, $httpd) = scene("IntrospectCache none\nIntrospectTimeout 60s 60s\n");
    $as->answer('/jwks' => {delay => 1, body => $signer->set('one')});
    my @answers = $httpd->parallel(map { ['/cgi/env.pl', Authorization => 'Bearer ' . token($as, answer($as))] } 1 .. 4);
    is(join(' ', map { $_->{status} } @answers), '200 200 200 200', 'those of many at once too');
    is(scalar(grep { $_->{path} eq '/jwks' } $as->requests), 4, 'each for itself');
};
done_testing;
