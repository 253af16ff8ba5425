# SPDX-License-Identifier: Apache-2.0
#
# A new IntrospectCacheSecret, machine by machine and by reloads: no step
# forgets an answer, and none a revocation.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;
use Store;

Store::patiently();
plan skip_all => Store->new('redis')->missing if Store->new('redis')->missing;
my ($old, $new, $other) = map { Httpd::secret("the-$_-shared-secret-of-this-test") } qw(old new other);
my @form = ('Content-Type' => 'application/x-www-form-urlencoded');
my $count = 0;

sub active {
    my ($as) = @_;
    my $token = 'rotated-token-' . ++$count;
    $as->token($token => {sub => "user-$count", exp => time + 600});
    return $token;
}

sub status { my ($httpd, $token, $path) = @_; return $httpd->get_token($path // '/', $token)->{status} }

# A machine whose credentials the server has accepted.
sub machine {
    my ($as, $store, $secrets) = @_;
    my $httpd = Httpd->prepare(config => $as->config . $Store::places
        . "IntrospectCache shm:8M " . $store->text . "\nInclude %DIR%/secrets.conf\nIntrospectCacheMaxAge 5min\n"
        . "<Location /purge>\nSetHandler introspect-purge\nIntrospectAdmin On\nAuthType None\nRequire all granted\n</Location>\n");
    $httpd->write_file('secrets.conf', "IntrospectCacheSecret $secrets\n");
    $httpd->{names} = () = $secrets =~ /\S+/g;
    $httpd->begin;
    ask($httpd, $store, active($as));
    return $httpd;
}

sub step {
    my ($httpd, $secrets) = @_;
    $httpd->{names} = () = $secrets =~ /\S+/g;
    $httpd->write_file('secrets.conf', "IntrospectCacheSecret $secrets\n");
    $httpd->graceful;
    return;
}

# A question at one machine, whose answer has reached the store, under a name by
# each secret.
sub ask {
    my ($httpd, $store, $token) = @_;
    my $before = $store->written;
    is(status($httpd, $token), 200, 'granted');
    $httpd->wait_until(sub { $store->written >= $before + $httpd->{names} }, 'an entry in the store');
    return $token;
}

sub asked { my ($as, $name, @tokens) = @_; return is(join(' ', map { $as->calls($_) } @tokens), join(' ', (1) x @tokens), $name) }

subtest 'two machines, one step after the other' => sub {
    my ($as, $store) = (AS->new, Store->new('redis'));
    my ($one, $two) = map { machine($as, $store, $old) } 1 .. 2;
    my @tokens = map { ask($_, $store, active($as)) } $one, $two;
    is(status($one, $tokens[1]), 200, 'both know both');

    step($one, "$new $old");
    is(status($one, $_), 200, 'the first machine has both secrets') for @tokens;
    push @tokens, ask($one, $store, active($as)), ask($two, $store, active($as));
    for my $httpd ($one, $two) { is(status($httpd, $_), 200, 'what either asks, the other finds') for @tokens }
    asked($as, 'of one question each', @tokens);

    step($two, "$new $old");
    for my $httpd ($one, $two) { is(status($httpd, $_), 200, 'both have both') for @tokens }
    asked($as, 'nothing is asked again', @tokens);

    step($one, $new);
    is(status($one, $_), 200, 'the first machine has the new one alone') for @tokens;
    push @tokens, ask($one, $store, active($as)), ask($two, $store, active($as));
    for my $httpd ($one, $two) { is(status($httpd, $_), 200, 'what either asks, the other finds') for @tokens }
    step($two, $new);
    for my $httpd ($one, $two, machine($as, $store, $new)) { is(status($httpd, $_), 200, 'each machine, a new one too') for @tokens }
    asked($as, 'the last step has forgotten nothing', @tokens);
    unlike($_->error_log, qr/MAI0072/, 'nothing in the store was refused') for $one, $two;
};

subtest 'a revocation that a machine of the new secret learns' => sub {
    my ($as, $store) = (AS->new, Store->new('redis'));
    my ($one, $two) = map { machine($as, $store, $old) } 1 .. 2;
    my $token = ask($one, $store, active($as));
    step($one, "$new $old");
    $as->answer($token => {body => '{"active":false}'});
    is(status($one, $token, '/fresh/'), 401, 'it has ended');
    is(status($two, $token), 401, 'is found by one of the old secret');
};

subtest 'what machines tell each other to forget in the middle of it' => sub {
    my ($as, $store) = (AS->new, Store->new('redis'));
    my %machines = (old => machine($as, $store, $old), both => machine($as, $store, "$new $old"), new => machine($as, $store, $new));
    my %reaches = (old => ['both'], both => ['old', 'new'], new => ['both']);
    for my $from (sort keys %reaches) {
        my $token = active($as);
        my $user = "user-$count";
        is(status($machines{$_}, $token), 200, "remembered: $_") for sort keys %machines;
        $as->answer($token => {body => '{"active":false}'});
        is(status($machines{$_}, $token), 200, "without a question: $_") for @{$reaches{$from}};
        is($machines{$from}->request('POST', '/purge', "sub=$user", @form)->{status}, 200, "purged at the machine of $from");
        for my $to (@{$reaches{$from}}) {
            ok($machines{$to}->wait_until(sub { status($machines{$to}, $token) == 401 }, "the end at $to", 60), "reaches that of $to");
        }
    }
};

for (['before the rotation', 0], ['in the middle of it', 1]) {
    my ($when, $steps) = @$_;
    subtest "a purge $when holds after its end" => sub {
        my ($as, $store) = (AS->new, Store->new('redis'));
        my $one = machine($as, $store, $old);
        my ($token, $again) = map { ask($one, $store, active($as)) } 1 .. 2;
        step($one, "$new $old") if $steps;
        is(status($one, $_), 200, 'remembered') for $token, $again;
        asked($as, 'of one question', $token, $again);
        is($one->request('POST', '/purge', "token=$_", @form)->{status}, 200, 'purged') for $token, $again;
        $one->expect_log(qr/MAI0047/);
        $as->answer($token => {status => 500});
        step($one, "$new $old") if !$steps;
        is(status($one, $token), 503, 'nothing of before serves');
        step($one, $new);
        is(status($one, $token), 503, 'nor after the last step');
        is(status($one, $again), 200, 'another is asked about');
        is($as->calls($again), 2, 'anew');
    };
}

subtest 'an unrelated secret' => sub {
    my ($as, $store) = (AS->new, Store->new('redis'));
    my ($one, $two) = map { machine($as, $store, $_) } $old, $other;
    my $token = active($as);
    is(status($_, $token), 200, 'granted by a question of its own') for $one, $two;
    is($one->request('POST', '/purge', "token=$token", @form)->{status}, 200, 'purged at one');
    step($one, $other);
    is(status($one, $token), 200, 'granted');
    is($as->calls($token), 3, 'by another question: what was purged stays purged');
};
done_testing;
