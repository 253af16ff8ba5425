# SPDX-License-Identifier: Apache-2.0
#
# Back-channel logout with a real authorization server: oidc-provider calls, and
# ends its tokens afterwards.
# Not under a sanitizer: a program of node does the work.
use strict;
use warnings;
use Test::More;
use Httpd;
use Node;

my $node = Node->new('oidc', 'logout.js');
my $as = 'http://127.0.0.1:' . $node->heard->{port};
my $httpd = Httpd->new(config => <<"END");
IntrospectDiscovery $as
IntrospectTimeout 60s
IntrospectClientID rs
IntrospectClientSecret @{[Httpd::secret('rs-secret-1')]}
<Location />
    AuthType Introspect
    AuthName "api"
    Require user alice bob
</Location>
<Location /logout>
    SetHandler introspect-logout
    IntrospectLogoutAudience web
    AuthType None
    Require all granted
</Location>
END
my $url = "http://127.0.0.1:$httpd->{port}";
is($node->tell(uri => "$url/logout", probe => "$url/")->{error}, undef, 'the server knows whom to tell');

sub login {
    my ($name) = @_;
    my $answer = $node->tell(login => $name);
    is($answer->{error}, undef, "$name signs in");
    return Httpd::secret($answer->{token});
}

sub status { my ($token) = @_; return $httpd->get_token('/', $token)->{status} }

my $bob = login('bob');
my $alice = login('alice');
is(status($_), 200, 'is let in') for ($alice, $bob) x 2;
my $said = $node->tell(logout => JSON::PP::true);
is($said->{error}, undef, 'alice signs out');
is($said->{told}, JSON::PP::true, 'the server tells, and is content');
is($said->{probed}, 200, 'her token is active still right after the call');
is(status($alice), 401, 'which is not remembered: she is out');
is(status($alice), 401, 'for all processes') for 1 .. 3;
is(status($bob), 200, 'bob is not');
like($httpd->error_log, qr/MAI0137/, 'the log says it');

$alice = login('alice');
is(status($alice), 200, 'she can come back');
done_testing;
