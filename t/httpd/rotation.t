# SPDX-License-Identifier: Apache-2.0
#
# Our own credentials: what is remembered under them, what they prove, and how
# they are replaced without an outage.
use strict;
use warnings;
use MIME::Base64 qw(encode_base64);
use Test::More;
use AS;
use Httpd;

my $count = 0;
my $as = AS->new;
sub token { my $token = 'rotated-token-' . ++$count; $as->token($token, {sub => 'alice'}); return $token }
sub basic { return 'Basic ' . encode_base64("rs:$_[0]", '') }
sub status { my ($httpd, $token, $path) = @_; return $httpd->get_token($path // '/', $token)->{status} }
my $place = "AuthType Introspect\nAuthName x\nRequire valid-user\n";

sub client { my ($secret) = @_; return "IntrospectEndpoint @{[$as->url]}\nIntrospectClientID rs\nIntrospectClientSecret $secret\n" }
sub config { my ($secret, @more) = @_; return client($secret) . "<Location />\n$place</Location>\n@more" }
sub reload { my ($httpd, $config) = @_; $httpd->write_file('more.conf', $config); $httpd->graceful; return }

sub start {
    my ($config, %o) = @_;
    my $httpd = Httpd->prepare(config => "Include %DIR%/more.conf\n", %o);
    $httpd->write_file('more.conf', $config);
    return $httpd->begin;
}

my @secrets = map { Httpd::secret("secret-of-rotation-$_") } 1, 2;

subtest 'a new secret' => sub {
    $as->credentials(basic($secrets[0]));
    my $httpd = start(config($secrets[0]));
    my ($old, $other) = (token(), token());
    is(status($httpd, $old), 200, 'granted');
    $as->credentials(basic($secrets[1]));
    reload($httpd, config($secrets[1]));
    is(status($httpd, $other), 200, 'the server takes the new one');
    is(status($httpd, $old), 200, 'what was remembered serves on');
    is($as->calls($old), 1, 'without another question');
    reload($httpd, config($secrets[1], '# unchanged'));
    is(status($httpd, $_), 200, 'and after a reload that changes nothing') for $old, $other;
    is($as->calls($_), 1, 'at once') for $old, $other;
};

subtest 'a place with a wrong secret of the same client' => sub {
    $as->credentials(basic($secrets[0]));
    my $httpd = start(config($secrets[0], "<Location /wrong>\n" . client('another-wrong-secret') . "</Location>\n"));
    $httpd->write_file('htdocs/wrong/index.html', "wrong\n");
    $httpd->expect_log(qr/MAI0053/);
    my $token = token();
    is(status($httpd, $token), 200, 'the right one is granted') for 1 .. 2;
    is(status($httpd, $token, '/wrong/'), 500, 'the wrong one uses nothing of it') for 1 .. 2;
    is(status($httpd, $token), 200, 'and takes nothing away');
    is($as->calls($token), 3, 'one question of the right one, two of the wrong one');
};

subtest 'what one process has learnt, later ones know' => sub {
    $as->credentials(basic($secrets[0]));
    my $httpd = start(config($secrets[0]), mpm => 'prefork', limits => "StartServers 1\nMinSpareServers 1\nMaxSpareServers 1\nMaxConnectionsPerChild 1");
    is(status($httpd, token()), 200, 'the credentials are accepted');
    for my $when ('a process that was forked later', 'one after a graceful restart') {
        my $odd = 'an-odd-token-' . ++$count;
        $as->answer($odd, {status => 400, body => '{"error":"invalid_request"}'});
        is(status($httpd, $odd), 401, "$when: an invalid request is the token's fault");
        reload($httpd, config($secrets[0]));
    }
    $as->answer('odd-after-rotation', {status => 400, body => '{"error":"invalid_request"}'});
    $httpd->expect_log(qr/MAI0066/);
    $as->credentials(basic($secrets[1]));
    reload($httpd, config($secrets[1]));
    is(status($httpd, 'odd-after-rotation'), 500, 'with another secret it is ours, until it is accepted');
};
done_testing;
