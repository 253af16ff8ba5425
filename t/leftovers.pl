# SPDX-License-Identifier: Apache-2.0
#
# Run a command, and fail when it leaves something behind: a process, a file
# below TMPDIR, a segment of shared memory.
#
#   perl t/leftovers.pl COMMAND...
#
# The command gets a TMPDIR of its own, by which its processes are known.
# What is left is named, ended and removed; with T_KEEP set, files stay.
use strict;
use warnings;
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);

my $dir = tempdir('introspect-run-XXXXXX', TMPDIR => 1);
chmod 0755, $dir;    # httpd's children have another user
my %before = segments();
my $status = do { local $ENV{TMPDIR} = $dir; system @ARGV };
my @left;

for my $pid (processes()) {
    push @left, "process $pid: " . content("/proc/$pid/cmdline");
    kill KILL => $pid;
}
push @left, map {"file $_"} glob "$dir/* $dir/.[!.]*" if !$ENV{T_KEEP};
my %after = segments();
push @left, map {"segment $_ of shared memory"} grep { !$before{$_} } sort keys %after;
remove_tree($dir) if !$ENV{T_KEEP};
rmdir $dir;

print STDERR "Left behind:\n", map {"    $_\n"} @left if @left;
exit($status & 127 ? 128 + ($status & 127) : $status >> 8 || (@left ? 1 : 0));

sub content {
    my ($path) = @_;
    open my $file, '<', $path or return '';
    local $/;
    return join ' ', split /\0/, <$file> // '';
}

sub processes {
    my @found;
    for my $path (glob '/proc/[0-9]*/environ') {
        my ($pid) = $path =~ /(\d+)/;
        push @found, $pid if index(' ' . content($path) . ' ', " TMPDIR=$dir ") >= 0;
    }
    return @found;
}

# Those whose maker is gone; the others are somebody's who still runs.
sub segments {
    open my $file, '<', '/proc/sysvipc/shm' or return;
    my @lines = map { [split] } grep {/^\s*-?\d/} <$file>;
    return map { $_->[1] => 1 } grep { !-e "/proc/$_->[4]" } @lines;
}
