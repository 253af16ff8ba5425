# SPDX-License-Identifier: Apache-2.0
#
# client_secret_jwt and private_key_jwt: what is signed for each question, and
# what of our keys is published. That the signatures are good shows oidc.t.
use strict;
use warnings;
use Test::More;
use File::Temp qw(tempdir);
use JSON::PP;
use MIME::Base64 qw(decode_base64url);
use AS;
use Httpd;

my $dir = tempdir('introspect-keys-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my %options = (
    rsa => '-algorithm RSA -pkeyopt rsa_keygen_bits:2048',
    ec => '-algorithm EC -pkeyopt ec_paramgen_curve:P-256',
    ed => '-algorithm ED25519',
    weak => '-algorithm RSA -pkeyopt rsa_keygen_bits:1024',
    locked => '-algorithm ED25519 -aes128 -pass pass:secret',
);
for my $name (keys %options) {
    system("openssl genpkey $options{$name} -out $dir/$name.pem 2>/dev/null") == 0 or die $name;
}
write_text("$dir/oct.jwk", '{"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}');
sub write_text { my ($path, $text) = @_; open my $out, '>', $path or die $!; print $out $text; close $out; chmod 0600, $path; return }
my $secret = 'a secret of 32 characters or more';
my $place = "<Location />\nAuthType Introspect\nAuthName api\nRequire valid-user\n</Location>\n";
my $key = "IntrospectClientAuth private_key_jwt\nIntrospectClientKey file:$dir/ec.pem\n";

my $as = AS->new(credentials => '');
$as->token("good-token-$_" => {sub => 'alice'}) for 1 .. 9;

sub config {
    my ($more, %o) = @_;
    my $urls = $o{urls} || $as->url;
    return "IntrospectEndpoint $urls\nIntrospectClientID rs:1\nIntrospectCacheMaxAge 0\n$more$place";
}

