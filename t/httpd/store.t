# SPDX-License-Identifier: Apache-2.0
#
# The second tier: a store that several machines share, with real Redis and
# memcached. Each httpd here is a machine; as no token is used twice, most
# scenarios share two.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;
use Store;

Store::patiently();

my $as = AS->new;
my ($secret, $other) = map { Httpd::secret("$_-shared-secret-of-this-test") } qw(one other);
my $count = 0;

# A machine at this store, whose credentials the server has accepted: before, it
# uses nothing of what others were told. Its own warnings make the test fail.
sub machine {
    my ($store, %o) = @_;
    my $secrets = $o{secrets} // $secret;
    my $httpd = Httpd->new(modules => [$store->module], config => $as->config . $Store::places
        . 'IntrospectCache ' . ($o{front} // 'shm:8M ') . $store->text . "\nIntrospectCacheSecret $secrets\n" . ($o{more} // ''));
    $httpd->{names} = () = $secrets =~ /\S+/g;
    first($store, $httpd, active()) if $o{proven} // 1;
    return $httpd;
}

# A token that was never used before.
sub active {
    my (%claims) = @_;
    my $token = 'stored-token-' . ++$count;
    $as->token($token => {sub => 'alice', exp => time + 600, %claims});
    return $token;
}

sub inactive { return 'stored-token-' . ++$count }

sub asked { my ($token, $times, $name) = @_; return is($as->calls($token), $times, $name) }

sub status { my ($httpd, $token, $path) = @_; return $httpd->get_token($path // '/', $token)->{status} }

# The first request with a token that is active: its answer is written to a
# Redis after the client has it, under a name by each secret.
sub first {
    my ($store, $httpd, $token) = @_;
    my $before = $store->written;
    my $status = status($httpd, $token);
    $httpd->wait_until(sub { $store->written >= $before + $httpd->{names} }, 'an entry in the store');
    return $status;
}

# The same with one that the store has under the name of before: it gets the new one.
sub renamed {
    my ($store, $httpd, $token) = @_;
    my $before = $store->written;
    my $status = status($httpd, $token);
    $httpd->wait_until(sub { $store->written > $before }, 'an entry by its new name');
    return $status;
}

my %scenarios = (
    'what one machine has asked, the others need not' => sub {
        my ($store, $one, $two) = @_;
        my ($good, $bad) = (active(), inactive());
        is(first($store, $one, $good), 200, 'the first machine grants');
        is(status($two, $good), 200, 'so does the second');
        asked($good, 1, 'of one question');
        is(status($one, $bad), 401, 'the first machine refuses');
        is(status($two, $bad), 401, 'so does the second');
        asked($bad, 1, 'of one question');
    },

    'a store serves without a table that is asked for' => sub {
        my ($store) = @_;
        my $httpd = machine($store, front => '');
        my $token = active();
        is(first($store, $httpd, $token), 200, 'granted');
        is(status($httpd, $token), 200, 'granted again') for 1 .. 2;
        asked($token, 1, 'one question');
    },

    'a machine whose credentials are not known yet' => sub {
        my ($store, $one) = @_;
        my ($token, $other) = (active(), active());
        my $new = machine($store, proven => 0);
        is(first($store, $one, $token), 200, 'granted');
        is(first($store, $new, $token), 200, 'granted elsewhere');
        asked($token, 2, 'of two questions: nobody has said yet that it is this client');
        is(first($store, $one, $other), 200, 'granted');
        is(status($new, $other), 200, 'granted elsewhere');
        asked($other, 1, 'and of one, now that the server has');
    },

    'a large answer is shared' => sub {
        my ($store, $one, $two) = @_;
        my $token = active(roles => [map {"role-number-$_"} 1 .. 800], text => 'x' x 40000);
        is(first($store, $one, $token), 200, 'granted');
        is(status($two, $token), 200, 'granted');
        asked($token, 1, 'one question');
    },

    'a machine with another secret finds nothing' => sub {
        my ($store, $one) = @_;
        my $token = active();
        is(first($store, $one, $token), 200, 'granted');
        is(first($store, machine($store, secrets => $other), $token), 200, 'granted elsewhere');
        asked($token, 2, 'of two questions');
    },

    'a new secret with the previous one behind it finds what is there' => sub {
        my ($store, $one) = @_;
        my ($before, $after) = (active(), active());
        my @rotated = map { machine($store, secrets => "$other $secret") } 1 .. 2;
        is(first($store, $one, $before), 200, 'before the rotation');
        is(renamed($store, $rotated[0], $before), 200, 'and after it');
        asked($before, 1, 'one question');
        is(first($store, $rotated[0], $after), 200, 'what is new');
        is(status($rotated[1], $after), 200, 'is shared by those that have changed');
        asked($after, 1, 'as well');
    },

    'a revocation reaches the store although "inactive" is not remembered' => sub {
        my ($store, $one, $two) = @_;
        my $strict = machine($store, more => "IntrospectNegativeMaxAge 0\n");
        my $token = active();
        is(first($store, $strict, $token), 200, 'granted and stored');
        $as->answer($token => {body => '{"active":false}'});
        is(status($strict, $token, '/fresh/'), 401, 'a place that always asks learns of the end');
        is(status($strict, $token), 401, 'nothing old comes back from the store');
        is(status($two, $token), 401, 'nor at another machine');
    },

    'a revocation that another machine stored ends what would serve on' => sub {
        my ($store) = @_;
        my $more = "IntrospectCacheMaxAge 1s\nIntrospectStaleIfError 60s\n";
        my ($first, $second) = map { machine($store, more => $more) } 1 .. 2;
        my $token = active();
        $second->expect_log(qr/MAI00(?:47|59|60|70)/);
        is(first($store, $second, $token), 200, 'the second machine remembers a yes');
        my $granted = time;
        $as->answer($token => {body => '{"active":false}'});
        is(status($first, $token, '/fresh/'), 401, 'the first one learns of the end');
        $as->answer($token => {status => 500});
        select undef, undef, undef, 0.05 while time < $granted + 2;
        is(status($second, $token), 401, 'and the second one heeds it while the server is down');
    },

    # memcached takes more than 30 days for a moment since 1970
    'what lives for more than a month is shared' => sub {
        my ($store) = @_;
        my @patient = map { machine($store, more => "IntrospectCacheMaxAge 800h\n") } 1 .. 2;
        my $token = active(exp => time + 100 * 86400);
        is(first($store, $patient[0], $token), 200, 'granted');
        is(status($patient[1], $token), 200, 'granted');
        asked($token, 1, 'one question');
    },

    'what has less than a second to live is no failure of the store' => sub {
        my ($store, $one, $two) = @_;
        my ($short, $long) = (active(exp => time + 1), active());
        is(status($one, $short), 200, 'granted, within the leeway');
        is(first($store, $one, $long), 200, 'and another');
        is(status($two, $long), 200, 'which is shared');
        asked($long, 1, 'so the store was not left alone');
    },
);

for my $kind (qw(redis memcache)) {
    subtest $kind => sub {
        my $store = Store->new($kind);
        plan skip_all => $store->missing if $store->missing;
        my ($one, $two) = map { machine($store) } 1 .. 2;
        for my $name (sort keys %scenarios) {
            subtest $name => sub { $scenarios{$name}->($store, $one, $two) };
        }
    };
}

# What somebody can do who may write to the store: Redis only, where the test
# can as well. The machine that is deceived knows none of the tokens before.
my %lies = (
    'altered bytes' => sub { my ($value) = @_; substr($value, length($value) / 2, 1) ^= "\x01"; return $value },
    'a cut value' => sub { return substr $_[0], 0, -1 },
    'an empty value' => sub { return '' },
    'rubbish' => sub { return 'rubbish' x 100 },
    'a value larger than any entry' => sub { return "\x01" x 300_000 },
);

subtest 'a store in which others write' => sub {
    my $store = Store->new('redis');
    plan skip_all => $store->missing if $store->missing;
    my ($one, $two, $deceived) = map { machine($store) } 1 .. 3;
    $deceived->expect_log(qr/MAI0072/);

    subtest 'nothing there tells of a token or its claims' => sub {
        my $token = active(sub => 'somebody-with-a-name');
        $store->redis('FLUSHALL');
        is(first($store, $one, $token), 200, 'granted');
        my %all = $store->contents;
        is(scalar keys %all, 1, 'it is in the store');
        unlike(join('', %all), qr/\Q$token\E|somebody|sub|active|INTROSPECT/, 'and cannot be read');
    };

    # One that is active and one that is not, known to the first machine.
    my $prepare = sub {
        $store->redis('FLUSHALL');
        my @tokens = (active(), inactive());
        is(first($store, $one, $tokens[0]), 200, 'granted');
        is(status($one, $tokens[1]), 401, 'refused');
        return @tokens;
    };

    for my $name (sort keys %lies) {
        subtest "$name: a miss" => sub {
            my @tokens = $prepare->();
            my %all = $store->contents;
            is(scalar keys %all, 2, 'both are in the store');
            my %lied = map { $_ => $lies{$name}->($all{$_}) } keys %all;
            my ($own) = grep { !/:no:/ } keys %all;
            $store->replace(%lied);
            is(status($deceived, $tokens[0]), 200, 'asked about and granted');
            $deceived->wait_until(sub { $store->redis('GET', $own) ne $lied{$own} }, 'the new answer in the store');
            is(status($deceived, $tokens[1]), 401, 'asked about and refused');
            asked($_, 2, 'two questions') for @tokens;
            is(status($two, $tokens[0]), 200, 'the store is mended');
            asked($tokens[0], 2, 'by the new answer');
        };
    }

    subtest 'an entry under the name of another: a miss' => sub {
        my @tokens = $prepare->();
        my %all = $store->contents;
        my @names = keys %all;
        $store->replace($names[0] => $all{$names[1]}, $names[1] => $all{$names[0]});
        is(status($deceived, $tokens[1]), 401, 'the refused one gets nothing by it');
        is(status($deceived, $tokens[0]), 200, 'the other one loses nothing');
        asked($_, 2, 'two questions') for @tokens;
    };

    subtest 'an emptied store: a miss' => sub {
        my @tokens = $prepare->();
        $store->redis('FLUSHALL');
        is(status($two, $tokens[0]), 200, 'granted again');
        asked($tokens[0], 2, 'of two questions');
    };

    like($deceived->error_log, qr/MAI0072: Rejected an entry of the store redis /, 'the log says so');
    my $lines = () = $deceived->error_log =~ /MAI0072/g;
    cmp_ok($lines, '<=', 6, 'once in a while only');
};
done_testing;
