# SPDX-License-Identifier: Apache-2.0
#
# The demonstration shows what it says, and leaves nothing behind but on
# demand; then its last words are true.
use strict;
use warnings;
use Test::More;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);

my $module = abs_path($ENV{T_MODULE} || 'build/normal/mod_auth_introspect.so');
my $dir = tempdir(CLEANUP => 1);
chmod 0755, $dir;
delete @ENV{qw(DEMO_DIR DEMO_PORT DEMO_AS_PORT KEEP)};
$ENV{TMPDIR} = $dir;

my $said = `sh t/demo/demo.sh '$module' 2>&1`;
is($?, 0, 'each verdict is as announced') or diag $said;
is(() = $said =~ /^== /mg, 5, 'of five');
is(join(' ', glob "$dir/*"), '', 'nothing is left behind');

# through a pipe, whose end the processes that stay must not hold open
$ENV{KEEP} = 1;
$said = `timeout 200 sh t/demo/demo.sh '$module' 2>&1 | cat`;
unlike($said, qr/^!!/m, 'kept, it shows the same');
my ($curl) = $said =~ /^Kept running.*?\n +(curl .*)$/ms;
($curl) = split /\n/, $curl // '';
my ($end, @pids) = $said =~ /^ +(kill (\d+) (\d+); rm -rf \S+)$/m;
if (!$curl || !$end) {
    fail('it says how to go on, and how to end');
    diag $said;
    done_testing;
    exit;
}
is(scalar(grep { kill 0 => $_ } @pids), 2, 'both are running');
like(`$curl -s`, qr/^HTTP\S+ 200 .*^REMOTE_USER=alice$/ms, 'the token is good again');
my ($tokens) = $said =~ /^Tokens: +(\S+)/m;
ok(-s $tokens, 'and stands in the file');
system $end;
for (1 .. 100) {
    last if !grep { kill 0 => $_ } @pids;
    select undef, undef, undef, 0.1;
}
is(scalar(grep { kill 0 => $_ } @pids), 0, 'its last line ends both');
is(join(' ', glob "$dir/*"), '', 'and removes what they wrote');
done_testing;
