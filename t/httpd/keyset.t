# SPDX-License-Identifier: Apache-2.0
#
# SetHandler introspect-jwks as HTTP has it: methods, for how long the answer
# is good, and what a failing key set costs.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
my $keys = {body => '{"keys":[{"kty":"RSA","n":"x","e":"AQAB"}]}'};
sub asked { my ($path) = @_; return scalar grep { $_->{path} eq $path } $as->requests }
my @names = qw(keys late soon);
my $httpd = Httpd->new(config => join '', map {<<"END"} @names);
<Location /$_>
    SetHandler introspect-jwks
    IntrospectJWKSURL @{[$as->base]}/$_
</Location>
END
$httpd->expect_log(qr/MAI0047/, qr/MAI0048/);

subtest 'methods' => sub {
    $as->answer('/keys' => $keys);
    for my $method (qw(POST PUT DELETE)) {
        my $answer = $httpd->request($method, '/keys', '');
        is($answer->{status}, 405, "$method is not allowed");
        is(join(' ', sort grep { $_ ne 'TRACE' } split /, ?/, $answer->header('Allow')), 'GET HEAD OPTIONS', 'and what is stands in Allow');
    }
    my $answer = $httpd->request('OPTIONS', '/keys', undef);
    is($answer->{status}, 200, 'OPTIONS is answered');
    is(join(' ', sort grep { $_ ne 'TRACE' } split /, ?/, $answer->header('Allow')), 'GET HEAD OPTIONS', 'with the same');
    is($answer->{body}, '', 'and no keys');
    is(asked('/keys'), 0, 'nobody was asked');
    $answer = $httpd->request('HEAD', '/keys', undef);
    is("$answer->{status} $answer->{body}", '200 ', 'HEAD has no body');
};

subtest 'max-age is what is left' => sub {
    my $left = sub { return $httpd->get('/keys')->header('Cache-Control') =~ /^public, max-age=(\d+)$/ ? $1 : 'none' };
    like($left->(), qr/^(?:60|[1-5]?\d)$/, 'there is one');
    ok($httpd->wait_until(sub { $left->() < 59 }, 'a smaller one'), 'and it becomes less');
    cmp_ok(asked('/keys'), '<=', 2, 'of one answer');
};

subtest 'a key set that cannot be had' => sub {
    $as->answer('/late' => {status => 503, body => '', headers => ['Retry-After: 40']});
    is($httpd->get('/late')->{status}, 503, 'is 503') for 1 .. 5;
    is(asked('/late'), 1, 'and is asked for once, until it may be');
    cmp_ok($httpd->get('/late')->header('Retry-After'), '>', 20, 'as Retry-After says');
    $as->answer('/soon' => {status => 429, body => '', headers => ['Retry-After: 1']});
    is($httpd->get('/soon')->{status}, 503, 'one that asks for a second');
    $as->answer('/soon' => $keys);
    ok($httpd->wait_until(sub { $httpd->get('/soon')->{status} == 200 }, 'the key set'), 'is there after it');
};
done_testing;
