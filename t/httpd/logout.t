# SPDX-License-Identifier: Apache-2.0
#
# SetHandler introspect-logout: OpenID Connect Back-Channel Logout 1.0. Who
# signed out is asked about anew, and nobody else can bring that about.
use strict;
use warnings;
use Digest::SHA qw(hmac_sha256);
use JSON::PP;
use MIME::Base64 qw(encode_base64url);
use Test::More;
use AS;
use Httpd;
use Signer;
use Store;

Store::patiently();

my $event = 'http://schemas.openid.net/event/backchannel-logout';
my $json = JSON::PP->new->canonical;
my $signer = Signer->new(qw(one two other));
my %jwk = map { $_ => $signer->jwk($_) } qw(one two other);

sub claims { return Signer::logout(@_) }
sub jws { return Signer::jws(@_) }
sub by_key { return $signer->by(@_) }

sub token {
    my ($as, %change) = @_;
    return jws({alg => 'RS256', typ => 'logout+jwt', kid => 'one'}, claims($as, %change), by_key('one'));
}

my @form = ('Content-Type' => 'application/x-www-form-urlencoded');
sub logout { my ($httpd, $token, @more) = @_; return $httpd->request('POST', '/logout', "logout_token=$token", @form, @more) }

my @users = (
    [qw(alice-here-1 alice session-a)], [qw(alice-there-1 alice session-b)], [qw(alice-nowhere-1 alice)], [qw(bobby-here-1 bob session-c)], [qw(bobby-nowhere-1 bob)],
);

sub introduce {
    my ($as, $mine) = @_;
    $as->token("$_->[0]$mine" => {sub => "$_->[1]$mine", $_->[2] ? (sid => "$_->[2]$mine") : ()}) for @users;
    return;
}

sub scene {
    my (%o) = @_;
    my $as = delete $o{as} // AS->new;
    $as->answer('/jwks' => {body => $json->encode({keys => [$jwk{one}]})});
    introduce($as, '');
    my $base = $as->base;
    my $httpd = Httpd->new(%o, config => $as->config . <<"END" . ($o{config} || ''));
IntrospectJWKSURL $base/jwks
IntrospectIssuer $base
<Location />
    AuthType Introspect
    AuthName "api"
    Require valid-user
</Location>
<Location /logout>
    SetHandler introspect-logout
    IntrospectLogoutAudience web other-app
    AuthType None
    Require all granted
</Location>
END
    return ($as, $httpd);
}

