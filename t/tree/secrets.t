# SPDX-License-Identifier: Apache-2.0
#
# Fault 8: no token and no secret of the whole suite is in any log line of
# ours, written at trace8.
use strict;
use warnings;
use Test::More;

my $logs = ($ENV{T_BUILD} || 'build/normal') . '/logs';
my (%secrets, $lines);
for my $file (glob "$logs/*.secrets") {
    open my $in, '<', $file or die "$file: $!";
    while (<$in>) { chomp; $secrets{$_} = 1 if length >= 8 }
}
plan skip_all => 'run after t/httpd: there are no logs' if !-d $logs && !$ENV{T_ALL};
cmp_ok(scalar(keys %secrets), '>', 50, 'there are secrets to look for');

# Thousands of them: each place of a line where one may begin is looked up.
my %begin;
push @{$begin{substr $_, 0, 8}}, $_ for keys %secrets;

sub holds {
    my ($line) = @_;
    while ($line =~ /(?<![\w-])(?=(.{8}))/sg) {
        my ($at, $known) = (pos $line, $begin{$1});
        for (@{$known || []}) {
            return 1 if substr($line, $at, length) eq $_ && substr($line, $at + length) !~ /\A[\w-]/;
        }
    }
    return $line =~ /s3cret-of-rs|rs-secret-1|demo-secret/;
}

my ($some) = grep { /^\w/ } sort keys %secrets;
ok(holds("x: '$some'."), 'a secret in a line is seen');
ok(!holds("x: '${some}x'."), 'a longer word that begins with it is another');

my @found;
for my $file (glob "$logs/*.log") {
    open my $in, '<', $file or die "$file: $!";
    while (<$in>) {
        $lines++;
        push @found, "$file: $_" if holds($_);
    }
}
cmp_ok($lines, '>', 500, 'there are lines to look at');
is(scalar @found, 0, 'no line holds a token or a secret') or diag @found[0 .. ($#found > 5 ? 5 : $#found)];
done_testing;
