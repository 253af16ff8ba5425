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
my $pattern = join '|', map {quotemeta} sort { length $b <=> length $a } keys %secrets;
my @found;
for my $file (glob "$logs/*.log") {
    open my $in, '<', $file or die "$file: $!";
    while (<$in>) {
        $lines++;
        push @found, "$file: $_" if /(?<![\w-])(?:$pattern)(?![\w-])/ || /s3cret-of-rs|rs-secret-1|demo-secret/;
    }
}
cmp_ok($lines, '>', 500, 'there are lines to look at');
is(scalar @found, 0, 'no line holds a token or a secret') or diag @found[0 .. ($#found > 5 ? 5 : $#found)];
done_testing;