# The forms that the server got, as hashes, each with what its assertion says.
sub forms {
    my @forms;
    for my $request ($as->requests) {
        my %form = map { map { tr/+/ /r =~ s/%(..)/chr hex $1/ger } split /=/, $_, 2 } split /&/, $request->{body};
        my ($head, $claims, $signature) = split /\./, $form{client_assertion} // '..';
        @form{qw(head claims)} = map { decode_json(decode_base64url($_) || '{}') } $head // '', $claims // '';
        $form{signature} = length decode_base64url($signature // '');
        $form{authorization} = $request->{headers}{authorization};
        push @forms, \%form;
    }
    return @forms;
}

# One process, so that a connection is kept for the next question.
my $limits = "StartServers 1\nServerLimit 1\nThreadsPerChild 4\nMaxRequestWorkers 4\nMinSpareThreads 4\nMaxSpareThreads 4";

sub asked {
    my ($config, @tokens) = @_;
    $as->reset;
    my $httpd = Httpd->new(config => $config, mpm => 'event', limits => $limits);
    is($httpd->get_token('/', $_)->{status}, 200, "$_ is good") for @tokens;
    return ($httpd, forms());
}

subtest 'a key signs each question anew' => sub {
    my $before = time;
    my (undef, @forms) = asked(config($key), map {"good-token-$_"} 1 .. 4);
    is(@forms, 4, 'four questions');
    my $form = $forms[0];
    is($form->{authorization}, undef, 'nothing is in a header');
    is($form->{client_id}, 'rs:1', 'client_id is in the form');
    is($form->{client_assertion_type}, 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', 'and the type');
    is_deeply([@{$form->{head}}{qw(alg typ)}], [qw(ES256 JWT)], 'alg and typ are in its header');
    like($form->{head}{kid}, qr/^[\w-]{43}$/, 'a key in PEM is named by its thumbprint');
    is($form->{signature}, 64, 'a signature of ES256');
    my $claims = $form->{claims};
    is_deeply([sort keys %$claims], [qw(aud exp iat iss jti sub)], 'six claims');
    is("$claims->{iss} $claims->{sub}", 'rs:1 rs:1', 'RFC 7523 3: iss and sub are the client id');
    is($claims->{aud}, $as->url, 'RFC 7523 3: aud is the endpoint, where the issuer is not known');
    cmp_ok($claims->{exp} - $claims->{iat}, '<=', 60, 'RFC 7523 3: exp is a minute away at most');
    cmp_ok($claims->{iat}, '>=', $before, 'from now');
    cmp_ok($claims->{exp}, '>', time, 'and not over');
    my %ids = map { $_->{claims}{jti} => 1 } @forms;
    is(keys %ids, 4, 'RFC 7523 3: no jti twice');
    cmp_ok(length $claims->{jti}, '>=', 22, 'and none can be guessed');
};

subtest 'RFC 7523 3: nor on a retry' => sub {
    my ($httpd) = asked(config($key), 'good-token-1');
    $as->fault('kept');    # a kept connection dies of the question
    my $answer = $httpd->get_token('/', 'good-token-2');
    $as->fault('');
    is($answer->{status}, 200, 'a dead connection is replaced');
    my @forms = forms();
    is(@forms, 3, 'the question was sent again');
    isnt($forms[1]{claims}{jti}, $forms[2]{claims}{jti}, 'with another assertion');
};

subtest 'the next endpoint gets one of its own' => sub {
    my $gone = Httpd::free_port();
    my ($httpd, @forms) = asked(config($key, urls => "http://127.0.0.1:$gone/introspect " . $as->url), 'good-token-1');
    $httpd->expect_log(qr/MAI0041/);
    is($forms[0]{claims}{aud}, $as->url, 'aud is the endpoint that is asked');
};

subtest 'audiences' => sub {
    for my $case (['https://as.example', 'https://as.example'], ['endpoint', $as->url]) {
        my (undef, @forms) = asked(config("${key}IntrospectAssertionAudience $case->[0]\n"), 'good-token-1');
        is($forms[0]{claims}{aud}, $case->[1], $case->[0]);
    }
};

subtest 'algorithms' => sub {
    for my $case (['rsa', '', 'RS256', 256], ['rsa', ' PS384', 'PS384', 256], ['ed', '', 'EdDSA', 64]) {
        my ($name, $word, $alg, $size) = @$case;
        my (undef, @forms) = asked(
            config("IntrospectClientAuth private_key_jwt$word\nIntrospectClientKey file:$dir/$name.pem\n"), 'good-token-1');
        is($forms[0]{head}{alg}, $alg, "$name$word signs with $alg");
        is($forms[0]{signature}, $size, 'of its size');
    }
    for my $case ([$secret, '', 'HS256', 32], [$secret x 2, ' HS512', 'HS512', 64]) {
        my ($text, $word, $alg, $size) = @$case;
        my (undef, @forms) = asked(
            config("IntrospectClientAuth client_secret_jwt$word\nIntrospectClientSecret \"$text\"\n"), 'good-token-1');
        is($forms[0]{head}{alg}, $alg, "a secret signs with $alg");
        is($forms[0]{signature}, $size, 'of its size');
        is($forms[0]{client_secret}, undef, 'and is not sent');
    }
};

sub slurp { my ($path) = @_; open my $in, '<', $path or die $!; local $/; return scalar <$in> }
sub jwks { my ($httpd) = @_; return $httpd->get('/keys') }

subtest 'the public keys have a URL' => sub {
    # public and private keys of node would do; these are of RFC 7515 A.2, A.1
    my $set = join ',', map { slurp("$Httpd::root/t/core/jose/vectors/$_.jwk") } qw(rfc7515_A.2 rfc7515_A.1 rfc7520_4.3);
    open my $out, '>', "$dir/set.json" or die $!;
    print $out "{\"keys\":[$set]}";
    close $out;
    chmod 0600, "$dir/set.json";
    my $serve = "<Location /keys>\nSetHandler introspect-client-jwks\nAuthType None\nRequire all granted\n</Location>\n";
    my ($httpd, @forms) = asked(config("IntrospectClientAuth private_key_jwt ES512\nIntrospectClientKey file:$dir/set.json\n") . $serve, 'good-token-1');
    is($forms[0]{head}{kid}, 'bilbo.baggins@hobbiton.example', 'the key with the algorithm signs, and is named');
    my $answer = jwks($httpd);
    is($answer->{status}, 200, 'they are served');
    is($answer->header('Content-Type'), 'application/jwk-set+json', 'as such');
    my $keys = decode_json($answer->{body})->{keys};
    is(join(' ', map { $_->{kty} } @$keys), 'RSA EC', 'the symmetric one is not among them');
    unlike($answer->{body}, qr/"(?:d|p|q|dp|dq|qi|k)"/, 'nothing private is in it');
    like($keys->[0]{kid}, qr/^[\w-]{43}$/, 'a key without a name is named by its thumbprint');
    is($httpd->request('POST', '/keys', '')->{status}, 405, 'it is only read');
    is($httpd->request('HEAD', '/keys')->{body}, '', 'HEAD has no body');
    undef $httpd;
    ($httpd) = asked(config("IntrospectClientAuth client_secret_jwt\nIntrospectClientSecret \"$secret\"\n") . $serve);
    is(jwks($httpd)->{body}, '{"keys":[]}', 'a secret is no key for others');
};

subtest 'a key is published by the name that its assertions have' => sub {
    my ($httpd, @forms) = asked(config($key) . "<Location /keys>\nSetHandler introspect-client-jwks\nAuthType None\nRequire all granted\n</Location>\n", 'good-token-1');
    is($forms[0]{head}{kid}, decode_json(jwks($httpd)->{body})->{keys}[0]{kid}, 'so that a server finds it');
};

subtest 'a section with a method of its own' => sub {
    my $other = "<Location /other>\nIntrospectClientAuth client_secret_jwt\nIntrospectClientSecret \"$secret\"\n</Location>\n";
    $as->reset;
    my $httpd = Httpd->new(config => config("IntrospectClientAuth private_key_jwt ES256\nIntrospectClientKey file:$dir/ec.pem\n") . $other);
    $httpd->get_token('/other/', 'good-token-1');
    my ($form) = forms();
    is($form->{head}{alg}, 'HS256', 'does not inherit the algorithm of another');
};

subtest 'what cannot work is refused at the start' => sub {
    my $auth = 'IntrospectClientAuth private_key_jwt';
    for my $case (
        [$auth, qr/IntrospectClientKey SECRET/],
        ["$auth\nIntrospectClientKey file:$dir/oct.jwk", qr/is a private key that may sign/],
        ["$auth ES384\nIntrospectClientKey file:$dir/ec.pem", qr/none of the keys/],
        ["$auth HS256\nIntrospectClientKey file:$dir/ec.pem", qr/'HS256' is not understood: write RS256/],
        ["$auth none\nIntrospectClientKey file:$dir/ec.pem", qr/'none' is not understood/],
        ["$auth\nIntrospectClientKey file:$dir/weak.pem", qr/fewer than 2,048 bits/],
        ["$auth\nIntrospectClientKey file:$dir/locked.pem", qr/passphrase/],
        ["$auth\nIntrospectClientKey file:$dir/absent.pem", qr/cannot read/],
        ["$auth\nIntrospectClientKey swordfish-of-text", qr/IntrospectClientKey cannot be used/],
        ["$auth\nIntrospectClientKey file:$dir/ec.pem\nIntrospectAssertionAudience issuer", qr/the issuer is not known/],
        ["$auth\nIntrospectClientKey file:$dir/ec.pem\nIntrospectAssertionAudience token_endpoint", qr/write its URL/],
        ["IntrospectClientAuth client_secret_jwt\nIntrospectClientSecret short", qr/as long as the hash/],
        ["IntrospectClientAuth client_secret_jwt HS512\nIntrospectClientSecret \"$secret\"", qr/as long as the hash/],
        ["IntrospectClientAuth client_secret_jwt RS256\nIntrospectClientSecret \"$secret\"", qr/write HS256/],
        ['IntrospectClientAuth client_secret_post HS256', qr/signs nothing/],
    ) {
        my $said = Httpd->refusal(config => config("$case->[0]\n"));
        like($said // 'started', $case->[1], $case->[0] =~ s/\n.*\n?/ .../r);
        unlike($said // '', qr/swordfish/, 'the key is not repeated') if $case->[0] =~ /swordfish/;
    }
};

subtest 'none of it is for .htaccess' => sub {
    my $httpd = Httpd->new(config => config($key), allow_override => 'All');
    for my $line ("IntrospectClientKey file:$dir/ed.pem", 'IntrospectAssertionAudience endpoint') {
        $httpd->write_file('htdocs/.htaccess', "$line\n");
        is($httpd->get_token('/', 'good-token-1')->{status}, 500, $line);
    }
};

done_testing;
