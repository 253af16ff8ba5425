# SPDX-License-Identifier: Apache-2.0
#
# make bench: the cost of a remembered answer, compared with no authentication
# and with other modules (if Debian's packages of them are installed), and how
# this module behaves in crowds. Writes docs/benchmarks.md.
#
#   BENCH_QUICK=1          instructions and the herd only; writes nothing
#   BENCH_SHAPES=REGEX     shapes with matching names only; writes nothing
#   BENCH_CROWDS=1         crowds only; writes nothing
#   BENCH_FULL=1           larger numbers
#   BENCH_CALLGRIND=FILE   keeps callgrind's profile of a module's last
#                          run in FILE.MODULE, where httpd's User may write
#
# Needs valgrind, setpriv and wrk, and root, to start httpd's processes.
use strict;
use warnings;
use lib 't/lib';
use File::Basename qw(dirname);
use JSON::PP;
use POSIX qw(strftime);
use Test::More;
use AS;
use Httpd;
our ($token, %claims, $binary, $libexec);
require "./t/bench/$_.pl" for qw(places measure compare cost scenes), more();

# More rows, from files that may be absent: shapes.pl defines request_shapes
# (see compare.pl); crowds.pl and overload.pl define crowd_rows and
# overload_rows, which return [what, figure].
sub more { return grep { -e "t/bench/$_.pl" } qw(shapes crowds overload) }
sub rows_of { my ($name) = @_; no strict 'refs'; return defined &$name ? &$name() : () }

my $rounds = 5;
my $bound = 12_000;    # at most so many instructions more than no authentication
my $share = 0.92;      # at least this share of the requests/s without authentication
my @report;
$| = 1;

sub say_line { my ($line) = @_; push @report, $line; print "$line\n" }

sub table {
    my ($head, @rows) = @_;
    say_line('| ' . join(' | ', @$_) . ' |') for $head, [map {'---'} @$head], @rows;
    say_line('');
}

sub machine {
    open my $file, '<', '/proc/cpuinfo' or return 'unknown';
    my @models = map { /^model name\s*: (.*)/ ? $1 : () } <$file>;
    return sprintf '%s, %d cores', $models[0] // 'unknown', scalar @models;
}

sub number { my ($n) = @_; $n = sprintf '%.0f', $n; 1 while $n =~ s/^(-?\d+)(\d{3})/$1,$2/; return $n }

# The share of the requests/s without authentication: the median of all rounds,
# since the machine may have other work during one of them.
sub share_of {
    my ($place, $none) = @_;
    return median(map { $place->{rates}[$_] / $none->{rates}[$_] } 0 .. $rounds - 1);
}

# Measure requests/s and CPU of all places in turn, in several rounds.
sub speeds {
    my (@places) = @_;
    my @httpds = map { begin(prepare($_, limits => limits(2, 32))) } @places;
    wrk($httpds[$_], '/x.txt', $places[$_]{token}, 1) for 0 .. $#places;
    for my $round (1 .. $rounds) {
        for my $i (0 .. $#places) {
            my ($rate, $cpu) = wrk($httpds[$i], '/x.txt', $places[$i]{token}, 4);
            push @{$places[$i]{rates}}, $rate;
            push @{$places[$i]{cpus}}, $cpu;
        }
    }
    $_->stop for @httpds;
}

sub hits {
    my $as = AS->new(tls => 'good');
    $as->token($token => \%claims);
    my @places = places($as);
    $_->{instructions} = instructions($_, $_->{token}) for @places;
    speeds(@places) if !$ENV{BENCH_QUICK};
    my $none = $places[0];
    my @rows;
    for my $place (@places) {
        my @row = ($place->{name}, number($place->{instructions}),
            number($place->{instructions} - $none->{instructions}));
        push @row, number(median(@{$place->{rates}})),
            sprintf('%.2f', share_of($place, $none)),
            sprintf('%.0f', median(@{$place->{cpus}})) if $place->{rates};
        push @rows, \@row;
    }
    my @head = ('a hit', 'instructions', 'more than none');
    push @head, 'requests/s', 'of none', 'CPU us/request' if $none->{rates};
    table(\@head, @rows);
    goals($none, grep { $_->{load} ne 'none' } @places);
}

sub goals {
    my ($none, $ours) = @_;
    my $more = $ours->{instructions} - $none->{instructions};
    say_line(sprintf 'At most %s instructions more than no authentication: %s.',
        number($bound), $more <= $bound ? 'met' : 'missed by ' . number($more - $bound));
    if ($none->{rates}) {
        my $ratio = share_of($ours, $none);
        say_line(sprintf 'At least %.2f of the requests/s: %s (%.2f).', $share,
            $ratio >= $share ? 'met' : 'missed', $ratio);
    }
    say_line('');
}

# The cost of a look-up by the number of entries, measured by table_cost.
sub entries {
    my $build = $ENV{T_BUILD} || 'build/normal';
    my $flags = `apr-1-config --cppflags --includes | tr '\\n' ' '`;
    my $libs = `pkg-config --libs libcurl jansson libcrypto apr-util-1 apr-1`;
    chomp $libs;
    system("cc -std=gnu99 -O2 -g -pthread $flags -Isrc/core -It/core -o $build/table_cost"
        . " t/bench/table_cost.c $build/libintrospect.a $libs") == 0 or die 'table_cost';
    my @rows;
    for my $count (1000, 100_000, $ENV{BENCH_FULL} ? 1_000_000 : ()) {
        my $time = median(map { `$build/table_cost $count` + 0 } 1 .. 3);
        my $said = `valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect=look_up $build/table_cost $count 2>&1`;
        my ($instructions) = $said =~ /Collected : (\d+)/ or die $said;
        push @rows, [number($count), number($instructions / 40_000), number($time)];
    }
    table(['entries', 'instructions per look-up', 'ns per look-up'], @rows);
}

sub crowds {
    my @rows = herd();
    if (!$ENV{BENCH_QUICK}) {
        push @rows, flood($ENV{BENCH_FULL} ? 100_000 : 20_000), hot(), bulkhead(), refused(), many_servers(1000), map { rows_of($_) } qw(crowd_rows overload_rows);
    }
    table(['in a crowd', 'measured'], @rows);
    return;
}

sub main {
    my @shapes = map { rows_of($_) } qw(cost_shapes request_shapes);
    return compare(@shapes) if $ENV{BENCH_SHAPES};
    return crowds() if $ENV{BENCH_CROWDS};
    say_line("# What it costs\n");
    say_line(sprintf "%s, %s, %s. Written by `make bench`.\n", strftime('%Y-%m-%d', gmtime), machine(),
        (split /\n/, `$binary -v`)[0] =~ s/^Server version: //r);
    say_line("A remembered answer of 22 claims, all exported as variables, for a file of 12 bytes:");
    say_line("event MPM, kept-alive connections. Instructions by callgrind (user space, the");
    say_line("difference of runs of 4,000 and 1,000 requests); requests/s by wrk (16");
    say_line("connections, the client on the same machine), medians of $rounds rounds in turn.\n");
    hits();
    say_line('Shapes of requests, in instructions: what the control takes, and what is beyond it.');
    say_line('The control has no authentication unless the row says otherwise.');
    say_line('');
    compare(@shapes);
    crowds();
    return if $ENV{BENCH_QUICK};
    entries();
    open my $file, '>', 'docs/benchmarks.md' or die $!;
    print $file map {"$_\n"} @report[0 .. $#report - 1];
}

main();
done_testing() if Test::More->builder->current_test;
