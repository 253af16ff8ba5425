# SPDX-License-Identifier: Apache-2.0
#
# Graceful restarts under load: no failed request.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;

for my $mpm (qw(event worker prefork)) {
    my $as = AS->new;
    $as->token('load-token-1' => {sub => 'a', exp => time + 600});
    my $httpd = Httpd->new(mpm => $mpm, config => $as->config . "<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n");
    $httpd->get_token('/', 'load-token-1');
    pipe my $in, my $out;
    my @clients;
    for (1 .. 3) {
        my $pid = fork;
        if (!$pid) {
            my %seen;
            my $end = time + 8;
            while (time < $end && !-e "$httpd->{dir}/enough") { $seen{$httpd->get_token('/', 'load-token-1')->{status}}++ }
            syswrite $out, join('', map {"$_=$seen{$_}\n"} keys %seen);
            require POSIX;
            POSIX::_exit(0);
        }
        push @clients, $pid;
    }
    close $out;
    $httpd->graceful for 1 .. 8;
    $httpd->write_file('enough', '');
    waitpid $_, 0 for @clients;
    my %seen;
    while (<$in>) { /(\d+)=(\d+)/ and $seen{$1} += $2 }
    cmp_ok($seen{200}, '>=', 10, "$mpm: there was load");
    is(join(' ', sort keys %seen), '200', "$mpm: no request failed over eight graceful restarts");
    is($as->calls('load-token-1'), 1, "$mpm: one question in all");
}
done_testing;
