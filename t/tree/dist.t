# SPDX-License-Identifier: Apache-2.0
#
# The archive of a release holds what git holds, and nothing else. That it builds
# and installs is shown by make check-dist.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;

delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};
plan skip_all => 'this is no working copy of git' if system('git rev-parse --verify -q HEAD >/dev/null 2>&1') != 0;

my $dir = tempdir(CLEANUP => 1);
my $stray = 'src/core/claims/left-behind.tmp';
open my $out, '>', $stray or die "$stray: $!";
print $out "not in git\n";
close $out;
my $said = `make -s --no-print-directory dist DIST='$dir' 2>&1`;
is($?, 0, 'make dist') or diag $said;
unlink $stray;
my ($archive) = $said =~ /^(\S+\.tar\.gz)$/m;
ok(-s ($archive // ''), 'says what it made') or BAIL_OUT($said);
my ($version) = `grep ^VERSION Makefile` =~ /(\d+\.\d+\.\d+)/;
my $top = "mod_auth_introspect-$version/";
is($archive, "$dir/mod_auth_introspect-$version.tar.gz", 'which has the version in its name');

chomp(my @all = `tar -tzf '$archive'`);
is((grep { index($_, $top) != 0 } @all)[0], undef, 'all of it is below one folder');
my @held = sort map { substr $_, length $top } grep { !m{/$} } @all;
chomp(my @tracked = `git ls-tree -r --name-only HEAD`);
is(join("\n", @held), join("\n", sort @tracked), 'it holds the files that git holds, and no other');

my $first = `sha256sum < '$archive'`;
unlink $archive;
my $second = time + 1;
select undef, undef, undef, 0.1 while time <= $second;    # a time in it would be another
`make -s --no-print-directory dist DIST='$dir' 2>&1`;
is(`sha256sum < '$archive'`, $first, 'made again it is the same, byte for byte');
done_testing;
