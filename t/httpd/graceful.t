# SPDX-License-Identifier: Apache-2.0
#
# Graceful restarts under load: no failed request, nothing left behind. While
# old children end, one token is served from the table and another renewed in
# the background all the time.
use strict;
use warnings;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep);
use AS;
use Httpd;

# Until the file `enough` is there, and so many requests are made: what statuses
# there were.
sub load {
    my ($httpd, $out, $least) = @_;
    my %seen;
    my $made = 0;
    my $end = time + 250;
    while (time < $end && ($made < $least || !-e "$httpd->{dir}/enough")) {
        $seen{$httpd->get_token('/', 'load-token-1')->{status}}++;
        $seen{$httpd->get_token('/hot/', 'load-token-2')->{status}}++;
        $made += 2;
    }
    syswrite $out, join('', map {"$_=$seen{$_}\n"} keys %seen);
    POSIX::_exit(0);
}

# What a parent process could leak: [maps of shared memory, descriptors, its
# System V segments, semaphores, files in /dev/shm].
sub belongings {
    my ($httpd) = @_;
    open my $maps, '<', "/proc/$httpd->{pid}/maps" or die $!;
    my $shared = grep { (split)[1] =~ /s$/ } <$maps>;
    my $open = () = glob "/proc/$httpd->{pid}/fd/*";
    my ($segments, $semaphores) = (0, 0);
    if (open my $list, '<', '/proc/sysvipc/shm') {    # the fifth word is its maker
        $segments = grep { ((split)[4] // '') eq $httpd->{pid} } <$list>;
    }
    if (open my $list, '<', '/proc/sysvipc/sem') { $semaphores = grep {/^\s*\d/} <$list> }
    my $files = () = glob '/dev/shm/*';
    return join ' ', $shared, $open, $segments, $semaphores, $files;
}

for (['event', 50], ['worker', 8], ['prefork', 8]) {
    my ($mpm, $restarts) = @$_;
    my $as = AS->new;
    $as->token("load-token-$_" => {sub => 'a', exp => time + 600}) for 1, 2;
    my $httpd = Httpd->new(mpm => $mpm, config => $as->config . <<'END');
IntrospectCacheMaxAge 10min
<Location />
    AuthType Introspect
    Require valid-user
</Location>
<Location /hot>
    IntrospectCacheMaxAge 100ms
</Location>
END
    $httpd->write_file('htdocs/hot/index.html', "hot\n");
    $httpd->get_token('/', 'load-token-1');
    pipe my $in, my $out;
    my @clients = map { fork // die $! or load($httpd, $out, 4 * $restarts) } 1 .. 3;    # twice as much as is wanted below
    close $out;
    $httpd->graceful for 1, 2;
    my $before = belongings($httpd);
    my ($begun, $most) = (time, $restarts);
    $restarts = 2;
    while ($restarts < 8 || $restarts < $most && time - $begun < 60) {    # a slow machine makes fewer
        sleep 0.1;
        $httpd->graceful;
        $restarts++;
    }
    my $after = belongings($httpd);
    # a slow machine takes longer, and sees as much
    $httpd->wait_until(sub { $as->calls('load-token-2') >= $restarts }, 'renewals', 150);
    $httpd->write_file('enough', '');
    waitpid $_, 0 for @clients;
    my %seen;
    while (<$in>) { /(\d+)=(\d+)/ and $seen{$1} += $2 }
    cmp_ok($seen{200}, '>=', 10 * $restarts, "$mpm: there was load");
    is(join(' ', sort keys %seen), '200', "$mpm: no request failed over $restarts graceful restarts");
    is($as->calls('load-token-1'), 1, "$mpm: one question in all about what is remembered");
    cmp_ok($as->calls('load-token-2'), '>=', $restarts, "$mpm: others were renewed all the time");
    is($after, $before, "$mpm: no segment, semaphore or descriptor is left behind");
}
done_testing;
