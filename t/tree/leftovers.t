# SPDX-License-Identifier: Apache-2.0
#
# What leaves nothing behind passes with its own status; what does is named,
# ended and fails.
use strict;
use warnings;
use Test::More;

delete $ENV{T_KEEP};

sub run {
    my ($script) = @_;
    open my $out, '-|', "exec perl t/leftovers.pl sh -c '$script' 2>&1" or die $!;
    my $said = do { local $/; <$out> } // '';
    close $out;
    return ($said, $? >> 8);
}

my ($said, $status) = run('echo x > $TMPDIR/x; rm $TMPDIR/x; exit 3');
is($status, 3, 'the status of the command');
is($said, '', 'without a word');
($said, $status) = run('exit 0');
is($status, 0, 'nothing is left');

($said, $status) = run('sleep 60 >/dev/null 2>&1 & until grep -q ^sleep /proc/$!/cmdline; do :; done; echo $!');
is($status, 1, 'a process that stays');
like($said, qr/^    process (\d+): sleep 60$/m, 'is named');
my ($pid) = $said =~ /^(\d+)/;
my $gone = 0;
for (1 .. 100) {
    last if $gone = !slurp($pid);
    select undef, undef, undef, 0.05;
}
ok($gone, 'and ended');

($said, $status) = run('echo x > $TMPDIR/left; echo $TMPDIR');
is($status, 1, 'a file that stays');
like($said, qr{^    file \S+/left$}m, 'is named');
my ($dir) = split /\n/, $said;
ok(!-e $dir, 'and removed');

my $segment = 'perl -MIPC::SysV=IPC_PRIVATE,IPC_CREAT -e "print shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600)"';
($said, $status) = run($segment);
is($status, 1, 'a segment that stays');
my ($id) = $said =~ /^(\d+)/;
like($said, qr/^    segment \Q@{[$id + 0]}\E of shared memory$/m, 'is named');
system "ipcrm -m $id";

open my $makefile, '<', 'Makefile' or die $!;
my $rules = do { local $/; <$makefile> };
like($rules, qr{^check:\n(?:\t.*\n)*\t\@perl t/leftovers\.pl \$\(MAKE\) .*\brun-check$}m, 'make check runs within it');
done_testing;

# The command line; a zombie has none.
sub slurp { my ($id) = @_; open my $file, '<', "/proc/$id/cmdline" or return ''; return scalar(<$file>) // '' }