# How often each user's token is asked about now.
sub asked {
    my ($as, $httpd, $mine) = @_;
    my @tokens = map { $_->[0] . ($mine // '') } @users;
    my @before = map { $as->calls($_) } @tokens;
    is(join(' ', map { $httpd->get_token('/', $_)->{status} } @tokens), '200 200 200 200 200', 'all are let in');
    return join ' ', map { $as->calls($tokens[$_]) - $before[$_] } 0 .. $#tokens;
}

# Each with users of its own: for 10 s after a logout all of hers are asked about.
subtest 'who is asked about anew' => sub {
    my ($as, $httpd) = scene();
    my $case_number = 0;
    for my $case (['a session, and its user', {}, '1 0 1 0 0'], ['a user', {sid => undef}, '1 1 1 0 0'], ['a session alone', {sub => undef}, '1 0 0 0 0'],
        ['nobody here', {sub => 'carol', sid => 'session-z'}, '0 0 0 0 0'], ['another session of hers', {sid => 'session-b'}, '0 1 1 0 0']) {
        my ($what, $change, $expected) = @$case;
        my $mine = '-' . ++$case_number;
        introduce($as, $mine);
        is(asked($as, $httpd, $mine), '1 1 1 1 1', "$what: asked about");
        is(asked($as, $httpd, $mine), '0 0 0 0 0', 'and remembered');
        my %of = (sub => "alice$mine", sid => "session-a$mine", map { $_ => defined $change->{$_} ? "$change->{$_}$mine" : undef } keys %$change);
        my $answer = logout($httpd, token($as, %of));
        is("$answer->{status} $answer->{body}", '200 ', 'logged out');
        is($answer->header('Cache-Control'), 'no-store', 'which is not stored');
        is(asked($as, $httpd, $mine), $expected, 'who is asked about anew');
        is(asked($as, $httpd, $mine), $expected, 'what is answered in the next 10 s is not remembered');
    }
    like($httpd->error_log, qr/notice.*MAI0137: Forgot what is remembered about one $_, as the authorization server says/, "the log says: a $_") for qw(user session);
    unlike($httpd->error_log, qr/alice|session-[a-z]-/, 'and not who');
};

# longer than a slow machine takes for all that is refused
my ($as, $httpd) = scene(config => "IntrospectCacheMaxAge 10min\n");
asked($as, $httpd);

# The user is asked about before, never after.
sub refused {
    my ($why, $answer, $status, $log) = @_;
    is($answer->{status}, $status // 400, "$why: refused");
    is($answer->header('Cache-Control'), 'no-store', 'not stored');
    if ($answer->{status} == 400) {
        is($answer->header('Content-Type'), 'application/json', 'says why');
        like(decode_json($answer->{body})->{error_description}, $log, 'in words') if $log;
        is(decode_json($answer->{body})->{error}, 'invalid_request', 'in the words of RFC 6749');
    }
    return;
}

my $good = {alg => 'RS256', typ => 'logout+jwt', kid => 'one'};
my $signed = by_key('one');
my $public = $signer->pem('one');
my %forged = (
    'alg none' => jws({%$good, alg => 'none'}, claims($as), sub {''}),
    'alg None, signed' => jws({%$good, alg => 'None'}, claims($as), $signed),
    'no alg' => jws({typ => 'logout+jwt', kid => 'one'}, claims($as), $signed),
    'HS256 with the public key' => jws({%$good, alg => 'HS256'}, claims($as), sub { hmac_sha256($_[0], $public) }),
    'HS256 with our secret' => jws({%$good, alg => 'HS256'}, claims($as), sub { hmac_sha256($_[0], 'rs-secret-1') }),
    'another alg than the key is for' => jws({%$good, alg => 'RS512'}, claims($as), by_key('one', 'sha512')),
    'another key' => jws($good, claims($as), by_key('other')),
    'a key that nobody knows' => jws({%$good, kid => 'other'}, claims($as), by_key('other')),
    'a key in the header' => jws({%$good, kid => 'other', jwk => $jwk{other}}, claims($as), by_key('other')),
    'a key elsewhere' => jws({%$good, kid => 'other', jku => $as->base . '/other'}, claims($as), by_key('other')),
    'crit' => jws({%$good, crit => ['exp']}, claims($as), $signed),
    'no signature' => do { my ($input) = token($as) =~ /^(.*\.)/; $input },
    'two parts' => do { my ($input) = token($as) =~ /^(.*)\./; $input },
    'no token at all' => 'x.y.z',
    'an empty one' => '',
    'text' => 'hello',
);
for my $what (sort keys %forged) { refused("Back-Channel Logout 2.6: $what", logout($httpd, $forged{$what})) }
my $altered = token($as);
$altered =~ s/\.([^.]*)\./'.' . encode_base64url(claims($as, sub => 'bob', sid => 'session-c')) . '.'/e;
refused('Back-Channel Logout 2.6: other claims than those signed', logout($httpd, $altered));

for my $case (
    ['wrong iss', qr/\(iss\)/, iss => 'https://other.example'], ['no iss', qr/\(iss\)/, iss => undef], ['a longer iss', qr/\(iss\)/, iss => $as->base . '/'],
    ['wrong aud', qr/\(aud\)/, aud => 'rs'], ['no aud', qr/\(aud\)/, aud => undef], ['an aud of others', qr/\(aud\)/, aud => ['x', 'y']], ['an aud in another', qr/\(aud\)/, aud => [['web']]],
    ['an empty aud', qr/\(aud\)/, aud => []], ['an aud that is an object', qr/\(aud\)/, aud => {web => 1}],
    ['a nonce', qr/nonce/, nonce => 'n'], ['no events', qr/events/, events => undef],
    ['another event', qr/events/, events => {'http://schemas.openid.net/event/other' => {}}], ['events as text', qr/events/, events => $event], ['events as a list', qr/events/, events => [$event]],
    ['an event that is no object', qr/events/, events => {$event => JSON::PP::true}],
    ['neither sub nor sid', qr/neither sub nor sid/, sub => undef, sid => undef], ['an empty sub', qr/neither/, sub => '', sid => undef], ['a sub that is a number', qr/neither/, sub => 7],
    ['a sid that is a list', qr/neither/, sid => ['session-a']], ['a sub with a NUL', undef, sub => "alice\0"],
    ['no jti', qr/jti/, jti => undef], ['an empty jti', qr/jti/, jti => ''], ['a jti that is a number', qr/jti/, jti => 5],
    ['no iat', qr/\(iat\)/, iat => undef], ['an iat that is text', qr/\(iat\)/, iat => 'now'], ['an old iat', qr/too long ago/, iat => time - 3600, exp => undef],
    ['an iat in the future', qr/in the future/, iat => time + 3600, exp => undef], ['an iat of 1e300', qr/in the future/, iat => 1e300, exp => undef], ['a negative iat', qr/too long ago/, iat => -1, exp => undef],
    ['an exp in the past', qr/expired/, exp => time - 300], ['an exp that is text', qr/expired/, exp => 'later'],
) {
    my ($what, $log, %change) = @$case;
    refused("Back-Channel Logout 2.6: $what", logout($httpd, token($as, %change)), 400, $log);
}
refused("Back-Channel Logout 2.6: typ $_", logout($httpd, jws({%$good, typ => $_}, claims($as), $signed)), 400, qr/typ/) for 'at+jwt', 'secevent+jwt', 'logout', '';
refused('Back-Channel Logout 2.6: a nonce that is null', logout($httpd, jws($good, '{"nonce":null,' . substr(claims($as), 1), $signed)), 400, qr/nonce/);
refused('Back-Channel Logout 2.6: duplicate claims', logout($httpd, jws($good, '{"iss":"x",' . substr(claims($as), 1), $signed)));
refused('Back-Channel Logout 2.6: claims that are a list', logout($httpd, jws($good, '[1]', $signed)));
is(asked($as, $httpd), '0 0 0 0 0', 'and nobody was forgotten');

# requests that are no logout request
refused('Back-Channel Logout 2.5: GET', $httpd->get('/logout?logout_token=' . token($as)), 405);
like($httpd->get('/logout')->header('Allow'), qr/^POST\b/, 'POST is what is allowed');
refused('Back-Channel Logout 2.5: PUT', $httpd->request('PUT', '/logout', 'logout_token=' . token($as), @form), 405);
refused('Back-Channel Logout 2.5: the token in the query', $httpd->request('POST', '/logout?logout_token=' . token($as), '', @form), 400, qr/no logout_token/);
refused('Back-Channel Logout 2.5: JSON', $httpd->request('POST', '/logout', '{"logout_token":"' . token($as) . '"}', 'Content-Type' => 'application/json'), 400, qr/urlencoded/);
refused('Back-Channel Logout 2.5: no type', $httpd->request('POST', '/logout', 'logout_token=' . token($as)), 400, qr/urlencoded/);
refused('Back-Channel Logout 2.5: two tokens', $httpd->request('POST', '/logout', join('&', map { "logout_token=$_" } token($as), token($as)), @form), 400, qr/two/);
refused('a huge body', $httpd->request('POST', '/logout', 'logout_token=' . 'x' x 70000, @form), 413);
refused('many fields', $httpd->request('POST', '/logout', join('&', map {"f$_=1"} 1 .. 2000), @form), 413);
is(asked($as, $httpd), '0 0 0 0 0', 'nobody was forgotten');
like($httpd->error_log, qr/info.*MAI0138: Refused a logout token: its jti|MAI0138/, 'the log says why');

subtest 'what is a logout token' => sub {
    for my $header ({%$good, typ => 'application/logout+jwt'}, {%$good, typ => 'LOGOUT+JWT'}, {%$good, typ => 'JWT'}, {alg => 'RS256', kid => 'one'}, {alg => 'RS256'}) {
        is(logout($httpd, jws($header, claims($as), $signed))->{status}, 200, $json->encode($header));
    }
    is(logout($httpd, token($as, @$_))->{status}, 200, $json->encode($_)) for [aud => ['x', 'other-app']], [exp => undef], [iat => time - 200], [iat => time + 30], [sid => undef], [more => {a => 1}];
    is($httpd->request('POST', '/logout', 'other=1&logout_token=' . token($as) . '&x=y', @form)->{status}, 200, '2.5: other fields do not count');
    is($httpd->request('POST', '/logout', 'logout_token=' . token($as), 'Content-Type' => 'application/x-www-form-urlencoded; charset=utf-8')->{status}, 200, 'a type with a parameter');
};

subtest 'a jti counts once, in all processes' => sub {
    my ($as, $httpd) = scene(mpm => 'prefork');
    my $jti = "once-$$";
    my $token = token($as, jti => $jti);
    is(logout($httpd, $token)->{status}, 200, 'the first time');
    refused("the same once more, $_", logout($httpd, $token), 400, qr/jti was used before/) for 1 .. 8;
    refused('the same jti in another token', logout($httpd, token($as, jti => $jti, sub => 'bob')), 400, qr/jti/);
    $httpd->graceful;
    refused('after a reload', logout($httpd, $token), 400, qr/jti/);
    is(logout($httpd, token($as))->{status}, 200, 'another one counts');
    $as->all({});
    my @replies = map { my $socket = $httpd->connect; $socket } 1 .. 4;
    my $other = token($as);
    my $body = "logout_token=$other";
    print $_ "POST /logout HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: $form[1]\r\nContent-Length: @{[length $body]}\r\n\r\n$body" for @replies;
    is(scalar(grep { Httpd::Answer->new(Httpd::read_all($_))->{status} == 200 } @replies), 1, 'of four at once, one');
};

subtest 'keys' => sub {
    my ($as, $httpd) = scene();
    my $fetched = sub { return scalar grep { $_->{path} eq '/jwks' } $as->requests };
    is(logout($httpd, token($as))->{status}, 200, 'a key that is known');
    is($fetched->(), 1, 'is fetched once');
    logout($httpd, token($as)) for 1 .. 3;
    is($fetched->(), 1, 'for all');
    my $new = sub { return logout($httpd, jws({%$good, kid => $_[0]}, claims($as), by_key($_[0]))) };
    $as->answer('/jwks' => {body => $json->encode({keys => [$jwk{one}, $jwk{two}]})});
    refused('a key that nobody knows', $new->('two')) for 1 .. 5;
    is($fetched->(), 1, 'is not looked for while the set is young');
    is(logout($httpd, token($as))->{status}, 200, 'and the known one serves on');
    like($httpd->error_log, qr/MAI0138: Refused a logout token: there is no key for its kid and alg/, 'the log says why');
};

subtest 'no keys' => sub {
    my %sets = (1 => {status => 500}, 2 => {status => 404}, 3 => {body => '{"keys":'}, 4 => {body => '{"keys":{}}'});
    my $as = AS->new;
    my $places = join '', map {"<Location /logout/$_>\nIntrospectJWKSURL @{[$as->base]}/jwks$_\n</Location>\n"} 1 .. 5;
    my $httpd = Httpd->new(config => $as->config . "<Location /logout>\nSetHandler introspect-logout\nIntrospectIssuer @{[$as->base]}\nIntrospectLogoutAudience web\n</Location>\n$places");
    $httpd->expect_log(qr/MAI00\d\d/);
    for my $name (sort keys %sets) {
        $as->answer("/jwks$name" => $sets{$name});
        refused("keys that cannot be had: $name", $httpd->request('POST', "/logout/$name", 'logout_token=' . token($as), @form)) for 1 .. 2;
        cmp_ok(scalar(grep { $_->{path} eq "/jwks$name" } $as->requests), '<=', 1, 'are asked for once');
    }
    my $oct = {kty => 'oct', kid => 'one', k => encode_base64url('a secret that everybody can read, as it is published'), alg => 'HS256'};
    $as->answer('/jwks5' => {body => $json->encode({keys => [$oct]})});
    refused('a secret in the set', $httpd->request('POST', '/logout/5', 'logout_token=' . jws({%$good, alg => 'HS256'}, claims($as), sub { hmac_sha256($_[0], 'a secret that everybody can read, as it is published') }), @form));
};

subtest 'set up wrong' => sub {
    my $as = AS->new;
    $as->answer('/jwks' => {body => $json->encode({keys => [$jwk{one}]})});
    my ($keys, $issuer, $audience) = ("IntrospectJWKSURL @{[$as->base]}/jwks", "IntrospectIssuer @{[$as->base]}", 'IntrospectLogoutAudience web');
    my %places = ('no issuer' => [$keys, $audience], 'no audience' => [$keys, $issuer], neither => [$keys], 'no keys' => [$issuer, $audience]);
    my $config = $as->config . join '', map { my $path = s/ /-/r; "<Location /$path>\nSetHandler introspect-logout\n" . join("\n", @{$places{$_}}) . "\n</Location>\n" } sort keys %places;
    my $httpd = Httpd->new(allow_override => 'All', config => $config);
    $httpd->expect_log(qr/MAI0139|IntrospectLogoutAudience not allowed here/);
    for my $what (sort keys %places) {
        my $path = $what =~ s/ /-/r;
        is($httpd->request('POST', "/$path", 'logout_token=' . token($as), @form)->{status}, 500, "$what: our fault");
    }
    like($httpd->error_log, qr/MAI0139: Cannot verify logout tokens: .*write Introspect/, 'and the log says what to write');
    like(Httpd->refusal(config => $as->config . "<Location /logout>\nIntrospectLogoutAudience $_->[0]\n</Location>\n"), $_->[1], "IntrospectLogoutAudience $_->[0] stops the start")
        for ['web', qr/no signature can be verified: write IntrospectDiscovery/], ['', qr/client_id of one client/], ['""', qr/client_id of one client/];
    $httpd->write_file('htdocs/d/.htaccess', "IntrospectLogoutAudience web\n");
    is($httpd->get('/d/')->{status}, 500, 'no .htaccess can choose whose word counts');
};

subtest 'another server\'s user' => sub {
    my ($one, $two) = (AS->new, AS->new);
    for my $as ($one, $two) {
        $as->answer('/jwks' => {body => $json->encode({keys => [$jwk{one}]})});
        $as->token('same-name-1' => {sub => 'alice', iss => $as->base});
    }
    my $config = join '', map {
        my ($name, $as) = @$_;
        "<IntrospectServer $name>\n" . $as->config . "IntrospectJWKSURL @{[$as->base]}/jwks\nIntrospectIssuer @{[$as->base]}\n</IntrospectServer>\n"
            . "<Location /$name>\nAuthType Introspect\nIntrospectServer $name\nRequire valid-user\n</Location>\n"
            . "<Location /logout-$name>\nSetHandler introspect-logout\nIntrospectServer $name\nIntrospectLogoutAudience web\n</Location>\n"
    } ['one', $one], ['two', $two];
    my $httpd = Httpd->new(config => $config);
    $httpd->get_token("/$_/", 'same-name-1') for qw(one two);
    my $token = token($one);
    is($httpd->request('POST', '/logout-two', "logout_token=$token", @form)->{status}, 400, 'one cannot speak for the other');
    is($httpd->request('POST', '/logout-one', "logout_token=$token", @form)->{status}, 200, 'but for itself');
    $httpd->get_token("/$_/", 'same-name-1') for qw(one two);
    is($one->calls('same-name-1') . $two->calls('same-name-1'), '21', 'and only its own answers are forgotten');
};
# The authorization server tells one machine; those that share a store all know.
subtest 'a logout at one machine ends the session at the other' => sub {
    my $store = Store->new('redis');
    plan skip_all => $store->missing if $store->missing;
    my $as = AS->new;
    my $cache = 'IntrospectCache shm:8M ' . $store->text . "\nIntrospectCacheSecret " . Httpd::secret('shared-secret-of-two-machines') . "\n";
    my ($one, $two) = map { (scene(as => $as, config => $cache))[1] } 1 .. 2;
    introduce($as, '-far');
    my @tokens = map {"$_-far"} qw(alice-here-1 alice-there-1);
    for my $httpd ($one, $two) { is($httpd->get_token('/', $_)->{status}, 200, 'let in') for @tokens, 'bobby-here-1-far' }
    my %before = map { $_ => $as->calls($_) } @tokens, 'bobby-here-1-far';
    $as->answer($tokens[0] => {body => '{"active":false}'});
    is($two->get_token('/', $_)->{status}, 200, 'and remembered') for @tokens;

    is(logout($one, token($as, sub => 'alice-far', sid => 'session-a-far'))->{status}, 200, 'alice signs out of one session');
    $two->wait_until(sub { $two->get_token('/', $tokens[0])->{status} == 401 }, 'the end of it at the other machine');
    is($one->get_token('/', $tokens[0])->{status}, 401, 'and at the first one');
    is($two->get_token('/', $_)->{status}, 200, 'other sessions go on') for $tokens[1], 'bobby-here-1-far';
    is($as->calls($_), $before{$_}, 'without a question') for $tokens[1], 'bobby-here-1-far';
};
done_testing;
