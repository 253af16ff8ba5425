# SPDX-License-Identifier: Apache-2.0
#
# Our own credentials: what is remembered under them, what they prove, and how
# they are replaced without an outage.
use strict;
use warnings;
use MIME::Base64 qw(decode_base64 encode_base64);
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

# What the server gets: the secret in it, by whichever method.
sub secret_of {
    my ($request) = @_;
    my ($sent) = $request->{body} =~ /client_secret=([^&]*)/;
    return $sent // (split /:/, decode_base64(($request->{headers}{authorization} // '') =~ s/^Basic //r))[1] // '';
}

subtest 'two secrets, while one replaces the other' => sub {
    for my $method (qw(client_secret_basic client_secret_basic_raw client_secret_post)) {
        my $post = $method =~ /post/;
        my $knows = sub {
            my ($secret) = @_;
            $as->credentials($post ? '' : basic($secret));
            $as->all($post ? {form => "client_secret=$secret"} : {});
            $as->reset;
        };
        my $with = "IntrospectClientAuth $method\n" . config("$secrets[1] $secrets[0]");
        my $fresh = sub { my $token = token(); $as->answer($token, {body => '{"active":true,"sub":"alice"}', $post ? (form => "client_secret=$_[0]") : ()}); return $token };
        $knows->($secrets[0]);
        my $httpd = start($with);
        $httpd->expect_log(qr/MAI0110/);
        my ($before, $after) = map { $fresh->($secrets[0]) } 1, 2;
        is(status($httpd, $before), 200, "$method: the server has not heard of the new one");
        is(join(' ', map { secret_of($_) } $as->requests), "$secrets[1] $secrets[0]", 'so the old one is tried after it');
        like($httpd->error_log, qr/MAI0110: \S+ accepts the second secret of IntrospectClientSecret for client 'rs', and refuses the first, as set at \S+more\.conf:\d+: /, 'and the log says which works, and where');
        is(status($httpd, $after), 200, 'another token');
        is(join(' ', map { secret_of($_) } $as->requests), "@secrets[1, 0, 0]", 'is asked about with the one that works');
        $knows->($secrets[1]);
        $after = $fresh->($secrets[1]);
        is(status($httpd, $after), 200, 'now the server knows the new one only');
        is(join(' ', map { secret_of($_) } $as->requests), "@secrets[0, 1]", 'which is tried after the old one');
        is(status($httpd, $before), 200, 'what was remembered under the old one serves');
        is($as->calls($before), 0, 'without a question');
        reload($httpd, "IntrospectClientAuth $method\n" . config($secrets[1]));
        is(status($httpd, $_), 200, 'also once the old one is taken out') for $before, $after;
        is($as->calls($before), 0, 'at once');
    }
    $as->credentials(basic('another-secret-of-nobody'));
    $as->reset;
    my $httpd = start(config("$secrets[1] $secrets[0]"));
    $httpd->expect_log(qr/MAI0053/);
    is(status($httpd, token()), 500, 'where both are refused that is an error of ours');
    is(scalar(() = $as->requests), 2, 'after one question with each');
    like($httpd->error_log, qr/MAI0053: .*both secrets/, 'which the log says');
    my $said = Httpd->refusal(config => "IntrospectClientAuth client_secret_jwt\n" . config(q{"a secret of 32 characters or more" short}));
    like($said // 'it starts', qr/as long as the hash/, 'an old one that cannot sign stops the start');
    unlike($said // '', qr/a secret of 32|short/, 'and is not shown');
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
